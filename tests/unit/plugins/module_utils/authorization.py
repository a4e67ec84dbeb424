# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Stubs of an authorization server and of a cache for access tokens, which send nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import google.auth.credentials
import google.auth.exceptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions


class AuthorizationServer:
    """Issues the access tokens ``token-1``, ``token-2`` and so on, or fails while it is ``broken``."""

    def __init__(self) -> None:
        self.loaded = 0
        self.exchanges = 0
        self.account: str | None = None
        self.quota_project: str | None = None
        self.broken = False
        self.prefix = "token-"
        self.lifetime: float | None = 3600  # seconds; None if unknown
        self.on_exchange: Callable[[], object] = lambda: None

    def load(self, _options: AuthOptions, _request: object) -> google.auth.credentials.Credentials:
        """Credentials that are exchanged at this server."""
        self.loaded += 1
        return _Credentials(self)


class _Credentials(google.auth.credentials.Credentials):
    def __init__(self, server: AuthorizationServer) -> None:
        google.auth.credentials.Credentials.__init__(self)
        self._server = server
        self._quota_project_id = server.quota_project
        self.service_account_email = server.account

    def refresh(self, _request: object) -> None:
        server = self._server
        server.on_exchange()
        server.exchanges += 1
        if server.broken:
            raise google.auth.exceptions.RefreshError({"error": "invalid_grant"})
        self.token = f"{server.prefix}{server.exchanges}"
        if server.lifetime is not None:
            self.expiry = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(seconds=server.lifetime)


class Cache:
    """A cache within this process. Only one caller at a time may create an access token."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[dict[str, Any], float | None]] = {}
        self.is_creating = False
        self._filled: dict[str, Any] | None = None

    def get(self, key: str, _requester: str, create: Callable[[], Any], is_valid: Callable[[Any], bool]) -> Any:
        assert not self.is_creating
        value, dummy = self.entries.get(key, (self._filled, None))
        if value and is_valid(value):
            return value
        self.is_creating = True
        try:
            value, expires = create()
        finally:
            self.is_creating = False
        if expires is None or expires > time.time():
            self.entries[key] = (value, expires)
        return value

    def forget(self, key: str, value: Any) -> None:
        assert not self.is_creating
        if self._filled == value:
            self._filled = None
        if key in self.entries and self.entries[key][0] == value:
            del self.entries[key]

    def tokens(self) -> list[str]:
        """The cached access tokens."""
        return [value["headers"]["authorization"].removeprefix("Bearer ") for value, dummy in self.entries.values()]

    def fill(self, token: str, lifetime: float) -> None:
        """Store an access token from another process, with the given remaining lifetime in seconds, for any key."""
        headers = {"authorization": f"Bearer {token}"}
        self.entries.clear()
        self._filled = {"headers": headers, "account": None, "expires": time.time() + lifetime}
