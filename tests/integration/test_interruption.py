# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Batches that are ended from outside: what had not begun by then does not begin.

What counts is the number of requests, which only depends on what was under way, and not on the pace of the machine.
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
LATENCY = 0.1  # seconds; it is enough for the whole batch to take long
A_FEW = 4

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> Iterator[Start]:
    """Starts a long batch, and returns when a few of its requests have been sent."""
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


def worker(process: subprocess.Popen[str]) -> int:
    """The process that runs the task."""
    [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    return int(child)


def assert_that_it_ends_early(emulator: Emulator) -> None:
    """Wait until no more requests come, which must not be because all have come."""
    before = -1
    while (begun := len(emulator.mints())) > before:
        before = begun
        time.sleep(15 * LATENCY)
    assert begun < len(USERS)


def strike_time_limit(process: subprocess.Popen[str]) -> None:
    """Do to a task what the system does when its time is over, and wait for what comes of it."""
    os.kill(worker(process), signal.SIGALRM)
    output, dummy = process.communicate()
    assert "imed out" in output or "time frame" in output, "which is how ansible-core 2.18 says it"


def test_what_is_under_way_at_the_time_limit_is_neither_waited_for_nor_tried_again(
    start: Start, emulator: Emulator
) -> None:
    emulator.fail({"path": "authenticationToken", "times": None, "status": 503})
    strike_time_limit(start(timeout=3600))
    assert len(emulator.mints()) < CONCURRENCY * 6, "or all retries of the first ones were sent"


@pytest.mark.usefixtures("as_module")
def test_a_module_ends_when_nobody_reads_its_output(start: Start, emulator: Emulator) -> None:
    """As after the time limit of its task: Ansible starts it, and leaves it alone then."""
    strike_time_limit(start(timeout=3600))
    assert_that_it_ends_early(emulator)


def test_a_batch_ends_with_the_main_process(start: Start, emulator: Emulator) -> None:
    process = start()
    process.kill()
    process.wait()
    assert_that_it_ends_early(emulator)


def test_the_next_item_of_a_loop_has_its_own_time(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """What the time limit has ended does not stand in the way of what follows in the same process."""
    emulator.fail({"path": "authenticationToken", "times": 1, "latency": 60})
    options = {"enterprise_id": emulator.address.enterprise_id, "user_ids": USERS[:1]}
    [result] = ansible.tasks({USER_AUTH: options, "loop": [1, 2], "timeout": 5}, environment=environment)
    assert ["authentication_tokens" in item for item in result["results"]] == [False, True]
    assert len(emulator.journal("/token")) == 1
