# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The retry policy, without a network."""

from __future__ import annotations

import types
from collections.abc import Iterator

import pytest
import urllib3
import urllib3.exceptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import retry as retry_module
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.rate_limit import RateLimiter
from urllib3.util.retry import Retry


def policy(total: int = 10, time_limit: float = 1000.0) -> retry_module.BoundedRetry:
    return retry_module.BoundedRetry(total=total, time_limit=time_limit)


def failures(retry: Retry) -> Iterator[Retry]:
    """The policy after each failed attempt to connect."""
    while True:
        error = urllib3.exceptions.ConnectTimeoutError()
        retry = retry.increment("POST", "/", error=error)
        yield retry


def test_backoff_doubles_with_jitter_up_to_a_maximum() -> None:
    for dummy in range(50):
        for number, retry in zip(range(10), failures(policy()), strict=False):
            wait = 0.5 * 2**number
            assert (
                min(wait * 0.5, retry_module.BACKOFF_MAX)
                <= retry.get_backoff_time()
                <= min(wait * 1.5, retry_module.BACKOFF_MAX)
            )
    assert len({next(failures(policy())).get_backoff_time() for dummy in range(10)}) > 1, "clients do not retry in step"


def test_number_of_retries_is_limited() -> None:
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        list(zip(range(4), failures(policy(total=3)), strict=False))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the policy."""
    now = [1000.0]
    monkeypatch.setattr(retry_module, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_no_retry_starts_after_the_deadline(clock: list[float]) -> None:
    steps = failures(policy(time_limit=0.1))
    assert next(steps).get_backoff_time() <= 0.101
    clock[0] += 0.2
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        next(steps)


def test_each_request_has_its_own_deadline(clock: list[float]) -> None:
    shared = policy(time_limit=0.1)
    next(failures(shared))
    clock[0] += 0.2
    steps = failures(shared)
    next(steps)
    next(steps)


def test_retry_after_pauses_all_requests_even_if_one_gives_up(clock: list[float]) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    limiter = RateLimiter(lambda: clock[0], sleep)
    limiter.wait()
    response = urllib3.HTTPResponse(status=429, headers={"Retry-After": "45"})
    retry = retry_module.BoundedRetry(total=5, time_limit=10.0, limiter=limiter)
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        retry.increment("POST", "/", response=response)
    limiter.wait()
    assert slept == pytest.approx([45.0])


@pytest.mark.parametrize(
    ("sent", "error", "expected"),
    [
        (False, urllib3.exceptions.ProtocolError("reset"), urllib3.exceptions.MaxRetryError),
        (True, urllib3.exceptions.ProtocolError("reset"), urllib3.exceptions.ProtocolError),
        (True, urllib3.exceptions.ProxyError("reset", OSError("reset")), urllib3.exceptions.ProtocolError),
        (False, urllib3.exceptions.ProxyError("refused", OSError("refused")), urllib3.exceptions.MaxRetryError),
        (True, urllib3.exceptions.SSLError("bad record"), urllib3.exceptions.MaxRetryError),
    ],
)
def test_only_unsent_requests_are_retried_after_connection_errors(
    monkeypatch: pytest.MonkeyPatch, sent: bool, error: Exception, expected: type[Exception]
) -> None:
    """A sent request fails with its own error, and an unsent one only after the last retry."""
    monkeypatch.setattr(retry_module, "may_have_been_sent", lambda: sent)
    monkeypatch.setattr(retry_module, "may_be_retried", lambda: not sent)
    retry = retry_module.BoundedRetry(total=0, other=0, time_limit=10)
    with pytest.raises(expected):
        retry.increment("POST", "/", error=error)


@pytest.mark.parametrize(
    ("status", "body", "is_retried"),
    [(429, b"", True), (403, b"over quota", True), (403, b"forbidden", False), (503, b"", True)],
)
def test_quota_refusals_are_retried_for_status_403_and_429(status: int, body: bytes, is_retried: bool) -> None:
    limiter = RateLimiter(lambda: 1000.0)
    limiter.wait()
    retry = retry_module.BoundedRetry(
        total=3,
        time_limit=10,
        limiter=limiter,
        allowed_methods=None,
        status_forcelist={429, 503},
        is_over_quota=lambda body: b"quota" in body,
    )
    assert retry.is_retry("POST", status)
    response = urllib3.HTTPResponse(body, status=status, headers={"Retry-After": "3"})
    if is_retried:
        assert retry.increment("POST", "/", response=response).get_retry_after(response) == 3.0
    else:
        with pytest.raises(urllib3.exceptions.MaxRetryError):
            retry.increment("POST", "/", response=response)
