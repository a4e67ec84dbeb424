# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A forward proxy that directs every host name to the emulator.

If ``HTTPS_PROXY`` is set to it and the client trusts the emulator's certificate authority, an unmodified client that
requests ``www.googleapis.com`` or ``oauth2.googleapis.com`` reaches the emulator under that name.
"""

from __future__ import annotations

import asyncio
import contextlib


class Proxy:
    """Supports only ``CONNECT``. It rejects other methods, but records their targets as well."""

    def __init__(self) -> None:
        self.targets: list[str] = []  # such as "www.googleapis.com:443"

    async def start(self, host: str, port: int, https_port: int) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer, host, https_port)
            writer.close()

        return await asyncio.start_server(serve, host, port)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, https_port: int
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, *dummy = head.decode("latin-1").split()
        self.targets.append(target)
        if method != "CONNECT":
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        upstream_reader, upstream_writer = await asyncio.open_connection(host, https_port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pipe(reader, upstream_writer), _pipe(upstream_reader, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
