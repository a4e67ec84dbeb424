# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""When a task runs in the process of the controller, and what all tasks of a run share."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.conftest import Mint, MintEach
from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, USER_AUTH, Ansible

STARTED = "EXEC"  # what Ansible says at the highest verbosity when it starts something
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


def started_a_process(
    ansible: Ansible, controller: dict[str, str], task: dict[str, Any], play: dict[str, Any] | None = None
) -> bool:
    whole = {"hosts": "localhost", "gather_facts": False, "tasks": [{ENROLLMENT: OPTIONS, **task}], **(play or {})}
    run = ansible.play([whole], "-vvvv", environment=controller)
    assert run.returncode == 0, run.output
    return STARTED in run.output


@pytest.mark.parametrize(
    ("task", "play"),
    [
        ({}, {}),
        ({"delegate_to": "localhost"}, {}),
        ({"vars": {"ansible_python_interpreter": "auto_silent"}}, {}),
        ({"check_mode": True}, {}),
        ({"loop": [1, 2, 3]}, {}),
        ({}, {"environment": {}}),
    ],
)
def test_no_process_is_started(
    ansible: Ansible, environment: dict[str, str], task: dict[str, Any], play: dict[str, Any]
) -> None:
    assert not started_a_process(ansible, environment, task, play)


def test_a_process_is_started_where_it_would_make_a_difference(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    other = {"vars": {"ansible_python_interpreter": ansible.interpreter()}}
    assert started_a_process(ansible, environment, other)
    assert started_a_process(ansible, environment, {"environment": {"LANG": "C"}})
    assert started_a_process(ansible, environment, {}, {"environment": {"LANG": "C"}})
    assert started_a_process(ansible, environment, {"become": True, "become_method": "ansible.builtin.su"})
    assert len(emulator.tokens()) == 4


@pytest.mark.skipif(" " in sys.executable, reason="Ansible does not quote the interpreter of an asynchronous task")
def test_an_asynchronous_task_starts_a_process(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    environment = {**environment, "ANSIBLE_ASYNC_DIR": str(ansible.directory / "async")}
    assert started_a_process(ansible, environment, {"async": 60, "poll": 1})
    assert len(emulator.tokens()) == 1


def test_what_a_module_needs_is_looked_for_on_the_controller_first(
    ansible: Ansible, without_google_auth: dict[str, str], emulator: Emulator
) -> None:
    """Without its libraries there, it is started as usual: by the Python that has them."""
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{ENROLLMENT: OPTIONS}]}
    run = ansible.play([play], "-vvvv", environment=without_google_auth)
    assert STARTED in run.output
    assert "Failed to import the required Python library (google-auth)" in run.output
    assert emulator.journal() == []


def test_credentials_are_exchanged_once_for_a_play(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    tasks: list[dict[str, Any]] = [
        {ENROLLMENT: OPTIONS},
        {ENROLLMENT: OPTIONS, "loop": [1, 2, 3]},
        {USER_AUTH: {"enterprise_id": "LC03demo00", "user_ids": USERS}},
    ]
    for strategy in ("linear", "free"):
        emulator.reset()
        inventory: dict[str, Any] = {"all": {"hosts": {f"device-{number}": {} for number in range(5)}}}
        play = {
            "hosts": "all",
            "gather_facts": False,
            "strategy": strategy,
            "tasks": [{**task, "delegate_to": "localhost"} for task in tasks],
        }
        run = ansible.play([play], inventory=inventory, environment=environment)
        assert run.returncode == 0, run.output
        assert len(emulator.mints()) == 5 * (1 + 3 + len(USERS))
        assert len(emulator.journal("/token")) == 1


def test_other_credentials_are_exchanged_on_their_own(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    builder = {**OPTIONS, "auth_kind": "serviceaccount", "service_account_file": emulator.address.builder_file}
    results = ansible.tasks(
        {ENROLLMENT: OPTIONS}, {ENROLLMENT: builder}, {ENROLLMENT: OPTIONS}, environment=environment
    )
    assert [result["failed"] for result in results] == [False, True, False]
    assert "builder@emulator" in results[1]["msg"]
    assert len(emulator.journal("/token")) == 2


def test_other_credentials_of_the_environment_are_exchanged_on_their_own(ansible: Ansible, emulator: Emulator) -> None:
    """Or the second host would get its token from the account of the first one."""
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


@pytest.mark.parametrize("many", [{}, {"count": 2}], ids=["one", "many"])
def test_credentials_that_were_refused_are_tried_again_for_the_next_item(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, many: dict[str, int]
) -> None:
    emulator.fail({"path": "^/token$", "status": 400, "body": '{"error": "invalid_grant"}'})
    [result] = ansible.tasks({ENROLLMENT: {**OPTIONS, **many}, "loop": [1, 2, 3]}, environment=environment)
    minted = [bool(item.get("enrollment_token") or item.get("enrollment_tokens")) for item in result["results"]]
    assert minted == [False, True, True]
    assert len(emulator.tokens()) == 2 * many.get("count", 1)
    assert len(emulator.journal("/token")) == 2


@pytest.mark.parametrize(("strategy", "tasks"), [("linear", 2), ("free", 1)])
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
    strategy: str,
    tasks: int,
) -> None:
    """One asks, and the others do not ask in turn, each as long as it takes. When all come again, one asks again."""
    emulator.fail({"path": "^/token$", "times": None, **fault})
    inventory: dict[str, Any] = {"all": {"hosts": {f"device-{number}": {} for number in range(8)}}}
    options = {**OPTIONS, "timeout": 1, "retries": 0}
    task = {ENROLLMENT: options, "delegate_to": "localhost", "ignore_errors": True}
    play = {"hosts": "all", "gather_facts": False, "strategy": strategy, "tasks": [task] * tasks}
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert [reason in result["msg"] for result in run.of(ENROLLMENT)] == [True] * 8 * tasks, run.output
    assert len(emulator.journal("/token")) == tasks
    assert emulator.mints() == []


def test_an_access_token_that_is_no_longer_accepted_is_replaced(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.change_settings(access_token_lifetime=3600)
    forget = {
        "ansible.builtin.uri": {
            "url": f"{emulator.address.url}/emulator/clock",
            "method": "POST",
            "body_format": "json",
            "body": {"advance": 3601},
        }
    }
    many = {USER_AUTH: {"enterprise_id": "LC03demo00", "user_ids": USERS}}
    results = ansible.tasks({ENROLLMENT: OPTIONS}, forget, many, {ENROLLMENT: OPTIONS}, environment=environment)
    assert [result["failed"] for result in results] == [False] * 4
    assert len(emulator.tokens()) == 2 + len(USERS)
    assert len(emulator.journal("/token")) == 2


def test_values_that_are_not_text_in_yaml(ansible: Ansible, mint_each: MintEach, emulator: Emulator) -> None:
    """Both ways, and before anything is sent."""
    native = {"ANSIBLE_JINJA2_NATIVE": "true"}  # as always from ansible-core 2.19 on
    for ansible.in_process in (True, False):
        results = mint_each(*(options for options, dummy in NOT_TEXT), environment=native)
        for result, (dummy, fragment) in zip(results, NOT_TEXT, strict=True):
            if fragment.endswith(" is null"):
                assert result["msg"] == f"Option {fragment}, but it must be set."
            else:
                assert result["msg"].startswith(f"Option {fragment}, but it must be a string, or an integer of at")
                assert "Quote it" in result["msg"]
    assert emulator.journal() == []


def test_text_that_gets_there_in_other_ways(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    """As a long number, from a vault, as a default of a module, and from the command line."""
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


def test_an_environment_that_cannot_be(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    """With it, a module would be started otherwise than it says, or not be found."""
    wrong = [{"A": "secret\0"}, {"a=b": "secret"}, {"": "secret"}]
    results = ansible.tasks(*({ENROLLMENT: OPTIONS, "environment": each} for each in wrong), environment=environment)
    assert all("The keyword 'environment' has a variable" in result["msg"] for result in results)
    assert emulator.journal() == []


def test_a_loop_over_many_credentials(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    """Each has connections of its own, which are closed, or there would be no file descriptors left."""
    credentials = [emulator.access_token() for dummy in range(120)]
    options = {**OPTIONS, "auth_kind": "accesstoken", "access_token": "{{ item }}"}
    del environment["GCP_AUTH_KIND"], environment["GCP_SERVICE_ACCOUNT_FILE"]
    ansible.descriptors = 100
    [result] = ansible.tasks({ENROLLMENT: options, "loop": credentials}, environment=environment)
    assert not result["failed"], result["_output"][-3000:]
    assert len(emulator.tokens()) == len(credentials)


def test_ten_thousand(mint: Mint, emulator: Emulator) -> None:
    users = [USERS[number % len(USERS)] for number in range(10_000)]
    tokens = mint(user_ids=users, concurrency=64)["authentication_tokens"]
    assert [token["user_id"] for token in tokens] == users
    assert {token["token"] for token in tokens} == {token["token"] for token in emulator.tokens()}
    assert len(emulator.tokens()) == 10_000
