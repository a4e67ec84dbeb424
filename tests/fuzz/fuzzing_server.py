# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A server on a raw socket that sends a fuzzed response to the first request, and valid responses to the others."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from tests.faulty_server import ends, resets, sends
from tests.fuzz.http_responses import FuzzedResponse

LONG = 60.0  # seconds, after which any client has given up
_PAUSE = 0.001  # seconds between pieces, so that they arrive separately
_PATIENCE = 0.02  # seconds after which the server assumes that the client waits for more


class Exchange:
    """A request with a fuzzed response, and further requests with valid responses.

    With ``drop``, the fuzzed response never ends: the server repeats these bytes until the client gives up.
    """

    def __init__(self, fuzzed: FuzzedResponse, valid: bytes, drop: bytes | None = None) -> None:
        self.requests = 0  # the number of requests so far
        self.lost_patience = False
        self._fuzzed = fuzzed
        self._valid = valid
        self._drop = drop
        self._late = b""
        self._fuzzed_connection: socket.socket | None = None
        self._client_is_done = threading.Event()
        self._server_is_done = threading.Event()

    @contextlib.contextmanager
    def first_request(self) -> Iterator[None]:
        """The context in which the client sends the first request and processes the response.

        On exit, the server has finished with the request, so later requests do not depend on timing.
        """
        try:
            yield
        finally:
            self._client_is_done.set()
            self._server_is_done.wait(LONG)

    def respond(self, connection: socket.socket) -> None:
        """Respond to a request that has been read."""
        self.requests += 1
        if self.requests == 1:
            self._fuzzed_connection = connection
            try:
                self._respond_first(connection)
            finally:
                self._server_is_done.set()
        else:
            connection.sendall((self._late if connection is self._fuzzed_connection else b"") + self._valid)

    def _respond_first(self, connection: socket.socket) -> None:
        pieces = [part for piece in self._fuzzed.pieces for part in (piece, _PAUSE)]
        {"stays": sends, "closes": ends, "breaks": resets}[self._fuzzed.end](*pieces)(connection)
        if self._fuzzed.end != "stays":
            return
        if self._drop is not None:
            self._drip(connection, self._drop)
        elif self._fuzzed.late:
            self._send_late(connection, self._fuzzed.late)
        self._wait(connection)

    def _drip(self, connection: socket.socket, drop: bytes) -> None:
        until = time.monotonic() + LONG
        while not self._client_is_done.wait(_PATIENCE):
            connection.sendall(drop)
            self.lost_patience = time.monotonic() > until
            if self.lost_patience:
                return

    def _send_late(self, connection: socket.socket, late: bytes) -> None:
        """Send the rest to a client that waits for it. To any other client, send it before the next response."""
        if self._client_is_done.wait(_PATIENCE):
            self._late = late
        else:
            connection.sendall(late)

    def _wait(self, connection: socket.socket) -> None:
        if not self._client_is_done.wait(_PATIENCE):
            connection.shutdown(socket.SHUT_RDWR)


class FuzzingServer:
    """Listens on a free port, for one exchange after another."""

    def __init__(self) -> None:
        self.exchange: Exchange
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Accept no more connections."""
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # raised on close
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
            exchange.respond(connection)
