# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The enrollment token module, run by ansible-playbook against the emulator."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.conftest import MintEach
from tests.emulator.process import Emulator
from tests.operation.test_enrollment_token import (
    test_bad_input_is_refused_before_anything_is_sent,
    test_check_mode_shows_the_structure_and_sends_nothing,
    test_mints_a_token_that_enrolls_a_device,
)

pytestmark = pytest.mark.usefixtures("both_ways")
# These run here as well, end to end and both ways.
__all__ = [
    "test_bad_input_is_refused_before_anything_is_sent",
    "test_check_mode_shows_the_structure_and_sends_nothing",
    "test_mints_a_token_that_enrolls_a_device",
]


def test_durations_as_people_write_them(mint_each: MintEach, emulator: Emulator) -> None:
    """As text, as seconds, and as a template's text, of which jinja2_native makes a number."""
    native = {"ANSIBLE_JINJA2_NATIVE": "true"}  # as always from ansible-core 2.19 on
    durations = ["1h30m", "5400s", "5400", 5400, "{{ '5400' }}", {"seconds": 5400}]
    results = mint_each(*({"duration": duration} for duration in durations), environment=native)
    for result in results:
        assert result["enrollment_token"]["duration"] == {"seconds": 5400, "nanos": 0}
    assert {json.loads(request["body"])["duration"] for request in emulator.mints()} == {"5400s"}


def test_the_earlier_clock_counts_and_the_other_one_is_warned_of(mint_each: MintEach, emulator: Emulator) -> None:
    """A token of a minute does not last for ever because a server says that it is the year 9999."""
    dates = ["Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"]
    answer = {"path": "enrollmentTokens", "body": '{"token": "t", "duration": "60s"}'}
    emulator.fail(*({**answer, "headers": {"Date": date}} for date in dates))
    before = datetime.now(timezone.utc).replace(microsecond=0)
    results = mint_each({}, {})
    ahead, behind = (result["enrollment_token"] for result in results)
    assert ahead["issued_at"] == "9999-12-31T23:59:59Z"
    expires = datetime.fromisoformat(ahead["expires_at"].replace("Z", "+00:00"))
    assert before + timedelta(minutes=1) <= expires <= datetime.now(timezone.utc) + timedelta(minutes=1)
    assert (behind["issued_at"], behind["expires_at"]) == ("2000-01-01T00:00:00Z", "2000-01-01T00:01:00Z")
    output = " ".join(results[0]["_output"].split())
    assert len(re.findall(r"The server's clock is \d+ days ahead of that of this machine", output)) == 1
    assert len(re.findall(r"The server's clock is \d+ days behind that of this machine", output)) == 1


def _options(emulator: Emulator, **options: Any) -> dict[str, Any]:
    return {"enterprise_id": emulator.address.enterprise_id, "enrollment_token_type": "userDevice", **options}
