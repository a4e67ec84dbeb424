# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""When a task runs in a worker process of the controller, and what the tasks of a run share."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.conftest import Mint, MintEach
from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, USER_AUTH, Ansible

PROCESS_STARTED = "EXEC"  # in Ansible's output at the highest verbosity when it starts a process
OPTIONS = {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice"}
USERS = [str(100_000_000_000_000_000_000 + number) for number in range(1, 25)]
NOT_TEXT: list[tuple[dict[str, Any], str]] = [
    ({"user_id": 10}, "'user_id' is 10"),
    ({"user_id": True}, "'user_id' is True"),
    ({"user_id": 1.1}, "'user_id' is 1.1"),
    ({"user_id": ["1"]}, "'user_id' is a list"),
    ({"user_id": "{{ 10 }}"}, "'user_id' is 10"),
    ({"user_ids": [USERS[0], None]}, "'user_ids[1]' is null"),
    ({"user_ids": [USERS[0], date(2026, 11, 22)]}, "'user_ids[1]' is 2026-11-22"),
    ({"user_ids": 10}, "'user_ids[0]' is 10"),
    ({"user_id": USERS[0], "enterprise_id": date(2026, 11, 22)}, "'enterprise_id' is 2026-11-22"),
    ({"enterprise_id": 10}, "'enterprise_id' is 10"),
    ({"enterprise_id": None}, "'enterprise_id' is null"),
]


def test_process_is_started_only_if_the_task_requires_one(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    in_process: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "plain": ({}, {}),
        "delegated": ({"delegate_to": "localhost"}, {}),
        "discovered interpreter": ({"vars": {"ansible_python_interpreter": "auto_silent"}}, {}),
        "check mode": ({"check_mode": True}, {}),
        "loop": ({"loop": [1, 2, 3]}, {}),
        "empty environment": ({}, {"environment": {}}),
    }
    as_module: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "other interpreter": ({"vars": {"ansible_python_interpreter": ansible.interpreter()}}, {}),
        "environment of the task": ({"environment": {"LANG": "C"}}, {}),
        "environment of the play": ({}, {"environment": {"LANG": "C"}}),
        "become": ({"become": True, "become_method": "ansible.builtin.su"}, {}),
    }
    if " " not in sys.executable:  # Ansible does not quote the interpreter of an asynchronous task.
        as_module["async"] = ({"async": 60, "poll": 1}, {})
    plays = [
        {"name": name, "hosts": "localhost", "gather_facts": False, "tasks": [{ENROLLMENT: OPTIONS, **task}], **play}
        for name, (task, play) in {**in_process, **as_module}.items()
    ]
    environment["ANSIBLE_ASYNC_DIR"] = str(ansible.directory / "async")
    run = ansible.play(plays, "-vvvv", environment=environment)
    assert run.returncode == 0, run.output
    dummy, *sections = re.split(r"^PLAY \[(.*?)\] \*+$", run.output, flags=re.MULTILINE)
    output = dict(zip(sections[::2], sections[1::2], strict=True))
    assert list(output) == [play["name"] for play in plays]
    assert {name for name, text in output.items() if PROCESS_STARTED in text} == as_module.keys()
    assert len(emulator.tokens()) == 3 + len(in_process) - 2 + len(as_module), "a loop of three, and check mode"


def test_process_is_started_if_the_controller_lacks_a_library(
    ansible: Ansible, without_google_auth: dict[str, str], emulator: Emulator
) -> None:
    """The module then runs under the host's Python interpreter, which may have the library."""
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{ENROLLMENT: OPTIONS}]}
    run = ansible.play([play], "-vvvv", environment=without_google_auth)
    assert PROCESS_STARTED in run.output
    assert "Failed to import the required Python library (google-auth)" in run.output
    assert emulator.journal() == []


def test_credentials_are_exchanged_once_per_run(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    tasks: list[dict[str, Any]] = [
        {ENROLLMENT: OPTIONS},
        {ENROLLMENT: OPTIONS, "loop": [1, 2, 3]},
        {USER_AUTH: {"enterprise_id": "LC03demo00", "user_ids": USERS}},
    ]
    plays = [
        {
            "hosts": "all",
            "gather_facts": False,
            "strategy": strategy,
            "tasks": [{**task, "delegate_to": "localhost"} for task in tasks],
        }
        for strategy in ("linear", "free")
    ]
    inventory: dict[str, Any] = {"all": {"hosts": {f"device-{number}": {} for number in range(5)}}}
    run = ansible.play(plays, inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.mints()) == 2 * 5 * (1 + 3 + len(USERS))
    assert len(emulator.journal("/token")) == 1


def test_other_credentials_are_exchanged_separately(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    builder = {**OPTIONS, "auth_kind": "serviceaccount", "service_account_file": emulator.address.builder_file}
    results = ansible.tasks(
        {ENROLLMENT: OPTIONS}, {ENROLLMENT: builder}, {ENROLLMENT: OPTIONS}, environment=environment
    )
    assert [result["failed"] for result in results] == [False, True, False]
    assert "builder@emulator" in results[1]["msg"]
    assert len(emulator.journal("/token")) == 2


def test_other_credentials_of_the_environment_are_exchanged_separately(ansible: Ansible, emulator: Emulator) -> None:
    """Otherwise, the second host would get its token from the account of the first."""
    keys = [emulator.address.service_account_file, emulator.address.builder_file]
    inventory: dict[str, Any] = {
        "all": {
            "vars": {"device_tokens_enterprise_id": "LC03demo00", "device_tokens_enrollment_token_type": "userDevice"},
            "hosts": {f"device-{number}": {"key": key} for number, key in enumerate(keys)},
        }
    }
    play = {
        "gather_facts": False,
        "environment": {"GOOGLE_APPLICATION_CREDENTIALS": "{{ key }}"},
        "roles": ["emm.android_enterprise.device_tokens"],
    }
    environment = ansible.environment(ANDROID_ENTERPRISE_API_URL=emulator.address.url)
    plays = [{"hosts": host, **play} for host in inventory["all"]["hosts"]]
    run = ansible.play(plays, inventory=inventory, environment=environment)
    assert "builder@emulator" in run.failures()["device-1"], run.output
    assert len(emulator.journal("/token")) == 2
    assert len(emulator.tokens()) == 1


def test_refused_credentials_are_retried_for_the_next_loop_item(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.fail({"path": "^/token$", "status": 400, "body": '{"error": "invalid_grant"}', "times": 3})
    tasks: list[dict[str, Any]] = [
        {ENROLLMENT: {**OPTIONS, **many}, "loop": [1, 2], "ignore_errors": True} for many in ({}, {"count": 2})
    ]
    results = ansible.tasks(*tasks, {ENROLLMENT: OPTIONS, "loop": [1, 2]}, environment=environment)
    assert [
        [bool(item.get("enrollment_token") or item.get("enrollment_tokens")) for item in result["results"]]
        for result in results
    ] == [[False, False], [False, True], [True, True]]
    assert len(emulator.tokens()) == 2 + 1 + 1
    assert len(emulator.journal("/token")) == 4


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"latency": 20.0}, "no response arrived in time"),
        ({"status": 400, "body": '{"error": "invalid_grant"}'}, "invalid_grant"),
    ],
    ids=["silent", "refused"],
)
def test_hosts_share_the_failure_to_get_an_access_token(
    ansible: Ansible,
    environment: dict[str, str],
    emulator: Emulator,
    fault: dict[str, Any],
    reason: str,
) -> None:
    """One host requests the token, and the others wait and share the failure. The next task requests it again, once."""
    emulator.fail({"path": "^/token$", "times": None, **fault})
    inventory: dict[str, Any] = {"all": {"hosts": {f"device-{number}": {} for number in range(5)}}}
    options = {**OPTIONS, "timeout": 1, "retries": 0}
    task = {ENROLLMENT: options, "delegate_to": "localhost", "ignore_errors": True}
    plays = [
        {"hosts": "all", "gather_facts": False, "strategy": strategy, "tasks": [task] * tasks}
        for strategy, tasks in (("linear", 2), ("free", 1))
    ]
    run = ansible.play(plays, inventory=inventory, environment=environment)
    assert [reason in result["msg"] for result in run.of(ENROLLMENT)] == [True] * 5 * 3, run.output
    assert len(emulator.journal("/token")) == 3
    assert emulator.mints() == []


def test_expired_access_token_is_replaced(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    emulator.change_settings(access_token_lifetime=3600)
    let_token_expire = {
        "ansible.builtin.uri": {
            "url": f"{emulator.address.url}/emulator/clock",
            "method": "POST",
            "body_format": "json",
            "body": {"advance": 3601},
        }
    }
    many = {USER_AUTH: {"enterprise_id": "LC03demo00", "user_ids": USERS}}
    results = ansible.tasks(
        {ENROLLMENT: OPTIONS}, let_token_expire, many, {ENROLLMENT: OPTIONS}, environment=environment
    )
    assert [result["failed"] for result in results] == [False] * 4
    assert len(emulator.tokens()) == 2 + len(USERS)
    assert len(emulator.journal("/token")) == 2


def test_ids_that_are_not_text_in_yaml_are_refused(ansible: Ansible, mint_each: MintEach, emulator: Emulator) -> None:
    """In process and as a module, before any request."""
    native = {"ANSIBLE_JINJA2_NATIVE": "true"}  # always enabled from ansible-core 2.19 on
    for ansible.in_process in (True, False):
        results = mint_each(*(options for options, dummy in NOT_TEXT), environment=native)
        for result, (dummy, fragment) in zip(results, NOT_TEXT, strict=True):
            if fragment.endswith(" is null"):
                assert result["msg"] == f"Option {fragment}, but it must be set."
            else:
                assert result["msg"].startswith(f"Option {fragment}, but it must be a string, or an integer of at")
                assert "Quote it" in result["msg"]
    assert emulator.journal() == []


def test_ids_are_accepted_from_every_source(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    """As an integer, from a vault, from module defaults and from the command line."""
    password = ansible.directory / "password"
    password.write_text("open sesame", encoding="utf-8")
    vaulted = VaultLib([("default", VaultSecret(b"open sesame"))]).encrypt(USERS[4]).decode()
    enterprise = {"enterprise_id": "LC03demo00"}
    tasks: list[dict[str, Any]] = [
        {USER_AUTH: {**enterprise, "user_id": int(USERS[0])}},
        {USER_AUTH: {**enterprise, "user_ids": [int(USERS[1]), "@vaulted@"]}},
        {USER_AUTH: {}, "module_defaults": {USER_AUTH: {**enterprise, "user_id": USERS[2]}}},
        {USER_AUTH: {**enterprise, "user_id": "{{ given }}"}},
        {USER_AUTH: {**enterprise, "user_id": "@vaulted@"}},
    ]
    role = {
        "role": "emm.android_enterprise.device_tokens",
        "vars": {
            "device_tokens_kinds": ["user_auth"],
            "device_tokens_enterprise_id": "LC03demo00",
            "device_tokens_user_id": "@vaulted@",
        },
    }
    playbook = ansible.directory / "vaulted.yml"
    text = json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks, "roles": [role]}])
    playbook.write_text(text.replace('"@vaulted@"', f"!vault {json.dumps(vaulted)}"), encoding="utf-8")
    arguments = ["--vault-password-file", str(password), "--extra-vars", f"given={USERS[3]}"]
    run = ansible.play(str(playbook), *arguments, environment=environment)
    assert run.returncode == 0, run.output
    assert sorted(token["user_id"] for token in emulator.tokens()) == sorted([*USERS[:5], USERS[4], USERS[4]])


def test_invalid_environment_variables_are_refused(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """With such a variable, a module might not start, or might get other variables."""
    invalid = [{"A": "secret\0"}, {"a=b": "secret"}, {"": "secret"}]
    results = ansible.tasks(
        *({ENROLLMENT: OPTIONS, "environment": variables} for variables in invalid), environment=environment
    )
    assert all("The keyword 'environment' has a variable" in result["msg"] for result in results)
    assert emulator.journal() == []


def test_loop_over_many_credentials_closes_its_connections(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """Otherwise, the process would run out of file descriptors, since each loop item opens its own connections."""
    credentials = [emulator.access_token() for dummy in range(80)]
    options = {**OPTIONS, "auth_kind": "accesstoken", "access_token": "{{ item }}"}
    del environment["GCP_AUTH_KIND"], environment["GCP_SERVICE_ACCOUNT_FILE"]
    ansible.descriptors = 64
    [result] = ansible.tasks({ENROLLMENT: options, "loop": credentials}, environment=environment)
    assert not result["failed"], result["_output"][-3000:]
    assert len(emulator.tokens()) == len(credentials)


def test_one_task_mints_a_thousand_tokens(mint: Mint, emulator: Emulator) -> None:
    users = [USERS[number % len(USERS)] for number in range(1_000)]
    tokens = mint(user_ids=users, concurrency=64)["authentication_tokens"]
    assert [token["user_id"] for token in tokens] == users
    assert {token["token"] for token in tokens} == {token["token"] for token in emulator.tokens()}
    assert len(emulator.tokens()) == 1_000
