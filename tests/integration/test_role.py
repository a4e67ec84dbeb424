# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The role device_tokens and the playbook stage_devices, over inventories of hosts that nothing could connect to."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.release import __version__
from packaging.version import Version

from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, REPOSITORY, Ansible, Run

ROLE = "emm.android_enterprise.device_tokens"
DEVICE_TOKENS = "emm.android_enterprise.android_enterprise_device_tokens"
GOOGLE_MANAGED_USER = "200000000000000000001"
BOTH = ["enrollment", "user_auth"]
OPTIONS = {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice"}
GROUP = "group/emm.android_enterprise.android_enterprise"


def user(number: int) -> str:
    """The ID of one of the emulator's EMM-managed users, 1 to 24."""
    return str(100_000_000_000_000_000_000 + number)


def fleet(count: int, **variables: Any) -> dict[str, Any]:
    """An inventory of devices. Any attempt to connect to one would fail the run."""
    return {
        "all": {
            "vars": {
                "ansible_connection": "ssh",
                "ansible_host": "127.0.0.1",
                "ansible_port": 9,
                "ansible_python_interpreter": "/does/not/exist",
                "ansible_become": True,
                "device_tokens_enterprise_id": "LC03demo00",
                "device_tokens_enrollment_token_type": "userDevice",
                **variables,
            },
            "hosts": {
                f"device-{number:02d}": {"device_tokens_user_id": user(number)} for number in range(1, count + 1)
            },
        }
    }


def role_play(**play: Any) -> dict[str, Any]:
    """A play that runs the role and then shows every host's facts."""
    names = ("device_tokens_enrollment", "device_tokens_user_auth")
    facts = ", ".join(f"'{name}': {name} | default(none)" for name in names)
    return {
        "hosts": "all",
        "gather_facts": False,
        "roles": [ROLE],
        # Not as they are, or ansible-core 2.22 would mask the tokens.
        "post_tasks": [
            {"name": "Facts", "ansible.builtin.debug": {"msg": f"{{{{ {{ {facts} }} | to_json | b64encode }}}}"}}
        ],
        **play,
    }


def facts_of(run: Run) -> dict[str, dict[str, Any]]:
    """What the play above showed for each host."""
    shown = {entry["host"]: entry["result"]["msg"] for entry in run.results if entry["task"] == "Facts"}
    return {host: json.loads(base64.b64decode(text)) for host, text in shown.items()}


ODD = "inventory_hostname[-1] in '13579'"
IMPORT = {"ansible.builtin.import_role": {"name": ROLE}}
INCLUDE = {"ansible.builtin.include_role": {"name": ROLE}}
FAILING = {"ansible.builtin.fail": {"msg": "The rescue is what matters."}}


@pytest.mark.parametrize(
    ("play", "served"),
    [
        pytest.param({}, range(1, 21), id="linear"),
        pytest.param({"strategy": "free"}, range(1, 7), id="free"),
        pytest.param({"strategy": "host_pinned"}, range(1, 7), id="host_pinned"),
        pytest.param({"serial": 3}, range(1, 9), id="serial"),
        pytest.param({"roles": [], "tasks": [IMPORT]}, range(1, 7), id="import"),
        pytest.param({"roles": [], "tasks": [INCLUDE]}, range(1, 7), id="include"),
        pytest.param({"roles": [{"role": ROLE, "when": ODD}]}, range(1, 7, 2), id="condition"),
        pytest.param({"roles": [{"role": ROLE, "when": f"not ({ODD})"}]}, range(2, 7, 2), id="not-the-first"),
        pytest.param({"roles": [], "tasks": [{**INCLUDE, "when": ODD}]}, range(1, 7, 2), id="include-condition"),
        pytest.param({"check_mode": f"{{{{ not ({ODD}) }}}}"}, range(1, 7, 2), id="check-mode-by-host"),
        pytest.param(
            {
                "roles": [],
                "tasks": [
                    {"ansible.builtin.raw": "true", "when": f"not ({ODD})"},
                    IMPORT,
                    {"ansible.builtin.meta": "clear_host_errors"},
                ],
            },
            range(1, 7),
            id="late",
        ),
        pytest.param(
            {"roles": [], "tasks": [{"block": [{**FAILING, "when": ODD}], "rescue": [INCLUDE]}]},
            range(1, 7, 2),
            id="rescue",
        ),
        pytest.param(
            {
                "roles": [],
                "tasks": [
                    {
                        "block": [{**FAILING, "when": ODD}, IMPORT],
                        "rescue": [{"ansible.builtin.meta": "noop"}],
                    }
                ],
            },
            range(2, 7, 2),
            id="block-with-rescue",
        ),
        pytest.param(
            {
                "roles": [],
                "tasks": [
                    {
                        "ansible.builtin.include_role": {
                            "name": f"{{{{ '{ROLE}' if {ODD} else 'emm.android_enterprise.nothing' }}}}"
                        },
                        "ignore_errors": True,
                    }
                ],
            },
            range(1, 7, 2),
            id="name-of-an-include",
        ),
        pytest.param({"roles": [], "tasks": [{**INCLUDE, "loop": [1, 2]}]}, [1, 1, 2, 2, 3, 3], id="loop"),
    ],
)
def test_each_host_gets_two_tokens_of_its_own(
    ansible: Ansible,
    environment: dict[str, str],
    emulator: Emulator,
    play: dict[str, Any],
    served: Sequence[int],
) -> None:
    """Those that come to the role, and no others. The enrollment tokens are told apart by the account they require."""
    google = {
        "authentication_requirement": "required",
        "required_account_email": "{{ inventory_hostname }}@example.com",
    }
    count = max(*served, 6) if len(set(served)) == len(served) else max(served)
    inventory = fleet(count, device_tokens_kinds=BOTH, device_tokens_no_log=False)
    role_vars = {"device_tokens_google_authentication_options": google}  # the play's own, which hostvars do not have
    run = ansible.play([role_play(vars=role_vars, **play)], inventory=inventory, environment=environment)
    hosts = [f"device-{number:02d}" for number in served]
    assert sorted(token["user_id"] for token in emulator.tokens("user_auth")) == sorted(map(user, served))
    enrollment = [
        issued["request"]["googleAuthenticationOptions"]["requiredAccountEmail"]
        for issued in emulator.tokens("enrollment")
    ]
    assert sorted(enrollment) == sorted(f"{host}@example.com" for host in hosts)
    assert len(emulator.mints()) == 2 * len(hosts)
    assert len(emulator.journal("/token")) == 1, "one exchange for a play"
    issued_tokens = {token["token"]: token for token in emulator.tokens()}
    for host in hosts:
        fact = facts_of(run)[host]
        assert fact["device_tokens_enrollment"], run.output
        issued = issued_tokens[fact["device_tokens_enrollment"]["token"]]
        assert fact["device_tokens_enrollment"] == {
            "token": issued["token"],
            "enterprise_id": emulator.address.enterprise_id,
            "enrollment_token_type": "userDevice",
            "duration": {"seconds": 3600, "nanos": 0},
            "google_authentication_options": {**google, "required_account_email": f"{host}@example.com"},
            "issued_at": issued["issued"],
            "expires_at": issued["expires"],
        }
        assert issued["request"]["googleAuthenticationOptions"]["requiredAccountEmail"] == f"{host}@example.com"
        issued = issued_tokens[fact["device_tokens_user_auth"]["token"]]
        assert fact["device_tokens_user_auth"] == {
            "token": issued["token"],
            "enterprise_id": emulator.address.enterprise_id,
            "user_id": user(int(host[-2:])),
            "issued_at": issued["issued"],
        }
        assert issued["user_id"] == user(int(host[-2:]))


def test_hosts_that_failed_before_get_nothing(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    before = [
        {"ansible.builtin.fail": {"msg": "no"}, "when": "inventory_hostname == 'device-01'"},
        {"ansible.builtin.ping": {}, "when": "inventory_hostname == 'device-03'"},  # which nothing can connect to
        {"ansible.builtin.meta": "end_host", "when": "inventory_hostname == 'device-04'"},
    ]
    inventory = fleet(5, device_tokens_kinds=BOTH)
    run = ansible.play([role_play(pre_tasks=before)], inventory=inventory, environment=environment)
    assert "unreachable=1" in run.output
    assert set(facts_of(run)) == {"device-02", "device-05"}
    assert sorted(token["user_id"] for token in emulator.tokens("user_auth")) == [user(2), user(5)]
    assert len(emulator.mints()) == 4


def test_a_run_after_a_partial_failure_mints_for_the_rest_only(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(3, device_tokens_kinds=["user_auth"])
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    assert ansible.play([role_play()], inventory=inventory, environment=environment).returncode == 2
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = user(2)
    run = ansible.play([role_play()], "--limit", "device-02", inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert [token["user_id"] for token in emulator.tokens()][-1] == user(2)
    assert len(emulator.tokens()) == 3


def test_the_role_twice_in_a_play_mints_twice(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    play = role_play(roles=[], tasks=[INCLUDE, {**INCLUDE, "when": ODD}])
    run = ansible.play([play], inventory=fleet(3), environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 3 + 2
    held = {fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()}
    assert held < {token["token"] for token in emulator.tokens()}
    assert len(held) == 3


@pytest.mark.parametrize(
    ("scope", "keywords"),
    [("shared", {}), ("batch", {"serial": 2}), ("shared", {"strategy": "free"})],
    ids=["linear", "batches", "free"],
)
def test_hosts_of_a_play_may_share_an_enrollment_token(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, scope: str, keywords: dict[str, Any]
) -> None:
    inventory = fleet(5, device_tokens_kinds=BOTH, device_tokens_enrollment_scope=scope)
    google = {"authentication_requirement": "required", "required_account_email": "sam@example.com"}
    inventory["all"]["vars"]["device_tokens_google_authentication_options"] = google
    inventory["all"]["hosts"]["device-02"]["device_tokens_duration"] = "2h"
    inventory["all"]["hosts"]["device-03"]["device_tokens_google_authentication_options"] = dict(
        [*google.items()][::-1]
    )
    inventory["all"]["hosts"]["device-04"]["device_tokens_kinds"] = ["enrollment"]
    inventory["all"]["hosts"]["device-05"]["device_tokens_enrollment_scope"] = "host"
    run = ansible.play([role_play(**keywords)], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    held = {host: fact["device_tokens_enrollment"]["token"] for host, fact in facts_of(run).items()}
    assert held["device-01"] == held["device-03"] == held["device-04"]
    assert len(set(held.values())) == len(emulator.tokens("enrollment")) == 3
    assert len(emulator.tokens("user_auth")) == 4


def test_each_play_has_a_shared_token_of_its_own(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """So has each time that hosts come to the role, whatever the credentials of the others are."""
    odd, even = ({**role_play(), "roles": [{"role": ROLE, "when": when}]} for when in (ODD, f"not ({ODD})"))
    inventory = fleet(4, device_tokens_enrollment_scope="shared")
    run = ansible.play([odd, even], inventory=inventory, environment=environment)
    held = {host: fact["device_tokens_enrollment"]["token"] for host, fact in facts_of(run).items()}
    assert held["device-01"] == held["device-03"] != held["device-02"] == held["device-04"]
    assert len(emulator.tokens()) == 2
    emulator.reset()
    play = role_play(roles=[], tasks=[{**INCLUDE, "loop": [1, 2]}])
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert len(emulator.tokens()) == 2
    assert {fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()} == {
        emulator.tokens()[1]["token"]
    }


def test_hosts_share_the_refusal_of_their_token_but_not_that_of_others(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.fail({"path": "LC04unknown"}, {"path": "LC03demo00", "status": 403})  # the latter, once
    inventory = fleet(4, device_tokens_enrollment_scope="shared")
    inventory["all"]["hosts"]["device-04"]["device_tokens_duration"] = "2h"
    arguments = ["--forks", "1"]  # so that the first one is the first
    run = ansible.play([role_play()], *arguments, inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-01", "device-02", "device-03"}
    assert len(set(run.failures().values())) == 1
    assert len(emulator.mints()) == 2
    assert len(emulator.tokens()) == 1


def test_a_shared_token_that_has_expired_is_not_shared_any_more(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """As old as the answers are, each has expired."""
    old = {"body": '{"token": "of-2020"}', "headers": {"Date": "Thu, 26 Nov 2020 10:00:00 GMT"}}
    emulator.fail({"path": "enrollmentTokens", "times": None, **old})
    inventory = fleet(3, device_tokens_enrollment_scope="shared")
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.mints()) == 3


def test_a_token_in_the_fact_cache_is_kept_while_it_is_valid_for_long_enough(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    cache = ansible.directory / "facts"
    environment = {
        **environment,
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache),
    }

    def run(**variables: Any) -> str:
        inventory = fleet(2, device_tokens_kinds=BOTH, device_tokens_duration="2h", **variables)
        result = ansible.play([role_play()], inventory=inventory, environment=environment)
        assert result.returncode == 0, result.output
        return str(facts_of(result)["device-01"]["device_tokens_enrollment"]["token"])

    def cached() -> str:
        return "".join(file.read_text(encoding="utf-8") for file in cache.glob("*device-0*"))

    run()
    assert "token" not in cached(), "only where that is asked for"
    first = run(device_tokens_cacheable=True)
    assert first in cached()
    assert [token["token"] for token in emulator.tokens("user_auth") if token["token"] in cached()] == []
    assert run(device_tokens_keep_if_valid_for="1h") == first
    assert len(emulator.tokens("enrollment")) == 4
    assert len(emulator.tokens("user_auth")) == 6, "there is no point in keeping those"
    assert run(device_tokens_keep_if_valid_for="3h") != first
    assert run() != first
    assert len(emulator.tokens("enrollment")) == 8


@pytest.mark.parametrize("cacheable", ["false", "true"])
def test_variables_may_be_text_as_in_an_ini_inventory(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, cacheable: str
) -> None:
    cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(ansible.directory / "facts")}
    inventory = fleet(2, device_tokens_cacheable=cacheable, device_tokens_no_log="false")
    run = ansible.play([role_play()], inventory=inventory, environment={**environment, **cache})
    assert run.returncode == 0, run.output
    assert len({fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()}) == 2
    cached = [token["token"] in file.read_text() for token in emulator.tokens() for file in in_cache(ansible)]
    assert sum(cached) == (2 if cacheable == "true" else 0)


def in_cache(ansible: Ansible) -> list[Path]:
    return sorted((ansible.directory / "facts").glob("*device-0*"))


def test_a_fact_cache_that_is_no_variables_and_check_mode(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """The token is found in it, and check mode does not put another one without a value in its place."""
    environment = {
        **environment,
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(ansible.directory / "facts"),
        "ANSIBLE_INJECT_FACT_VARS": "false",
    }
    inventory = fleet(1, device_tokens_cacheable=True, device_tokens_duration="2h")
    assert ansible.play([role_play()], inventory=inventory, environment=environment).returncode == 0
    [issued] = emulator.tokens()
    run = ansible.play([role_play()], "--check", inventory=inventory, environment=environment)
    assert facts_of(run)["device-01"]["device_tokens_enrollment"]["token"] is None
    assert issued["token"] in in_cache(ansible)[0].read_text()
    inventory = fleet(1, device_tokens_keep_if_valid_for="1h", device_tokens_duration="2h")
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert facts_of(run)["device-01"]["device_tokens_enrollment"]["token"] == issued["token"]


@pytest.mark.parametrize("how", [{}, {"roles": [], "tasks": [INCLUDE]}])
def test_variables_that_refer_to_other_hosts(
    ansible: Ansible, environment: dict[str, str], how: dict[str, Any]
) -> None:
    pool = [user(7), user(8), user(9)]
    inventory = fleet(3, device_tokens_kinds=["user_auth"], pool=pool)
    for host in inventory["all"]["hosts"].values():
        host["device_tokens_user_id"] = (
            "{{ hostvars[ansible_play_batch[-1]].pool[ansible_play_batch.index(inventory_hostname)] }}"
        )
    run = ansible.play([role_play(**how)], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert [fact["device_tokens_user_auth"]["user_id"] for dummy, fact in sorted(facts_of(run).items())] == pool


def test_hosts_that_were_rescued_get_their_tokens_too(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """With ``any_errors_fatal``, one failure sends all hosts to the rescue, and Ansible only counts one in again."""
    failing = {**FAILING, "when": "inventory_hostname == 'device-02'"}
    block = {"block": [failing], "rescue": [{"ansible.builtin.meta": "noop"}]}
    play = role_play(roles=[], tasks=[block, IMPORT, IMPORT], any_errors_fatal=True)
    run = ansible.play([play], inventory=fleet(3), environment=environment)
    tokens = [fact["device_tokens_enrollment"]["token"] for dummy, fact in sorted(facts_of(run).items())]
    assert len(set(tokens)) == 3
    assert len(emulator.tokens()) == 6
    assert {token["token"] for token in emulator.tokens()[3:]} == set(tokens), "the second time, those of the second"


@pytest.mark.parametrize("how", [{}, {"roles": [], "tasks": [INCLUDE]}])
def test_module_defaults_and_environment_of_each_host(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, how: dict[str, Any]
) -> None:
    """The key is in the former for some hosts, and in the latter for another one."""
    play = role_play(
        environment={"GCP_SERVICE_ACCOUNT_FILE": "{{ key_in_environment }}"},
        module_defaults={GROUP: {"service_account_file": "{{ key }}"}},
        **how,
    )
    inventory = fleet(4, key="{{ omit }}", key_in_environment="/does/not/exist")
    hosts = inventory["all"]["hosts"]
    for host in ("device-01", "device-03"):
        hosts[host]["key"] = emulator.address.service_account_file
    hosts["device-02"]["key_in_environment"] = emulator.address.service_account_file
    del environment["GCP_SERVICE_ACCOUNT_FILE"]
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert set(facts_of(run)) == {"device-01", "device-02", "device-03"}, run.output
    assert set(run.failures()) == {"device-04"}
    assert "/does/not/exist" in run.failures()["device-04"]
    assert len(emulator.tokens()) == 3


@pytest.mark.parametrize("how", [{}, {"roles": [], "tasks": [INCLUDE]}], ids=["batch", "own"])
def test_module_defaults_of_a_group_of_another_collection(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, how: dict[str, Any]
) -> None:
    """They are those of each host, too, and not of the first one."""
    collection = ansible.directory / "collections" / "ansible_collections" / "example" / "groups"
    (collection / "meta").mkdir(parents=True)
    groups = {"action_groups": {"all": [DEVICE_TOKENS]}}
    (collection / "meta" / "runtime.yml").write_text(yaml.safe_dump(groups), encoding="utf-8")
    play = role_play(module_defaults={"group/example.groups.all": {"service_account_file": "{{ key }}"}}, **how)
    inventory = fleet(3, key=emulator.address.service_account_file)
    inventory["all"]["hosts"]["device-01"]["key"] = "/does/not/exist"
    del environment["GCP_SERVICE_ACCOUNT_FILE"]
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-01"}, run.output
    assert "/does/not/exist" in run.failures()["device-01"]
    assert len(emulator.tokens()) == 2


@pytest.mark.parametrize("on_failure", ["fail", "continue"])
@pytest.mark.parametrize("how", [{}, {"roles": [], "tasks": [INCLUDE]}], ids=["role", "include"])
def test_a_keyword_that_ansible_refuses_for_a_host(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, how: dict[str, Any], on_failure: str
) -> None:
    """Ansible does not start the task, and what it says is not shown: it may quote the value."""
    play = role_play(module_defaults={GROUP: "{{ means }}"}, **how)
    play["post_tasks"].append({"name": "Refusal", "ansible.builtin.debug": {"msg": "{{ [device_tokens_refusal] }}"}})
    inventory = fleet(3, means={}, device_tokens_on_failure=on_failure)
    inventory["all"]["hosts"]["device-01"]["means"] = "one secret"
    run = ansible.play([play], inventory=inventory, environment=environment)
    reason = "Ansible has ended the task that mints, or not started it"
    assert "one secret" not in run.output
    assert len(emulator.tokens()) == 2
    if on_failure == "fail":
        assert set(facts_of(run)) == {"device-02", "device-03"}
        assert reason in run.failures()["device-01"]
    else:
        assert run.returncode == 0
        [shown] = [
            entry["result"]["msg"]
            for entry in run.results
            if entry["task"] == "Refusal" and entry["host"] == "device-01"
        ]
        assert reason in shown[0]


def test_an_environment_that_cannot_be(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    """A name that no variable can have, and a value; the latter is not shown."""
    play = role_play(environment="{{ variables }}")
    wrong = {"device-01": {"": "secret"}, "device-02": {"a=b": "secret"}, "device-03": {"LANG": "secret\0"}}
    inventory = fleet(4, variables={"LANG": "C"})
    for host, variables in wrong.items():
        inventory["all"]["hosts"][host]["variables"] = variables
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert set(run.failures()) == wrong.keys(), run.output
    assert all("The keyword 'environment' has a variable" in reason for reason in run.failures().values())
    assert "secret" not in run.output
    assert len(emulator.tokens()) == 1


@pytest.mark.parametrize("name", ["device_tokens_enrollment", "device_tokens_refusal"])
def test_a_condition_on_its_own_facts_does_not_keep_a_host_from_failing(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, name: str
) -> None:
    """Which is how one does not mint twice."""
    inventory = fleet(2, device_tokens_kinds=BOTH)
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    play = role_play(roles=[{"role": ROLE, "when": f"{name} is not defined"}])
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-02"}, run.output
    assert "EMM-managed accounts only" in run.failures()["device-02"]
    assert len(emulator.tokens()) == 2


def test_a_host_that_fails_and_goes_on_has_its_facts(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """With ``ignore_errors`` on the role."""
    emulator.fail({"path": "enrollmentTokens", "times": None, "status": 403})
    play = role_play(roles=[{"role": ROLE, "ignore_errors": True}])
    play["post_tasks"].append({"name": "Refusal", "ansible.builtin.debug": {"msg": "{{ [device_tokens_refusal] }}"}})
    run = ansible.play([play], inventory=fleet(1, device_tokens_kinds=BOTH), environment=environment)
    assert run.returncode == 0, run.output
    [held] = facts_of(run).values()
    assert held["device_tokens_user_auth"]["token"] == emulator.tokens()[0]["token"]
    assert not held["device_tokens_enrollment"]
    [[refusal]] = [entry["result"]["msg"] for entry in run.results if entry["task"] == "Refusal"]
    assert "HTTP 403" in refusal


def test_a_host_whose_task_is_ended_keeps_no_token_of_before(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    play = role_play(roles=[], tasks=[IMPORT, {**IMPORT, "module_defaults": {GROUP: "{{ means }}"}}])
    inventory = fleet(1, device_tokens_on_failure="continue", means="none of a dictionary")
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 1
    assert not facts_of(run)["device-01"]["device_tokens_enrollment"]


def test_processes_that_share_nothing_do_it_all_by_themselves(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """As where a strategy does not fork them from the process that has loaded the action."""
    environment["ANSIBLE_STRATEGY_PLUGINS"] = str(Path(__file__).parent / "strategy_plugins")
    module = {"delegate_to": "localhost", "vars": {"ansible_become": False}, ENROLLMENT: OPTIONS, "register": "minted"}
    inventory = fleet(3, device_tokens_kinds=BOTH, device_tokens_enrollment_scope="shared")
    play = role_play(strategy="apart", post_tasks=[*role_play()["post_tasks"], module])
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.journal("/token")) == 3 + 3
    assert len(emulator.mints()) == 3 * 2 + 3
    held = {fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()}
    assert len(held) == 3, "with nothing to share it by, each has its own"


@pytest.mark.parametrize("job", [False, True])
def test_a_fact_cache_that_awx_does_not_hand_over_is_warned_of(
    ansible: Ansible, environment: dict[str, str], job: bool
) -> None:
    environment["ANSIBLE_CACHE_PLUGIN"] = "jsonfile"
    environment["ANSIBLE_CACHE_PLUGIN_CONNECTION"] = str(ansible.directory / "facts")
    if job:
        environment["AWX_PRIVATE_DATA_DIR"] = str(ansible.directory)
    inventory = fleet(2, device_tokens_keep_if_valid_for="1h")
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    lost = job and Version(__version__) >= Version("2.19")
    assert " ".join(run.output.split()).count("device_tokens_keep_if_valid_for does not find") == lost


def test_a_misspelt_variable_is_warned_of(ansible: Ansible, environment: dict[str, str]) -> None:
    inventory = fleet(2, device_tokens_duratoin="12h", device_tokens__own="x")
    inventory["all"]["vars"][404] = "a name that is no text"
    run = ansible.play([role_play(roles=[ROLE, ROLE])], inventory=inventory, environment=environment)
    said = " ".join(run.output.split())
    warning = (
        "The role device_tokens has no variable 'device_tokens_duratoin' (did you mean 'device_tokens_duration'?)."
    )
    assert said.count(warning) == 1
    assert said.count("has no variable") == 1


@pytest.mark.parametrize("cacheable", [False, True])
def test_facts_of_a_host_stay_its_own(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, cacheable: bool
) -> None:
    """Where ``delegate_facts`` is around the role, Ansible would give a host's facts to another one."""
    role = {"role": ROLE, "delegate_to": "localhost", "delegate_facts": True}
    play = role_play(roles=[role], vars={"ansible_become": False, "ansible_connection": "local"})
    inventory = fleet(2, device_tokens_kinds=BOTH, device_tokens_cacheable=cacheable)
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    held = [fact[name]["token"] for fact in facts_of(run).values() for name in fact]
    assert sorted(held) == sorted(token["token"] for token in emulator.tokens())
    assert len(held) == 4


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_hosts_that_go_at_their_own_pace(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, strategy: str
) -> None:
    """Each keeps what it got, while others come to the role or leave it."""
    emulator.change_settings(latency=0.05)
    inventory = fleet(12, device_tokens_kinds=BOTH, device_tokens_on_failure="continue")
    hosts = inventory["all"]["hosts"]
    for number, variables in enumerate(hosts.values()):
        variables["tasks_before"] = number % 6
    refused = {"device-03", "device-08", "device-11"}
    for host in refused:
        hosts[host]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    step = ansible.directory / "step.yml"  # included, since a task that is skipped takes its time like any other
    step.write_text(yaml.safe_dump([{"ansible.builtin.debug": {}}]), encoding="utf-8")
    steps = [{"ansible.builtin.include_tasks": str(step), "when": f"tasks_before > {number}"} for number in range(5)]
    play = role_play(strategy=strategy, pre_tasks=steps)
    play["post_tasks"].append({"name": "Refusal", "ansible.builtin.debug": {"msg": ["{{ device_tokens_refusal }}"]}})
    run = ansible.play([play], "--forks", "3", inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    refusals = {entry["host"]: entry["result"]["msg"][0] for entry in run.results if entry["task"] == "Refusal"}
    assert {host for host, refusal in refusals.items() if refusal} == refused
    facts = facts_of(run)
    for name in ("device_tokens_user_auth", "device_tokens_enrollment"):
        assert {host for host, fact in facts.items() if not fact[name]} == refused
    held = [fact[name]["token"] for fact in facts.values() for name in fact if fact[name]]
    assert sorted(held) == sorted(token["token"] for token in emulator.tokens())
    assert len(held) == 9 + 9


def test_what_runs_once_is_for_all(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    play = role_play(roles=[{"role": ROLE, "run_once": True}])
    run = ansible.play([play], inventory=fleet(3), environment=environment)
    assert run.returncode == 0, run.output
    [issued] = emulator.tokens()
    tokens = [fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()]
    assert tokens == [issued["token"]] * 3


def write_role(ansible: Ansible, name: str, tasks: list[dict[str, Any]], dependencies: Sequence[str] = ()) -> str:
    """A role beside the playbook; its name."""
    directory = ansible.directory / "roles" / name
    for part, content in {"tasks": tasks, "meta": {"dependencies": list(dependencies)}}.items():
        (directory / part).mkdir(parents=True)
        (directory / part / "main.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return name


@pytest.mark.skipif(Version(__version__) < Version("2.18"), reason="this version of ansible-core has no end_role")
def test_hosts_that_have_left_the_role_around_it_get_nothing(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    around = write_role(ansible, "around", [{"ansible.builtin.meta": "end_role", "when": ODD}, IMPORT])
    run = ansible.play([role_play(roles=[around])], inventory=fleet(4), environment=environment)
    assert run.returncode == 0, run.output
    assert {host for host, fact in facts_of(run).items() if fact["device_tokens_enrollment"]} == {
        "device-02",
        "device-04",
    }
    assert len(emulator.tokens()) == 2
    emulator.reset()
    around = write_role(ansible, "including", [{"ansible.builtin.include_tasks": "leave.yml"}, IMPORT])
    leave = ansible.directory / "roles" / around / "tasks" / "leave.yml"
    leave.write_text(yaml.safe_dump([{"ansible.builtin.meta": "end_role", "when": ODD}]), encoding="utf-8")
    run = ansible.play([role_play(roles=[around])], inventory=fleet(4), environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 2


def test_hosts_that_have_run_it_before_get_nothing_more(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """It is a dependency of both roles."""
    first, second = (write_role(ansible, name, [], [ROLE]) for name in ("first", "second"))
    play = role_play(roles=[{"role": first, "when": ODD}, second])
    run = ansible.play([play], inventory=fleet(4), environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 4
    assert len({fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()}) == 4


def test_a_host_whose_tasks_cannot_be_templated_fails_alone(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(3)
    inventory["all"]["hosts"]["device-02"]["device_tokens_no_log"] = "{{ nothing_of_the_kind }}"
    play = role_play(roles=[], tasks=[{"ansible.builtin.include_role": {"name": ROLE, "rolespec_validate": False}}])
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-02"}
    assert set(facts_of(run)) == {"device-01", "device-03"}
    assert len(emulator.tokens()) == 2


def test_a_token_of_an_earlier_run_is_not_taken_for_the_one_that_was_refused(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    revoke = {
        "ansible.builtin.uri": {
            "url": f"{emulator.address.url}/emulator/faults",
            "method": "POST",
            "body_format": "json",
            "body": [{"path": "authenticationToken", "status": 403, "times": None}],
        },
        "delegate_to": "localhost",
        "run_once": True,
        "become": False,
    }
    play = role_play(roles=[], tasks=[IMPORT, revoke, IMPORT])
    inventory = fleet(2, device_tokens_kinds=BOTH, device_tokens_on_failure="continue")
    inventory["all"]["hosts"]["device-02"]["device_tokens_kinds"] = ["enrollment"]
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    facts = facts_of(run)
    assert not facts["device-01"]["device_tokens_user_auth"]
    assert not facts["device-01"]["device_tokens_enrollment"]
    [*dummy, second] = emulator.tokens("enrollment")
    assert facts["device-02"]["device_tokens_enrollment"]["token"] == second["token"]
    assert len(emulator.tokens("enrollment")) == 3


def test_a_token_of_an_earlier_run_is_not_kept_where_the_variables_are_wrong_now(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    spoil = {"ansible.builtin.set_fact": {"device_tokens_duration": "a while"}, "when": ODD}
    unchecked = {"ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    play = role_play(roles=[], tasks=[IMPORT, spoil, unchecked])
    inventory = fleet(2, device_tokens_on_failure="continue")
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    facts = facts_of(run)
    assert not facts["device-01"]["device_tokens_enrollment"]
    assert facts["device-02"]["device_tokens_enrollment"]["token"] == emulator.tokens()[2]["token"]
    assert len(emulator.tokens()) == 3


def test_a_refused_host_may_go_on(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    inventory = fleet(2, device_tokens_kinds=BOTH, device_tokens_on_failure="continue")
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    show = {"name": "Refusal", "ansible.builtin.debug": {"msg": ["{{ device_tokens_refusal }}"]}}
    run = ansible.play([role_play(post_tasks=[show])], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    shown = {entry["host"]: entry["result"]["msg"][0] for entry in run.results if entry["task"] == "Refusal"}
    assert not shown["device-01"]
    assert "EMM-managed accounts only" in shown["device-02"]
    assert len(emulator.tokens("enrollment")) == 1, "none for a device whose user was refused"


def test_without_an_access_token_every_host_says_why(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.revoke(emulator.address.service_account_email)
    run = ansible.play([role_play()], inventory=fleet(3), environment=environment)
    assert run.returncode == 2
    assert len(run.failures()) == 3
    assert all("deleted, disabled, or replaced" in reason for reason in run.failures().values())
    assert len(emulator.journal()) == 1


def test_wrong_module_defaults_are_the_reason_of_every_host_that_wants_a_token(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(3)
    inventory["all"]["hosts"]["device-02"]["device_tokens_kinds"] = []
    defaults = {GROUP: {"concurrency": "many"}}
    run = ansible.play([role_play(module_defaults=defaults)], inventory=inventory, environment=environment)
    assert all("concurrency" in reason and "int" in reason for reason in run.failures().values())
    assert set(run.failures()) == {"device-01", "device-03"}
    assert emulator.journal() == []


def test_without_its_libraries_every_host_says_which(
    ansible: Ansible, without_google_auth: dict[str, str], emulator: Emulator
) -> None:
    run = ansible.play([role_play(strategy="free")], inventory=fleet(2), environment=without_google_auth)
    assert len(run.failures()) == 2
    assert all(
        "google-auth is not installed in the Python environment of ansible-core" in reason
        for reason in run.failures().values()
    )
    assert emulator.journal() == []


def test_limit(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    inventory = fleet(6, device_tokens_kinds=BOTH)
    arguments = ["--limit", "device-02,device-05"]
    run = ansible.play([role_play()], *arguments, inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert [issued["user_id"] for issued in emulator.tokens("user_auth")] in ([user(2), user(5)], [user(5), user(2)])
    assert len(emulator.mints()) == 4
    assert set(facts_of(run)) == {"device-02", "device-05"}


@pytest.mark.parametrize("no_log", [True, False])
def test_a_refused_host_fails_alone_with_its_own_reason(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, no_log: bool
) -> None:
    inventory = fleet(4, device_tokens_kinds=BOTH, device_tokens_no_log=no_log)
    hosts = inventory["all"]["hosts"]
    hosts["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    hosts["device-03"]["device_tokens_enterprise_id"] = "LC04unknown"
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert run.returncode == 2
    assert set(facts_of(run)) == {"device-01", "device-04"}
    failures = run.failures()
    assert set(failures) == {"device-02", "device-03"}
    assert "EMM-managed accounts only" in failures["device-02"]
    assert "enterprise_id is wrong" in failures["device-03"]
    for reason in failures.values():
        assert reason[:80] in run.output
    assert len(emulator.mints()) == 2 + 1 + 1 + 2, "no enrollment token for a host whose user was refused"


@pytest.mark.parametrize("keywords", [{}, {"any_errors_fatal": True}], ids=["alone", "any_errors_fatal"])
def test_what_was_minted_is_not_lost_when_something_fails(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, keywords: dict[str, Any]
) -> None:
    """The host's own token that came before, and those of the others whose play ends with it."""
    emulator.fail({"path": "enrollmentTokens"}, {"path": "enrollmentTokens", "status": 403})  # the second one
    [facts] = role_play()["post_tasks"]
    play = {**role_play(roles=[], tasks=[{"block": [IMPORT], "always": [facts]}], post_tasks=[]), **keywords}
    inventory = fleet(3, device_tokens_kinds=BOTH)
    run = ansible.play([play], "--forks", "1", inventory=inventory, environment=environment)
    assert run.returncode == 2
    held = facts_of(run)
    assert not held["device-02"]["device_tokens_enrollment"]
    tokens = [token["token"] for by_kind in held.values() for token in by_kind.values() if token]
    assert sorted(tokens) == sorted(token["token"] for token in emulator.tokens())
    assert len(tokens) == 5


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, ["enrollment"], id="default"),
        pytest.param({"device_tokens_kinds": ["user_auth"]}, ["user_auth"], id="user_auth"),
        pytest.param({"device_tokens_kinds": ["enrollment", "enrollment"]}, ["enrollment"], id="twice"),
        pytest.param({"device_tokens_kinds": BOTH}, ["user_auth", "enrollment"], id="both"),
        pytest.param({"device_tokens_kinds": ["user_auth", "enrollment"]}, ["user_auth", "enrollment"], id="order"),
        pytest.param({"device_tokens_kinds": []}, [], id="none"),
    ],
)
def test_kinds(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, variables: dict[str, Any], expected: list[str]
) -> None:
    run = ansible.play([role_play()], inventory=fleet(1, **variables), environment=environment)
    assert run.returncode == 0, run.output
    assert [issued["type"] for issued in emulator.tokens()] == expected
    facts = facts_of(run)["device-01"]
    assert [name for name in BOTH if facts[f"device_tokens_{name}"]] == [name for name in BOTH if name in expected]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"device_tokens_user_id": None}, "device_tokens_user_id is not set"),
    ({"device_tokens_user_id": ""}, "Option 'device_tokens_user_id' is '', but it must not be empty"),
    ({"device_tokens_user_id": "a b"}, "Option 'device_tokens_user_id' is 'a b', but an ID must not contain ' '"),
    ({"device_tokens_user_id": "../x"}, "Option 'device_tokens_user_id' is '../x'"),
    ({"device_tokens_user_id": "{{ none }}"}, "device_tokens_user_id"),
    ({"device_tokens_user_id": 10}, "Option 'device_tokens_user_id' is 10, but it must be a string"),
    (
        {"device_tokens_user_id": date(2026, 11, 22)},
        "Option 'device_tokens_user_id' is 2026-11-22, but it must be a string",
    ),
    ({"device_tokens_enterprise_id": True}, "Option 'device_tokens_enterprise_id' is True, but it must be a string"),
    ({"device_tokens_enrollment_token_type": None}, "device_tokens_enrollment_token_type is not set"),
    ({"device_tokens_enterprise_id": None}, "missing required arguments: device_tokens_enterprise_id"),
    ({"device_tokens_kinds": ["enrolment"]}, "enrolment"),
    ({"device_tokens_enrollment_token_type": "tablet"}, "userlessDevice"),
    ({"device_tokens_duration": "twelve hours"}, "'twelve hours' is not a duration"),
    (
        {"device_tokens_duration": 3600.5},
        "'device_tokens_duration' is 3600.5, but it must be a string such as '12h', an integer",
    ),
    ({"device_tokens_duration": "30s"}, "1 minute"),
    ({"device_tokens_duration": {"seconds": 30}}, "1 minute"),
    ({"device_tokens_duration": "99999999d"}, "Durations.MAX_VALUE"),
    (
        {"device_tokens_google_authentication_options": {"required_account_email": "sam@example.com"}},
        "authentication_requirement: required",
    ),
]


def test_bad_input_is_refused_before_anything_is_sent(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, subtests: pytest.Subtests
) -> None:
    """A host for each mistake; every one fails with its own."""
    inventory = fleet(len(REFUSED), device_tokens_kinds=BOTH)
    sound = {
        name: inventory["all"]["vars"].pop(name)
        for name in ("device_tokens_enterprise_id", "device_tokens_enrollment_token_type")
    }
    for host, (change, dummy) in zip(inventory["all"]["hosts"].values(), REFUSED, strict=True):
        host.update({**sound, **change})
        for name in [name for name, value in host.items() if value is None]:
            del host[name]
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert run.returncode == 2
    failures = run.failures()
    for host, (change, fragment) in zip(inventory["all"]["hosts"], REFUSED, strict=True):
        with subtests.test(change=change):
            assert fragment in failures[host]
            assert fragment in run.output
    assert facts_of(run) == {}
    assert emulator.journal() == []


def test_durations(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    durations: list[tuple[Any, str]] = [
        ("30d", "2592000s"),
        ("90m", "5400s"),
        ("1h30m", "5400s"),
        ("60.5s", "60.500000000s"),
        (3600, "3600s"),
        ("3600", "3600s"),
        ({"seconds": 3600}, "3600s"),
        ({"seconds": 3600, "nanos": 1}, "3600.000000001s"),
    ]
    inventory = fleet(len(durations))
    for host, (duration, dummy) in zip(inventory["all"]["hosts"].values(), durations, strict=True):
        host["device_tokens_duration"] = duration
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    sent = [json.loads(request["body"])["duration"] for request in emulator.mints()]
    assert sorted(sent) == sorted(text for dummy, text in durations)


def test_check_mode_sets_facts_without_tokens(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(2, device_tokens_kinds=BOTH)
    run = ansible.play([role_play()], "--check", inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    for facts in facts_of(run).values():
        assert facts["device_tokens_enrollment"]["token"] is None
        assert facts["device_tokens_user_auth"]["token"] is None
    assert emulator.journal() == []


def test_credentials_from_module_defaults_and_a_localhost_of_the_inventorys_own(
    ansible: Ansible, emulator: Emulator
) -> None:
    inventory = fleet(1)
    inventory["all"]["hosts"]["localhost"] = {}  # with the connection variables of the devices
    defaults = {
        GROUP: {
            "api_url": emulator.address.url,
            "auth_kind": "serviceaccount",
            "service_account_file": emulator.address.service_account_file,
        }
    }
    run = ansible.play([role_play(hosts="device-01", module_defaults=defaults, become=True)], inventory=inventory)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 1


def secrets_of(emulator: Emulator) -> list[str]:
    """Everything that must not be printed."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    lines = [line for line in key["private_key"].splitlines() if line and not line.startswith("-----")]
    return [*(issued["token"] for issued in emulator.tokens()), *lines, key["private_key_id"], "eyJ", "ya29."]


def assert_no_secret(text: str, emulator: Emulator) -> None:
    assert [secret for secret in secrets_of(emulator) if secret in text] == []


@pytest.mark.parametrize("how", [{"roles": [ROLE]}, {"tasks": [INCLUDE]}], ids=["batch", "own"])
@pytest.mark.parametrize("refused", [False, True])
def test_no_secret_is_printed_or_logged(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, refused: bool, how: dict[str, Any]
) -> None:
    """At the highest verbosity, in the log file, and in what callbacks are given."""
    inventory = fleet(2, device_tokens_kinds=BOTH)
    if refused:
        inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    log = ansible.directory / "ansible.log"
    play = {"hosts": "all", "gather_facts": False, **how}
    environment = {**environment, "ANSIBLE_LOG_PATH": str(log)}
    run = ansible.play([play], "-vvvv", inventory=inventory, environment=environment)
    assert run.returncode == (2 if refused else 0), run.output
    assert len(emulator.tokens()) == (2 if refused else 4)
    for text in (run.output, log.read_text(encoding="utf-8"), json.dumps(run.results)):
        assert len(text) > 1000
        assert_no_secret(text, emulator)


def test_a_failing_run_with_the_key_in_the_task_prints_no_secret(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    emulator.revoke(key["client_email"])
    for contents in (key, json.dumps(key)):
        defaults = {GROUP: {"service_account_contents": contents}}
        play = {"hosts": "all", "gather_facts": False, "roles": [ROLE], "module_defaults": defaults}
        inventory = fleet(1, device_tokens_no_log=False)
        del environment["GCP_SERVICE_ACCOUNT_FILE"], environment["GCP_AUTH_KIND"]
        run = ansible.play([play], "-vvvv", inventory=inventory, environment=environment)
        environment.update(emulator.address.environment())
        assert run.returncode == 2
        assert "deleted, disabled, or replaced" in run.output
        assert_no_secret(run.output, emulator)


def test_tokens_are_shown_only_where_that_was_asked_for(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    play = {"hosts": "all", "gather_facts": False, "roles": [ROLE]}
    run = ansible.play([play], "-v", inventory=fleet(1, device_tokens_no_log=False), environment=environment)
    assert run.returncode == 0
    assert emulator.tokens()[0]["token"] in run.output


@pytest.mark.parametrize("serial", ["100%", "1"])
def test_the_playbook_ends_with_a_summary(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, serial: str
) -> None:
    """Even if a batch was refused as a whole, all others have their turn, and the refused hosts fail at the end."""
    inventory = fleet(3, device_tokens_kinds=BOTH, device_tokens_duration="12h")
    inventory["all"]["hosts"]["device-01"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    playbook = "emm.android_enterprise.stage_devices"
    arguments = ["--extra-vars", f"stage_devices_serial={serial}"]
    run = ansible.play(playbook, *arguments, inventory=inventory, environment=environment)
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


def test_a_host_that_is_refused_in_a_later_batch(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(4, device_tokens_kinds=["user_auth"])
    inventory["all"]["hosts"]["device-04"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    playbook = "emm.android_enterprise.stage_devices"
    run = ansible.play(playbook, "--extra-vars", "stage_devices_serial=2", inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-04"}, run.output
    assert len(emulator.tokens()) == 3


def test_the_playbook_takes_a_pattern(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    arguments = ["--extra-vars", "stage_devices_hosts=device-02"]
    run = ansible.play(
        str(REPOSITORY / "playbooks" / "stage_devices.yml"), *arguments, inventory=fleet(3), environment=environment
    )
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 1
