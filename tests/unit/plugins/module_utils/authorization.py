# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Stands in for an authorization server and for where access tokens are cached, without sending anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import google.auth.credentials
import google.auth.exceptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import AuthOptions


class AuthorizationServer:
    """Issues the access tokens ``token-1``, ``token-2`` and so on, or none at all while it is ``broken``."""

    def __init__(self) -> None:
        self.exchanges = 0
        self.broken = False
        self.prefix = "token-"
        self.lifetime: float | None = 3600  # seconds; None if it does not say
        self.on_exchange: Callable[[], object] = lambda: None

    def load(self, _options: AuthOptions, _request: object) -> google.auth.credentials.Credentials:
        """Credentials that are exchanged here, whatever the options are."""
        return _Credentials(self)


class _Credentials(google.auth.credentials.Credentials):
    def __init__(self, server: AuthorizationServer) -> None:
        google.auth.credentials.Credentials.__init__(self)
        self._server = server

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
    """Keeps access tokens for this process, and insists that whoever wants one is alone."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[str, float]] = {}
        self.entered = False

    def __enter__(self) -> None:
        assert not self.entered
        self.entered = True

    def __exit__(self, *exception: object) -> None:
        self.entered = False

    def get(self, key: str) -> tuple[str, float] | None:
        assert self.entered
        return self.entries.get(key)

    def put(self, key: str, token: str, expires: float) -> None:
        assert self.entered
        self.entries[key] = (token, expires)

    def fill(self, options: AuthOptions, token: str, lifetime: float) -> None:
        """Have an access token of somebody else, with so many seconds to live."""
        self.entries[options.fingerprint()] = (token, time.time() + lifetime)
