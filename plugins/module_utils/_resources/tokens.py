# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What all tokens have in common: a response with a token in it.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import UnusableAnswerError
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import quote_foreign

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Answer

TOKEN_MAX = 4_096  # characters; a QR code holds fewer
_TOKEN = re.compile(rf"[!-~]{{1,{TOKEN_MAX}}}")


def token_in(answer: Answer, kind: str) -> str:
    """The token in a response with the requested resource. Raises ``UnusableAnswerError``."""
    said = answer.resource.get("kind", kind)
    if said != kind:
        what = f"the kind {quote_foreign(said)!r}" if isinstance(said, str) else "an invalid kind"
        raise unusable(answer, f"its response has {what} instead of {kind!r}")
    token = answer.resource.get("token")
    if token is None or token == "":
        raise unusable(answer, "its response has no token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        rule = f"it must consist of at most {TOKEN_MAX:,} printable ASCII characters without spaces"
        raise unusable(answer, f"the token in its response is invalid: {rule}")
    return token


def unusable(answer: Answer, what: str) -> UnusableAnswerError:
    """The error for a successful response that is not what was requested."""
    return UnusableAnswerError(f"{answer.call}: the server reported success, but {what}.", http_status=200)
