# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Inventories of devices, plays that run the role device_tokens for them, and what these plays did."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.emulator.process import Emulator
from tests.emulator.store import DEMO_ENTERPRISE, DEMO_SEED
from tests.integration.playbooks import Ansible, Run

ROLE = "emm.android_enterprise.device_tokens"
DEVICE_TOKENS = "emm.android_enterprise.android_enterprise_device_tokens"  # the action of the role
GROUP = "group/emm.android_enterprise.android_enterprise"
BOTH = ["enrollment", "user_auth"]
GOOGLE_MANAGED_USER = "200000000000000000001"  # the API refuses authentication tokens for this user
IMPORT = {"ansible.builtin.import_role": {"name": ROLE}}
INCLUDE = {"ansible.builtin.include_role": {"name": ROLE}}
ODD = "inventory_hostname[-1] in '13579'"  # a condition
_FACTS = ("device_tokens_enrollment", "device_tokens_user_auth", "device_tokens_refusal")


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
                "device_tokens_enterprise_id": DEMO_ENTERPRISE,
                "device_tokens_enrollment_token_type": "userDevice",
                **variables,
            },
            "hosts": {
                f"device-{number:02d}": {"device_tokens_user_id": user(number)} for number in range(1, count + 1)
            },
        }
    }


def role_play(**play: Any) -> dict[str, Any]:
    """A play that runs the role and then shows each host's facts."""
    facts = ", ".join(f"'{name}': {name} | default(none)" for name in _FACTS)
    return {
        "hosts": "all",
        "gather_facts": False,
        "roles": [ROLE],
        # Encoded, because ansible-core 2.22 would mask the tokens.
        "post_tasks": [
            {"name": "Facts", "ansible.builtin.debug": {"msg": f"{{{{ {{ {facts} }} | to_json | b64encode }}}}"}}
        ],
        **play,
    }


def facts_of(run: Run) -> dict[str, dict[str, Any]]:
    """The facts of each host that came to the end of such a play."""
    shown = {entry["host"]: entry["result"]["msg"] for entry in run.results if entry["task"] == "Facts"}
    return {host: json.loads(base64.b64decode(text)) for host, text in shown.items()}


def is_device(number: int) -> str:
    """A condition that is true for one device."""
    return f"inventory_hostname is search('device-{number:02d}$')"


@dataclass(frozen=True)
class Scenario:
    """Plays, and the devices that they are for.

    In several scenarios that run together, ``inventory_hostname`` begins with the name of the scenario.
    """

    inventory: Mapping[str, Any]
    plays: Sequence[Mapping[str, Any]] = (role_play(),)


@dataclass(frozen=True)
class Outcome:
    """The results of a scenario, under the names that its inventory gives to the devices."""

    run: Run
    enterprise_id: str
    emulator: Emulator

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """The facts of each host that came to the end of the last play."""
        return facts_of(self.run)

    @property
    def failures(self) -> dict[str, str]:
        """The message of each host's last failure."""
        return self.run.failures()

    @property
    def mints(self) -> list[dict[str, Any]]:
        """The requests for a token."""
        return [request for request in self.emulator.mints() if f"/{self.enterprise_id}/" in request["path"]]

    def tokens(self, kind: str = "") -> list[dict[str, Any]]:
        """The minted tokens in order, of one kind or all."""
        return [token for token in self.emulator.tokens(kind) if token["enterprise_id"] == self.enterprise_id]

    def held(self) -> list[str]:
        """All tokens in the facts."""
        return [fact["token"] for facts in self.facts.values() for name in _FACTS[:2] if (fact := facts[name])]


class Bench:
    """Runs scenarios together in one run of ansible-playbook, because each run takes a second to start.

    A scenario has devices and an enterprise of its own. If all of its devices fail, Ansible ends the run.
    """

    def __init__(self, ansible: Ansible, emulator: Emulator, environment: Mapping[str, str]) -> None:
        self._ansible = ansible
        self._emulator = emulator
        self._environment = environment

    def run(
        self, scenarios: Mapping[str, Scenario], *arguments: str, environment: Mapping[str, str] | None = None
    ) -> dict[str, Outcome]:
        """Run the plays of all scenarios in order; the outcome of each."""
        enterprises = {name: enterprise_of(name) for name in scenarios}
        for enterprise_id in enterprises.values():
            self._emulator.add_enterprise(**DEMO_SEED["enterprises"][0] | {"id": enterprise_id})
        groups = {
            f"scenario_{number}": _group(name, scenario.inventory["all"], enterprises[name])
            for number, (name, scenario) in enumerate(scenarios.items())
        }
        plays = [
            {**play, "hosts": group}
            for group, scenario in zip(groups, scenarios.values(), strict=True)
            for play in scenario.plays
        ]
        inventory = {"all": {"children": groups}}
        whole = self._ansible.play(
            plays, *arguments, inventory=inventory, environment={**self._environment, **(environment or {})}
        )
        return {
            name: Outcome(_part(whole, name), enterprise_id, self._emulator)
            for name, enterprise_id in enterprises.items()
        }


def enterprise_of(scenario: str) -> str:
    """The ID of the enterprise of a scenario."""
    return f"LC-{scenario}"


def _group(scenario: str, inventory: Mapping[str, Any], enterprise_id: str) -> dict[str, Any]:
    """An inventory as a group, with the name of its scenario in that of each host."""
    return {
        "vars": {**inventory["vars"], "device_tokens_enterprise_id": enterprise_id},
        "hosts": {f"{scenario}.{host}": variables for host, variables in inventory["hosts"].items()},
    }


def _part(run: Run, scenario: str) -> Run:
    """What a run did with the hosts of a scenario. All scenarios have the output and the exit status in common."""
    prefix = f"{scenario}."
    results = [
        {**entry, "host": entry["host"].removeprefix(prefix)}
        for entry in run.results
        if entry["host"].startswith(prefix)
    ]
    return Run(run.returncode, run.output, results)


def secrets_of(emulator: Emulator) -> list[str]:
    """Everything that must not be printed."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    lines = [line for line in key["private_key"].splitlines() if line and not line.startswith("-----")]
    return [*(issued["token"] for issued in emulator.tokens()), *lines, key["private_key_id"], "eyJ", "ya29."]


def assert_no_secret(text: str, emulator: Emulator) -> None:
    assert [secret for secret in secrets_of(emulator) if secret in text] == []
