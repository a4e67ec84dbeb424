# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Servers on raw sockets that misbehave as a test defines, and otherwise respond properly.

They use no HTTP library, so a test can break the protocol anywhere.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

Script: TypeAlias = Callable[[socket.socket], None]  # what a server does on a connection

ALWAYS = 1_000  # as a number of strikes: more than any test reaches
STRUCK = "u0"  # the user whose requests trigger the fault
_LONG = 20.0  # seconds, longer than any client waits


def response(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A complete response, with the length of its body."""
    content = body.encode() if isinstance(body, str) else body
    return head(f"Content-Length: {len(content)}", *headers, status=status) + content


def head(*headers: str, status: str = "200 OK") -> bytes:
    """The status line and the headers of a response."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers, "")).encode("latin-1")


ESTABLISHED = head(status="200 Connection established")


def token_of(user: str) -> str:
    """The body of a response, with a token that names its user."""
    return f'{{"kind": "androidenterprise#authenticationToken", "token": "token-of-{user}"}}'


def sends(*pieces: bytes | float) -> Script:
    """Send bytes. A number is a pause in seconds."""

    def script(connection: socket.socket) -> None:
        for piece in pieces:
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                connection.sendall(piece)

    return script


def ends(*pieces: bytes | float) -> Script:
    """Send bytes and close the connection."""

    def script(connection: socket.socket) -> None:
        sends(*pieces)(connection)
        connection.shutdown(socket.SHUT_RDWR)

    return script


def resets(*pieces: bytes | float) -> Script:
    """Send bytes and reset the connection."""

    def script(connection: socket.socket) -> None:
        sends(*pieces)(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())

    return script


def drips(beginning: bytes, drop: bytes, every: float = 0.05) -> Script:
    """Send a beginning, then repeat the same bytes for longer than any client waits."""

    def script(connection: socket.socket) -> None:
        connection.sendall(beginning)
        for dummy in range(int(_LONG / every)):
            connection.sendall(drop)
            time.sleep(every)
        connection.shutdown(socket.SHUT_RDWR)  # a client that still waits sees another fault

    return script


def hears(script: Script) -> Script:
    """Read the first bytes of the client, such as the start of a TLS handshake, and then run a script."""

    def listening(connection: socket.socket) -> None:
        connection.recv(65536)
        script(connection)

    return listening


class RawServer:
    """Listens on a free port. ``connections`` is the number of accepted connections.

    On each of the first ``strikes`` connections, it runs only ``opening``.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, opening: Script | None = None, strikes: int = ALWAYS) -> None:
        self.connections = 0
        self._tls = tls
        self._opening = opening
        self._strikes = strikes
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def open_with(self, opening: Script) -> None:
        """Set the script to run on connections from now on."""
        self._opening = opening

    def close(self) -> None:
        """Refuse connections from now on."""
        with contextlib.suppress(OSError):  # not everywhere, and only once
            self._socket.shutdown(socket.SHUT_RDWR)  # otherwise, the thread would accept one more
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # raised on close
            while True:
                connection, dummy = self._socket.accept()
                self.connections += 1
                has_fault = self._opening is not None and self.connections <= self._strikes
                threading.Thread(target=self._handle, args=(connection, has_fault), daemon=True).start()

    def _handle(self, connection: socket.socket, has_fault: bool) -> None:
        with connection, contextlib.suppress(OSError):
            if has_fault and self._opening:
                self._opening(connection)
                return
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        """Serve a connection. Subclasses override this."""


class FaultyServer(RawServer):
    """The API. ``asked`` lists the user of each request, in order.

    It runs the script for each of the first ``strikes`` requests for the user ``STRUCK``, and responds properly to all
    others. It sets ``has_struck`` at the end of a script.
    """

    def __init__(
        self,
        script: Script | None = None,
        tls: ssl.SSLContext | None = None,
        opening: Script | None = None,
        strikes: int = 1,
    ) -> None:
        self.asked: list[str] = []
        self.has_struck = threading.Event()
        self._script = script
        super().__init__(tls, opening, strikes)

    def _converse(self, connection: socket.socket) -> None:
        for asked in self._requests(connection):
            if self._script and asked == STRUCK and self.asked.count(asked) <= self._strikes:
                try:
                    self._script(connection)
                finally:
                    self.has_struck.set()
            else:
                connection.sendall(response(self._proper_body(asked)))

    def _requests(self, connection: socket.socket) -> Iterator[str]:
        """Read requests, and yield the user of each."""
        file = connection.makefile("rb")
        while line := file.readline():
            length = 0
            while header := file.readline().strip().lower():
                if header.startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            file.read(length)
            asked = self._user_of(line.decode())
            self.asked.append(asked)
            yield asked

    def _user_of(self, line: str) -> str:
        return line.partition("/users/")[2].partition("/")[0]

    def _proper_body(self, asked: str) -> str:
        return token_of(asked)


class FaultyAuthorizationServer(FaultyServer):
    """An OAuth endpoint or a metadata server. Every request may trigger the fault."""

    def _user_of(self, _line: str) -> str:
        return STRUCK

    def _proper_body(self, _asked: str) -> str:
        return '{"access_token": "access", "expires_in": 3600, "token_type": "Bearer"}'


class FaultyProxy(RawServer):
    """A proxy that tunnels to the same server for all requested hosts.

    It runs the script, if there is one, on each of the first ``strikes`` connections, and sends ``established`` on all
    others.
    """

    def __init__(
        self,
        target: RawServer,
        script: Script | None = None,
        tls: ssl.SSLContext | None = None,
        strikes: int = ALWAYS,
        established: bytes = ESTABLISHED,
    ) -> None:
        self._target = target
        self._script = script
        self._established = established
        super().__init__(tls, strikes=strikes)

    def _converse(self, connection: socket.socket) -> None:
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += connection.recv(1)
        if self._script and self.connections <= self._strikes:
            self._script(connection)
            return
        with socket.socket() as target:
            target.connect(("127.0.0.1", self._target.port))
            connection.sendall(self._established)
            _relay(connection, target)


def _relay(connection: socket.socket, target: socket.socket) -> None:
    """Relay data in both directions until one side closes."""
    other = {connection: target, target: connection}
    while True:
        readable, dummy, dummy = select.select(list(other), [], [])
        for side in readable:
            data = side.recv(65536)
            if not data:
                return
            other[side].sendall(data)
