# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Asks for the same thing again and again, with as little work as possible: ``python flood.py URL SECONDS``.

It has an access token in the environment, and prints how many answers a second it got.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
import urllib.parse

CONNECTIONS = 32


def main() -> None:
    url, seconds = urllib.parse.urlsplit(sys.argv[1]), float(sys.argv[2])
    head = [f"POST {url.path} HTTP/1.1", f"Host: {url.netloc}", f"Authorization: Bearer {os.environ['ACCESS_TOKEN']}"]
    request = "\r\n".join([*head, "Content-Length: 0", "", ""]).encode()
    answers = asyncio.run(_flood(str(url.hostname), int(url.port or 80), request, seconds))
    sys.stdout.write(f"{answers / seconds}\n")


async def _flood(host: str, port: int, request: bytes, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    return sum(await asyncio.gather(*(_ask(host, port, request, deadline) for dummy in range(CONNECTIONS))))


async def _ask(host: str, port: int, request: bytes, deadline: float) -> int:
    """Ask until the deadline; how many answers there were."""
    reader, writer = await asyncio.open_connection(host, port)
    answers = 0
    while time.monotonic() < deadline:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        [length] = re.findall(rb"Content-Length: (\d+)", head)
        await reader.readexactly(int(length))
        answers += 1
    writer.close()
    await writer.wait_closed()
    return answers


if __name__ == "__main__":
    main()
