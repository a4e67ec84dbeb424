# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Times: when a response was made, by the clocks of the server and of this machine, and their text form.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_TOLERANCE = timedelta(minutes=1)  # a smaller difference is ignored


@dataclass(frozen=True)
class Clocks:
    """When a response was made, in whole seconds.

    By the clock of this machine, between the request (``sent_at``) and the response (``received_at``). By the server's
    clock, at the time in its ``Date`` header (``server_time``), if there is one.
    """

    sent_at: datetime
    received_at: datetime
    server_time: datetime | None

    @property
    def issued_at(self) -> datetime:
        """When the response was made, by the server's clock, or by ours if it has no date."""
        return self.server_time or self.sent_at

    @property
    def earliest(self) -> datetime:
        """When the response was made, by the earlier of the two clocks if they differ.

        By ours, that may be any time since the request was sent.
        """
        return self.issued_at if self.issued_at <= self.received_at else min(self.sent_at, self.issued_at)

    @property
    def difference(self) -> str | None:
        """A sentence if the clocks differ by a minute or more, not counting the duration of the request."""
        if self.server_time is None:
            return None
        ahead, behind = self.server_time - self.received_at, self.sent_at - self.server_time
        if max(ahead, behind) < _TOLERANCE:
            return None
        relation = f"{_approximate(ahead)} ahead of" if ahead > behind else f"{_approximate(behind)} behind"
        return f"The server's clock is {relation} that of this machine."


def now() -> datetime:
    """The time by the clock of this machine, in whole seconds."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def read_date(header: str | None) -> datetime | None:
    """The time in a ``Date`` header, if it can be parsed."""
    try:
        date = email.utils.parsedate_to_datetime(header or "")
        return date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        return None


def to_text(moment: datetime) -> str:
    """A time in UTC as ISO 8601, rounded down to the second."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def from_text(text: str) -> datetime:
    """Parse a time as UTC. Raises ``ValueError`` or ``OverflowError`` for anything else."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("it has no time zone")
    return moment.astimezone(timezone.utc)


def after(moment: datetime, seconds: int) -> datetime | None:
    """The time a number of seconds later, or None if that is after the year 9999."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _approximate(span: timedelta) -> str:
    """An approximate duration in words, so that it is the same for all tasks of a run."""
    unit, length = next((unit, length) for unit, length in _UNITS if span >= length)
    return f"{span // length} {unit}{'s' if span // length > 1 else ''}"
