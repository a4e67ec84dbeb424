# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Faults of the network, TLS and proxies, over raw sockets.

A request that was certainly not sent is retried if that may help, and its error does not say that it may have been
carried out.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
import types
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import retry, wire
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import MINT

from tests.faulty_server import (
    ALWAYS,
    ESTABLISHED,
    STRUCK,
    FaultyProxy,
    FaultyServer,
    Script,
    drips,
    ends,
    head,
    hears,
    resets,
    response,
    sends,
    token_of,
)
from tests.unit.plugins.module_utils.faults import (
    LONG,
    MAY_BE_DONE,
    SECRET,
    check_failure,
    client_for,
    expected_tokens,
    mint,
    tokens,
    user_ids,
)

AT_ONCE = 0.2  # seconds; for peers that do not respond at all
SLOW = 2.0  # seconds; for peers that are late as a whole, but not in any part
HOST = "play.emm.test"  # a name that only the proxy resolves
FOREIGN = response(token_of(f"{SECRET}-of-somebody-else"))
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
HANDSHAKE_BEGINS = b"\x16\x03\x03\x40\x00\x02"  # announces 16 KiB


@dataclass(frozen=True)
class Fault:
    """A fault before the request is sent, a part of the message, and whether a retry may help."""

    script: Script
    reason: str
    is_temporary: bool
    timeout: float = LONG


def late(script: Script) -> Fault:
    """A connection that is not established in time."""
    return Fault(script, "timed out", is_temporary=True, timeout=AT_ONCE)


HANDSHAKE = {
    "A handshake that stalls": late(sends(5.0)),
    "A handshake that trickles in": late(hears(drips(HANDSHAKE_BEGINS, b"x"))),
    "The connection is closed during the handshake": Fault(
        hears(ends()), "the TLS connection failed", is_temporary=True
    ),
    "The connection is reset during the handshake": Fault(
        hears(resets()), "no connection could be made", is_temporary=True
    ),
    "Plain HTTP instead of a handshake": Fault(
        hears(ends(response(SECRET, status="400 Bad Request"))), "the TLS connection failed", is_temporary=False
    ),
    "Garbage instead of a handshake": Fault(
        hears(ends(SECRET.encode() * 99)), "the TLS connection failed", is_temporary=False
    ),
    "An alert instead of a handshake": Fault(hears(ends(ALERT)), "the TLS connection failed", is_temporary=False),
}

REFUSED = "the proxy could not be used (Tunnel connection failed: "
PROXY = {
    "A proxy that closes the connection": Fault(ends(), "the proxy could not be used", is_temporary=True),
    "A proxy that resets the connection": Fault(resets(), "the proxy could not be used", is_temporary=True),
    "A proxy that stalls": late(sends(5.0)),
    "A proxy whose status line trickles in": late(drips(b"HTTP/1.1 200 ", b"O")),
    "A proxy whose headers trickle in": late(drips(b"HTTP/1.1 200 OK\r\n", b"X: hunter2\r\n", every=0.1)),
    "A proxy that responds with 403": Fault(
        sends(response(SECRET, status="403 -")), f"{REFUSED}403", is_temporary=False
    ),
    "A proxy that responds with 407": Fault(
        sends(response(SECRET, status=f"407 no {SECRET} here")), f"{REFUSED}407", is_temporary=False
    ),
    "A proxy that responds with 502": Fault(
        sends(response(SECRET, status="502 -")), f"{REFUSED}502", is_temporary=False
    ),
    "A proxy that responds with 101": Fault(
        sends(head(status="101 Switching Protocols")), "is not valid HTTP", is_temporary=False
    ),
    "A proxy that responds with garbage": Fault(sends(b"token=hunter2\r\n"), "is not valid HTTP", is_temporary=False),
    "A proxy whose header does not end": Fault(
        sends(b"HTTP/1.1 200 OK\r\nX: " + SECRET.encode() * 20_000), "is not valid HTTP", is_temporary=False
    ),
    "A proxy that sends data after its response": Fault(
        sends(ESTABLISHED + SECRET.encode()), "data after its response", is_temporary=False
    ),
}
FAULTS = {**HANDSHAKE, **PROXY}


class Authority:
    """A certificate authority for the servers. ``path`` is the file with its certificate."""

    def __init__(self, directory: Path) -> None:
        self._authority = trustme.CA()
        self.path = str(directory / "ca.pem")
        self._authority.cert_pem.write_to_path(self.path)

    def tls(self, *names: str, **validity: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*(names or ("127.0.0.1", HOST)), **validity).configure_cert(context)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls(authority: Authority) -> ssl.SSLContext:
    return authority.tls()


@pytest.fixture(autouse=True)
def _no_backoff_and_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait before a retry, and ignore proxies in the environment."""
    monkeypatch.setattr(retry, "BACKOFF_FIRST", 0.01)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextlib.contextmanager
def struck(
    name: str, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, strikes: int = ALWAYS
) -> Iterator[tuple[str, FaultyServer, FaultyServer | FaultyProxy]]:
    """A server whose first connections are hit by a fault: its URL, the server, and the peer of the client."""
    script = FAULTS[name].script
    if name in HANDSHAKE:
        with closing(FaultyServer(tls=tls, opening=script, strikes=strikes)) as server:
            yield f"https://127.0.0.1:{server.port}", server, server
        return
    with closing(FaultyServer(tls=tls)) as server, closing(FaultyProxy(server, script, strikes=strikes)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        yield f"https://{HOST}", server, proxy


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    with struck(name, tls, monkeypatch) as (url, server, peer):
        with client_for(url, timeout=fault.timeout, retries=1, ca_path=authority.path) as client:
            [outcome] = mint(client, 1)
        check_failure(outcome, fault.reason)
        assert server.asked == []
        assert peer.connections == 1 + fault.is_temporary


@pytest.mark.parametrize(
    "name", [name for name, fault in FAULTS.items() if fault.is_temporary and fault.timeout == LONG]
)
def test_retry_succeeds_after_a_temporary_fault(
    name: str, authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with struck(name, tls, monkeypatch, strikes=1) as (url, server, peer):
        with client_for(url, retries=1, ca_path=authority.path) as client:
            assert tokens(mint(client)) == expected_tokens()
        assert server.asked == user_ids()
        assert peer.connections == 2


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were looked up, one entry for each attempt to connect. ``HOST`` does not resolve."""
    names = []
    resolve = socket.getaddrinfo

    def note(host: str, *args: Any, **kwargs: Any) -> Any:
        names.append(host)
        if host == HOST:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", note)
    return names


def test_refused_connection_is_retried(resolved: list[str]) -> None:
    with refusing_port() as port, client_for(f"http://127.0.0.1:{port}", retries=2) as client:
        [outcome] = mint(client, 1)
    check_failure(outcome, "Connection refused")
    assert resolved == ["127.0.0.1"] * 3


def test_unknown_host_name_is_retried(resolved: list[str]) -> None:
    with client_for(f"https://{HOST}", retries=1) as client:
        [outcome] = mint(client, 1)
    check_failure(outcome, "Name or service not known")
    assert resolved == [HOST] * 2


@contextlib.contextmanager
def refusing_port() -> Iterator[int]:
    """A port that nobody listens on, reserved for the duration of the context."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port that does not respond, because its backlog is full."""
    with socket.socket() as server, socket.socket() as waiting:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting.connect(server.getsockname())
        yield server.getsockname()[1]


def test_unresponsive_server_is_retried(resolved: list[str]) -> None:
    with silent_port() as port, client_for(f"http://127.0.0.1:{port}", timeout=AT_ONCE, retries=1) as client:
        [outcome] = mint(client, 1)
    check_failure(outcome, "no connection could be made (Connection to 127.0.0.1 timed out.")
    assert resolved == ["127.0.0.1"] * 2


@pytest.mark.parametrize("first", ["refuses", "is silent"])
def test_next_address_of_a_host_is_tried(
    first: str, authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps after it, here the proxy's response, have the full timeout."""
    other = silent_port() if first == "is silent" else refusing_port()
    with closing(FaultyServer(tls=tls)) as server, closing(FaultyProxy(server)) as proxy, other as port:
        ports = [port, proxy.port]
        addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", each)) for each in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: addresses)
        monkeypatch.setenv("HTTPS_PROXY", f"http://localhost:{proxy.port}")
        timeout = 2.0 if first == "is silent" else LONG
        with client_for(f"https://{HOST}", timeout=timeout, ca_path=authority.path) as client:
            assert tokens(mint(client, 1)) == expected_tokens(1)


def test_connection_closed_before_the_request_is_read_is_not_retried() -> None:
    """The client cannot know that nobody has read the request."""
    with closing(FaultyServer(opening=ends(), strikes=1)) as server:
        with client_for(f"http://127.0.0.1:{server.port}", retries=1) as client:
            struck, *others = mint(client)
        check_failure(struck, "the connection failed", MAY_BE_DONE)
        assert tokens(others) == expected_tokens()[1:]
        assert server.asked == user_ids()[1:]


def test_each_request_has_its_own_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [0.0]
    clock = time.monotonic
    monkeypatch.setattr(wire, "time", types.SimpleNamespace(monotonic=lambda: clock() + passed[0]))
    with closing(FaultyServer()) as server, client_for(f"http://127.0.0.1:{server.port}") as client:
        for dummy in range(2):
            assert tokens(mint(client)) == expected_tokens()
            passed[0] += 2 * LONG
        assert server.connections == 1


def test_failed_handshake_after_a_response_is_retried(authority: Authority, tls: ssl.SSLContext) -> None:
    """The response to the first attempt does not mean that the next attempt was sent."""
    busy = response("", "Connection: close", status="503 Service Unavailable")

    def refuse_others(connection: socket.socket) -> None:
        server.open_with(hears(ends()))
        connection.sendall(busy)

    server = FaultyServer(refuse_others, tls, strikes=ALWAYS)
    with closing(server), client_for(f"https://127.0.0.1:{server.port}", retries=2, ca_path=authority.path) as client:
        [outcome] = mint(client, 1)
    check_failure(outcome, "the TLS connection failed")
    assert server.asked == user_ids(1)
    assert server.connections == 3


def test_unsent_request_after_a_sent_one_is_reported_as_unsent(
    authority: Authority, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(Path(authority.path).read_bytes())
    server = FaultyServer(tls=tls)
    with closing(server), client_for(f"https://127.0.0.1:{server.port}", ca_path=str(path)) as client:
        client.call("POST", "users", STRUCK, effect=MINT)
        path.unlink()
        with pytest.raises(TransportError) as failure:
            client.call("POST", "users", STRUCK, effect=MINT)
    check_failure(failure.value, "the request could not be made (Could not find a suitable TLS CA certificate bundle")


YESTERDAY = datetime.now(timezone.utc) - timedelta(days=1)


@pytest.mark.parametrize(
    ("certified", "validity", "reason"),
    [
        (["other.emm.test"], {}, "certificate is not valid for"),
        (["127.0.0.1"], {"not_after": YESTERDAY}, "certificate has expired"),
    ],
    ids=["another name", "expired"],
)
def test_invalid_certificate_is_refused(
    certified: list[str], validity: dict[str, Any], reason: str, authority: Authority
) -> None:
    with closing(FaultyServer(tls=authority.tls(*certified, **validity))) as server:
        check_tls_failure(server, authority.path, reason)


def test_certificate_of_an_untrusted_authority_is_refused(tls: ssl.SSLContext, tmp_path: Path) -> None:
    with closing(FaultyServer(tls=tls)) as server:
        check_tls_failure(server, Authority(tmp_path).path, "unable to get local issuer certificate")


@pytest.mark.parametrize("what", ["garbage", "an empty file", "an empty directory", "an unreadable file"])
def test_unusable_ca_path_is_refused(what: str, tls: ssl.SSLContext, tmp_path: Path) -> None:
    path = tmp_path / "ca"
    if what == "an empty directory":
        path.mkdir()
    elif what == "an unreadable file":  # not even by root
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(path))
    else:
        path.write_text(f"{SECRET}\n" if what == "garbage" else "", encoding="utf-8")
    with closing(FaultyServer(tls=tls)) as server:
        check_tls_failure(server, str(path), "the TLS connection failed")


def check_tls_failure(server: FaultyServer, ca_path: str, reason: str) -> None:
    """Check that a request fails before it is sent, without a retry."""
    with client_for(f"https://127.0.0.1:{server.port}", retries=2, ca_path=ca_path) as client:
        [outcome] = mint(client, 1)
    check_failure(outcome, reason)
    assert server.asked == []
    assert server.connections <= 1


@pytest.mark.parametrize("broken", ["another authority", "garbage"])
def test_changed_ca_path_is_reloaded(broken: str, authority: Authority, tls: ssl.SSLContext, tmp_path: Path) -> None:
    """Certificates that were loaded before are not used any more."""
    good = Path(authority.path).read_bytes()
    bad = Path(Authority(tmp_path).path).read_bytes() if broken == "another authority" else SECRET.encode()
    path = tmp_path / "trusted"
    with closing(FaultyServer(tls=tls)) as server:
        for content in (bad, good, bad, good):
            new = tmp_path / "new"
            new.write_bytes(content)
            new.replace(path)
            with client_for(f"https://127.0.0.1:{server.port}", ca_path=str(path)) as client:
                [outcome] = mint(client, 1)
            if content == good:
                assert tokens([outcome]) == expected_tokens(1)
            else:
                check_failure(outcome, "the TLS connection failed")


@pytest.mark.parametrize(
    ("certified", "trusted", "reason"),
    [(HOST, True, "certificate is not valid for"), ("127.0.0.1", False, "unable to get local issuer certificate")],
    ids=["another name", "an unknown authority"],
)
def test_invalid_certificate_of_a_proxy_is_refused(
    certified: str, trusted: bool, reason: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_proxy = (authority if trusted else Authority(tmp_path)).tls(certified)
    with closing(FaultyServer(tls=authority.tls())) as server, closing(FaultyProxy(server, tls=of_proxy)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
        with client_for(f"https://{HOST}", ca_path=authority.path) as client:
            [outcome] = mint(client, 1)
        check_failure(outcome, reason)
        assert server.connections == 0


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files from which trusted certificates were loaded."""
    loaded: list[str] = []
    load = ssl.SSLContext.load_verify_locations

    def note(context: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        loaded.append(cafile)
        load(context, cafile, capath, cadata)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", note, raising=False)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda context, *_purpose: loaded.append("the system's"))
    return loaded


def test_trusted_certificates_are_loaded_once(
    authority: Authority, tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaded: list[str]
) -> None:
    """For servers and proxies, and for any number of connections, because loading them is slow."""
    path = tmp_path / "ca.pem"
    path.write_bytes(Path(authority.path).read_bytes())
    with closing(FaultyServer(tls=tls)) as server, closing(FaultyProxy(server, tls=tls)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
        for url in (f"https://{HOST}", f"https://127.0.0.1:{server.port}"):
            with client_for(url, ca_path=str(path)) as client:
                assert tokens(mint(client)) == expected_tokens()
        assert server.connections == 5
    assert loaded == [str(path)]


OWN = response(token_of(STRUCK))
READ_SIZE = 8192  # bytes that a reader requests from TLS at once


def full_read() -> bytes:
    """A response that fills one read, so that further data in its record stays in the TLS layer."""
    return response(token_of(STRUCK), f"X: {'x' * (READ_SIZE - len(OWN) - len('X: ' + '..'))}")


def garbage(connection: socket.socket) -> None:
    """Send an invalid TLS record."""
    socket.socket.sendall(connection, SECRET.encode() * 9)


@pytest.mark.parametrize(
    ("script", "connections"),
    [
        (None, 1),
        (sends(OWN + FOREIGN), 2),
        (sends(full_read() + FOREIGN), 2),
        (sends(OWN, FOREIGN), 2),
        (ends(OWN), 2),
        (ends(head() + token_of(STRUCK).encode()), 2),
    ],
    ids=["tickets", "two responses in a record", "rest of a record", "two records", "no TLS close", "no length"],
)
def test_tls_connection_is_reused_only_if_nothing_is_left_on_it(
    script: Script | None, connections: int, authority: Authority, tls: ssl.SSLContext
) -> None:
    """Session tickets do not count as data that is left."""
    with closing(FaultyServer(script, tls)) as server:
        with client_for(f"https://127.0.0.1:{server.port}", ca_path=authority.path) as client:
            assert tokens(mint(client, after_first=server.has_struck if script else None)) == expected_tokens()
        assert server.asked == user_ids()
        assert server.connections == connections


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (garbage, "the TLS connection failed"),
        (ends(), "the connection failed"),
        (ends(OWN[:-5]), "the response was cut short"),
    ],
    ids=["garbage", "no response", "truncated response"],
)
def test_tls_failure_after_the_request_is_not_retried(
    script: Script, reason: str, authority: Authority, tls: ssl.SSLContext
) -> None:
    with closing(FaultyServer(script, tls)) as server:
        with client_for(f"https://127.0.0.1:{server.port}", retries=1, ca_path=authority.path) as client:
            struck, *others = mint(client, after_first=server.has_struck)
        check_failure(struck, reason, MAY_BE_DONE)
        assert tokens(others) == expected_tokens()[1:]
        assert server.asked == user_ids()


@pytest.mark.parametrize("status", ["100 Continue", "103 Early Hints"])
def test_interim_responses_of_a_proxy_are_skipped(
    status: str, authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    established = head("X: y", status=status) + ESTABLISHED
    with closing(FaultyServer(tls=tls)) as server, closing(FaultyProxy(server, established=established)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with client_for(f"https://{HOST}", ca_path=authority.path) as client:
            assert tokens(mint(client)) == expected_tokens()
        assert proxy.connections == 1


@pytest.mark.parametrize("script", [ends(), resets()], ids=["closed", "reset"])
def test_broken_tunnel_after_the_request_is_not_retried(
    script: Script, authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """urllib3 blames the proxy, but the request was sent."""
    with closing(FaultyServer(script, tls)) as server, closing(FaultyProxy(server)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with client_for(f"https://{HOST}", retries=1, ca_path=authority.path) as client:
            [outcome] = mint(client, 1)
        check_failure(outcome, "the connection failed", MAY_BE_DONE)
        assert server.asked == user_ids(1)


def test_connection_through_a_tls_proxy_is_not_reused(
    authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is unknown whether any data is left on it."""
    with closing(FaultyServer(tls=tls)) as server, closing(FaultyProxy(server, tls=tls)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
        with client_for(f"https://{HOST}", ca_path=authority.path) as client:
            assert tokens(mint(client)) == expected_tokens()
        assert server.asked == user_ids()
        assert proxy.connections == 4


def tunnels(script: Script) -> Script:
    """Establish a tunnel, and run a script when TLS begins in it."""

    def established(connection: socket.socket) -> None:
        connection.sendall(ESTABLISHED)
        hears(script)(connection)

    return established


@pytest.mark.parametrize(
    ("script", "over_tls"),
    [
        (sends(0.8 * SLOW, ESTABLISHED, 0.8 * SLOW, ALERT), False),
        (tunnels(drips(HANDSHAKE_BEGINS, b"x")), True),
    ],
    ids=["slow", "drips"],
)
def test_proxy_and_tls_handshakes_share_one_timeout(
    script: Script, over_tls: bool, authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This includes TLS within the TLS connection to a proxy."""
    outer = tls if over_tls else None
    with closing(FaultyServer(tls=tls)) as server, closing(FaultyProxy(server, script, tls=outer)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http{'s' * over_tls}://127.0.0.1:{proxy.port}")
        with client_for(f"https://{HOST}", timeout=SLOW, ca_path=authority.path) as client:
            [outcome] = mint(client, 1)
    check_failure(outcome, "timed out")


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hunter2@",
        "http://user:hunter2@proxy.emm.test:port",
        "http://user:hunter2@[proxy",
        "user:hunter2@[proxy",
        "user:hunter2@proxy.emm.test:port",
        "ftp://user:hunter2@proxy.emm.test",
        "socks5://user:hunter2@proxy.emm.test",
        "://user:hunter2@proxy.emm.test",
        "http://user:hunter2@127.0.0.1:CLOSED_PORT",
        "user:hunter2@127.0.0.1:CLOSED_PORT",
    ],
)
def test_proxy_url_is_not_quoted_in_errors(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing_port() as port, client_for(f"https://{HOST}") as client:
        monkeypatch.setenv("HTTPS_PROXY", url.replace("CLOSED_PORT", str(port)))
        [outcome] = mint(client, 1)
    check_failure(outcome, "")
