# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What http.client may do to a reader, and what is left on a connection. The rest is tested over real connections."""

from __future__ import annotations

import contextlib
import socket
from typing import Any
from unittest import mock

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._wire import Adapter, _Reader, _Source


def test_a_reader_may_be_closed_twice() -> None:
    """By then, the connection may be at work for the next request."""
    connection: Any = mock.Mock()
    with socket.socket() as unused:
        reader = _Reader(_Source(unused, connection), connection)
    reader.close()
    reader.close()
    connection.close_unless_at_rest.assert_called_once_with()


@pytest.mark.parametrize("left", [b"", b"x"])
def test_a_connection_is_closed_over_what_is_left_in_its_socket(left: bytes) -> None:
    """urllib3 looks there before the next request, but nobody looks before the handshake in a tunnel."""
    with contextlib.closing(Adapter().poolmanager.connection_from_url("http://localhost")) as pool:
        connection: Any = pool.ConnectionCls("localhost")
        connection.sock, other = socket.socketpair()
        with other:
            other.sendall(left)
            connection.close_unless_at_rest()
        assert (connection.sock is None) == bool(left)
        connection.close()


class Watched(socket.socket):
    """Tells what it was asked for."""

    def setsockopt(self, *option: Any) -> None:
        self.options = [*getattr(self, "options", []), option]
        super().setsockopt(*option)


@pytest.mark.parametrize("system_can", [True, False])
def test_what_was_received_is_acknowledged_before_the_next_request(
    monkeypatch: pytest.MonkeyPatch, system_can: bool
) -> None:
    """Or a server that has more to send would wait for that request to do so."""
    expected = [(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)]
    if not system_can:
        monkeypatch.delattr(socket, "TCP_QUICKACK")
    with contextlib.closing(Adapter().poolmanager.connection_from_url("http://localhost")) as pool:
        connection: Any = pool.ConnectionCls("localhost")
        with socket.create_server(("127.0.0.1", 0)) as server, Watched() as watched:
            watched.connect(server.getsockname())
            connection.sock = watched
            connection.close_unless_at_rest()
            assert connection.sock is watched
            assert getattr(watched, "options", []) == (expected if system_can else [])
            connection.close()
