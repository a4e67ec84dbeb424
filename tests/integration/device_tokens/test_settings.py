# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Credentials and connection settings of each host: module_defaults, environment, libraries."""

from __future__ import annotations

import pytest
import yaml

from tests.emulator.process import Emulator
from tests.integration.devices import DEVICE_TOKENS, GROUP, INCLUDE, Bench, Scenario, fleet, role_play
from tests.integration.playbooks import Ansible


def test_settings_of_each_host(
    bench: Bench, ansible: Ansible, environment: dict[str, str], emulator: Emulator, subtests: pytest.Subtests
) -> None:
    """The key of some hosts is in module_defaults of a group, of this collection or another, or in the environment."""
    collection = ansible.directory / "collections" / "ansible_collections" / "example" / "groups"
    (collection / "meta").mkdir(parents=True)
    groups = {"action_groups": {"all": [DEVICE_TOKENS]}}
    (collection / "meta" / "runtime.yml").write_text(yaml.safe_dump(groups), encoding="utf-8")
    key = emulator.address.service_account_file
    own = {
        "environment": {"GCP_SERVICE_ACCOUNT_FILE": "{{ key_in_environment }}"},
        "module_defaults": {GROUP: {"service_account_file": "{{ key }}"}},
    }
    own_inventory = fleet(4, key="{{ omit }}", key_in_environment="/does/not/exist")
    for host in ("device-01", "device-03"):
        own_inventory["all"]["hosts"][host]["key"] = key
    own_inventory["all"]["hosts"]["device-02"]["key_in_environment"] = key
    other = {"module_defaults": {"group/example.groups.all": {"service_account_file": "{{ key }}"}}}
    other_inventory = fleet(3, key=key)
    other_inventory["all"]["hosts"]["device-01"]["key"] = "/does/not/exist"
    del environment["GCP_SERVICE_ACCOUNT_FILE"]
    scenarios = {}
    for way, keywords in {"role": {}, "include": {"roles": [], "tasks": [INCLUDE]}}.items():
        scenarios[f"own-group-{way}"] = Scenario(own_inventory, [role_play(**own, **keywords)])
        scenarios[f"other-group-{way}"] = Scenario(other_inventory, [role_play(**other, **keywords)])
    refused = {"own": "device-04", "other": "device-01"}
    for name, outcome in bench.run(scenarios).items():
        with subtests.test(name):
            [(host, reason)] = outcome.failures.items()
            assert host == refused[name.split("-")[0]]
            assert "/does/not/exist" in reason
            assert outcome.facts.keys() == set(scenarios[name].inventory["all"]["hosts"]) - {host}
            assert len(outcome.tokens()) == len(outcome.facts)


def test_module_defaults_with_a_localhost_in_the_inventory(ansible: Ansible, emulator: Emulator) -> None:
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


def test_invalid_settings_fail_the_hosts_that_need_a_token(
    bench: Bench, emulator: Emulator, subtests: pytest.Subtests
) -> None:
    defaults = fleet(3)
    defaults["all"]["hosts"]["device-02"]["device_tokens_kinds"] = []
    wrong = {"device-01": {"": "secret"}, "device-02": {"a=b": "secret"}, "device-03": {"LANG": "secret\0"}}
    variables = fleet(4, variables={"LANG": "C"})
    for host, names in wrong.items():
        variables["all"]["hosts"][host]["variables"] = names
    outcomes = bench.run(
        {
            "defaults": Scenario(defaults, [role_play(module_defaults={GROUP: {"concurrency": "many"}})]),
            "environment": Scenario(variables, [role_play(environment="{{ variables }}")]),
        }
    )
    with subtests.test("module_defaults"):
        outcome = outcomes["defaults"]
        assert set(outcome.failures) == {"device-01", "device-03"}
        assert all("concurrency" in reason and "int" in reason for reason in outcome.failures.values())
        assert outcome.mints == []
    with subtests.test("environment"):
        outcome = outcomes["environment"]
        assert set(outcome.failures) == wrong.keys(), outcome.run.output
        assert all("The keyword 'environment' has a variable" in reason for reason in outcome.failures.values())
        assert "secret" not in outcome.run.output
        assert len(outcome.tokens()) == 1
    assert len(emulator.journal()) == 2, "an exchange of the credentials and one request"


@pytest.mark.parametrize("on_failure", ["fail", "continue"])
def test_task_that_ansible_does_not_start_fails_its_host_alone(
    bench: Bench, on_failure: str, subtests: pytest.Subtests
) -> None:
    """Ansible's own message is not shown, because it may quote the value of a keyword."""
    inventory = fleet(3, settings={}, device_tokens_on_failure=on_failure)
    inventory["all"]["hosts"]["device-01"]["settings"] = "one secret"
    ways = {"role": {}, "include": {"roles": [], "tasks": [INCLUDE]}}
    scenarios = {
        way: Scenario(inventory, [role_play(module_defaults={GROUP: "{{ settings }}"}, **keywords)])
        for way, keywords in ways.items()
    }
    reason = "Ansible has ended the task that mints, or not started it"
    for way, outcome in bench.run(scenarios).items():
        with subtests.test(way):
            assert "one secret" not in outcome.run.output
            assert len(outcome.tokens()) == 2
            if on_failure == "fail":
                assert set(outcome.facts) == {"device-02", "device-03"}
                assert reason in outcome.failures["device-01"]
            else:
                assert outcome.run.returncode == 0
                assert reason in outcome.facts["device-01"]["device_tokens_refusal"]


def test_without_an_access_token_every_host_fails_with_the_reason(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.revoke(emulator.address.service_account_email)
    run = ansible.play([role_play()], inventory=fleet(3), environment=environment)
    assert run.returncode == 2
    assert len(run.failures()) == 3
    assert all("deleted, disabled, or replaced" in reason for reason in run.failures().values())
    assert len(emulator.journal()) == 1


def test_without_a_library_every_host_fails_with_its_name(
    ansible: Ansible, without_google_auth: dict[str, str], emulator: Emulator
) -> None:
    run = ansible.play([role_play(strategy="free")], inventory=fleet(2), environment=without_google_auth)
    assert len(run.failures()) == 2
    assert all(
        "google-auth is not installed in the Python environment of ansible-core" in reason
        for reason in run.failures().values()
    )
    assert emulator.journal() == []
