# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The errors that this collection reports.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from ansible_collections.emm.android_enterprise.plugins.module_utils._text import escape_unprintable

_Result = TypeVar("_Result")
_Default = TypeVar("_Default")


class EmmError(Exception):
    """An error that the person who runs the playbook can act on.

    ``message`` says what was requested and what happened, ``likely_cause`` probably why, in the API's own terms.
    Neither contains a secret. ``http_status``, ``reason`` and ``status`` come from the response (HTTP status code,
    Google's ``errors[].reason`` and canonical ``status``). All but the message may be missing. All of them can be
    printed and encoded in UTF-8, so that an error cannot invalidate the result that contains it.
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

    def reasons(self) -> list[str]:
        """The texts of all errors in this one."""
        return [str(self)]

    def details(self) -> dict[str, int | str]:
        """The details from the response as result fields, without those that are missing."""
        fields = {"http_status": self.http_status, "reason": self.reason, "status": self.status}
        return {name: value for name, value in fields.items() if value is not None}


class SeveralErrors(EmmError):
    """Several errors, which can be corrected together."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self._reasons = list(dict.fromkeys(reasons))
        super().__init__(" ".join(self._reasons))

    def reasons(self) -> list[str]:
        return self._reasons


class Attempts:
    """Makes several attempts and collects their errors."""

    def __init__(self) -> None:
        self._errors: list[EmmError] = []

    def attempt(self, function: Callable[[], _Result], default: _Default) -> _Result | _Default:
        """The result of a function, or the default if it raises an ``EmmError``."""
        try:
            return function()
        except EmmError as error:
            self.add(error)
            return default

    def add(self, error: EmmError) -> None:
        """Add an error."""
        self._errors.append(error)

    def fail(self, message: str) -> None:
        """Add an error with a message."""
        self.add(EmmError(message))

    def reasons(self) -> list[str]:
        """The texts of all errors."""
        return list(dict.fromkeys(reason for error in self._errors for reason in error.reasons()))

    def check(self) -> None:
        """Raise the errors, if there are any. A single one is raised as it is."""
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            raise SeveralErrors(self.reasons())


def with_prefix(prefix: str, error: EmmError) -> EmmError:
    """An error whose texts begin with a prefix."""
    return SeveralErrors(f"{prefix}{reason}" for reason in error.reasons())


class OptionError(EmmError):
    """An invalid option or combination of options. Raised before any network traffic.

    ``shown`` describes a value that cannot be quoted.
    """

    def __init__(self, option: str, value: object, rule: str, *, shown: str | None = None) -> None:
        super().__init__(f"Option '{option}' is {shown or repr(value)}, but {rule}.")
        self.option = option
        self.value = value
        self.rule = rule


class CredentialsError(EmmError):
    """The credentials are missing, contradictory, unusable, or refused by the authorization server."""


class TransportError(EmmError):
    """No usable response arrived: no connection, a timeout, a TLS failure, or a connection that broke."""


class ApiError(EmmError):
    """The Play EMM API responded with an error, or not with the requested resource.

    ``server_message`` is the server's error message.
    """

    def __init__(self, message: str, *, server_message: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.server_message = server_message


def describe_unexpected(error: Exception) -> str:
    """Describe an unexpected exception, without its text, which may contain a secret."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"Unexpected error: {type(error).__name__} in {Path(last.filename).name}, line {last.lineno}."


class UnusableResponseError(ApiError):
    """The server reported success, but did not return the requested resource."""
