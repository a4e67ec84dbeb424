# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""How fast requests are sent: as fast as the quota allows, which only the server knows.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

QUOTA = 60_000 / 60  # requests a second; an EMM has 60,000 a minute, for all that it does
LOWERING = 0.8  # of the rate, each time the quota is met; as Google's usage page asks for
RAISING = 1.05  # of the rate, for each second in which it is not
_SLOWEST = 0.5  # requests a second
_MEASURED = 1.0  # seconds over which the rate that was really reached is measured


class RateLimiter:
    """Paces the requests of all threads.

    A thread calls ``wait`` before each request, and ``slow_down`` when the server said that it was one too many.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        """``clock`` and ``sleep`` are in seconds."""
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._thread = threading.local()  # when its last request was sent
        self._rate = QUOTA
        self._rated_at = clock()
        self._next_turn = self._paused_until = self._flowing_since = clock()
        self._lowered_at = float("-inf")
        self._sent: deque[float] = deque()  # when, in the last ``_MEASURED`` seconds

    def wait(self) -> None:
        """Wait until the calling thread may send a request, and take it for sent."""
        turn = self._take_turn()
        while True:
            delay = turn - self._clock()
            if delay > 0:
                self._sleep(delay)
            with self._lock:
                if turn >= self._paused_until:
                    self._note_sent()
                    return
            turn = self._take_turn()  # a pause began while this thread was waiting: what it had is void

    def slow_down(self) -> None:
        """Lower the rate, for the calling thread's last request met the quota.

        Once for all the requests that were under way together: only those sent at the lowered rate say something of it.
        """
        with self._lock:
            if self._thread.sent_at <= self._lowered_at:
                return
            now = self._clock()
            rate = self._rate_at(now)
            if now - self._flowing_since > _MEASURED:
                # The number of threads may have kept it below what was allowed.
                rate = min(rate, len(self._sent) / _MEASURED)
            self._rate = max(rate * LOWERING, _SLOWEST)
            self._rated_at = self._lowered_at = now

    def pause(self, seconds: float) -> None:
        """Have no thread send anything for a while, for the server has asked one of them for that."""
        with self._lock:
            until = self._clock() + seconds
            if until > self._paused_until:
                self._paused_until = self._next_turn = self._rated_at = self._flowing_since = until

    def _take_turn(self) -> float:
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_turn, self._paused_until)
            self._next_turn = turn + 1 / self._rate_at(now)
            return turn

    def _rate_at(self, now: float) -> float:
        return min(QUOTA, self._rate * RAISING ** max(0.0, now - self._rated_at))

    def _note_sent(self) -> None:
        now = self._clock()
        self._thread.sent_at = now
        self._sent.append(now)
        while self._sent[0] <= now - _MEASURED:
            self._sent.popleft()
