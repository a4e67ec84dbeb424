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
