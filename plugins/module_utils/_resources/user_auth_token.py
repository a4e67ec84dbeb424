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

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.causes import (
    ENTERPRISE_CAUSES,
    USER_CAUSES,
    refine_likely_cause,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.clocks import to_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import ApiError
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Operation
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import check_id
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import extract_token

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client


@dataclass(frozen=True)
class AuthenticationTokenRequest:
    """A request that is valid by the API's rules."""

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

    def preview(self) -> dict[str, Any]:
        """The structure of the result, without a token, for check mode."""
        return self._result(token=None, issued_at=None)

    def mint(self, client: Client) -> dict[str, Any]:
        """Generate the token. Raises ``EmmError``."""
        try:
            response = client.post("enterprises", self.enterprise_id, "users", self.user_id, "authenticationToken")
        except ApiError as error:
            refine_likely_cause(error, (*USER_CAUSES, *ENTERPRISE_CAUSES))
            raise
        token = extract_token(response, "androidenterprise#authenticationToken")
        return self._result(token=token, issued_at=to_text(response.clocks.issued_at))

    def _result(self, *, token: str | None, issued_at: str | None) -> dict[str, Any]:
        return {"token": token, "enterprise_id": self.enterprise_id, "user_id": self.user_id, "issued_at": issued_at}


OPERATION = Operation(
    argument_spec={
        "enterprise_id": {"type": "raw", "required": True},
        "user_id": {"type": "raw"},
        "user_ids": {"type": "list", "elements": "raw"},
    },
    rules={"mutually_exclusive": [("user_id", "user_ids")], "required_one_of": [("user_id", "user_ids")]},
    result_key="authentication_token",
    list_result_key="authentication_tokens",
    list_option="user_ids",
    build_request=AuthenticationTokenRequest.from_options,
    build_requests=AuthenticationTokenRequest.list_from_options,
)
