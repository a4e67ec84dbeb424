# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The enrollment token module, run by ansible-playbook against the emulator."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.conftest import MintEach
from tests.emulator.process import Emulator
from tests.integration.playbooks import Ansible
from tests.operation.test_enrollment_token import (
    INVALID_OPTIONS,
    assert_refused,
    test_check_mode_previews_the_result_without_requests,
    test_minted_token_enrolls_devices,
)

pytestmark = pytest.mark.usefixtures("both_ways")
# Run these here as well: end to end, in process and as a module.
__all__ = [
    "test_check_mode_previews_the_result_without_requests",
    "test_minted_token_enrolls_devices",
]


def test_invalid_options_are_refused_before_any_request(
    ansible: Ansible, mint_each: MintEach, emulator: Emulator
) -> None:
    # A sample is enough as a module, which takes most of a second to start: the same code checks the options.
    assert_refused(INVALID_OPTIONS if ansible.in_process else INVALID_OPTIONS[::15], mint_each, emulator)


def test_durations_are_accepted_in_every_form(ansible: Ansible, mint_each: MintEach, emulator: Emulator) -> None:
    """With units, in seconds, and as a template, whose text jinja2_native converts to a number."""
    native = {"ANSIBLE_JINJA2_NATIVE": "true"}  # always enabled from ansible-core 2.19 on
    durations = ["1h30m", "5400s", "5400", 5400, "{{ '5400' }}", {"seconds": 5400}]
    used = durations if ansible.in_process else durations[-2:]
    results = mint_each(*({"duration": duration} for duration in used), environment=native)
    for result in results:
        assert result["enrollment_token"]["duration"] == {"seconds": 5400, "nanos": 0}
    assert {json.loads(request["body"])["duration"] for request in emulator.mints()} == {"5400s"}


def test_expiry_uses_the_earlier_clock_and_a_difference_is_warned_of(mint_each: MintEach, emulator: Emulator) -> None:
    """Otherwise, a wrong server clock would make a token of one minute look valid until the year 9999."""
    dates = ["Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"]
    fault = {"path": "enrollmentTokens", "body": '{"token": "t", "duration": "60s"}'}
    emulator.fail(*({**fault, "headers": {"Date": date}} for date in dates))
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
