# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""``enrollmentTokens.create``: options -> checked request -> call -> resource, with Ansible's names.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.causes import ENTERPRISE_CAUSES
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import after, to_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Many, Operation
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import Duration, check_duration
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import check_id
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import (
    CLOCK_NOTE,
    MINT,
    SECRET_FIELDS,
    extract_token,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_email_address

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import ApiResponse
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

ENROLLMENT_TOKEN_TYPES = ("userDevice", "userlessDevice")
_AUTHENTICATION_REQUIREMENTS = ("optional", "required")
GOOGLE_AUTHENTICATION_OPTIONS: dict[str, dict[str, Any]] = {
    "authentication_requirement": {"type": "str", "choices": list(_AUTHENTICATION_REQUIREMENTS)},
    "required_account_email": {"type": "str"},
}
COUNT_MAX = 10_000
_DURATION_MIN = Duration(60)
_DEFAULT_DURATION = Duration(3600)  # the API's default


@dataclass(frozen=True)
class EnrollmentTokenRequest:
    """A request that is valid by the API's rules."""

    effect = MINT

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
    def list_from_options(cls, options: Mapping[str, Any]) -> list[EnrollmentTokenRequest]:
        """Check the module's options for ``count`` equal tokens. Raises ``OptionError``."""
        count = options["count"]
        if not 0 <= count <= COUNT_MAX:
            raise OptionError("count", count, f"it must be from 0 to {COUNT_MAX}")
        return [cls.from_options(options)] * count

    def identity(self) -> Mapping[str, str]:
        """Nothing, because all requests of a task are equal."""
        return {}

    def body(self) -> dict[str, Any]:
        """The request body in the API's JSON."""
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

    def expected(self) -> dict[str, Any]:
        """The structure of the result, without a token."""
        return self._result(token=None, duration=self.duration or _DEFAULT_DURATION, issued_at=None, expires_at=None)

    def preview(self, _client: Client) -> Success:
        """What ``run`` would return, without a token, for check mode."""
        return Success(self.expected())

    def run(self, client: Client) -> Success:
        """Create the token. Raises ``EmmError``."""
        path = ("enterprises", self.enterprise_id, "enrollmentTokens")
        response = client.call("POST", *path, effect=MINT, body=self.body(), causes=ENTERPRISE_CAUSES)
        return Success(self._to_result(response))

    def _to_result(self, response: ApiResponse) -> dict[str, Any]:
        """The resource. Values missing in the response are as requested, or the API's default."""
        returned = response.resource
        token = extract_token(response, "androidenterprise#enrollmentToken")
        self._check_response(response)
        duration: Duration | None = self.duration or _DEFAULT_DURATION
        if "duration" in returned:
            try:
                duration = Duration.from_json(returned["duration"])
            except (ValueError, TypeError):
                duration = None  # never lose a token because of another field
        end = after(response.clocks.earliest, duration.seconds) if duration else None
        result = self._result(
            token=token,
            duration=duration,
            issued_at=to_text(response.clocks.issued_at),
            expires_at=to_text(end) if end else None,
        )
        return {name: value for name, value in result.items() if value is not None}

    def _check_response(self, response: ApiResponse) -> None:
        """Raise ``UnusableResponseError`` if other fields show that the token belongs to another request."""
        google = response.resource.get("googleAuthenticationOptions")
        returned = {**response.resource, **(google if isinstance(google, Mapping) else {})}
        requested = self.body()
        requested.update(requested.pop("googleAuthenticationOptions", {}))
        for field in ("enrollmentTokenType", "requiredAccountEmail"):
            value = returned.get(field)
            if field in requested and value is not None and str(value).lower() != requested[field].lower():
                raise response.unusable(f"the {field} in its response differs from the requested one")

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


def _check_duration(value: object) -> Duration | None:
    if value is None:
        return None
    duration = check_duration("duration", value)
    if duration < _DURATION_MIN:
        raise OptionError("duration", value, "it must not be shorter than 1 minute (60 seconds)")
    return duration


def _check_google_options(options: Mapping[str, str | None] | None) -> dict[str, str]:
    # Sorted, so that equal requests are recognized.
    given = {name: value for name, value in sorted((options or {}).items()) if value is not None}
    email = given.get("required_account_email")
    if email is None:
        return given
    option = "google_authentication_options.required_account_email"
    if not is_email_address(email):
        raise OptionError(option, email, "it must be an e-mail address such as name@example.com")
    if given.get("authentication_requirement") != "required":
        raise OptionError(option, email, "it requires authentication_requirement: required")
    return given


OPERATION = Operation(
    argument_spec={
        "enterprise_id": {"type": "raw", "required": True},
        "enrollment_token_type": {
            "type": "str",
            "required": True,
            "choices": list(ENROLLMENT_TOKEN_TYPES),
            "no_log": False,
        },
        "duration": {"type": "raw"},
        "count": {"type": "int"},
        "google_authentication_options": {"type": "dict", "options": GOOGLE_AUTHENTICATION_OPTIONS},
    },
    identifiers=("enterprise_id",),
    build_request=EnrollmentTokenRequest.from_options,
    result_key="enrollment_token",
    many=Many(
        option="count",
        build_requests=EnrollmentTokenRequest.list_from_options,
        result_key="enrollment_tokens",
        noun="tokens",
        doing="minting",
        done="minted",
    ),
    secret_fields=SECRET_FIELDS,
    clock_note=CLOCK_NOTE,
)
