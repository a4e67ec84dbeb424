# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Checks the validity of enrollment tokens in facts, which may not make sense.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import after, from_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import Duration

_CLOCK_SKEW_MAX = timedelta(days=1)  # a server's clock that is further ahead of ours is not trusted
_MALFORMED_FACT_ERRORS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


def outlasts_year_9999(fact: Mapping[str, Any]) -> bool:
    """Whether the token expires after the year 9999, so that it has no ``expires_at``.

    If ``expires_at`` is missing for another reason, the expiry is unknown.
    """
    try:
        start = min(from_text(fact["issued_at"]), _now())
        return after(start, Duration.from_options(fact["duration"]).seconds) is None
    except _MALFORMED_FACT_ERRORS:
        return False


def is_valid_for(fact: Mapping[str, Any], span: timedelta) -> bool:
    """Whether the token is certain to be valid for at least ``span``. False if the fact does not make sense."""
    if fact.get("expires_at") is None:
        return outlasts_year_9999(fact)
    try:
        issued_at, expires_at = from_text(fact["issued_at"]), from_text(fact["expires_at"])
        latest = after(issued_at, Duration.from_options(fact["duration"]).seconds)
    except _MALFORMED_FACT_ERRORS:
        return False
    in_order = issued_at <= expires_at and (latest is None or expires_at <= latest)
    return in_order and issued_at - _now() <= _CLOCK_SKEW_MAX and expires_at - _now() >= span


def _now() -> datetime:
    return datetime.now(timezone.utc)
