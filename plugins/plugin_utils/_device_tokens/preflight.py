# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A harmless request to the API, before anything is minted that cannot be revoked.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import READ
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enterprise import EnterpriseRequest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.shared_cache import SharedCache

_ENTERPRISES = SharedCache(failure_lifetime=60.0)


@dataclass(frozen=True)
class PreflightRequest:
    """Gets the enterprise of a host, once in a run for all hosts with the same enterprise and credentials."""

    effect = READ

    enterprise_id: str
    host: str

    def identity(self) -> Mapping[str, str]:
        """Nothing: it is the only request of its kind."""
        return {}

    def run(self, client: Client) -> Success:
        """Get the enterprise, or what another host got. Raises ``EmmError``."""

        def create() -> tuple[dict[str, Any], float | None]:
            return EnterpriseRequest(self.enterprise_id).run(client).resource, None

        enterprise = _ENTERPRISES.get(f"{client.fingerprint} {self.enterprise_id}", self.host, create)
        return Success(enterprise, changed=False)

    preview = run
