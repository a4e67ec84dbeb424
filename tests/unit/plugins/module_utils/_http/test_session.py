# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Local hosts and proxies. The rest is tested over real connections."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import urllib3.exceptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import retry
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session, _read_body


@pytest.fixture(autouse=True)
def _no_metadata_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GCE_METADATA_HOST", raising=False)
    monkeypatch.delenv("GCE_METADATA_IP", raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://play.example.com/",
        "http://10.0.0.1/",
        "http://169.254.7.7/",
        "http://[fe80::1]/",
        "http://[2001:db8::1]/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://metadata.google.internal.example.com/",
        "ftp://example.com/",
    ],
)
def test_plain_http_to_other_hosts_is_refused(url: str) -> None:
    options = ConnectionOptions("https://www.googleapis.com", 1, 0, None)
    with pytest.raises(TransportError, match="plain HTTP"):
        Session(options, rate_limited_prefix="https://www.googleapis.com/").request("GET", url)


def test_proxies_are_looked_up_once_per_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send(*_arguments: Any, **kwargs: Any) -> requests.Response:
        asked.append(kwargs["proxies"].get("https"))
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "send", send)
    options = ConnectionOptions("https://www.googleapis.com", timeout=5, retries=0, ca_path=None)
    session = Session(options, rate_limited_prefix="https://www.googleapis.com/")
    monkeypatch.setenv("NO_PROXY", "oauth2.googleapis.com")
    for proxy, url in (
        ("http://first.example:3128", "https://www.googleapis.com/one"),
        ("http://first.example:3128", "https://oauth2.googleapis.com/token"),
        ("http://second.example:3128", "https://www.googleapis.com/another"),
        ("http://second.example:3128", "https://sts.googleapis.com/v1/token"),
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(requests.ConnectionError):
            session.request("POST", url)
    assert asked == ["http://first.example:3128", None, "http://first.example:3128", "http://second.example:3128"]


class Busy(http.server.BaseHTTPRequestHandler):
    """A server that runs an action and then responds with HTTP 503."""

    requests = 0
    before: Callable[[], object]

    def do_POST(self) -> None:
        Busy.requests += 1
        self.before()
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a server that responds with HTTP 503."""
    monkeypatch.setattr(retry, "BACKOFF_FIRST", 0.001)
    monkeypatch.setattr(Busy, "requests", 0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("end", ["closed", "unwanted"])
def test_unwanted_request_is_not_retried(busy: str, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    options = ConnectionOptions(busy, timeout=5, retries=3, ca_path=None)
    wanted = {True}
    session = Session(options, busy, is_wanted=lambda: bool(wanted))
    monkeypatch.setattr(Busy, "before", lambda handler: None, raising=False)
    assert session.request("POST", busy).status_code == 503
    assert Busy.requests == 4
    monkeypatch.setattr(Busy, "before", lambda handler: session.close() if end == "closed" else wanted.clear())
    for dummy in range(2):
        with pytest.raises(TransportError, match="was not sent"):
            session.request("POST", busy)
    assert Busy.requests == 5


class BrokenBody:
    """A response whose TLS connection breaks while its body is read."""

    closed = False

    @property
    def data(self) -> bytes:
        raise urllib3.exceptions.SSLError("bad record mac")

    def close(self) -> None:
        self.closed = True


def test_tls_failure_within_the_body_is_an_ssl_error() -> None:
    response = requests.Response()
    response.raw = BrokenBody()
    with pytest.raises(requests.exceptions.SSLError, match="bad record mac"):
        _read_body(response)
    assert response.raw.closed
