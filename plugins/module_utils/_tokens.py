# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The two operations of this collection: options -> checked request -> call -> resource, in Ansible's spelling.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.emm.android_enterprise.plugins.module_utils._causes import (
    ENTERPRISE_CAUSES,
    USER_CAUSES,
    recognise,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._clocks import after, to_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._duration import Duration
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    ApiError,
    OptionError,
    UnusableAnswerError,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._identifiers import check_id
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import quote_foreign
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_email_address

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Answer, Client

ENROLLMENT_TOKEN_TYPES = ("userDevice", "userlessDevice")
AUTHENTICATION_REQUIREMENTS = ("optional", "required")
COUNT_MAX = 10_000
TOKEN_MAX = 4_096  # characters; a QR code has room for fewer
_TOKEN = re.compile(rf"[!-~]{{1,{TOKEN_MAX}}}")
_SHORTEST = Duration(60)
_DEFAULT_DURATION = Duration(3600)  # the API's own, if a request names none


class TokenRequest(Protocol):
    """A request for one token."""

    def preview(self) -> dict[str, Any]:
        """The result's structure without a token, for check mode."""

    def mint(self, client: Client) -> dict[str, Any]:
        """Mint the token: the module's result. Raises ``EmmError``."""


@dataclass(frozen=True)
class EnrollmentTokenRequest:
    """A request that keeps the API's rules."""

    enterprise_id: str
    enrollment_token_type: str
    duration: Duration | None
    google_authentication_options: Mapping[str, str]

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> EnrollmentTokenRequest:
        """Check the module's options. Raises ``OptionError``."""
        return cls(
            enterprise_id=check_id("enterprise_id", options["enterprise_id"]),
            enrollment_token_type=options["enrollment_token_type"],
            duration=_check_duration(options["duration"]),
            google_authentication_options=_check_google_options(options["google_authentication_options"]),
        )

    @classmethod
    def each_from_options(cls, options: Mapping[str, Any]) -> list[EnrollmentTokenRequest]:
        """Check the module's options for ``count`` tokens that are alike. Raises ``OptionError``."""
        count = options["count"]
        if not 0 <= count <= COUNT_MAX:
            raise OptionError("count", count, f"it must be from 0 to {COUNT_MAX}")
        return [cls.from_options(options)] * count

    def body(self) -> dict[str, Any]:
        """The request body, as the API's JSON."""
        body: dict[str, Any] = {"enrollmentTokenType": self.enrollment_token_type}
        if self.duration is not None:
            body["duration"] = self.duration.to_json()
        google = self.google_authentication_options
        if google:
            names = {
                "authentication_requirement": "authenticationRequirement",
                "required_account_email": "requiredAccountEmail",
            }
            body["googleAuthenticationOptions"] = {names[name]: value for name, value in google.items()}
        return body

    def preview(self) -> dict[str, Any]:
        """The result's structure without a token, for check mode."""
        return self._result(token=None, duration=self.duration or _DEFAULT_DURATION, issued_at=None, expires_at=None)

    def mint(self, client: Client) -> dict[str, Any]:
        """Create the token. Raises ``EmmError``."""
        try:
            answer = client.post("enterprises", self.enterprise_id, "enrollmentTokens", body=self.body())
        except ApiError as error:
            recognise(error, ENTERPRISE_CAUSES)
            raise
        return self._read(answer)

    def _read(self, answer: Answer) -> dict[str, Any]:
        """The resource. What the server did not say is what was asked for, or the API's default."""
        said = answer.resource
        token = _token(answer, "androidenterprise#enrollmentToken")
        self._refuse_another(answer)
        duration: Duration | None = self.duration or _DEFAULT_DURATION
        if "duration" in said:
            try:
                duration = Duration.from_json(said["duration"])
            except (ValueError, TypeError):
                duration = None  # never lose a token over what stands beside it
        end = after(answer.clocks.earliest, duration.seconds) if duration else None
        result = self._result(
            token=token,
            duration=duration,
            issued_at=to_text(answer.clocks.issued_at),
            expires_at=to_text(end) if end else None,
        )
        return {name: value for name, value in result.items() if value is not None}

    def _refuse_another(self, answer: Answer) -> None:
        """Raise ``UnusableAnswerError`` for a token that, by what stands beside it, is the one of another request."""
        google = answer.resource.get("googleAuthenticationOptions")
        said = {**answer.resource, **(google if isinstance(google, Mapping) else {})}
        asked = self.body()
        asked.update(asked.pop("googleAuthenticationOptions", {}))
        for field in ("enrollmentTokenType", "requiredAccountEmail"):
            answered = said.get(field)
            if field in asked and answered is not None and str(answered).lower() != asked[field].lower():
                raise _unusable(answer, f"the {field} in its answer is another than the one that was asked for")

    def _result(
        self, *, token: str | None, duration: Duration | None, issued_at: str | None, expires_at: str | None
    ) -> dict[str, Any]:
        result: dict[str, Any] = {
            "token": token,
            "enterprise_id": self.enterprise_id,
            "enrollment_token_type": self.enrollment_token_type,
            "duration": duration.to_options() if duration else None,
            "issued_at": issued_at,
            "expires_at": expires_at,
        }
        if self.google_authentication_options:
            result["google_authentication_options"] = dict(self.google_authentication_options)
        return result


@dataclass(frozen=True)
class AuthenticationTokenRequest:
    """A request that keeps the API's rules."""

    enterprise_id: str
    user_id: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> AuthenticationTokenRequest:
        """Check the module's options. Raises ``OptionError``."""
        return cls(check_id("enterprise_id", options["enterprise_id"]), check_id("user_id", options["user_id"]))

    @classmethod
    def each_from_options(cls, options: Mapping[str, Any]) -> list[AuthenticationTokenRequest]:
        """Check the module's options for many users: a request for each, in order. Raises ``OptionError``."""
        enterprise_id = check_id("enterprise_id", options["enterprise_id"])
        return [
            cls(enterprise_id, check_id(f"user_ids[{index}]", user_id))
            for index, user_id in enumerate(options["user_ids"])
        ]

    def preview(self) -> dict[str, Any]:
        """The result's structure without a token, for check mode."""
        return self._result(token=None, issued_at=None)

    def mint(self, client: Client) -> dict[str, Any]:
        """Generate the token. Raises ``EmmError``."""
        try:
            answer = client.post("enterprises", self.enterprise_id, "users", self.user_id, "authenticationToken")
        except ApiError as error:
            recognise(error, (*USER_CAUSES, *ENTERPRISE_CAUSES))
            raise
        token = _token(answer, "androidenterprise#authenticationToken")
        return self._result(token=token, issued_at=to_text(answer.clocks.issued_at))

    def _result(self, *, token: str | None, issued_at: str | None) -> dict[str, Any]:
        return {"token": token, "enterprise_id": self.enterprise_id, "user_id": self.user_id, "issued_at": issued_at}


def _check_duration(options: Mapping[str, int | None] | None) -> Duration | None:
    if options is None:
        return None
    given = {name: value for name, value in options.items() if value is not None}
    try:
        duration = Duration.from_options(given)
    except ValueError as error:
        raise OptionError("duration", given, str(error)) from error
    if duration < _SHORTEST:
        raise OptionError("duration", given, "it must not be shorter than 1 minute (60 seconds)")
    return duration


def _check_google_options(options: Mapping[str, str | None] | None) -> dict[str, str]:
    given = {name: value for name, value in (options or {}).items() if value is not None}
    email = given.get("required_account_email")
    if email is None:
        return given
    option = "google_authentication_options.required_account_email"
    if not is_email_address(email):
        raise OptionError(option, email, "it must be an e-mail address such as name@example.com")
    if given.get("authentication_requirement") != "required":
        raise OptionError(option, email, "it may only be set together with authentication_requirement: required")
    return given


def _token(answer: Answer, kind: str) -> str:
    """The token in an answer that is one of the resource that was asked for. Raises ``UnusableAnswerError``."""
    said = answer.resource.get("kind", kind)
    if said != kind:
        what = f"is of the kind {quote_foreign(said)!r}" if isinstance(said, str) else "is of no kind"
        raise _unusable(answer, f"its answer {what}, not {kind!r}")
    token = answer.resource.get("token")
    if token is None or token == "":
        raise _unusable(answer, "its answer has no token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        rule = f"printable ASCII characters without spaces, {TOKEN_MAX:,} of them at most"
        raise _unusable(answer, f"what its answer has for a token is no token, which is {rule}")
    return token


def _unusable(answer: Answer, what: str) -> UnusableAnswerError:
    return UnusableAnswerError(f"{answer.call}: the server reported success, but {what}.", http_status=200)
