# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Times: when an answer was made, by the server's clock and by that of this machine, and how they are written.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_TOLERANCE = timedelta(minutes=1)  # what clocks may differ by without a word about it


@dataclass(frozen=True)
class Clocks:
    """When an answer was made, in whole seconds.

    By the clock of this machine, that was after it was ``asked`` for and before it was ``received``; by the server's,
    it was when the server ``said``, if it did.
    """

    asked: datetime
    received: datetime
    said: datetime | None

    @property
    def issued_at(self) -> datetime:
        """When the answer was made, by the server's clock; by ours if it does not say."""
        return self.said or self.asked

    @property
    def earliest(self) -> datetime:
        """When the answer was made, by the earlier of the two clocks where they differ.

        By ours, that may be at any time on the way; nothing is older than the question.
        """
        return self.issued_at if self.issued_at <= self.received else min(self.asked, self.issued_at)

    @property
    def warning(self) -> str | None:
        """What to say of clocks that differ by more than the time on the way can explain, a minute or more."""
        if self.said is None:
            return None
        ahead, behind = self.said - self.received, self.asked - self.said
        if max(ahead, behind) < _TOLERANCE:
            return None
        relation = f"{_in_words(ahead)} ahead of" if ahead > behind else f"{_in_words(behind)} behind"
        return (
            f"The server's clock is {relation} that of this machine. A token's expires_at is computed from the earlier "
            "of the two. Correct the clock that is wrong."
        )


def now() -> datetime:
    """The time by the clock of this machine, in whole seconds."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def read_date(header: str | None) -> datetime | None:
    """The time in a ``Date`` header, if there is one that can be read."""
    try:
        date = email.utils.parsedate_to_datetime(header or "")
        return date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        return None


def to_text(moment: datetime) -> str:
    """A time in UTC, as ISO 8601 has it, rounded down to the second."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def from_text(text: str) -> datetime:
    """The time that a text says, in UTC. Raises ``ValueError`` or ``OverflowError`` for what is none."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("it has no time zone")
    return moment.astimezone(timezone.utc)


def after(moment: datetime, seconds: int) -> datetime | None:
    """What time it is so many seconds later; nothing where that lies beyond the year 9999."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _in_words(span: timedelta) -> str:
    """About how long it is, so that it is the same for all tasks of a run."""
    unit, length = next((unit, length) for unit, length in _UNITS if span >= length)
    return f"{span // length} {unit}{'s' if span // length > 1 else ''}"
