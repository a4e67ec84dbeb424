# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Enrollment tokens that several hosts share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.process import Emulator
from tests.integration.devices import (
    BOTH,
    INCLUDE,
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


def test_hosts_with_equal_requests_share_a_token(bench: Bench, subtests: pytest.Subtests) -> None:
    google = {"authentication_requirement": "required", "required_account_email": "sam@example.com"}
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "linear": ("shared", {}),
        "batches": ("batch", {"serial": 2}),
        "free": ("shared", {"strategy": "free"}),
    }
    scenarios = {}
    for name, (scope, keywords) in ways.items():
        inventory = fleet(5, device_tokens_kinds=BOTH, device_tokens_enrollment_scope=scope)
        inventory["all"]["vars"]["device_tokens_google_authentication_options"] = google
        hosts = inventory["all"]["hosts"]
        hosts["device-02"]["device_tokens_duration"] = "2h"
        hosts["device-03"]["device_tokens_google_authentication_options"] = dict([*google.items()][::-1])
        hosts["device-04"]["device_tokens_kinds"] = ["enrollment"]
        hosts["device-05"]["device_tokens_enrollment_scope"] = "host"
        scenarios[name] = Scenario(inventory, [role_play(**keywords)])
    for name, outcome in bench.run(scenarios).items():
        with subtests.test(name):
            assert outcome.failures == {}, outcome.run.output
            held = {host: fact["device_tokens_enrollment"]["token"] for host, fact in outcome.facts.items()}
            assert held["device-01"] == held["device-03"] == held["device-04"]
            assert len(set(held.values())) == len(outcome.tokens("enrollment")) == 3
            assert len(outcome.tokens("user_auth")) == 4


def test_each_run_of_the_role_has_a_shared_token_of_its_own(
    bench: Bench, emulator: Emulator, subtests: pytest.Subtests
) -> None:
    """In each play and in each iteration of a loop. An expired token is not shared any more."""
    # The responses are so old that each token has expired.
    old = {"body": '{"token": "of-2020"}', "headers": {"Date": "Thu, 26 Nov 2020 10:00:00 GMT"}}
    emulator.fail({"path": f"{enterprise_of('expired')}/enrollmentTokens", "times": None, **old})
    plays = [{**role_play(), "roles": [{"role": ROLE, "when": when}]} for when in (ODD, f"not ({ODD})")]
    inventory = fleet(4, device_tokens_enrollment_scope="shared")
    loop = role_play(roles=[], tasks=[{**INCLUDE, "loop": [1, 2]}])
    outcomes = bench.run(
        {
            "plays": Scenario(inventory, plays),
            "loop": Scenario(inventory, [loop]),
            "expired": Scenario(fleet(3, device_tokens_enrollment_scope="shared")),
        }
    )
    with subtests.test("plays"):
        outcome = outcomes["plays"]
        held = {host: fact["device_tokens_enrollment"]["token"] for host, fact in outcome.facts.items()}
        assert held["device-01"] == held["device-03"] != held["device-02"] == held["device-04"]
        assert len(outcome.tokens()) == 2
    with subtests.test("loop"):
        outcome = outcomes["loop"]
        assert len(outcome.tokens()) == 2
        assert set(outcome.held()) == {outcome.tokens()[1]["token"]}
        assert len(outcome.held()) == 4
    with subtests.test("expired"):
        outcome = outcomes["expired"]
        assert outcome.failures == {}, outcome.run.output
        assert len(outcome.mints) == 3


def test_hosts_share_the_refusal_of_their_token_only(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.fail({"path": "LC04unknown"}, {"path": "LC03demo00", "status": 403})  # the latter, once
    inventory = fleet(4, device_tokens_enrollment_scope="shared")
    inventory["all"]["hosts"]["device-04"]["device_tokens_duration"] = "2h"
    arguments = ["--forks", "1"]  # so that the first host mints first
    run = ansible.play([role_play()], *arguments, inventory=inventory, environment=environment)
    assert set(run.failures()) == {"device-01", "device-02", "device-03"}
    assert len(set(run.failures().values())) == 1
    assert set(facts_of(run)) == {"device-04"}
    assert len(emulator.mints()) == 2
    assert len(emulator.tokens()) == 1
