# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The request rate, by a clock that advances only during sleep."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from time import sleep as really_sleep

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.rate_limit import QUOTA, RateLimiter

Action = Callable[[], object]


class Time:
    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps = 0
        self.meanwhile: list[Action] = []  # what other threads do, one action at each sleep

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.sleeps += 1
        assert self.sleeps < 10_000, "it waits forever"
        end = self.now + seconds
        if self.meanwhile:
            self.meanwhile.pop(0)()
        self.now = max(self.now, end)


class Thread:
    """A thread that sends requests on demand."""

    def __init__(self, limiter: RateLimiter, executor: ThreadPoolExecutor) -> None:
        self._limiter = limiter
        self._executor = executor

    def wait(self) -> None:
        self._executor.submit(self._limiter.wait).result(10)

    def record_result(self, *, refused: bool) -> None:
        self._executor.submit(self._limiter.record_result, refused).result(10)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limiter(time: Time) -> RateLimiter:
    return RateLimiter(time.clock, time.sleep)


@pytest.fixture
def threads(limiter: RateLimiter) -> Iterator[list[Thread]]:
    """Three threads in addition to that of the test."""
    with contextlib.ExitStack() as stack:
        yield [Thread(limiter, stack.enter_context(ThreadPoolExecutor(1))) for dummy in range(3)]


def send(limiter: RateLimiter, time: Time, count: int = 1) -> list[float]:
    """The times, in seconds from now, at which ``count`` requests are sent. All are accepted."""
    start = time.now
    moments = []
    for dummy in range(count):
        limiter.wait()
        moments.append(time.now - start)
        limiter.record_result(refused=False)
    return moments


def exceed_quota(limiter: RateLimiter) -> None:
    """Send a request that is refused because of the quota."""
    limiter.wait()
    limiter.record_result(refused=True)


def rate(limiter: RateLimiter, time: Time) -> float:
    """The current rate in requests per second, measured with two requests."""
    first, second = send(limiter, time, 2)
    return 1 / (second - first)


def test_requests_are_evenly_spaced_at_the_quota(limiter: RateLimiter, time: Time) -> None:
    assert QUOTA == 1000
    assert send(limiter, time, 2000) == pytest.approx([number / 1000 for number in range(2000)])


def test_unused_capacity_is_not_saved(limiter: RateLimiter, time: Time) -> None:
    send(limiter, time, 2)
    time.now += 10
    assert send(limiter, time, 3) == pytest.approx([0, 0.001, 0.002])


class Moment(float):
    """A time that lets other threads run when something is subtracted from it."""

    def __sub__(self, other: float) -> float:
        really_sleep(0)
        return float(self) - other


def test_threads_take_different_turns() -> None:
    delays: list[float] = []
    limiter = RateLimiter(lambda: Moment(1000), delays.append)

    def send_some() -> None:
        for dummy in range(50):
            limiter.wait()

    with ThreadPoolExecutor(8) as executor:
        wait([executor.submit(send_some) for dummy in range(8)])
    assert sorted(delays) == pytest.approx([number / 1000 for number in range(1, 400)])


def test_rate_is_lowered_once_for_all_requests_in_flight(
    limiter: RateLimiter, time: Time, threads: list[Thread]
) -> None:
    for thread in threads:
        thread.wait()
    for thread in threads:
        thread.record_result(refused=True)
        time.now += 0.01
    assert rate(limiter, time) == pytest.approx(800, rel=0.002)


def test_rate_is_lowered_once_while_the_quota_is_exhausted(limiter: RateLimiter, time: Time) -> None:
    for dummy in range(10):
        exceed_quota(limiter)
        limiter.record_result(refused=True)  # as after the last retry, whose result is recorded twice
    assert rate(limiter, time) == pytest.approx(800, rel=0.001)


def test_rate_is_lowered_again_if_it_is_still_too_high(limiter: RateLimiter, time: Time) -> None:
    for expected in (800, 640, 512):
        send(limiter, time)
        exceed_quota(limiter)
        assert rate(limiter, time) == pytest.approx(expected, rel=0.001)


def test_requests_in_flight_do_not_affect_the_lowered_rate(
    limiter: RateLimiter, time: Time, threads: list[Thread]
) -> None:
    first, second, third = threads
    for thread in threads:
        thread.wait()
    first.record_result(refused=True)
    second.record_result(refused=False)  # sent before the quota was exceeded, so it does not end the state,
    exceed_quota(limiter)  # so this does not lower the rate again
    send(limiter, time)
    third.record_result(refused=True)  # and neither does this
    assert rate(limiter, time) == pytest.approx(800, rel=0.001)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, 800), (1, 840), (2, 882), (4.5, 800 * 1.05**4.5), (5, 1000), (100, 1000)]
)
def test_rate_rises_up_to_the_quota(limiter: RateLimiter, time: Time, seconds: float, expected: float) -> None:
    exceed_quota(limiter)
    time.now += seconds
    assert rate(limiter, time) == pytest.approx(expected, rel=0.001)


def test_rate_is_lowered_from_its_current_value(limiter: RateLimiter, time: Time) -> None:
    exceed_quota(limiter)
    time.now += 2
    send(limiter, time)
    exceed_quota(limiter)
    assert rate(limiter, time) == pytest.approx(882 * 0.8, rel=0.001)


def test_rate_has_a_minimum(limiter: RateLimiter, time: Time) -> None:
    for dummy in range(60):
        send(limiter, time)
        exceed_quota(limiter)
    assert rate(limiter, time) == pytest.approx(1)


def test_one_thread_probes_the_exhausted_quota(limiter: RateLimiter, time: Time, threads: list[Thread]) -> None:
    first, second, third = threads
    second.wait()
    exceed_quota(limiter)
    first.wait()
    time.meanwhile = [
        lambda: None,
        lambda: second.record_result(refused=False),  # sent earlier
        lambda: None,
        lambda: first.record_result(refused=False),
    ]
    [moment] = send(limiter, time)
    assert not time.meanwhile, "it was held until then"
    assert 0.05 < moment < 0.2, "but no longer"
    for thread in (first, second, third):
        thread.wait()  # each of them continues


def test_immediate_probe_counts(limiter: RateLimiter, time: Time) -> None:
    limiter.wait()
    time.now += 1
    limiter.record_result(refused=True)
    assert send(limiter, time, 3) == pytest.approx([0, 1 / 800, 2 / 800]), "the first one immediately"


def test_another_thread_probes_after_a_refused_probe(limiter: RateLimiter, time: Time, threads: list[Thread]) -> None:
    first, second, dummy = threads
    exceed_quota(limiter)
    first.wait()
    first.record_result(refused=True)
    second.wait()
    time.meanwhile = [lambda: None, lambda: second.record_result(refused=False)]
    send(limiter, time)
    assert not time.meanwhile


def test_waiting_thread_is_held_during_a_probe(limiter: RateLimiter, time: Time, threads: list[Thread]) -> None:
    first, *dummy = threads
    exceed_quota(limiter)
    limiter.pause(1)
    time.meanwhile = [
        first.wait,
        lambda: None,  # while the first one waits for its turn
        lambda: None,
        lambda: first.record_result(refused=False),
    ]
    [moment] = send(limiter, time)
    assert not time.meanwhile
    assert 1 < moment < 1.2


def test_held_threads_take_turns_after_a_probe(limiter: RateLimiter, time: Time, threads: list[Thread]) -> None:
    first, second, dummy = threads
    for dummy2 in range(60):  # down to one request per second
        send(limiter, time)
        exceed_quota(limiter)
    first.wait()
    moments: list[float] = []

    def send_another() -> None:
        second.wait()
        moments.append(time.now)

    time.meanwhile = [send_another, lambda: first.record_result(refused=False)]
    limiter.wait()
    moments.append(time.now)
    assert not time.meanwhile
    assert moments[1] - moments[0] == pytest.approx(1, rel=0.1)


def test_repeated_result_does_not_end_another_probe(limiter: RateLimiter, time: Time, threads: list[Thread]) -> None:
    first, second, dummy = threads
    exceed_quota(limiter)
    first.wait()
    first.record_result(refused=True)
    second.wait()
    first.record_result(refused=True)  # as after its last retry
    time.meanwhile = [lambda: None, lambda: second.record_result(refused=False)]
    send(limiter, time)
    assert not time.meanwhile, "it was held until then"


def test_pause_holds_new_requests(limiter: RateLimiter, time: Time) -> None:
    limiter.wait()
    limiter.pause(3)
    assert send(limiter, time, 3) == pytest.approx([3, 3.001, 3.002]), "they do not all start at once after it"


def test_expired_pause_has_no_effect(limiter: RateLimiter, time: Time) -> None:
    limiter.pause(3)
    time.now += 4
    assert send(limiter, time, 2) == pytest.approx([0, 0.001])


def test_shorter_pause_does_not_shorten_a_longer_one(limiter: RateLimiter, time: Time) -> None:
    limiter.pause(5)
    time.now += 1
    limiter.pause(2)
    assert send(limiter, time) == pytest.approx([4])


def test_longer_pause_replaces_a_shorter_one(limiter: RateLimiter, time: Time) -> None:
    limiter.pause(2)
    limiter.pause(5)
    assert send(limiter, time) == pytest.approx([5])


def test_pause_holds_waiting_threads(limiter: RateLimiter, time: Time) -> None:
    limiter.wait()
    time.meanwhile = [lambda: limiter.pause(3), lambda: limiter.pause(5)]
    # It is to be sent after 0.001 s, then after the pause of 3 s, which ends in that of 5 s that began after 0.001 s.
    assert send(limiter, time, 2) == pytest.approx([5.001, 5.002])


def test_pause_does_not_delay_a_later_turn(limiter: RateLimiter, time: Time) -> None:
    limiter.pause(1)
    time.meanwhile = [lambda: limiter.pause(0.5)]
    assert send(limiter, time) == pytest.approx([1])


def test_rate_does_not_rise_during_a_pause(limiter: RateLimiter, time: Time) -> None:
    exceed_quota(limiter)
    limiter.pause(10)
    assert rate(limiter, time) == pytest.approx(800)
    time.now += 1
    assert rate(limiter, time) == pytest.approx(840, rel=0.001)


def test_unwanted_request_is_not_sent(time: Time) -> None:
    wanted = True
    limiter = RateLimiter(time.clock, time.sleep, lambda: wanted)
    exceed_quota(limiter)
    limiter.pause(60)

    def lose_interest() -> None:
        nonlocal wanted
        wanted = False

    time.meanwhile.append(lose_interest)
    with pytest.raises(TransportError, match="was not sent"):
        limiter.wait()
    assert time.now == 1060, "found after the wait"
    with pytest.raises(TransportError, match="was not sent"):
        limiter.wait()
    assert time.now == 1060, "found before the next wait"
