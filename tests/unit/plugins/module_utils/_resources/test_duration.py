# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Durations, compared with Google's own implementation."""

from __future__ import annotations

import random
import re

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import (
    MAX_SECONDS,
    Duration,
    check_duration,
)
from google.protobuf.duration_pb2 import Duration as GoogleDuration


def test_json_agrees_with_google_protobuf() -> None:
    generator = random.Random(20260729)
    samples = [(0, 0), (0, 1), (1, 0), (60, 999_999_999), (2**53 % MAX_SECONDS, 1), (MAX_SECONDS, 999_999_999)]
    samples += [
        (generator.randint(0, MAX_SECONDS), generator.choice([0, 1, 5 * 10**8, 999_999_999])) for dummy in range(200)
    ]
    for seconds, nanos in samples:
        ours = Duration(seconds, nanos)
        google = GoogleDuration()
        google.FromJsonString(ours.to_json())
        assert (google.seconds, google.nanos) == (seconds, nanos)
        assert Duration.from_json(google.ToJsonString()) == ours
        assert Duration.from_options(ours.to_options()) == ours


def test_json_form() -> None:
    assert Duration(3600).to_json() == "3600s"
    assert Duration(3, 500_000_000).to_json() == "3.500000000s"
    assert Duration.from_json("3.5s") == Duration(3, 500_000_000)
    assert Duration.from_json("3.000000001s") == Duration(3, 1)


@pytest.mark.parametrize(
    "text", ["", "s", "3600", "3600 s", "-1s", "+1s", "1.s", ".5s", "1.0000000001s", "1e3s", "١s", "1h"]
)
def test_invalid_json_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Duration.from_json(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", Duration(2_592_000)),
        ("12h", Duration(43_200)),
        ("90m", Duration(5_400)),
        ("3600s", Duration(3_600)),
        ("2w", Duration(1_209_600)),
        ("1h30m", Duration(5_400)),
        ("1w2d3h4m5.6s", Duration(788_645, 600_000_000)),
        (" 1h ", Duration(3_600)),
        ("0s", Duration(0)),
        ("0.000000001s", Duration(0, 1)),
        (f"{MAX_SECONDS}.999999999s", Duration(MAX_SECONDS, 999_999_999)),
    ],
)
def test_human_form(text: str, expected: Duration) -> None:
    assert Duration.from_human(text) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "d", "30", "30 d", "-1h", "1.5h", "30m1h", "1h1h", "1H", "1h, 30m", "one hour", "PT1H", "1h\n30m"]
)
def test_invalid_human_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration such as '30d'"):
        Duration.from_human(text)


@pytest.mark.parametrize("text", [f"{MAX_SECONDS + 1}s", "3652501d", "9" * 5000 + "s", "9" * 5000 + "w"])
def test_too_long_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Durations\.MAX_VALUE"):
        Duration.from_human(text)


@pytest.mark.parametrize(("seconds", "nanos"), [(-1, 0), (0, -1), (0, 10**9), (MAX_SECONDS + 1, 0), (2**64, 0)])
def test_values_out_of_range_are_refused(seconds: int, nanos: int) -> None:
    with pytest.raises(ValueError, match="must"):
        Duration(seconds, nanos)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12h", Duration(43_200)),
        ("3600s", Duration(3600)),
        ("3600", Duration(3600)),
        (3600, Duration(3600)),
        ({"seconds": 60}, Duration(60)),
        ({"seconds": "60", "nanos": None}, Duration(60)),
        ({"seconds": 60, "nanos": 1}, Duration(60, 1)),
    ],
)
def test_all_forms_of_an_option_are_accepted(value: object, expected: Duration) -> None:
    assert check_duration("duration", value) == expected


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("an hour", "is not a duration such as"),
        (-1, "seconds must not be negative"),
        ("9" * 5000, "Durations.MAX_VALUE"),
        (10**30, "Durations.MAX_VALUE"),
        (1.5, "an integer number of seconds"),
        (True, "an integer number of seconds"),
        ([60], "an integer number of seconds"),
        ({}, "a dictionary with integer seconds and nanos"),
        ({"nanos": 1}, "a dictionary with integer seconds and nanos"),
        ({"seconds": 1, "hours": 1}, "a dictionary with integer seconds and nanos"),
        ({"seconds": [1]}, "a dictionary with integer seconds and nanos"),
        ({"seconds": float("inf")}, "a dictionary with integer seconds and nanos"),
        ({1: 2}, "a dictionary with integer seconds and nanos"),
        ({"seconds": -1}, "seconds must not be negative"),
    ],
)
def test_invalid_options_are_refused(value: object, rule: str) -> None:
    with pytest.raises(OptionError, match=f"^Option 'a duration' is .*, but .*{re.escape(rule)}"):
        check_duration("a duration", value)


def test_durations_are_ordered() -> None:
    assert Duration(59, 999_999_999) < Duration(60) < Duration(60, 1)
