# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Many tokens in one task, end to end; tests/operation has more about them."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from tests.conftest import Mint
from tests.emulator.process import Emulator
from tests.integration.playbooks import Ansible
from tests.operation.test_many import (
    test_check_mode_shows_the_structure_and_sends_nothing,
    test_what_failed_is_listed_and_the_rest_is_returned,
)

pytestmark = pytest.mark.usefixtures("both_ways")
# These run here as well, end to end and both ways.
__all__ = [
    "test_check_mode_shows_the_structure_and_sends_nothing",
    "test_what_failed_is_listed_and_the_rest_is_returned",
]
USERS = [str(100_000_000_000_000_000_000 + number) for number in range(1, 25)]


def seconds_between(requests: list[dict[str, Any]]) -> list[float]:
    times = sorted(request["time"] for request in requests)
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_the_quota_is_kept_without_a_storm(mint: Mint, emulator: Emulator) -> None:
    emulator.change_settings(quota=60, quota_window=1.0, latency=0.02)
    result = mint(count=300, concurrency=32)
    assert len(result["enrollment_tokens"]) == len(emulator.tokens()) == 300
    requests = emulator.mints()
    refused = [request for request in requests if request["status"] == 429]
    assert refused, "or the quota was not met"
    assert len(refused) < 150


def test_a_long_task_shows_how_far_it_is(ansible: Ansible, mint: Mint, emulator: Emulator) -> None:
    emulator.change_settings(latency=1.2)
    emulator.fail({"path": "authenticationToken", "times": 1, "status": 404})
    result = mint(user_ids=USERS[:6], concurrency=1, on_failure="continue")
    shown = re.findall(
        r"MINTING: .*android_enterprise_user_auth_token \((\d) of 6 tokens, 1 failed\)", result["_output"]
    )
    # How often, and with which numbers, depends on the pace of the machine.
    assert bool(shown) == ansible.in_process
    assert shown == sorted(shown)
    assert set(shown) <= set("12345")
