# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A server on a raw socket that strikes a request, and answers the next one properly."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from tests.faulty_server import ends, resets, sends
from tests.fuzz.http_answers import Strike

LONG = 60.0  # seconds, in which any client has given up
_PAUSE = 0.001  # seconds between pieces, so that not all of them arrive as one
_PATIENCE = 0.02  # seconds with a client that waits for more


class Exchange:
    """A request that is struck, and those that follow it, which get the proper answer.

    The server that never comes to an end sends ``drop`` again and again until the client does something.
    """

    def __init__(self, strike: Strike, proper: bytes, drop: bytes | None = None) -> None:
        self.requests = 0  # that have arrived so far
        self.lost_patience = False
        self._strike = strike
        self._proper = proper
        self._drop = drop
        self._late = b""
        self._struck: socket.socket | None = None
        self._client_is_done = threading.Event()
        self._server_is_done = threading.Event()

    @contextlib.contextmanager
    def struck(self) -> Iterator[None]:
        """To be left when the client has made something of the answer.

        By then, the server has done what it does, so that what comes next does not depend on the time.
        """
        try:
            yield
        finally:
            self._client_is_done.set()
            self._server_is_done.wait(LONG)

    def answer(self, connection: socket.socket) -> None:
        """Answer a request that has been read."""
        self.requests += 1
        if self.requests == 1:
            self._struck = connection
            try:
                self._answer_first(connection)
            finally:
                self._server_is_done.set()
        else:
            connection.sendall((self._late if connection is self._struck else b"") + self._proper)

    def _answer_first(self, connection: socket.socket) -> None:
        pieces = [part for piece in self._strike.pieces for part in (piece, _PAUSE)]
        {"stays": sends, "closes": ends, "breaks": resets}[self._strike.end](*pieces)(connection)
        if self._strike.end != "stays":
            return
        if self._drop is not None:
            self._drip(connection, self._drop)
        elif self._strike.late:
            self._send_late(connection, self._strike.late)
        self._wait(connection)

    def _drip(self, connection: socket.socket, drop: bytes) -> None:
        until = time.monotonic() + LONG
        while not self._client_is_done.wait(_PATIENCE):
            connection.sendall(drop)
            self.lost_patience = time.monotonic() > until
            if self.lost_patience:
                return

    def _send_late(self, connection: socket.socket, late: bytes) -> None:
        """Send what a client waits for; or else, it gets that when it waits for the answer to its next request."""
        if self._client_is_done.wait(_PATIENCE):
            self._late = late
        else:
            connection.sendall(late)

    def _wait(self, connection: socket.socket) -> None:
        if not self._client_is_done.wait(_PATIENCE):
            connection.shutdown(socket.SHUT_RDWR)


class StrikingServer:
    """Listens on a port of its own, for one exchange after the other."""

    def __init__(self) -> None:
        self.exchange: Exchange
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # when it is closed
            while True:
                connection, dummy = self._socket.accept()
                threading.Thread(target=_converse, args=(connection, self.exchange), daemon=True).start()


def _converse(connection: socket.socket, exchange: Exchange) -> None:
    with connection, connection.makefile("rb") as file, contextlib.suppress(OSError):
        while line := file.readline():
            length = 0
            while line.strip():
                name, dummy, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                line = file.readline()
            file.read(length)
            exchange.answer(connection)
