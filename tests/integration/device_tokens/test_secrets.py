# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""No secret in what the role prints, logs, or gives to callbacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.emulator.process import Emulator
from tests.integration.devices import (
    BOTH,
    GOOGLE_MANAGED_USER,
    GROUP,
    INCLUDE,
    ROLE,
    Bench,
    Scenario,
    assert_no_secret,
    fleet,
)
from tests.integration.playbooks import Ansible


def test_tokens_are_not_printed_or_logged(
    bench: Bench, ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    """At the highest verbosity, whether all hosts get their tokens or one is refused."""
    refused = fleet(2, device_tokens_kinds=BOTH)
    refused["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    ways: dict[str, dict[str, Any]] = {"role": {"roles": [ROLE]}, "include": {"tasks": [INCLUDE]}}
    scenarios = {
        f"{way}-{name}": Scenario(inventory, [{"gather_facts": False, **keywords}])
        for name, inventory in (("minted", fleet(2, device_tokens_kinds=BOTH)), ("refused", refused))
        for way, keywords in ways.items()
    }
    log = ansible.directory / "ansible.log"
    environment["ANSIBLE_LOG_PATH"] = str(log)
    outcomes = bench.run(scenarios, "-vvvv")
    assert [len(outcome.tokens()) for outcome in outcomes.values()] == [4, 4, 2, 2]
    assert [set(outcome.failures) for outcome in outcomes.values()] == [set(), set(), {"device-02"}, {"device-02"}]
    [output] = {outcome.run.output for outcome in outcomes.values()}
    results = json.dumps([outcome.run.results for outcome in outcomes.values()])
    for text in (output, log.read_text(encoding="utf-8"), results):
        assert len(text) > 1000
        assert_no_secret(text, emulator)


def test_key_in_module_defaults_is_not_printed(ansible: Ansible, emulator: Emulator) -> None:
    """A host for each form of it. The server refuses the key."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    emulator.revoke(key["client_email"])
    inventory = fleet(2, device_tokens_no_log=False)
    for host, contents in zip(inventory["all"]["hosts"].values(), (key, json.dumps(key)), strict=True):
        host["contents"] = contents
    defaults = {GROUP: {"service_account_contents": "{{ contents }}"}}
    play = {"hosts": "all", "gather_facts": False, "roles": [ROLE], "module_defaults": defaults}
    environment = ansible.environment(ANDROID_ENTERPRISE_API_URL=emulator.address.url)
    run = ansible.play([play], "-vvvv", inventory=inventory, environment=environment)
    assert run.returncode == 2
    assert len(run.failures()) == 2
    assert all("deleted, disabled, or replaced" in reason for reason in run.failures().values()), run.output
    assert_no_secret(run.output, emulator)


def test_tokens_are_printed_if_no_log_is_off(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    play = {"hosts": "all", "gather_facts": False, "roles": [ROLE]}
    run = ansible.play([play], "-v", inventory=fleet(1, device_tokens_no_log=False), environment=environment)
    assert run.returncode == 0
    assert emulator.tokens()[0]["token"] in run.output
