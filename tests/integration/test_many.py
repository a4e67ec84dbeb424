# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Many tokens in one task, end to end. tests/operation has more tests of them."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Mint
from tests.emulator.process import Emulator
from tests.integration.playbooks import Ansible
from tests.operation.test_many import test_failures_are_listed_and_other_tokens_are_returned

pytestmark = pytest.mark.usefixtures("both_ways")
# Run these here as well: end to end, in process and as a module.
__all__ = ["test_failures_are_listed_and_other_tokens_are_returned"]
USERS = [str(100_000_000_000_000_000_000 + number) for number in range(1, 25)]


def test_long_task_shows_progress(ansible: Ansible, mint: Mint, emulator: Emulator) -> None:
    emulator.change_settings(latency=1.2)
    emulator.fail({"path": "authenticationToken", "times": 1, "status": 404})
    result = mint(user_ids=USERS[:6], concurrency=1, on_failure="continue")
    shown = re.findall(
        r"MINTING: .*android_enterprise_user_auth_token \((\d) of 6 tokens, 1 failed\)", result["_output"]
    )
    # The number of updates and their values depend on the speed of the machine.
    assert bool(shown) == ansible.in_process
    assert shown == sorted(shown)
    assert set(shown) <= set("12345")
