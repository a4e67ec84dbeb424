# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""How many examples are tried, and which."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_TIMES = os.environ.get("FUZZ_TIMES")


def examples(count: int) -> settings:
    """So many examples, the same ones in each run.

    With the environment variable ``FUZZ_TIMES``, so many times as many, other ones in each run; what has failed is
    tried first in the next one.
    """
    slow = [HealthCheck.too_slow]  # is a busy machine
    if _TIMES:
        return settings(max_examples=count * int(_TIMES), deadline=None, suppress_health_check=slow, print_blob=True)
    return settings(max_examples=count, deadline=None, suppress_health_check=slow, derandomize=True, database=None)
