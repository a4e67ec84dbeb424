# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Failures on demand."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.emulator.errors import envelope


@dataclass
class Fault:
    """What happens to the requests whose path matches ``path`` (a regular expression).

    ``times`` is the number of requests that it affects, null for all. With ``after``, the request is carried out first,
    and the fault affects only the response. ``body`` replaces the body of the response. ``truncate`` sends half of the
    body and closes the connection.
    """

    path: str = ""
    times: int | None = 1
    latency: float = 0.0  # seconds
    reset: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "application/json"
    truncate: bool = False
    after: bool = False

    def applies(self, path: str) -> bool:
        return self.times != 0 and re.search(self.path, path) is not None

    def replaces_response(self) -> bool:
        return self.status is not None or self.body is not None


class Faults:
    """The active faults. The first one that applies to a request affects it."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = next((fault for fault in self.active if fault.applies(request.path)), None)
        if fault is None or request.path.startswith("/emulator/"):
            return await handler(request)
        if fault.times is not None:
            fault.times -= 1
        await asyncio.sleep(fault.latency)
        response: web.StreamResponse | None = None
        if fault.after or not (fault.reset or fault.replaces_response()):
            response = await handler(request)
        if fault.reset:
            return _reset(request)
        if fault.replaces_response():
            response = _replacement(fault)
        assert response is not None
        if fault.truncate:
            return await _send_half(request, response)
        return response


def _replacement(fault: Fault) -> web.Response:
    status = fault.status or 200
    if fault.body is None:
        response = web.json_response(envelope(status, "The emulator simulates a fault."), status=status)
    else:
        response = web.Response(text=fault.body, status=status, content_type=fault.content_type)
    response.headers.update(fault.headers)
    return response


def _reset(request: web.Request) -> web.Response:
    """Reset the TCP connection before any response."""
    request["broken"] = True
    if request.transport is not None:
        connection: socket.socket = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _send_half(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Announce the whole body, send half of it, and close the connection."""
    body = response.body if isinstance(response, web.Response) else b""
    assert isinstance(body, bytes)
    cut = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
    cut.content_length = len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    request["broken"] = True
    if request.transport is not None:
        request.transport.close()
    return cut
