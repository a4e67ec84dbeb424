# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Readers, trust stores, and data left on a connection. The rest is tested over real connections."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Any, NamedTuple
from unittest import mock

import pytest
import requests.utils
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.trust import trust_store
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import (
    Adapter,
    GuardedConnection,
    _LimitedStream,
    _ResponseReader,
)
from urllib3.util.ssl_ import create_urllib3_context
from urllib3.util.ssl_match_hostname import CertificateError


def test_reader_can_be_closed_twice() -> None:
    """The second time, the connection may already be in use for the next request."""
    connection: Any = mock.Mock()
    with socket.socket() as unused:
        reader = _ResponseReader(_LimitedStream(unused, connection), connection)
    reader.close()
    reader.close()
    connection.close_unless_idle.assert_called_once_with()


@pytest.mark.parametrize("left", [b"", b"x"])
def test_connection_with_unread_data_is_closed(left: bytes) -> None:
    """urllib3 checks this before the next request, but not before the handshake in a tunnel."""
    with contextlib.closing(Adapter().poolmanager.connection_from_url("http://localhost")) as pool:
        connection: Any = pool.ConnectionCls("localhost")
        connection.sock, other = socket.socketpair()
        with other:
            other.sendall(left)
            connection.close_unless_idle()
        assert (connection.sock is None) == bool(left)
        connection.close()


def test_step_past_its_deadline_has_no_time_left() -> None:
    """Over real connections, whether the deadline or the timeout of the socket comes first depends on the machine."""
    late: Any = type("LateConnection", (GuardedConnection,), {"_deadline": 0.0})
    with pytest.raises(TimeoutError, match="timed out"):
        late().remaining()


def test_trust_store_is_as_strict_as_the_default_of_urllib3() -> None:
    """It is also loaded only once."""
    path = requests.utils.DEFAULT_CA_BUNDLE_PATH
    context, strict = trust_store(path), create_urllib3_context()
    assert context.get_ca_certs()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname == strict.check_hostname
    assert context.minimum_version == strict.minimum_version
    assert context.options == strict.options
    assert trust_store(path) is context


class ProxyConfig(NamedTuple):
    """urllib3's class, whose fields differ between versions."""

    ssl_context: Any = None


@pytest.mark.parametrize(("checked_before", "valid"), [(True, True), (False, True), (False, False)])
def test_host_name_of_a_tls_proxy_is_verified(checked_before: bool, valid: bool) -> None:
    """urllib3 1 relies on the context, and creates contexts that do not check it."""
    peer = {"subjectAltName": [("DNS", "proxy.emm.test" if valid else "other.emm.test")]}
    connected = mock.Mock(getpeercert=lambda: peer)

    class OfUrllib3:
        ssl_context = mock.Mock(check_hostname=checked_before)
        proxy_config = ProxyConfig()

        def connect(self) -> None:
            self.sock = self._connect_tls_proxy("proxy.emm.test", mock.Mock())

        def _connect_tls_proxy(self, *_args: object) -> Any:
            assert self.proxy_config.ssl_context is self.ssl_context
            return connected

    connection: Any = type("Connection", (GuardedConnection, OfUrllib3), {})()
    connection.ssl_context = OfUrllib3.ssl_context
    expected = contextlib.nullcontext() if valid else pytest.raises(CertificateError)
    with expected:
        connection.connect()
        assert connection.sock is connected


class RecordingSocket(socket.socket):
    """A socket that records its options."""

    def setsockopt(self, *option: Any) -> None:
        self.options = [*getattr(self, "options", []), option]
        super().setsockopt(*option)


@pytest.mark.parametrize("is_supported", [True, False])
def test_received_data_is_acknowledged_immediately(monkeypatch: pytest.MonkeyPatch, is_supported: bool) -> None:
    """Otherwise, a server with more data to send would wait for the next request."""
    expected = [(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)]
    if not is_supported:
        monkeypatch.delattr(socket, "TCP_QUICKACK")
    with contextlib.closing(Adapter().poolmanager.connection_from_url("http://localhost")) as pool:
        connection: Any = pool.ConnectionCls("localhost")
        with socket.create_server(("127.0.0.1", 0)) as server, RecordingSocket() as watched:
            watched.connect(server.getsockname())
            connection.sock = watched
            connection.close_unless_idle()
            assert connection.sock is watched
            assert getattr(watched, "options", []) == (expected if is_supported else [])
            connection.close()
