# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A server on a raw socket that does to the first request whatever a test wants, and answers the others properly."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils._batch import Outcome, mint_all
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._tokens import AuthenticationTokenRequest

Script: TypeAlias = "Callable[[socket.socket], None]"  # what is done on the connection, once the request has been read

AT_LEAST = 30.0  # seconds; for what has to be done in time, however busy the machine is
SOON = 0.5  # seconds; for what is not done in time, whatever the machine does
_LONG = 20.0  # seconds that nobody waits for
STRUCK = "u0"  # the user whose request is struck


def answer(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer, with the length of its body."""
    content = body.encode() if isinstance(body, str) else body
    return head(f"Content-Length: {len(content)}", *headers, status=status) + content


def head(*headers: str, status: str = "200 OK") -> bytes:
    """The head of an answer."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers, "")).encode("latin-1")


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


class FaultyServer:
    """Listens on a port of its own.

    ``users`` are those whose requests it got, in order, one entry for each request; ``has_struck`` is set when the
    script is over.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.users: list[str] = []
        self.has_struck = threading.Event()
        self._script = script
        self._tls = tls
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
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            for user in self._requests(connection):
                if user == STRUCK and not self.has_struck.is_set():
                    try:
                        self._script(connection)
                    finally:
                        self.has_struck.set()
                else:
                    connection.sendall(answer(token_of(user)))

    def _requests(self, connection: socket.socket) -> Iterator[str]:
        """The user of each request, once all of it has been read."""
        file = connection.makefile("rb")
        while line := file.readline():
            user = line.split(b"/users/")[1].split(b"/")[0].decode()
            while file.readline().strip():
                pass
            self.users.append(user)
            yield user


@contextlib.contextmanager
def client_of(
    server: FaultyServer, *, timeout: float = AT_LEAST, retries: int = 0, ca_path: str | None = None
) -> Iterator[Client]:
    """A client that sends its requests to a server."""
    scheme = "https" if ca_path else "http"
    options = ConnectionOptions(f"{scheme}://127.0.0.1:{server.port}", timeout, retries, ca_path)
    client = Client(options, AuthOptions.from_options({"access_token": "hunter2-access"}, {}))
    try:
        yield client
    finally:
        client.close()


def mint(client: Client, users: int = 4, first: int = 0) -> list[Outcome]:
    """What comes of tokens for so many users, the ``first`` of whom is u0 or another one.

    Their requests are sent one after the other, and on one connection if that will do.
    """
    requests = [AuthenticationTokenRequest("LC1", f"u{number}") for number in range(first, first + users)]
    return mint_all(client, requests, concurrency=1, report=lambda progress: None)
