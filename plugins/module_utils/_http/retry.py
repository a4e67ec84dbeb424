# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The retry policy: which requests are retried, after which delay, and for how long.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._http.failures import causes_of
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import (
    may_be_retried,
    may_have_been_sent,
    record_lost_response,
)

try:
    import urllib3.exceptions
    from urllib3.util.retry import Retry
except ImportError:  # reported by find_missing_library; this file must still be importable then
    if not TYPE_CHECKING:
        Retry = object

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})
BACKOFF_FIRST = 0.5  # seconds; Google's usage page gives 0.5 s, 1 s, 2 s for interactive jobs
BACKOFF_MAX = 16.0  # seconds
RETRY_AFTER_MAX = 60.0  # seconds; the API's quota is per minute


class BoundedRetry(Retry):
    """``urllib3``'s policy with the backoff that Google recommends and a time limit that the server cannot extend.

    The delay is ``BACKOFF_FIRST``, doubled at each retry, plus or minus up to 50 % at random. ``Retry-After`` is
    honored up to ``RETRY_AFTER_MAX``. No retry starts later than ``time_limit`` seconds after the first failure, unless
    it has to wait for other requests. If there is a ``limiter``, quota refusals are passed on to it, for all threads.
    A request gives up if the remaining time is shorter than the requested delay. A request that is not repeatable gives
    up if it may have been sent and there is no response.
    """

    def __init__(
        self,
        *args: Any,
        time_limit: float,
        deadline: float | None = None,
        limiter: RateLimiter | None = None,
        is_over_quota: Callable[[bytes], bool] | None = None,
        **kwargs: Any,
    ) -> None:
        """``is_over_quota`` tells from the body of a response with status 403 whether it means the same as 429."""
        super().__init__(*args, **kwargs)
        self.time_limit = time_limit
        self.deadline = deadline
        self.limiter = limiter
        self.is_over_quota = is_over_quota

    def new(self, **kw: Any) -> BoundedRetry:
        deadline = self.deadline or time.monotonic() + self.time_limit
        own = {"limiter": self.limiter, "is_over_quota": self.is_over_quota}
        return super().new(time_limit=self.time_limit, deadline=deadline, **own, **kw)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        may_be_over_quota = status_code == 403 and self.is_over_quota is not None
        return may_be_over_quota or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> BoundedRetry:
        refused = response is not None and self._is_quota_refusal(response)
        final = response is not None and response.status == 403 and not refused
        wait = None if response is None or final else self._retry_after(response)
        if self.limiter:
            self._update_limiter(self.limiter, wait, refused=refused)
        policy = self
        if error is not None:
            record_lost_response()
            error = _reclassify(error)
            policy = self if may_be_retried() else self.new(read=False)
        if final or self._remaining() <= (wait or 0):  # with too little time left, fail as after the last retry
            policy = policy.new(total=0)
        return super(BoundedRetry, policy).increment(method, url, response, error, *args, **kwargs)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        super().sleep(response)
        if self.limiter:
            self.limiter.wait()

    def _is_quota_refusal(self, response: BaseHTTPResponse) -> bool:
        """Whether a response says that the quota is exhausted."""
        if response.status == 403 and self.is_over_quota:
            return self.is_over_quota(response.data or b"")
        return response.status == 429

    def _update_limiter(self, limiter: RateLimiter, wait: float | None, *, refused: bool) -> None:
        limiter.record_result(refused)
        if refused and wait is None:
            wait = self._backoff(len(self.history) + 1)
        limiter.pause(wait or 0.0)

    def get_backoff_time(self) -> float:
        return self._backoff(len(self.history))

    def _backoff(self, retry: int) -> float:
        wait: float = BACKOFF_FIRST * 2 ** (retry - 1)
        return min(wait * random.uniform(0.5, 1.5), BACKOFF_MAX, self._remaining())

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        wait = self._retry_after(response)
        return None if wait is None else min(wait, self._remaining())

    def _retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            wait = super().get_retry_after(response)
        except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
            wait = None
        return None if wait is None else min(wait, RETRY_AFTER_MAX)

    def _remaining(self) -> float:
        return self.time_limit if self.deadline is None else max(0.0, self.deadline - time.monotonic())


def _reclassify(error: Exception) -> Exception:
    """The error that tells urllib3 whether the server may have received the request, and so whether to retry it.

    urllib3 judges by the origin of an error. It blames the proxy if a connection through it breaks after the request
    was sent, and mistakes a TLS handshake that times out for a response that does.
    """
    if may_have_been_sent():
        if isinstance(error, urllib3.exceptions.ProxyError):
            return urllib3.exceptions.ProtocolError("Connection aborted.", error.original_error)
        return error
    # Not for a certificate that is not trusted, or a proxy that refuses: a retry does not change them.
    transient: tuple[type[BaseException], ...] = (
        urllib3.exceptions.ReadTimeoutError,
        urllib3.exceptions.ProtocolError,
        TimeoutError,
        ConnectionError,
        ssl.SSLEOFError,
    )
    if any(isinstance(cause, transient) for cause in causes_of(error)):
        return urllib3.exceptions.ConnectTimeoutError("Nothing was sent.", error)
    return error
