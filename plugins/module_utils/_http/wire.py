# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Connections that a faulty server can neither block nor desynchronize.

``http.client`` restarts its timeout with each byte of a response, takes an interim response (RFC 9110, section 15.2)
for the final one, and ignores data after the end of a response. On a reused connection, the latter two would assign a
response to the wrong request. ``Adapter`` installs the classes of this file in the connection pools of ``requests``.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import re
import socket
import ssl
import threading
import time
import types
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._http.trust import trust_store

try:
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import SSLError
    from urllib3.util import wait_for_read
    from urllib3.util.ssl_match_hostname import match_hostname
except ImportError:  # reported by find_missing_library; this file must still be importable then
    if not TYPE_CHECKING:
        HTTPAdapter = object

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection
else:
    HTTPConnection = object

RESPONSE_MAX = 128 * 1024  # bytes, of headers and body together; the API's responses have a few hundred
_INTERIM_MAX = 20  # responses; a server needs no more than one or two
_TOO_LARGE = f"it is larger than {RESPONSE_MAX // 1024} KiB"
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)  # Python may refuse to convert more digits


class _LastRequest(threading.local):
    """The last request of a thread."""

    is_repeatable = True
    was_sent = False  # in its last attempt
    was_lost = False  # in an earlier attempt, which was sent and had no response


_last_request = _LastRequest()


class InvalidResponseError(http.client.HTTPException):
    """A response that violates HTTP, or the limits above. The text never quotes it."""


def may_have_been_sent() -> bool:
    """Whether a byte of this thread's last request may have left this machine, in its last attempt."""
    return _last_request.was_sent


def may_have_been_carried_out() -> bool:
    """Whether the server may have received this thread's last request without a response, in any attempt."""
    return _last_request.was_sent or _last_request.was_lost


def may_be_retried() -> bool:
    """Whether this thread's last request may be sent again after an attempt ended without a response."""
    return _last_request.is_repeatable or not _last_request.was_sent


def record_lost_response() -> None:
    """Note that an attempt of this thread's last request ended without a response."""
    _last_request.was_lost |= _last_request.was_sent


def begin_request(*, repeatable: bool) -> None:
    """Note that this thread begins a request. Until then, nothing of it has been sent."""
    _last_request.is_repeatable = repeatable
    _last_request.was_sent = _last_request.was_lost = False


class Adapter(HTTPAdapter):
    """``requests``' adapter with guarded connections, with or without proxies."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _guard(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        _guard(manager)
        return manager


def _guard(manager: Any) -> None:
    """Make the pools of a pool manager use guarded connections."""
    manager.pool_classes_by_scheme = {
        scheme: _guarded_pool(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
    }


@functools.cache
def _guarded_pool(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    if issubclass(pool.ConnectionCls, GuardedConnection):
        return pool
    connection = type("Connection", (GuardedConnection, pool.ConnectionCls), {})
    return type("Pool", (pool,), {"ConnectionCls": connection})


class GuardedConnection(HTTPConnection):
    """A mixin for the connections of ``urllib3``.

    ``timeout`` applies to each step of an attempt as a whole: to connect, to complete the proxy and TLS handshakes, and
    to send the request and read the whole response.
    """

    ca_certs: str | None = None  # the file, or
    ca_cert_dir: str | None = None  # the directory that requests has chosen for TLS
    ssl_context: ssl.SSLContext | None = None
    _trusted: str | None = None  # whichever of the two is set
    _deadline = float("inf")  # of the step, on the monotonic clock
    _connecting = False

    @property
    def response_class(self) -> Any:
        """The class that ``http.client`` reads a response with."""
        return functools.partial(_Response, connection=self)

    def remaining(self) -> float:
        """The seconds left for the current step. Raises ``TimeoutError`` if there are none."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds

    def connect(self) -> None:
        _last_request.was_sent = False  # in this attempt
        self._connecting = True
        try:
            self._choose_trust_store()
            super().connect()
        finally:
            self._connecting = False

    def _choose_trust_store(self) -> None:
        """Make TLS use a cached trust store. urllib3 would load it for each connection."""
        self._trusted = self.ca_certs or self.ca_cert_dir or self._trusted
        self.ca_certs = self.ca_cert_dir = None
        if self._trusted:
            try:
                self.ssl_context = trust_store(self._trusted)
            except OSError as error:
                raise SSLError(error) from error  # as urllib3 does

    def _new_conn(self) -> Any:
        # Otherwise, no time would be left for the next step if the first addresses of a host did not respond.
        connected = super()._new_conn()
        self._start_step()
        return connected

    def _tunnel(self) -> None:
        """Connect through the proxy. Close the connection if that fails, so that urllib3 blames the proxy."""
        flaw = ""
        try:
            super()._tunnel()
        except OSError:
            self.close()
            raise
        except http.client.HTTPException:
            self.close()
            flaw = "the proxy's response is not valid HTTP"
        if self.sock is None:
            # Without the cause, which quotes the response.
            raise OSError(f"Tunnel connection failed: {flaw or 'the proxy sent data after its response'}")
        self.sock.settimeout(self.remaining())  # for the handshake, which uses the socket's timeout

    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> Any:
        """Connect to a proxy over TLS, with the cached trust store.

        urllib3's loop that reads TLS within this connection would restart the timeout with each turn.
        """
        context: Any = self.ssl_context
        config: Any = self.proxy_config
        self.proxy_config = config._replace(ssl_context=context)
        outer = super()._connect_tls_proxy(hostname, sock)
        if not context.check_hostname:  # urllib3 1 checks it, but not for a proxy with its own context
            match_hostname(outer.getpeercert(), hostname)
        receive = outer.recv

        def receive_in_time(*args: Any) -> Any:
            outer.settimeout(self.remaining())
            return receive(*args)

        outer.recv = receive_in_time
        return outer

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._start_step()
        super().request(*args, **kwargs)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not self._connecting:
            _last_request.was_sent = True
        sock: Any = self.sock
        sock.settimeout(self.remaining())
        super().send(data)

    def close_unless_idle(self) -> None:
        """Close the connection if there is more to read, or if that is unknown, so that it is not reused."""
        if self.sock is None:
            return
        can_be_known = isinstance(self.sock, socket.socket)  # TLS within a proxy's TLS does not reveal its buffer
        in_tls = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        if not can_be_known or in_tls or wait_for_read(self.sock, timeout=0.0):
            self.close()
        else:
            _acknowledge(self.sock)

    def _start_step(self) -> None:
        self._deadline = time.monotonic() + (self.timeout or 0.0)  # the session always sets one


def _acknowledge(sock: socket.socket) -> None:
    """Make the system acknowledge what it has received now, rather than with the next request.

    A server that has more to send may wait for the acknowledgment (Nagle's algorithm). Its data would arrive after the
    next request and be mistaken for the response. Now it arrives earlier, unless the network is slow.
    """
    if hasattr(socket, "TCP_QUICKACK"):  # on Linux
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class _Response(http.client.HTTPResponse):
    """A response, read within the time limit, without the interim responses before it."""

    def __init__(self, sock: Any, *args: Any, connection: GuardedConnection, **kwargs: Any) -> None:
        source: Any = types.SimpleNamespace(
            makefile=lambda _mode: _ResponseReader(_LimitedStream(sock, connection), connection)
        )
        super().__init__(source, *args, **kwargs)

    def begin(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().begin(*args, **kwargs)
        except (InvalidResponseError, http.client.RemoteDisconnected):
            raise
        except http.client.HTTPException:
            raise InvalidResponseError(
                "its header section is not valid HTTP"
            ) from None  # without the cause, which quotes it
        self._check_headers()

    def _read_status(self) -> Any:
        """Read the status line of the final response. A proxy's response is read with this method only."""
        for dummy in range(_INTERIM_MAX + 1):
            version, status, reason = super()._read_status()
            if status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                raise InvalidResponseError("it switches to another protocol without being asked to")
            if not 100 <= status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise InvalidResponseError("it follows too many interim responses")

    def _check_headers(self) -> None:
        """Raise ``InvalidResponseError`` if the length of the body is ambiguous."""
        if self.headers.defects or self.headers.get_payload():
            raise InvalidResponseError("it has malformed header lines")
        lengths = {
            length.strip() for value in self.headers.get_all("content-length", ()) for length in value.split(",")
        }
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise InvalidResponseError("its Content-Length is not a single number")
        codings = [coding.strip().lower() for coding in self.headers.get_all("transfer-encoding", ())]
        if codings not in ([], ["chunked"]):
            raise InvalidResponseError("its Transfer-Encoding is not supported")
        if codings and lengths:
            self.will_close = True  # one of the two is wrong, and it is unknown which


class _LimitedStream(io.RawIOBase):
    """The bytes of a response as they arrive, within the limits of time and size."""

    def __init__(self, sock: Any, connection: GuardedConnection) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)  # keeps the socket open after the connection has released it
        self._connection = connection
        self._bytes_left = RESPONSE_MAX
        self.has_ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.has_ended:
            return 0
        self._sock.settimeout(self._connection.remaining())
        count: int = self._file.readinto(buffer)
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise InvalidResponseError(_TOO_LARGE)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _ResponseReader(io.BufferedReader):
    """The file that ``http.client`` reads from, and closes after the last byte of a response."""

    def __init__(self, source: _LimitedStream, connection: GuardedConnection) -> None:
        super().__init__(source)
        self._source = source
        self._connection = connection

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > RESPONSE_MAX:  # memory would be allocated before the first byte is read
            raise InvalidResponseError(_TOO_LARGE)
        return super().read(size)

    def close(self) -> None:
        if self._source.has_ended:
            return
        self._source.has_ended = True  # otherwise, peek() would wait for more
        left_over = self.peek()
        super().close()
        if left_over:
            self._connection.close()
        else:
            self._connection.close_unless_idle()
