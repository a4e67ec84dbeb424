# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Servers on raw sockets that do whatever a test wants to some connections and requests, and to the others what is due.

They speak no HTTP but what stands here, so that it can be broken anywhere.
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

Script: TypeAlias = Callable[[socket.socket], None]  # what is done on a connection

ALWAYS = 1_000  # strikes
STRUCK = "u0"  # the user whose request is struck
_LONG = 20.0  # seconds that nobody waits for


def answer(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer, with the length of its body."""
    content = body.encode() if isinstance(body, str) else body
    return head(f"Content-Length: {len(content)}", *headers, status=status) + content


def head(*headers: str, status: str = "200 OK") -> bytes:
    """The head of an answer."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers, "")).encode("latin-1")


ESTABLISHED = head(status="200 Connection established")


def token_of(user: str) -> str:
    """The body of an answer with a token that tells whose it is."""
    return f'{{"kind": "androidenterprise#authenticationToken", "token": "token-of-{user}"}}'


def sends(*pieces: bytes | float) -> Script:
    """Send bytes; a number is how many seconds to wait before the next ones."""

    def script(connection: socket.socket) -> None:
        for piece in pieces:
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                connection.sendall(piece)

    return script


def ends(*pieces: bytes | float) -> Script:
    """Send bytes, and close the connection."""

    def script(connection: socket.socket) -> None:
        sends(*pieces)(connection)
        connection.shutdown(socket.SHUT_RDWR)

    return script


def resets(*pieces: bytes | float) -> Script:
    """Send bytes, and break the connection."""

    def script(connection: socket.socket) -> None:
        sends(*pieces)(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())

    return script


def drips(beginning: bytes, drop: bytes, every: float = 0.05) -> Script:
    """Send a beginning, and then the same again and again, far longer than anybody would wait for."""

    def script(connection: socket.socket) -> None:
        connection.sendall(beginning)
        for dummy in range(int(_LONG / every)):
            connection.sendall(drop)
            time.sleep(every)
        connection.shutdown(socket.SHUT_RDWR)  # so that whoever has waited for it sees another fault

    return script


def hears(script: Script) -> Script:
    """Read what the other side says first, such as the beginning of a TLS handshake, and then do something."""

    def listening(connection: socket.socket) -> None:
        connection.recv(65536)
        script(connection)

    return listening


class RawServer:
    """Listens on a port of its own. ``connections`` is how many it has taken.

    The first ``strikes`` of them have ``opening`` done to them, and nothing else.
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
        """Have it done to all connections from now on."""
        self._opening = opening

    def close(self) -> None:
        """Take no more connections."""
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # when it is closed
            while True:
                connection, dummy = self._socket.accept()
                self.connections += 1
                is_struck = self._opening is not None and self.connections <= self._strikes
                threading.Thread(target=self._handle, args=(connection, is_struck), daemon=True).start()

    def _handle(self, connection: socket.socket, is_struck: bool) -> None:
        with connection, contextlib.suppress(OSError):
            if is_struck and self._opening:
                self._opening(connection)
                return
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        """Do what this kind of server is for."""


class FaultyServer(RawServer):
    """The API. ``asked`` are the users that it was asked for tokens of, in order, one entry for each request.

    The first ``strikes`` requests for ``STRUCK`` are answered with a script, all others as they should be.
    ``has_struck`` is set when a script has come to its end.
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
                connection.sendall(answer(self._usual(asked)))

    def _requests(self, connection: socket.socket) -> Iterator[str]:
        """Whom each request is for, once all of it has been read."""
        file = connection.makefile("rb")
        while line := file.readline():
            length = 0
            while header := file.readline().strip().lower():
                if header.startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            file.read(length)
            asked = self._whom(line.decode())
            self.asked.append(asked)
            yield asked

    def _whom(self, line: str) -> str:
        return line.partition("/users/")[2].partition("/")[0]

    def _usual(self, asked: str) -> str:
        return token_of(asked)


class FaultyAuthorizationServer(FaultyServer):
    """An OAuth endpoint, or a metadata server. It may have any request struck, whoever asks."""

    def _whom(self, _line: str) -> str:
        return STRUCK

    def _usual(self, _asked: str) -> str:
        return '{"access_token": "access", "expires_in": 3600, "token_type": "Bearer"}'


class FaultyProxy(RawServer):
    """A proxy that tunnels to a server, wherever it is asked to go.

    The first ``strikes`` of those who ask are answered with a script, if there is one, all others with ``established``.
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
    """Pass on what either side says, until one of them ends."""
    other = {connection: target, target: connection}
    while True:
        readable, dummy, dummy = select.select(list(other), [], [])
        for side in readable:
            data = side.recv(65536)
            if not data:
                return
            other[side].sendall(data)
