# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Hosts whose token is refused: their messages, their facts, and the tokens that are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.process import Emulator
from tests.integration.devices import (
    BOTH,
    GOOGLE_MANAGED_USER,
    GROUP,
    IMPORT,
    ODD,
    ROLE,
    Bench,
    Scenario,
    enterprise_of,
    facts_of,
    fleet,
    role_play,
)
from tests.integration.playbooks import Ansible


def test_refused_host_fails_alone_with_its_own_reason(
    bench: Bench, emulator: Emulator, subtests: pytest.Subtests
) -> None:
    """Even if the role runs under a condition on the facts that it sets."""
    scenarios = {}
    for no_log in (True, False):
        inventory = fleet(4, device_tokens_kinds=BOTH, device_tokens_no_log=no_log)
        inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
        inventory["all"]["hosts"]["device-03"]["device_tokens_enterprise_id"] = "LC04unknown"
        scenarios[f"no_log-{no_log}"] = Scenario(inventory)
    for fact in ("enrollment", "refusal"):
        inventory = fleet(2, device_tokens_kinds=BOTH)
        inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
        condition = f"device_tokens_{fact} is not defined"
        scenarios[f"condition-{fact}"] = Scenario(inventory, [role_play(roles=[{"role": ROLE, "when": condition}])])
    outcomes = bench.run(scenarios)
    for name, outcome in outcomes.items():
        with subtests.test(name):
            assert "EMM-managed accounts only" in outcome.failures["device-02"]
            if name.startswith("condition"):
                assert set(outcome.failures) == {"device-02"}
                assert set(outcome.facts) == {"device-01"}
                assert len(outcome.tokens()) == 2
                continue
            assert set(outcome.failures) == {"device-02", "device-03"}
            assert set(outcome.facts) == {"device-01", "device-04"}
            assert "enterprise_id is wrong" in outcome.failures["device-03"]
            for reason in outcome.failures.values():
                assert reason[:80] in outcome.run.output
            assert len(outcome.mints) == 2 + 1 + 2, "no enrollment token for a host whose user was refused"
    unknown = [request for request in emulator.mints() if "/LC04unknown/" in request["path"]]
    assert len(unknown) == 2, "one request for each host, not one for each kind of token"


def test_refused_host_that_goes_on_has_its_facts(bench: Bench, emulator: Emulator, subtests: pytest.Subtests) -> None:
    """With ``device_tokens_on_failure`` or ``ignore_errors``. Tokens of an earlier run of the role are removed."""
    emulator.fail({"path": f"{enterprise_of('ignored')}/enrollmentTokens", "times": None, "status": 403})
    revoke = {
        "ansible.builtin.uri": {
            "url": f"{emulator.address.url}/emulator/faults",
            "method": "POST",
            "body_format": "json",
            "body": [
                {"path": f"{enterprise_of('revoked')}.*authenticationToken", "status": 403, "times": None},
                {"path": f"{enterprise_of('ignored')}/enrollmentTokens", "status": 403, "times": None},
            ],
        },
        "delegate_to": "localhost",
        "run_once": True,
        "become": False,
    }
    spoil = {"ansible.builtin.set_fact": {"device_tokens_duration": "a while"}, "when": ODD}
    unchecked = {"ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    go_on = {"device_tokens_on_failure": "continue"}
    refused = fleet(2, device_tokens_kinds=BOTH, **go_on)
    refused["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    revoked = fleet(2, device_tokens_kinds=BOTH, **go_on)
    revoked["all"]["hosts"]["device-02"]["device_tokens_kinds"] = ["enrollment"]
    outcomes = bench.run(
        {
            "refused": Scenario(refused),
            "ignored": Scenario(
                fleet(1, device_tokens_kinds=BOTH), [role_play(roles=[{"role": ROLE, "ignore_errors": True}])]
            ),
            "ended": Scenario(
                fleet(1, settings="not a dictionary", **go_on),
                [role_play(roles=[], tasks=[IMPORT, {**IMPORT, "module_defaults": {GROUP: "{{ settings }}"}}])],
            ),
            "revoked": Scenario(revoked, [role_play(roles=[], tasks=[IMPORT, revoke, IMPORT])]),
            "spoiled": Scenario(fleet(2, **go_on), [role_play(roles=[], tasks=[IMPORT, spoil, unchecked])]),
        }
    )
    assert outcomes["refused"].run.returncode == 0, outcomes["refused"].run.output
    with subtests.test("refused"):
        outcome = outcomes["refused"]
        assert not outcome.facts["device-01"]["device_tokens_refusal"]
        assert "EMM-managed accounts only" in outcome.facts["device-02"]["device_tokens_refusal"]
        assert len(outcome.tokens("enrollment")) == 1, "none for a device whose user was refused"
    with subtests.test("ignored"):
        outcome = outcomes["ignored"]
        [held] = outcome.facts.values()
        assert held["device_tokens_user_auth"]["token"] == outcome.tokens()[0]["token"]
        assert not held["device_tokens_enrollment"]
        assert "HTTP 403" in held["device_tokens_refusal"]
    with subtests.test("ended"):
        outcome = outcomes["ended"]
        assert len(outcome.tokens()) == 1
        assert not outcome.facts["device-01"]["device_tokens_enrollment"]
    with subtests.test("revoked"):
        outcome = outcomes["revoked"]
        assert not outcome.facts["device-01"]["device_tokens_user_auth"]
        assert not outcome.facts["device-01"]["device_tokens_enrollment"]
        [*dummy, last] = outcome.tokens("enrollment")
        assert outcome.facts["device-02"]["device_tokens_enrollment"]["token"] == last["token"]
        assert len(outcome.tokens("enrollment")) == 3
    with subtests.test("spoiled"):
        outcome = outcomes["spoiled"]
        assert not outcome.facts["device-01"]["device_tokens_enrollment"]
        assert outcome.facts["device-02"]["device_tokens_enrollment"]["token"] == outcome.tokens()[2]["token"]
        assert len(outcome.tokens()) == 3


@pytest.mark.parametrize("keywords", [{}, {"any_errors_fatal": True}], ids=["alone", "any_errors_fatal"])
def test_minted_tokens_are_kept_when_another_request_fails(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, keywords: dict[str, Any]
) -> None:
    """A host's own token that came before, and those of the hosts whose play ends because of the failure."""
    emulator.fail({"path": "enrollmentTokens"}, {"path": "enrollmentTokens", "status": 403})  # the second one
    [facts] = role_play()["post_tasks"]
    play = {**role_play(roles=[], tasks=[{"block": [IMPORT], "always": [facts]}], post_tasks=[]), **keywords}
    inventory = fleet(3, device_tokens_kinds=BOTH)
    run = ansible.play([play], "--forks", "1", inventory=inventory, environment=environment)
    assert run.returncode == 2
    held = facts_of(run)
    assert not held["device-02"]["device_tokens_enrollment"]
    names = ("device_tokens_enrollment", "device_tokens_user_auth")
    tokens = [facts[name]["token"] for facts in held.values() for name in names if facts[name]]
    assert sorted(tokens) == sorted(token["token"] for token in emulator.tokens())
    assert len(tokens) == 5


def test_host_whose_variables_cannot_be_templated_fails_alone(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    inventory = fleet(3)
    inventory["all"]["hosts"]["device-02"]["device_tokens_no_log"] = "{{ undefined_variable }}"
    play = role_play(roles=[], tasks=[{"ansible.builtin.include_role": {"name": ROLE, "rolespec_validate": False}}])
    run = ansible.play([play], inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-02"}
    assert set(facts_of(run)) == {"device-01", "device-03"}
    assert len(emulator.tokens()) == 2
