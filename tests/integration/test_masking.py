# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Values that ansible-core 2.22 and later masks in its output, and values that it must not mask."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__
from packaging.version import Version

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, DEVICE_TOKENS, GROUP, ROLE, fleet
from tests.integration.playbooks import ENROLLMENT, Ansible

CORE_MASKS = Version(re.sub("[a-z].*", "", __version__)) >= Version("2.22")
OPTIONS = {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice"}
COMMON_WORDS = "service_account, googleapis.com, the project o-and-o"
SHOW_MINTED = {"name": "Show", "ansible.builtin.debug": {"var": "minted.enrollment_token"}}
SHOW_FACTS = {"name": "Show", "ansible.builtin.debug": {"var": "device_tokens_user_auth"}}


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "as a module"])
def test_only_secret_key_fields_are_masked(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, in_process: bool
) -> None:
    """Words that occur in every key, and short values that occur in any text, stay readable."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key.update(project_id="o-and-o", client_id="o")
    del environment["GCP_AUTH_KIND"], environment["GCP_SERVICE_ACCOUNT_FILE"]
    secret = {
        "name": "Show the key",
        "ansible.builtin.debug": {"msg": "{{ key.private_key_id }} {{ key.private_key }}"},
    }
    play: dict[str, Any] = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {GROUP: {"service_account_contents": "{{ key }}"}},
        "vars": {"key": key, **({} if in_process else {"ansible_python_interpreter": ansible.interpreter()})},
        "tasks": [
            {ENROLLMENT: OPTIONS, "register": "minted", "no_log": True},
            {
                DEVICE_TOKENS: {},
                "vars": {f"device_tokens_{name}": value for name, value in OPTIONS.items()},
                "no_log": True,
            },
            {"name": "Say", "ansible.builtin.debug": {"msg": {"service_account": COMMON_WORDS}}},
            secret,
        ],
    }
    run = ansible.play([play], environment=environment)
    assert run.returncode == 0, run.output
    [said] = [entry["result"]["msg"] for entry in run.results if entry["task"] == "Say"]
    assert said == {"service_account": COMMON_WORDS}
    assert COMMON_WORDS in run.output
    line = key["private_key"].splitlines()[1]
    assert (key["private_key_id"] not in run.output) == (line not in run.output) == CORE_MASKS


@pytest.mark.skipif(not CORE_MASKS, reason="this version of ansible-core masks nothing")
@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "as a module"])
@pytest.mark.parametrize("no_log", [True, False])
def test_token_is_masked_if_its_task_has_no_log(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, no_log: bool, in_process: bool
) -> None:
    ansible.in_process = in_process
    mint = {ENROLLMENT: OPTIONS, "register": "minted", "no_log": no_log}
    [dummy, shown] = ansible.tasks(mint, SHOW_MINTED, environment=environment)
    [token] = [token["token"] for token in emulator.tokens()]
    assert (token in shown["_output"]) == (not no_log)


@pytest.mark.skipif(not CORE_MASKS, reason="this version of ansible-core masks nothing")
@pytest.mark.parametrize("no_log", [True, False])
def test_role_tokens_are_masked_unless_no_log_is_off(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, no_log: bool
) -> None:
    """Masking does not change the tokens that tasks write to files."""
    file = ansible.directory / "token"
    write = {"ansible.builtin.copy": {"content": "{{ device_tokens_user_auth.token }}", "dest": str(file)}}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": {**local, "ansible_become": False},
        "roles": [ROLE],
        "post_tasks": [SHOW_FACTS, write],
    }
    inventory = fleet(1, device_tokens_kinds=BOTH, device_tokens_no_log=no_log)
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    [token] = [token["token"] for token in emulator.tokens("user_auth")]
    assert (token in run.output) == (token in json.dumps(run.results)) == (not no_log)
    assert file.read_text(encoding="utf-8") == token
