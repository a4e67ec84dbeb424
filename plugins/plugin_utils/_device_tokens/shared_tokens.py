# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Enrollment tokens that all hosts of a play share.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Request, Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import from_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import MINT
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.validity import outlasts_year_9999
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.shared_cache import SharedCache

# A host that requests another one mints it. After a failure, waiting hosts fail, but later ones try again.
_TOKENS = SharedCache(once_per_requester=True, failure_lifetime=60.0)


@dataclass(frozen=True)
class SharedRequest:
    """The request of a host that shares its token with all hosts of the play with the same request and credentials."""

    effect = MINT

    request: Request
    play: str
    host: str

    def identity(self) -> Mapping[str, str]:
        """What distinguishes the request from others."""
        return self.request.identity()

    def preview(self, client: Client) -> Success:
        """What ``run`` would return, without a token, for check mode."""
        return self.request.preview(client)

    def run(self, client: Client) -> Success:
        """The token, or the ``EmmError`` of the first host of the play that requested it."""

        def create() -> tuple[dict[str, Any], float | None]:
            token = self.request.run(client).resource
            return token, _expiry(token)

        token: dict[str, Any] = _TOKENS.get(f"{self.play} {client.fingerprint} {self.request!r}", self.host, create)
        return Success(token)


def _expiry(token: Mapping[str, Any]) -> float | None:
    """Until when others can use a token (seconds since the epoch). 0 if unknown, None if after the year 9999."""
    if "expires_at" in token:
        return from_text(token["expires_at"]).timestamp()
    return None if outlasts_year_9999(token) else 0.0
