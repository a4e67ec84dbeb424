# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Interrupted batches: after the interruption, no more requests are sent.

The tests count requests, which does not depend on the speed of the machine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.process import Emulator
from tests.integration.playbooks import USER_AUTH, Ansible

USERS = [str(100_000_000_000_000_000_000 + number) for number in range(1, 25)] * 10
CONCURRENCY = 2
LATENCY = 0.1  # seconds, which makes the whole batch slow enough to interrupt
A_FEW = 4

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> Iterator[Start]:
    """A function that starts a long batch, and returns once the batch has sent a few requests."""
    processes: list[subprocess.Popen[str]] = []

    def run(**keywords: Any) -> subprocess.Popen[str]:
        options = {"enterprise_id": emulator.address.enterprise_id, "user_ids": USERS, "concurrency": CONCURRENCY}
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [{USER_AUTH: options, **keywords}],
            **({} if ansible.in_process else {"vars": {"ansible_python_interpreter": ansible.interpreter()}}),
        }
        emulator.change_settings(latency=LATENCY)
        processes.append(ansible.start([play], environment=environment))
        while len(emulator.mints()) < A_FEW:
            assert processes[-1].poll() is None, processes[-1].communicate()
            time.sleep(LATENCY / 2)
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        with process:  # close its pipes
            pass


def worker_pid(process: subprocess.Popen[str]) -> int:
    """The ID of the process that runs the task."""
    [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    return int(child)


def assert_batch_ends_early(emulator: Emulator) -> None:
    """Wait until no more requests arrive, and assert that the batch is incomplete."""
    before = -1
    while (sent := len(emulator.mints())) > before:
        before = sent
        time.sleep(15 * LATENCY)
    assert sent < len(USERS)


def reach_time_limit(process: subprocess.Popen[str]) -> None:
    """Send the task the signal of an expired time limit, and wait for the end of the run."""
    os.kill(worker_pid(process), signal.SIGALRM)
    output, dummy = process.communicate()
    assert "imed out" in output or "time frame" in output, "the second is the message of ansible-core 2.18"


def test_time_limit_ends_the_task_without_further_retries(start: Start, emulator: Emulator) -> None:
    emulator.fail({"path": "authenticationToken", "times": None, "status": 503})
    reach_time_limit(start(timeout=3600))
    assert len(emulator.mints()) < CONCURRENCY * 6, "fewer than all retries of the first requests"


@pytest.mark.usefixtures("as_module")
def test_module_ends_when_its_output_is_not_read(start: Start, emulator: Emulator) -> None:
    """When the time limit of a task expires, Ansible closes the module's output and does not end the module."""
    reach_time_limit(start(timeout=3600))
    assert_batch_ends_early(emulator)


def test_batch_ends_when_the_main_process_is_killed(start: Start, emulator: Emulator) -> None:
    process = start()
    process.kill()
    process.wait()
    assert_batch_ends_early(emulator)


def test_next_loop_item_has_its_own_time_limit(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """The interrupted item does not block the next one, which runs in the same process."""
    emulator.fail({"path": "authenticationToken", "times": 1, "latency": 60})
    options = {"enterprise_id": emulator.address.enterprise_id, "user_ids": USERS[:1]}
    [result] = ansible.tasks({USER_AUTH: options, "loop": [1, 2], "timeout": 5}, environment=environment)
    assert ["authentication_tokens" in item for item in result["results"]] == [False, True]
    assert len(emulator.journal("/token")) == 1
