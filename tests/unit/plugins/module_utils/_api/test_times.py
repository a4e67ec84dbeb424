# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""When a response was made, by two clocks, one of which may be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import (
    Clocks,
    after,
    from_text,
    now,
    read_date,
    to_text,
)

NOON = datetime(2026, 11, 27, 12, tzinfo=timezone.utc)
FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)


def clocks(server_time: float | None, *, took: float = 0) -> Clocks:
    """A request sent at noon, with the response ``server_time`` and ``took`` seconds later by the two clocks."""
    server = None if server_time is None else NOON + timedelta(seconds=server_time)
    return Clocks(NOON, NOON + timedelta(seconds=took), server)


@pytest.mark.parametrize(
    ("server_time", "took", "earliest"),
    [
        (0, 0, 0),
        (7, 30, 7),  # during the request
        (30, 30, 30),
        (31, 30, 0),  # by ours, at any time during the request
        (3600, 0, 0),
        (-1, 30, -1),
        (-3600, 0, -3600),
        (None, 30, 0),
        (-5, -10, -5),  # our clock was set back during the request
    ],
)
def test_earliest_is_from_the_earlier_clock(server_time: float | None, took: float, earliest: float) -> None:
    assert clocks(server_time, took=took).earliest == NOON + timedelta(seconds=earliest)
    assert clocks(server_time, took=took).issued_at == NOON + timedelta(seconds=server_time or 0)


@pytest.mark.parametrize(
    ("server_time", "took"),
    [(0, 0), (59, 0), (-59, 0), (0, 600), (600, 600), (659, 600), (-59, 600), (None, 0), (None, -600)],
)
def test_difference_that_network_delay_explains_is_ignored(server_time: float | None, took: float) -> None:
    assert clocks(server_time, took=took).difference is None


@pytest.mark.parametrize(
    ("server_time", "took", "words"),
    [
        (60, 0, "1 minute ahead of"),
        (-60, 0, "1 minute behind"),
        (660, 600, "1 minute ahead of"),
        (-60, 600, "1 minute behind"),
        (7199, 0, "1 hour ahead of"),
        (7200, 0, "2 hours ahead of"),
        (-86_400, 0, "1 day behind"),
        ((FOREVER - NOON).total_seconds(), 0, "2912112 days ahead of"),
    ],
)
def test_difference_of_the_clocks_is_described(server_time: float, took: float, words: str) -> None:
    assert clocks(server_time, took=took).difference == f"The server's clock is {words} that of this machine."


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Fri, 27 Nov 2026 12:00:00 GMT", NOON),
        ("Fri, 27 Nov 2026 12:00:00 -0000", NOON),
        ("Fri, 27 Nov 2026 13:00:00 +0100", NOON),
        ("Fri, 31 Dec 9999 23:59:59 GMT", FOREVER),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("Fri, 31 Dec 2027 23:59:59 +99999999999999", None),
        ("Fri, 27 Nov 2026 25:00:00 GMT", None),
        ("yesterday", None),
        (" ", None),
        ("", None),
        (None, None),
    ],
)
def test_read_date(header: str | None, expected: datetime | None) -> None:
    assert read_date(header) == expected


def test_now_is_in_whole_seconds() -> None:
    assert now().microsecond == 0
    assert abs(now() - datetime.now(timezone.utc)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("moment", "text"), [(NOON, "2026-11-27T12:00:00Z"), (NOON.replace(year=7, microsecond=9), "0007-11-27T12:00:00Z")]
)
def test_times_convert_to_text_and_back(moment: datetime, text: str) -> None:
    assert to_text(moment) == text
    assert from_text(text) == moment.replace(microsecond=0)


def test_time_zone_is_converted_to_utc() -> None:
    assert from_text("2026-11-27T13:00:00+01:00") == NOON


@pytest.mark.parametrize("text", ["", "soon", "2026-11-27", "2026-11-27T12:00:00"])
def test_invalid_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_text(text)


def test_after() -> None:
    assert after(NOON, 60) == datetime(2026, 11, 27, 12, 1, tzinfo=timezone.utc)
    assert after(FOREVER, 0) == FOREVER
    assert after(FOREVER, 1) is None
    assert after(NOON, 315_576_000_000) is None
