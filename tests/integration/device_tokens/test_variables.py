# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The variables of the role: valid, invalid, misspelt, and in check mode."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, INCLUDE, ROLE, Bench, Scenario, facts_of, fleet, role_play, user
from tests.integration.playbooks import Ansible

KINDS: list[tuple[list[str] | None, list[str]]] = [
    (None, ["enrollment"]),
    (["user_auth"], ["user_auth"]),
    (["enrollment", "enrollment"], ["enrollment"]),
    (BOTH, ["user_auth", "enrollment"]),
    (["user_auth", "enrollment"], ["user_auth", "enrollment"]),
    ([], []),
]
DURATIONS: list[tuple[Any, str]] = [
    ("30d", "2592000s"),
    ("90m", "5400s"),
    ("1h30m", "5400s"),
    ("60.5s", "60.500000000s"),
    (3600, "3600s"),
    ("3600", "3600s"),
    ({"seconds": 3600}, "3600s"),
    ({"seconds": 3600, "nanos": 1}, "3600.000000001s"),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"device_tokens_user_id": None}, "device_tokens_user_id is not set"),
    ({"device_tokens_user_id": " "}, "device_tokens_user_id is not set"),
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
    ({"device_tokens_enterprise_id": None}, "missing required arguments: device_tokens_enterprise_id"),  # by Ansible
    ({"device_tokens_enterprise_id": ""}, "Not set, but required: 'device_tokens_enterprise_id'"),
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


def test_valid_variables(bench: Bench, subtests: pytest.Subtests) -> None:
    """A host for each value."""
    kinds = fleet(len(KINDS))
    for host, (kind, dummy) in zip(kinds["all"]["hosts"].values(), KINDS, strict=True):
        host.update({} if kind is None else {"device_tokens_kinds": kind})
    durations = fleet(len(DURATIONS))
    for host, (duration, _text) in zip(durations["all"]["hosts"].values(), DURATIONS, strict=True):
        host["device_tokens_duration"] = duration
    pool = [user(7), user(8), user(9)]
    others = fleet(3, device_tokens_kinds=["user_auth"], pool=pool)
    for host in others["all"]["hosts"].values():
        host["device_tokens_user_id"] = (
            "{{ hostvars[ansible_play_batch[-1]].pool[ansible_play_batch.index(inventory_hostname)] }}"
        )
    scenarios = {
        # One host at a time, so that its tokens follow one another.
        "kinds": Scenario(kinds, [role_play(serial=1)]),
        "durations": Scenario(durations),
        "other-hosts": Scenario(others),
        "other-hosts-include": Scenario(others, [role_play(roles=[], tasks=[INCLUDE])]),
    }
    outcomes = bench.run(scenarios)
    assert [outcome.failures for outcome in outcomes.values()] == [{}] * len(outcomes), outcomes["kinds"].run.output
    with subtests.test("kinds"):
        outcome = outcomes["kinds"]
        assert [token["type"] for token in outcome.tokens()] == [kind for dummy, minted in KINDS for kind in minted]
        for fact, (_kinds, minted) in zip(outcome.facts.values(), KINDS, strict=True):
            assert {kind for kind in BOTH if fact[f"device_tokens_{kind}"]} == set(minted)
    with subtests.test("durations"):
        sent = [json.loads(request["body"])["duration"] for request in outcomes["durations"].mints]
        assert sorted(sent) == sorted(text for dummy, text in DURATIONS)
    for name in ("other-hosts", "other-hosts-include"):
        with subtests.test(name):
            facts = sorted(outcomes[name].facts.items())
            assert [fact["device_tokens_user_auth"]["user_id"] for dummy, fact in facts] == pool


def test_invalid_variables_are_refused_before_anything_is_sent(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, subtests: pytest.Subtests
) -> None:
    """A host for each mistake. Each fails with its own message."""
    inventory = fleet(len(REFUSED), device_tokens_kinds=BOTH)
    valid = {
        name: inventory["all"]["vars"].pop(name)
        for name in ("device_tokens_enterprise_id", "device_tokens_enrollment_token_type")
    }
    for host, (change, dummy) in zip(inventory["all"]["hosts"].values(), REFUSED, strict=True):
        host.update({**valid, **change})
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


def test_check_mode_sets_facts_without_tokens(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(2, device_tokens_kinds=BOTH)
    run = ansible.play([role_play()], "--check", inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len(facts_of(run)) == 2
    for facts in facts_of(run).values():
        assert facts["device_tokens_enrollment"]["token"] is None
        assert facts["device_tokens_user_auth"]["token"] is None
    assert emulator.journal() == []


def test_misspelled_variable_causes_one_warning(ansible: Ansible, environment: dict[str, str]) -> None:
    inventory = fleet(2, device_tokens_duratoin="12h", device_tokens__own="x")
    inventory["all"]["vars"][404] = "a name that is not a string"
    run = ansible.play([role_play(roles=[ROLE, ROLE])], inventory=inventory, environment=environment)
    output = " ".join(run.output.split())
    warning = (
        "The role device_tokens has no variable 'device_tokens_duratoin' (did you mean 'device_tokens_duration'?)."
    )
    assert output.count(warning) == 1
    assert output.count("has no variable") == 1
