# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Text from outside: fit for messages, without secrets; what a value is, in words; and e-mail addresses.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

# What must never be printed, wherever it comes from: a proxy's error page may well quote the request. First secrets
# that are known by their looks, then those known by what stands before them.
_SECRETS = re.compile(
    r"-----BEGIN [^-]*PRIVATE KEY-----.*?(?:-----END [^-]*-----|$)"  # a private key, whole or cut off
    r"|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"  # a JSON web token: assertions, ID tokens
    r"|\bya29\.[\w.~+/-]+"  # an access token of Google's
    r"|\b1//[\w-]+|\bGOCSPX-[\w-]+"  # a refresh token and a client secret of Google's
    r"|(?<=://)\S+(?=@)"  # user name and password in a URL
)
_LABELLED_SECRETS = re.compile(
    r"(\b(?:Bearer|Basic) "
    r"|\b(?:assertion|(?:access|refresh|subject)_?token|client_?secret|private_?key)[\"']? ?[=:] ?[\"']?)"
    r"[^\s\"'<>&,}]+",
    re.IGNORECASE,
)
_REDACTED = "[redacted]"
_TEXT_LIMIT = 500
_KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "null"),
    (str, "text"),
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (Mapping, "a dictionary"),
    (bytes, "bytes"),
    (Sequence, "a list"),
    (date, "a date"),
)
_NOT_IN_AN_ADDRESS = r"@\s<>,;:\"()\[\]"
_EMAIL = re.compile(
    rf"[^{_NOT_IN_AN_ADDRESS}]+@[^{_NOT_IN_AN_ADDRESS}._-][^{_NOT_IN_AN_ADDRESS}]*\.[^{_NOT_IN_AN_ADDRESS}.]+"
)


def quote_foreign(text: str, *secrets: str | None) -> str:
    """Make text from outside fit to stand in a message: on one line, of bounded length, without secrets.

    ``secrets`` are values known to be secret, such as the access token in use.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, _REDACTED)
    text = _SECRETS.sub(_REDACTED, " ".join(text.split()))
    text = _LABELLED_SECRETS.sub(rf"\1{_REDACTED}", text)
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]}..."


def kind_of(value: object) -> str:
    """What a value is, for a message that must not quote it, whatever class it is of."""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), type(value).__name__)


def is_email_address(text: str) -> bool:
    """Whether a text has the form of one bare e-mail address, without a display name. Any script will do."""
    return _EMAIL.fullmatch(text) is not None
