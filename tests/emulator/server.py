# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Assembles the parts and serves them, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.emulator.api import Api
from tests.emulator.control import Control
from tests.emulator.errors import GoogleError
from tests.emulator.faults import Faults
from tests.emulator.files import Files
from tests.emulator.identity import Identity
from tests.emulator.journal import Journal
from tests.emulator.proxy import Proxy
from tests.emulator.quota import Quota
from tests.emulator.store import STAGING_ACCOUNT, Store

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """The addresses of a running emulator, and the files it wrote."""

    pid: int
    url: str
    https_url: str
    proxy_url: str
    enterprise_id: str
    service_account_email: str
    service_account_file: str
    builder_file: str  # the key of another account, which may impersonate the first
    gcloud_login_file: str
    workload_identity_file: str
    ca_file: str

    def environment(self) -> dict[str, str]:
        """The environment variables that direct the collection to the emulator."""
        return {
            "ANDROID_ENTERPRISE_API_URL": self.url,
            "GCP_AUTH_KIND": "serviceaccount",
            "GCP_SERVICE_ACCOUNT_FILE": self.service_account_file,
        }

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@contextlib.asynccontextmanager
async def serve(directory: Path, port: int, seed: Mapping[str, Any]) -> AsyncIterator[Address]:
    """Serve until the context exits. Write credential files into ``directory``. ``port`` 0 is any free port."""
    http = socket.create_server((_HOST, port))
    https = socket.create_server((_HOST, 0))
    url, https_url = (f"{scheme}://{_HOST}:{s.getsockname()[1]}" for scheme, s in (("http", http), ("https", https)))
    files = Files(directory, token_uri=f"{url}/token")
    proxy = Proxy()
    proxy_server = await proxy.start(_HOST, 0, https.getsockname()[1])
    runner = web.AppRunner(_application(Store(seed), files, proxy), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, http).start()
    await web.SockSite(runner, https, ssl_context=files.tls).start()
    try:
        yield Address(
            pid=os.getpid(),
            url=url,
            https_url=https_url,
            proxy_url=f"http://{_HOST}:{proxy_server.sockets[0].getsockname()[1]}",
            enterprise_id=seed["enterprises"][0]["id"],
            service_account_email=STAGING_ACCOUNT,
            service_account_file=str(files.service_account_file),
            builder_file=str(files.builder_file),
            gcloud_login_file=str(files.gcloud_login_file),
            workload_identity_file=str(files.workload_identity_file),
            ca_file=str(files.ca_file),
        )
    finally:
        proxy_server.close()
        await runner.cleanup()
        await asyncio.sleep(0)  # lets the proxy's connections close


def _application(store: Store, files: Files, proxy: Proxy) -> web.Application:
    identity, journal, faults, quota = Identity(store, files), Journal(), Faults(), Quota()
    resets = 0

    def reset() -> None:
        nonlocal resets
        resets += 1
        store.reset()
        identity.revoked.clear()
        journal.entries.clear()
        faults.active.clear()
        quota.reset()
        proxy.targets.clear()

    @web.middleware
    async def latency(request: web.Request, handler: Handler) -> web.StreamResponse:
        request["resets"] = resets
        if not request.path.startswith("/emulator/"):
            await asyncio.sleep(store.settings.latency)
        return await handler(request)

    @web.middleware
    async def reject_after_reset(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Reject a delayed request that arrived before the last reset."""
        if request["resets"] != resets:
            raise web.HTTPServiceUnavailable
        return await handler(request)

    application = web.Application(middlewares=[journal.middleware, latency, faults.middleware, reject_after_reset])
    application.add_routes(Api(store, identity, quota).routes())
    application.add_routes(identity.routes())
    application.add_routes(Control(store, identity, journal, faults, proxy, reset).routes())
    application.router.add_route("*", "/{path:.*}", _not_found)
    return application


async def _not_found(request: web.Request) -> web.Response:
    return GoogleError(404, f"There is no {request.method} {request.path} in this API.").response()
