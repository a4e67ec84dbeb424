# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The failures this collection reports.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._text import escape_unprintable


class EmmError(Exception):
    """Something that went wrong and that the person running the playbook can act on.

    ``message`` says what was asked and what happened, ``likely_cause`` why that may be, in the API's own terms; neither
    contains a secret. ``http_status``, ``reason`` and ``status`` are what the server said (HTTP status code, Google's
    ``errors[].reason`` and canonical ``status``). All but the message may be missing. Whatever they are made from, they
    can be printed and written as UTF-8: one error must not cost the results that it stands among.
    """

    def __init__(
        self,
        message: str,
        *,
        likely_cause: str | None = None,
        http_status: int | None = None,
        reason: str | None = None,
        status: str | None = None,
    ) -> None:
        self.message = escape_unprintable(message)
        super().__init__(self.message)
        self.likely_cause = likely_cause and escape_unprintable(likely_cause)
        self.http_status = http_status
        self.reason = reason and escape_unprintable(reason)
        self.status = status and escape_unprintable(status)

    def __str__(self) -> str:
        return f"{self.message} Likely cause: {self.likely_cause}" if self.likely_cause else self.message

    def details(self) -> dict[str, int | str]:
        """What the server said, as result fields; only those that it did say."""
        said = {"http_status": self.http_status, "reason": self.reason, "status": self.status}
        return {name: value for name, value in said.items() if value is not None}


class OptionError(EmmError):
    """An option, or a combination of options, that breaks a rule. Raised before any network traffic.

    ``shown`` is what is said of a value that cannot be quoted as it is.
    """

    def __init__(self, option: str, value: object, rule: str, *, shown: str | None = None) -> None:
        super().__init__(f"Option '{option}' is {shown or repr(value)}, but {rule}.")
        self.option = option
        self.value = value
        self.rule = rule


class CredentialsError(EmmError):
    """The credentials are missing, contradictory, unusable, or refused by the authorization server."""


class TransportError(EmmError):
    """No usable answer arrived: no connection, a timeout, a TLS failure, a connection cut short."""


class ApiError(EmmError):
    """The Play EMM API answered, and what it answered is an error or not the resource that was asked for.

    ``server_message`` is the text of the error as the server gave it.
    """

    def __init__(self, message: str, *, server_message: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.server_message = server_message


def unforeseen(error: Exception) -> str:
    """What can be said of an exception that nobody foresaw: not its text, in which there may be a secret."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"Unexpected error: {type(error).__name__} in {Path(last.filename).name}, line {last.lineno}."


class UnusableAnswerError(ApiError):
    """The server reported success, but what it answered is not the resource that was asked for."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(f"{message} The request was carried out, so a token may exist all the same.", **details)
