# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The module that gets an enterprise, run by ansible-playbook against the emulator."""

from __future__ import annotations

import pytest

from tests.emulator.process import Emulator
from tests.integration.playbooks import ENTERPRISE_INFO, Ansible
from tests.operation.test_enterprise import ENTERPRISE


@pytest.mark.usefixtures("both_ways")
def test_enterprise_is_returned_also_in_check_mode(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    task = {ENTERPRISE_INFO: {"enterprise_id": "LC03demo00"}}
    results = ansible.tasks(task, {**task, "check_mode": True}, environment=environment)
    assert [(result["changed"], result["enterprise"]) for result in results] == [(False, ENTERPRISE)] * 2
    assert [request["method"] for request in emulator.journal("/androidenterprise/")] == ["GET"] * 2
