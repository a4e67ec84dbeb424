# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The emulator's controls, under ``/emulator/``: journal, faults, settings, clock, and a simulated device.

===========================  ==============================================================================
``GET  journal``             all requests since the last reset (``journal.Journal``)
``GET  tokens``              all tokens minted since the last reset, with the devices they enrolled
``GET  proxied``             the hosts that were requested through the proxy
``POST devices``             ``{"token": ..., "account": ...}``: redeem a token as a device would
``POST enterprises``         add an enterprise, in the form of ``store.DEMO_SEED``
``POST faults``              replace the active faults by a list of ``faults.Fault``
``POST settings``            change fields of ``store.Settings``
``POST clock``               ``{"advance": seconds}``
``POST access_tokens``       issue a token: ``{"scopes": [...], "lifetime": seconds}``
``POST revoked``             a list of service accounts whose keys are no longer valid
``POST reset``               restore seed, clock and settings; clear tokens, journal and faults
===========================  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.emulator.faults import Fault, Faults
from tests.emulator.identity import SCOPE, Identity
from tests.emulator.journal import Journal
from tests.emulator.proxy import Proxy
from tests.emulator.store import STAGING_ACCOUNT, RedemptionError, Store


class Control:
    """The emulator's controls."""

    def __init__(
        self,
        store: Store,
        identity: Identity,
        journal: Journal,
        faults: Faults,
        proxy: Proxy,
        reset: Callable[[], None],
    ) -> None:
        self._store = store
        self._identity = identity
        self._journal = journal
        self._faults = faults
        self._proxy = proxy
        self._reset = reset

    def routes(self) -> list[web.RouteDef]:
        reads: dict[str, Callable[[], Any]] = {
            "journal": lambda: self._journal.entries,
            "tokens": self._store.issued,
            "proxied": lambda: self._proxy.targets,
        }
        writes: dict[str, Callable[[Any], Any]] = {
            "enterprises": self._store.add_enterprise,
            "faults": self._set_faults,
            "settings": self._change_settings,
            "clock": self._advance_clock,
            "access_tokens": self._issue_access_token,
            "revoked": self._revoke,
            "reset": lambda _content: self._reset(),
        }
        return [
            *(web.get(f"/emulator/{name}", _reader(read)) for name, read in reads.items()),
            *(web.post(f"/emulator/{name}", _writer(write)) for name, write in writes.items()),
            web.post("/emulator/devices", self._redeem),
        ]

    async def _redeem(self, request: web.Request) -> web.Response:
        content = await request.json()
        try:
            return web.json_response(self._store.redeem(content["token"], content.get("account")))
        except RedemptionError as error:
            return web.json_response({"refused": error.reason, "message": str(error)}, status=403)

    def _set_faults(self, content: list[dict[str, Any]]) -> None:
        self._faults.active[:] = [Fault(**fault) for fault in content]

    def _change_settings(self, content: dict[str, Any]) -> None:
        for name, value in content.items():
            if not hasattr(self._store.settings, name):
                raise web.HTTPBadRequest(text=f"no such setting: {name}")
            setattr(self._store.settings, name, value)

    def _advance_clock(self, content: dict[str, float]) -> None:
        self._store.clock_offset += content["advance"]

    def _issue_access_token(self, content: dict[str, Any]) -> dict[str, str]:
        scopes = frozenset(content.get("scopes", [SCOPE]))
        return {"access_token": self._identity.issue(STAGING_ACCOUNT, scopes, content.get("lifetime"))}

    def _revoke(self, content: list[str]) -> None:
        self._identity.revoked.update(content)


def _reader(read: Callable[[], Any]) -> Callable[[web.Request], Any]:
    async def handle(_request: web.Request) -> web.Response:
        return web.json_response(read())

    return handle


def _writer(write: Callable[[Any], Any]) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response(write(await request.json() if request.can_read_body else None))

    return handle
