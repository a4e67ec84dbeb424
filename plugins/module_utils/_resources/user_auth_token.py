# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""``users.generateAuthenticationToken``: options -> checked request -> call -> resource, with Ansible's names.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.causes import (
    ENTERPRISE_CAUSES,
    USER_CAUSES,
    Causes,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import to_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Many, Operation
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import check_id
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import (
    CLOCK_NOTE,
    MINT,
    SECRET_FIELDS,
    extract_token,
)

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

CAUSES: Causes = (
    (
        frozenset({400, 403, 409, 412}),
        r"(google.?managed|(not|isn't|only).*emm.?managed)",
        (
            "authentication tokens exist for EMM-managed accounts only (managementType emmManaged); "
            "a Google-managed user signs in with their Google Account."
        ),
    ),
    (
        frozenset({400, 403, 409, 412, 429}),
        r"(device.*(limit|maximum|too many|exceed)|(limit|maximum|too many|exceed).*device)",
        "a user can be provisioned on at most 10 devices; remove this user from a device that is no longer in use.",
    ),
    *USER_CAUSES,
    *ENTERPRISE_CAUSES,
)


@dataclass(frozen=True)
class AuthenticationTokenRequest:
    """A request that is valid by the API's rules."""

    effect = MINT

    enterprise_id: str
    user_id: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> AuthenticationTokenRequest:
        """Check the module's options. Raises ``OptionError``."""
        return cls(check_id("enterprise_id", options["enterprise_id"]), check_id("user_id", options["user_id"]))

    @classmethod
    def list_from_options(cls, options: Mapping[str, Any]) -> list[AuthenticationTokenRequest]:
        """Check the module's options for several users: a request for each, in order. Raises ``OptionError``."""
        enterprise_id = check_id("enterprise_id", options["enterprise_id"])
        return [
            cls(enterprise_id, check_id(f"user_ids[{index}]", user_id))
            for index, user_id in enumerate(options["user_ids"])
        ]

    def identity(self) -> Mapping[str, str]:
        """The ID of the user."""
        return {"id": self.user_id}

    def preview(self, _client: Client) -> Success:
        """What ``run`` would return, without a token, for check mode."""
        return Success(self._result(token=None, issued_at=None))

    def run(self, client: Client) -> Success:
        """Generate the token. Raises ``EmmError``."""
        path = ("enterprises", self.enterprise_id, "users", self.user_id, "authenticationToken")
        response = client.call("POST", *path, effect=MINT, causes=CAUSES)
        token = extract_token(response, "androidenterprise#authenticationToken")
        return Success(self._result(token=token, issued_at=to_text(response.clocks.issued_at)))

    def _result(self, *, token: str | None, issued_at: str | None) -> dict[str, Any]:
        return {"token": token, "enterprise_id": self.enterprise_id, "user_id": self.user_id, "issued_at": issued_at}


OPERATION = Operation(
    argument_spec={
        "enterprise_id": {"type": "raw", "required": True},
        "user_id": {"type": "raw"},
        "user_ids": {"type": "list", "elements": "raw"},
    },
    rules={"mutually_exclusive": [("user_id", "user_ids")], "required_one_of": [("user_id", "user_ids")]},
    identifiers=("enterprise_id", "user_id", "user_ids"),
    build_request=AuthenticationTokenRequest.from_options,
    result_key="authentication_token",
    many=Many(
        option="user_ids",
        build_requests=AuthenticationTokenRequest.list_from_options,
        result_key="authentication_tokens",
        noun="tokens",
        doing="minting",
        done="minted",
    ),
    secret_fields=SECRET_FIELDS,
    clock_note=CLOCK_NOTE,
)
