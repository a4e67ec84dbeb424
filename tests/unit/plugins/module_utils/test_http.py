# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The retry policy, and which hosts count as this machine. The rest is tested over real connections."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3
import urllib3.exceptions
from ansible_collections.emm.android_enterprise.plugins.module_utils import _http
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._rate import RateLimiter
from urllib3.util.retry import Retry


@pytest.fixture(autouse=True)
def _no_metadata_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GCE_METADATA_HOST", raising=False)
    monkeypatch.delenv("GCE_METADATA_IP", raising=False)


def policy(total: int = 10, time_limit: float = 1000.0) -> _http.BoundedRetry:
    return _http.BoundedRetry(total=total, time_limit=time_limit)


def failures(retry: Retry) -> Iterator[Retry]:
    """The policy after each failed attempt to connect."""
    while True:
        error = urllib3.exceptions.ConnectTimeoutError()
        retry = retry.increment("POST", "/", error=error)
        yield retry


def test_waits_double_with_jitter_and_are_capped() -> None:
    for dummy in range(50):
        for number, retry in zip(range(10), failures(policy()), strict=False):
            wait = 0.5 * 2**number
            assert min(wait * 0.5, _http.BACKOFF_MAX) <= retry.get_backoff_time() <= min(wait * 1.5, _http.BACKOFF_MAX)
    assert len({next(failures(policy())).get_backoff_time() for dummy in range(10)}) > 1, "no two clients in step"


def test_attempts_are_counted() -> None:
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        list(zip(range(4), failures(policy(total=3)), strict=False))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the policy sees."""
    now = [1000.0]
    monkeypatch.setattr(_http, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_nothing_is_retried_past_the_deadline(clock: list[float]) -> None:
    steps = failures(policy(time_limit=0.1))
    assert next(steps).get_backoff_time() <= 0.101
    clock[0] += 0.2
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        next(steps)


def test_every_request_has_its_own_deadline(clock: list[float]) -> None:
    shared = policy(time_limit=0.1)
    next(failures(shared))
    clock[0] += 0.2
    steps = failures(shared)
    next(steps)
    next(steps)


def test_all_pause_for_as_long_as_one_was_told_to_that_has_no_time_left(clock: list[float]) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    limiter = RateLimiter(lambda: clock[0], sleep)
    limiter.wait()
    told = urllib3.HTTPResponse(status=429, headers={"Retry-After": "45"})
    retry = _http.BoundedRetry(total=5, time_limit=10.0, limiter=limiter)
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        retry.increment("POST", "/", response=told)
    limiter.wait()
    assert slept == pytest.approx([45.0])


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
def test_plain_http_to_others_is_refused(url: str) -> None:
    options = _http.ConnectionOptions("https://www.googleapis.com", 1, 0, None)
    with pytest.raises(TransportError, match="plain http"):
        _http.Session(options, once="https://www.googleapis.com/").request("GET", url)


def test_the_metadata_server_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _http.metadata_host() == "metadata.google.internal"
    assert _http.is_metadata_root("http://169.254.169.254")
    assert not _http.is_metadata_root("http://metadata-proxy:8080/")
    monkeypatch.setenv("GCE_METADATA_HOST", "metadata-proxy:8080")
    assert _http.metadata_host() == "metadata-proxy:8080"
    assert _http.is_metadata_root("http://metadata-proxy:8080/")
    assert not _http.is_metadata_root("http://metadata-proxy:8080/computeMetadata/v1/")


def test_a_body_is_read_byte_by_byte_where_urllib3_knows_no_better() -> None:
    class Raw:
        def stream(self, amount: int, decode_content: bool) -> Iterator[bytes]:
            assert (amount, decode_content) == (1, True)
            yield from (b"a", b"b")

    assert b"".join(_http.pieces(Raw())) == b"ab"


@pytest.mark.parametrize(
    ("error", "never_sent"),
    [
        (OSError("Could not find a suitable TLS CA certificate bundle"), True),
        (requests.exceptions.InvalidURL("no host"), True),
        (requests.exceptions.InvalidHeader("a line break"), True),
        (requests.exceptions.ConnectTimeout(urllib3.exceptions.ConnectTimeoutError()), True),
        (requests.exceptions.ReadTimeout("after 30 seconds"), False),
        (requests.exceptions.ConnectionError("reset by peer"), False),
    ],
)
def test_what_was_never_sent(error: Exception, never_sent: bool) -> None:
    assert _http.was_never_sent(error) is never_sent


def test_the_environment_is_asked_for_proxies_once_for_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send(*_arguments: Any, **kwargs: Any) -> requests.Response:
        asked.append(kwargs["proxies"].get("https"))
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "send", send)
    options = _http.ConnectionOptions("https://www.googleapis.com", timeout=5, retries=0, ca_path=None)
    session = _http.Session(options, once="https://www.googleapis.com/")
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
