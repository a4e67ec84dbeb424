# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""How many examples Hypothesis tries, and which."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_TIMES = os.environ.get("FUZZ_TIMES")


def examples(count: int) -> settings:
    """Settings for ``count`` examples, the same in each run.

    The environment variable ``FUZZ_TIMES`` multiplies their number and makes them different in each run. Examples that
    fail are the first of the next run.
    """
    slow = [HealthCheck.too_slow]  # a busy machine would fail it
    if _TIMES:
        return settings(max_examples=count * int(_TIMES), deadline=None, suppress_health_check=slow, print_blob=True)
    return settings(max_examples=count, deadline=None, suppress_health_check=slow, derandomize=True, database=None)
