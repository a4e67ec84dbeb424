# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The resource Enterprise of the API: the binding of an organization to an EMM.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import READ
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.causes import ENTERPRISE_CAUSES
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Operation
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import check_id

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import ApiResponse
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

# The fields of the resource, and their names in results.
_FIELDS = {
    "name": "name",
    "primaryDomain": "primary_domain",
    "enterpriseType": "enterprise_type",
    "managedGoogleDomainType": "managed_google_domain_type",
}


@dataclass(frozen=True)
class EnterpriseRequest:
    """A request for what the API says about an enterprise. It changes nothing."""

    effect = READ

    enterprise_id: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> EnterpriseRequest:
        """Check the module's options. Raises ``OptionError``."""
        return cls(check_id("enterprise_id", options["enterprise_id"]))

    def identity(self) -> Mapping[str, str]:
        """Nothing: a task has only one such request."""
        return {}

    def run(self, client: Client) -> Success:
        """Get the enterprise. Raises ``EmmError``."""
        response = client.call("GET", "enterprises", self.enterprise_id, effect=READ, causes=ENTERPRISE_CAUSES)
        response.check_kind("androidenterprise#enterprise")
        if response.resource.get("id", self.enterprise_id) != self.enterprise_id:
            raise response.unusable("its response is about another enterprise")
        return Success({"id": self.enterprise_id, **_fields(response)}, changed=False)

    preview = run


def _fields(response: ApiResponse) -> dict[str, Any]:
    """What a response says about the enterprise. Raises ``UnusableResponseError``."""
    resource = response.resource
    found: dict[str, Any] = {name: resource[field] for field, name in _FIELDS.items() if field in resource}
    if not all(isinstance(value, str) for value in found.values()):
        raise response.unusable("its response has a field that is not a string")
    settings = resource.get("googleAuthenticationSettings")
    required = settings.get("googleAuthenticationRequired") if isinstance(settings, Mapping) else None
    if isinstance(required, str):
        found["google_authentication_settings"] = {"google_authentication_required": required}
    return found


OPERATION = Operation(
    argument_spec={"enterprise_id": {"type": "raw", "required": True}},
    identifiers=("enterprise_id",),
    build_request=EnterpriseRequest.from_options,
    result_key="enterprise",
    reads_in_check_mode=True,
)
