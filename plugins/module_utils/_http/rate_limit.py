# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Limits the request rate to the API's quota, which only the server knows.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError

QUOTA = 60_000 / 60  # requests per second; an EMM has 60,000 per minute in all
DECREASE = 0.8  # factor, each time the quota is exceeded; as Google's usage page recommends
INCREASE = 1.05  # factor per second otherwise
_RATE_MIN = 1.0  # requests per second
_INCREASE_TIME_MAX = 600.0  # seconds, after which any rate has risen to the quota
_POLL_INTERVAL = 0.02  # seconds, while another thread probes


class RateLimiter:
    """Limits the rate of the requests of all threads.

    A thread calls ``wait`` before each request and ``record_result`` after it. When the quota is exceeded, all threads
    pause. Then one of them probes, and the others follow at a lower rate once its request is accepted.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """``clock`` and ``sleep`` are in seconds; ``is_wanted`` is called before each request."""
        self._clock = clock
        self._sleep = sleep
        self._is_wanted = is_wanted
        self._lock = threading.Lock()
        # When a thread's last request was sent, whether it is a probe, and whether its result is recorded.
        self._thread = threading.local()
        self._rate = QUOTA
        self._rate_set_at = clock()
        self._next_turn = self._paused_until = clock()
        self._lowered_at = float("-inf")
        self._exhausted = False  # the quota was exceeded, and no request has been accepted since
        self._is_probing = False  # whether a request is in flight that shows if it still is

    def wait(self) -> None:
        """Wait until the calling thread may send a request, and count it as sent.

        Raises ``TransportError`` if the request is no longer wanted.
        """
        self._check_wanted()  # before taking a turn, which would be wasted
        sent = False
        while not sent:
            turn = self._take_turn()
            delay = _POLL_INTERVAL if turn is None else turn - self._clock()
            if delay > 0:
                self._sleep(delay)
                self._check_wanted()
            sent = turn is not None and self._try_to_send(turn)

    def record_result(self, refused: bool) -> None:
        """Note whether the calling thread's last request was refused because of the quota.

        The rate is lowered only once while the quota is exhausted, however many requests are refused. Recording
        the result of a request again has no effect.
        """
        with self._lock:
            if self._thread.is_recorded:
                return
            self._thread.is_recorded = True
            if self._thread.sent_at <= self._lowered_at and not self._thread.is_probe:
                return  # it was in flight when another one exceeded the quota
            self._is_probing = self._is_probing and not self._thread.is_probe
            if refused and not self._exhausted:
                now = self._clock()
                self._rate = max(self._rate_at(now) * DECREASE, _RATE_MIN)
                self._rate_set_at = self._lowered_at = now
            self._exhausted = refused

    def pause(self, seconds: float) -> None:
        """Stop all threads from sending for a while, as the server asked one of them to."""
        with self._lock:
            now = self._clock()
            if now + seconds > max(now, self._paused_until):
                self._rate = self._rate_at(now)
                self._rate_set_at = self._paused_until = now + seconds

    def _check_wanted(self) -> None:
        if not self._is_wanted():
            raise TransportError("The request was not sent because nothing waits for its result any more.")

    def _take_turn(self) -> float | None:
        """Reserve the time at which the calling thread may send. There are no turns while a request probes."""
        with self._lock:
            if self._is_probing:
                return None
            now = self._clock()
            turn = max(now, self._next_turn, self._paused_until)
            self._next_turn = turn + 1 / self._rate_at(now)
            return turn

    def _try_to_send(self, turn: float) -> bool:
        """Whether the calling thread may send now. If not, its turn has become void in the meantime."""
        with self._lock:
            if self._is_probing or turn < self._paused_until:
                return False
            self._is_probing = self._thread.is_probe = self._exhausted
            self._thread.sent_at = self._clock()
            self._thread.is_recorded = False
            return True

    def _rate_at(self, now: float) -> float:
        increased: float = self._rate * INCREASE ** min(max(0.0, now - self._rate_set_at), _INCREASE_TIME_MAX)
        return min(QUOTA, increased)
