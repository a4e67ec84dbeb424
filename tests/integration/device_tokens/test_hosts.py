# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which hosts get tokens, in all ways to run the role. Nothing could connect to any of these hosts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.release import __version__
from packaging.version import Version

from tests.emulator.process import Emulator
from tests.integration.devices import (
    BOTH,
    GOOGLE_MANAGED_USER,
    IMPORT,
    INCLUDE,
    ODD,
    ROLE,
    Bench,
    Outcome,
    Scenario,
    facts_of,
    fleet,
    is_device,
    role_play,
    user,
)
from tests.integration.playbooks import ENROLLMENT, Ansible

FAILING = {"ansible.builtin.fail": {"msg": "This failure is rescued."}}
# The keywords of a play, and the numbers of the hosts that come to the role.
WAYS: dict[str, tuple[dict[str, Any], Sequence[int]]] = {
    "linear": ({}, range(1, 7)),
    "free": ({"strategy": "free"}, range(1, 5)),
    "host_pinned": ({"strategy": "host_pinned"}, range(1, 5)),
    "serial": ({"serial": 2}, range(1, 6)),
    "import": ({"roles": [], "tasks": [IMPORT]}, range(1, 4)),
    "include": ({"roles": [], "tasks": [INCLUDE]}, range(1, 4)),
    "condition": ({"roles": [{"role": ROLE, "when": ODD}]}, range(1, 4, 2)),
    "condition-without-first-host": ({"roles": [{"role": ROLE, "when": f"not ({ODD})"}]}, range(2, 5, 2)),
    "include-condition": ({"roles": [], "tasks": [{**INCLUDE, "when": ODD}]}, range(1, 4, 2)),
    "check-mode-by-host": ({"check_mode": f"{{{{ not ({ODD}) }}}}"}, range(1, 4, 2)),
    "cleared-errors": (
        {
            "roles": [],
            "tasks": [
                {"ansible.builtin.raw": "true", "when": f"not ({ODD})"},
                IMPORT,
                {"ansible.builtin.meta": "clear_host_errors"},
            ],
        },
        range(1, 4),
    ),
    "rescue": (
        {"roles": [], "tasks": [{"block": [{**FAILING, "when": ODD}], "rescue": [INCLUDE]}]},
        range(1, 4, 2),
    ),
    "block-with-rescue": (
        {
            "roles": [],
            "tasks": [{"block": [{**FAILING, "when": ODD}, IMPORT], "rescue": [{"ansible.builtin.meta": "noop"}]}],
        },
        range(2, 5, 2),
    ),
    "include-of-templated-name": (
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
        range(1, 4, 2),
    ),
    "loop": ({"roles": [], "tasks": [{**INCLUDE, "loop": [1, 2]}]}, [1, 1, 2, 2, 3, 3]),
}


def test_each_host_gets_two_tokens_of_its_own(bench: Bench, emulator: Emulator, subtests: pytest.Subtests) -> None:
    """Those that come to the role, and no others. The required account tells the enrollment tokens apart."""
    google = {
        "authentication_requirement": "required",
        "required_account_email": "{{ inventory_hostname }}@example.com",
    }
    # In the variables of the play, which hostvars do not contain.
    role_vars = {"device_tokens_google_authentication_options": google}
    scenarios = {
        name: Scenario(
            fleet(max(*served, 3), device_tokens_kinds=BOTH, device_tokens_no_log=False),
            [role_play(vars=role_vars, **keywords)],
        )
        for name, (keywords, served) in WAYS.items()
    }
    outcomes = bench.run(scenarios)
    assert len(emulator.journal("/token")) == 1, "one exchange for a run"
    for name, (dummy, served) in WAYS.items():
        with subtests.test(name):
            assert_two_tokens_each(outcomes[name], name, served)


def assert_two_tokens_each(outcome: Outcome, scenario: str, served: Sequence[int]) -> None:
    hosts = [f"device-{number:02d}" for number in served]
    emails = {host: f"{scenario}.{host}@example.com" for host in hosts}
    assert sorted(token["user_id"] for token in outcome.tokens("user_auth")) == sorted(map(user, served))
    enrollment = [
        issued["request"]["googleAuthenticationOptions"]["requiredAccountEmail"]
        for issued in outcome.tokens("enrollment")
    ]
    assert sorted(enrollment) == sorted(emails[host] for host in hosts)
    assert len(outcome.mints) == 2 * len(hosts)
    issued_tokens = {token["token"]: token for token in outcome.tokens()}
    for host in hosts:
        fact = outcome.facts[host]
        assert fact["device_tokens_enrollment"], outcome.run.output
        issued = issued_tokens[fact["device_tokens_enrollment"]["token"]]
        assert fact["device_tokens_enrollment"] == {
            "token": issued["token"],
            "enterprise_id": outcome.enterprise_id,
            "enrollment_token_type": "userDevice",
            "duration": {"seconds": 3600, "nanos": 0},
            "google_authentication_options": {
                "authentication_requirement": "required",
                "required_account_email": emails[host],
            },
            "issued_at": issued["issued"],
            "expires_at": issued["expires"],
        }
        assert issued["request"]["googleAuthenticationOptions"]["requiredAccountEmail"] == emails[host]
        issued = issued_tokens[fact["device_tokens_user_auth"]["token"]]
        assert fact["device_tokens_user_auth"] == {
            "token": issued["token"],
            "enterprise_id": outcome.enterprise_id,
            "user_id": user(int(host[-2:])),
            "issued_at": issued["issued"],
        }
        assert issued["user_id"] == user(int(host[-2:]))


def test_hosts_that_failed_were_rescued_or_run_the_role_again(
    bench: Bench, ansible: Ansible, subtests: pytest.Subtests
) -> None:
    """Hosts that failed, ended, left a role or were rescued, and hosts that a role runs for only once."""
    failing = [
        {"ansible.builtin.fail": {"msg": "no"}, "when": is_device(1)},
        {"ansible.builtin.ping": {}, "when": is_device(3)},  # no connection is possible
        {"ansible.builtin.meta": "end_host", "when": is_device(4)},
    ]
    # With any_errors_fatal, one failure sends all hosts to the rescue, and Ansible only counts one in again.
    block = {"block": [{**FAILING, "when": is_device(2)}], "rescue": [{"ansible.builtin.meta": "noop"}]}
    first, second = (write_role(ansible, name, [], [ROLE]) for name in ("first", "second"))
    delegated = {"role": ROLE, "delegate_to": "localhost", "delegate_facts": True}
    local = {"ansible_become": False, "ansible_connection": "local"}
    scenarios = {
        "failed": Scenario(fleet(5, device_tokens_kinds=BOTH), [role_play(pre_tasks=failing)]),
        "rescued": Scenario(fleet(3), [role_play(roles=[], tasks=[block, IMPORT, IMPORT], any_errors_fatal=True)]),
        "twice": Scenario(fleet(3), [role_play(roles=[], tasks=[INCLUDE, {**INCLUDE, "when": ODD}])]),
        "dependency": Scenario(fleet(4), [role_play(roles=[{"role": first, "when": ODD}, second])]),
        "once": Scenario(fleet(3), [role_play(roles=[{"role": ROLE, "run_once": True}])]),
        **{
            f"delegated-{cacheable}": Scenario(
                fleet(2, device_tokens_kinds=BOTH, device_tokens_cacheable=cacheable),
                [role_play(roles=[delegated], vars=local)],
            )
            for cacheable in (False, True)
        },
    }
    outcomes = bench.run(scenarios)
    with subtests.test("failed"):
        outcome = outcomes["failed"]
        assert "unreachable=1" in outcome.run.output
        assert set(outcome.facts) == {"device-02", "device-05"}
        assert sorted(token["user_id"] for token in outcome.tokens("user_auth")) == [user(2), user(5)]
        assert len(outcome.mints) == 4
    with subtests.test("rescued"):
        outcome = outcomes["rescued"]
        assert len(set(outcome.held())) == 3
        assert len(outcome.tokens()) == 6
        second_tokens = {token["token"] for token in outcome.tokens()[3:]}
        assert second_tokens == set(outcome.held()), "the facts hold the tokens of the second time"
    with subtests.test("twice"):
        outcome = outcomes["twice"]
        assert len(outcome.tokens()) == 3 + 2
        assert set(outcome.held()) < {token["token"] for token in outcome.tokens()}
        assert len(set(outcome.held())) == 3
    with subtests.test("dependency"):
        outcome = outcomes["dependency"]
        assert len(outcome.tokens()) == 4
        assert len(set(outcome.held())) == 4
    with subtests.test("once"):
        outcome = outcomes["once"]
        [issued] = outcome.tokens()
        assert outcome.held() == [issued["token"]] * 3
    for cacheable in (False, True):
        # Ansible would give the facts of a host to the host that it delegates to.
        with subtests.test("delegated", cacheable=cacheable):
            outcome = outcomes[f"delegated-{cacheable}"]
            assert sorted(outcome.held()) == sorted(token["token"] for token in outcome.tokens())
            assert len(outcome.held()) == 4


def write_role(ansible: Ansible, name: str, tasks: list[dict[str, Any]], dependencies: Sequence[str] = ()) -> str:
    """Write a role beside the playbook. Return its name."""
    directory = ansible.directory / "roles" / name
    for part, content in {"tasks": tasks, "meta": {"dependencies": list(dependencies)}}.items():
        (directory / part).mkdir(parents=True)
        (directory / part / "main.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return name


@pytest.mark.skipif(Version(__version__) < Version("2.18"), reason="this version of ansible-core has no end_role")
def test_hosts_that_ended_the_role_around_it_get_no_token(bench: Bench, ansible: Ansible) -> None:
    direct = write_role(ansible, "direct", [{"ansible.builtin.meta": "end_role", "when": ODD}, IMPORT])
    included = write_role(ansible, "included", [{"ansible.builtin.include_tasks": "leave.yml"}, IMPORT])
    leave = ansible.directory / "roles" / included / "tasks" / "leave.yml"
    leave.write_text(yaml.safe_dump([{"ansible.builtin.meta": "end_role", "when": ODD}]), encoding="utf-8")
    outcomes = bench.run({name: Scenario(fleet(4), [role_play(roles=[name])]) for name in (direct, included)})
    for outcome in outcomes.values():
        assert outcome.failures == {}, outcome.run.output
        holders = {host for host, fact in outcome.facts.items() if fact["device_tokens_enrollment"]}
        assert holders == {"device-02", "device-04"}
        assert len(outcome.tokens()) == 2


def test_second_run_after_a_partial_failure_mints_for_limited_hosts_only(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(5, device_tokens_kinds=BOTH)
    hosts = inventory["all"]["hosts"]
    for number in (2, 4):
        hosts[f"device-{number:02d}"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    assert ansible.play([role_play()], inventory=inventory, environment=environment).returncode == 2
    assert sorted(token["user_id"] for token in emulator.tokens("user_auth")) == [user(1), user(3), user(5)]
    emulator.reset()
    for number in (2, 4):
        hosts[f"device-{number:02d}"]["device_tokens_user_id"] = user(number)
    run = ansible.play([role_play()], "--limit", "device-02,device-04", inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert sorted(token["user_id"] for token in emulator.tokens("user_auth")) == [user(2), user(4)]
    assert len(emulator.mints()) == 4
    assert set(facts_of(run)) == {"device-02", "device-04"}


def test_hosts_at_different_tasks_keep_their_own_tokens(
    bench: Bench, ansible: Ansible, emulator: Emulator, subtests: pytest.Subtests
) -> None:
    """With strategies that do not wait for all hosts, some come to the role while others leave it."""
    emulator.change_settings(latency=0.05)
    inventory = fleet(8, device_tokens_kinds=BOTH, device_tokens_on_failure="continue")
    hosts = inventory["all"]["hosts"]
    for number, variables in enumerate(hosts.values()):
        variables["tasks_before"] = number % 4
    refused = {"device-03", "device-06"}
    for host in refused:
        hosts[host]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    step = ansible.directory / "step.yml"  # included, because a skipped task takes as long as any other
    step.write_text(yaml.safe_dump([{"ansible.builtin.debug": {}}]), encoding="utf-8")
    steps = [{"ansible.builtin.include_tasks": str(step), "when": f"tasks_before > {number}"} for number in range(3)]
    scenarios = {
        strategy: Scenario(inventory, [role_play(strategy=strategy, pre_tasks=steps)])
        for strategy in ("free", "host_pinned")
    }
    for strategy, outcome in bench.run(scenarios, "--forks", "3").items():
        with subtests.test(strategy):
            assert outcome.failures == {}, outcome.run.output
            assert outcome.facts.keys() == hosts.keys()
            assert {host for host, fact in outcome.facts.items() if fact["device_tokens_refusal"]} == refused
            for name in ("device_tokens_user_auth", "device_tokens_enrollment"):
                assert {host for host, fact in outcome.facts.items() if not fact[name]} == refused
            assert sorted(outcome.held()) == sorted(token["token"] for token in outcome.tokens())
            assert len(outcome.held()) == 6 + 6


def test_processes_that_share_no_memory_mint_independently(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """As with a strategy that does not fork its workers from the process that has loaded the action."""
    environment["ANSIBLE_STRATEGY_PLUGINS"] = str(Path(__file__).parents[1] / "strategy_plugins")
    options = {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice"}
    module = {"delegate_to": "localhost", "vars": {"ansible_become": False}, ENROLLMENT: options, "register": "minted"}
    inventory = fleet(3, device_tokens_kinds=BOTH, device_tokens_enrollment_scope="shared")
    play = role_play(strategy="apart", post_tasks=[*role_play()["post_tasks"], module])
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.journal("/token")) == 3 + 3
    assert len(emulator.mints()) == 3 * 2 + 3
    held = {fact["device_tokens_enrollment"]["token"] for fact in facts_of(run).values()}
    assert len(held) == 3, "without shared memory, each host gets its own token"
