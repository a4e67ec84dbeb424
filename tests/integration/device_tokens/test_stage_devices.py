# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The playbook stage_devices."""

from __future__ import annotations

import re

import pytest

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, GOOGLE_MANAGED_USER, assert_no_secret, fleet
from tests.integration.playbooks import REPOSITORY, Ansible

PLAYBOOK = "emm.android_enterprise.stage_devices"


@pytest.mark.parametrize("serial", ["100%", "1"])
def test_summary_lists_all_hosts_of_all_batches(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, serial: str
) -> None:
    """Even if a whole batch was refused, the others follow, and the refused hosts fail at the end."""
    inventory = fleet(3, device_tokens_kinds=BOTH, device_tokens_duration="12h")
    inventory["all"]["hosts"]["device-01"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    arguments = ["--extra-vars", f"stage_devices_serial={serial}"]
    run = ansible.play(PLAYBOOK, *arguments, inventory=inventory, environment=environment)
    assert run.returncode == 2
    shown = [entry for entry in run.results if entry["task"].startswith("Show which host")]
    [summary] = [entry["result"]["msg"] for entry in shown if entry["status"] == "ok"]
    rows = [re.split(r"  +", line) for line in summary]
    assert rows[0] == ["HOST", "KIND", "TOKEN", "VALIDITY"]
    assert [(row[0], row[1]) for row in rows[1:]] == [
        ("device-01", "refused"),
        ("device-02", "enrollment"),
        ("device-02", "user_auth"),
        ("device-03", "enrollment"),
        ("device-03", "user_auth"),
    ]
    assert rows[1][-1] == "see below"
    for row in rows[2:]:
        [issued] = [token for token in emulator.tokens() if token["token"].endswith(row[2].removeprefix("****"))]
        assert issued["type"] == row[1]
        assert row[3] in (f"until {issued['expires']}", f"once, within minutes of {issued['issued']}")
    assert set(run.failures()) == {"device-01"}
    assert "EMM-managed accounts only" in run.failures()["device-01"]
    assert re.search(r"device-01 .* failed=1 ", run.output)
    assert_no_secret(run.output, emulator)


def test_host_refused_in_a_later_batch_fails_alone(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(4, device_tokens_kinds=["user_auth"])
    inventory["all"]["hosts"]["device-04"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    run = ansible.play(PLAYBOOK, "--extra-vars", "stage_devices_serial=2", inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-04"}, run.output
    assert len(emulator.tokens()) == 3


def test_pattern_selects_hosts(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    playbook = str(REPOSITORY / "playbooks" / "stage_devices.yml")
    arguments = ["--extra-vars", "stage_devices_hosts=device-02"]
    run = ansible.play(playbook, *arguments, inventory=fleet(3), environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 1
