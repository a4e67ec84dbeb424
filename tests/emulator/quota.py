# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The quota of an EMM: a limit of calls for each window of time, and HTTP 429 for calls beyond it."""

from __future__ import annotations

import math

from aiohttp import web

from tests.emulator.errors import GoogleError
from tests.emulator.store import Settings


class Quota:
    """Counts calls. A window begins with a call, and is measured by the real clock, not by the adjustable one."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._window_began = -math.inf
        self._calls = 0

    def refusal(self, settings: Settings, now: float) -> web.Response | None:
        """Count a call at ``now``, in seconds. Return an error response if it exceeds the quota."""
        if now - self._window_began >= settings.quota_window:
            self._window_began = now
            self._calls = 0
        self._calls += 1
        if self._calls <= settings.quota:
            return None
        response = GoogleError(429, "Quota exceeded for quota metric 'Queries'.", reason="rateLimitExceeded").response()
        if settings.retry_after:
            response.headers["Retry-After"] = str(math.ceil(self._window_began + settings.quota_window - now))
        return response
