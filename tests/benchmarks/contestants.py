# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What is measured. Each contestant is a separate process, measured from start to end."""

from __future__ import annotations

import itertools
import json
import secrets
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import certifi
import yaml

from tests.benchmarks.stopwatch import LATENCY, Sample, Stopwatch
from tests.emulator.process import Emulator
from tests.emulator.store import DEMO_ENTERPRISE
from tests.integration.devices import BOTH, ROLE, fleet, user
from tests.integration.playbooks import USER_AUTH

LOOP = 20  # items
TOKENS = 1000  # of a task that mints many
EMPTY = "a play without tasks"
ONE = "one token, one task"
ONE_URI = "one token, one uri task"
IN_A_LOOP = f"{LOOP} tokens, one task with a loop"
LOOP_URI = f"{LOOP} tokens, one uri task with a loop"
MANY = f"{TOKENS:,} tokens, one task with user_ids"
BARE = f"{TOKENS:,} tokens, a script without Ansible"

SET_FACT = "a play with one set_fact"
URI_PER_HOST = "a play with one uri task for each host"
ONE_KIND = "the role, one kind of token"
BOTH_KINDS = "the role, both kinds of token"
BOTH_KINDS_MAX = 1000  # hosts; with more, only one kind is measured, to save time

PLAIN = "the role"
CONDITIONAL = "the role with a condition"
INCLUDED = "the role by include_role"
FREE = "the role under the strategy free"
WAYS: dict[str, dict[str, Any]] = {
    PLAIN: {"roles": [ROLE]},
    CONDITIONAL: {"roles": [{"role": ROLE, "when": "device_tokens_user_id is defined"}]},  # true for all hosts
    INCLUDED: {"tasks": [{"ansible.builtin.include_role": {"name": ROLE}}]},
    FREE: {"strategy": "free", "roles": [ROLE]},
}

SLOW = 0.3  # seconds before a response
FORKS = (5, 50)  # the numbers of forks that slow responses are measured with

SHEET = "the role provisioning_sheet"
DRAWN = "a script that draws the same codes with segno"

ENROLLMENT = {
    "enrollment_token_type": "userDevice",
    "issued_at": "2026-11-26T21:30:00Z",
    "expires_at": "2026-11-27T09:30:00Z",
}

PAYLOAD = {
    "device_admin_component_name": "com.example.dpc/.AdminReceiver",
    "device_admin_package_download_location": "https://dpc.example.com/dpc.apk",
    "device_admin_signature_checksum": "gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM",
    "wifi_ssid": "Staging bench",
    "wifi_security_type": "WPA",
    "wifi_password": "correct horse",
    "locale": "de_DE",
    "time_zone": "Europe/Berlin",
    "admin_extras_bundle": {"com.example.dpc.ENROLLMENT_TOKEN": "{{ device_tokens_enrollment.token }}"},
}

Run = Callable[[], Sample]
Contestants = dict[str, Run]
_HERE = Path(__file__).resolve().parent


def seed(users: int) -> dict[str, Any]:
    """The initial state of the emulator."""
    account = {"accountType": "userAccount", "managementType": "emmManaged"}
    numbers = range(1, users + 1)
    resources = [{"id": user(number), "accountIdentifier": f"asset#{number}", **account} for number in numbers]
    return {"enterprises": [{"id": DEMO_ENTERPRISE, "name": "Benchmarks", "users": resources}]}


class ContestantFactory:
    """Prepares the contestants, and keeps their playbooks and inventories in a directory."""

    def __init__(self, emulator: Emulator, stopwatch: Stopwatch, directory: Path) -> None:
        self._emulator = emulator
        self._stopwatch = stopwatch
        self._directory = directory
        self._access_token = emulator.access_token(lifetime=24 * 3600)
        self._numbers = itertools.count(1)  # of files
        self._environments = {"http": {}, "https": self._https()}

    def tasks(self) -> Contestants:
        """The contestants that mint without an inventory."""
        users = self._write("users.json", {"user_ids": [user(number) for number in range(1, TOKENS + 1)]})
        with_users = ("--extra-vars", f"@{users}")
        loop = {"loop": f"{{{{ user_ids[:{LOOP}] }}}}"}
        script = [sys.executable, str(_HERE / "bare.py"), DEMO_ENTERPRISE, str(users)]
        return {
            EMPTY: self._on_localhost(0, []),
            ONE: self._on_localhost(1, [_token(user_id=user(1))]),
            ONE_URI: self._on_localhost(1, [self._uri(user(1))]),
            IN_A_LOOP: self._on_localhost(LOOP, [{**_token(user_id="{{ item }}"), **loop}], *with_users),
            LOOP_URI: self._on_localhost(LOOP, [{**self._uri("{{ item }}"), **loop}], *with_users),
            MANY: self._on_localhost(TOKENS, [_token(user_ids="{{ user_ids }}")], *with_users),
            BARE: lambda: self._stopwatch.measure(script, TOKENS),
        }

    def size(self, hosts: int) -> Contestants:
        """The role over a number of hosts, and the minimum that Ansible does for as many."""
        contestants = {over(hosts, SET_FACT): self._set_fact(hosts), over(hosts, ONE_KIND): self._role(hosts)}
        if hosts <= BOTH_KINDS_MAX:
            contestants[over(hosts, BOTH_KINDS)] = self._role(hosts, kinds=BOTH)
        return contestants

    def uri_over_hosts(self) -> Contestants:
        """What you would write without the collection, with Ansible's default forks; and an empty play."""
        task = {**self._uri("{{ device_tokens_user_id }}"), "delegate_to": "localhost"}
        inventory = self._inventory(LOOP, ansible_become=False)
        return {
            EMPTY: self._on_localhost(0, []),
            over(LOOP, URI_PER_HOST): self._play(LOOP, {"hosts": "all", "tasks": [task]}, *inventory),
        }

    def ways(self, hosts: int, scheme: str) -> Contestants:
        """The role in every way to use it, with an API under ``http`` or ``https``."""
        environment = self._environments[scheme]
        return {
            over(hosts, SET_FACT): self._set_fact(hosts),
            **{over(hosts, by(way, scheme)): self._role(hosts, way, environment=environment) for way in WAYS},
        }

    def slow(self, hosts: int) -> Contestants:
        """The role with slow responses."""
        contestants: Contestants = {}
        for forks in FORKS:
            arguments = ("--forks", str(forks))
            contestants[over(hosts, forked(SET_FACT, forks))] = self._set_fact(hosts, *arguments)
            contestants[over(hosts, forked(PLAIN, forks))] = self._role(hosts, PLAIN, *arguments, latency=SLOW)
        return contestants

    def cards(self, hosts: int) -> Contestants:
        """The role that makes a sheet for a number of hosts with tokens, and a script that draws the same codes."""
        made, drawn = self._directory / "made", self._directory / "drawn"
        inventory = fleet(hosts, provisioning_sheet_directory=str(made), provisioning_sheet_payload=PAYLOAD)
        for host in inventory["all"]["hosts"].values():
            host["device_tokens_enrollment"] = {**ENROLLMENT, "token": secrets.token_urlsafe(40)}
        play = {"hosts": "all", "roles": ["emm.android_enterprise.provisioning_sheet"]}
        role = self._play(0, play, "--inventory", str(self._write(f"cards-{hosts}.yml", inventory)))
        script = [sys.executable, str(_HERE / "draw.py"), str(made), str(drawn)]

        def make() -> Sample:
            shutil.rmtree(made, ignore_errors=True)  # otherwise the role would leave the files unchanged
            return role()

        return {over(hosts, SHEET): make, over(hosts, DRAWN): lambda: self._stopwatch.measure(script, 0)}

    def _https(self) -> dict[str, str]:
        """An environment for the emulator over HTTPS.

        Its certificate authority is in the default bundle of trusted certificates. A file named in an environment
        variable would be smaller and could be handled differently.
        """
        address = self._emulator.address
        key = json.loads(Path(address.service_account_file).read_text(encoding="utf-8"))
        key["token_uri"] = f"{address.https_url}/token"
        bundle = self._directory / "trusted.pem"
        bundle.write_text(certifi.contents() + Path(address.ca_file).read_text(encoding="utf-8"), encoding="utf-8")
        package = self._directory / "python" / "certifi"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"def where():\n    return {str(bundle)!r}\n", encoding="utf-8")
        return {
            "ANDROID_ENTERPRISE_API_URL": address.https_url,
            "GCP_SERVICE_ACCOUNT_FILE": str(self._write("https_key.json", key)),
            "PYTHONPATH": str(package.parent),
        }

    def _uri(self, user_id: str) -> dict[str, Any]:
        """A task that mints with Ansible's own means and an existing access token."""
        address = self._emulator.address
        base = f"{address.url}/androidenterprise/v1/enterprises/{address.enterprise_id}"
        options = {
            "url": f"{base}/users/{user_id}/authenticationToken",
            "method": "POST",
            "headers": {"Authorization": f"Bearer {self._access_token}"},
            "return_content": True,
        }
        return {"ansible.builtin.uri": options, "register": "minted", "no_log": True}

    def _set_fact(self, hosts: int, *arguments: str) -> Run:
        fact = {"ansible.builtin.set_fact": {"device": "{{ inventory_hostname }}"}}
        return self._play(0, {"hosts": "all", "tasks": [fact]}, *self._inventory(hosts), *arguments)

    def _role(
        self,
        hosts: int,
        way: str = PLAIN,
        *arguments: str,
        kinds: Sequence[str] = ("enrollment",),
        latency: float = LATENCY,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        inventory = self._inventory(hosts, device_tokens_kinds=list(kinds))
        play = {"hosts": "all", **WAYS[way]}
        return self._play(hosts * len(kinds), play, *inventory, *arguments, latency=latency, environment=environment)

    def _inventory(self, hosts: int, **variables: Any) -> tuple[str, str]:
        """The options for an inventory of hosts that do not exist."""
        return "--inventory", str(self._write(f"inventory-{next(self._numbers)}.yml", fleet(hosts, **variables)))

    def _on_localhost(self, tokens: int, tasks: Sequence[dict[str, Any]], *arguments: str) -> Run:
        return self._play(tokens, {"hosts": "localhost", "tasks": tasks}, *arguments)

    def _play(
        self,
        tokens: int,
        play: dict[str, Any],
        *arguments: str,
        latency: float = LATENCY,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        playbook = self._write(f"playbook-{next(self._numbers)}.yml", [{**play, "gather_facts": False}])
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), *arguments]
        return lambda: self._stopwatch.measure(command, tokens, latency, environment)

    def _write(self, name: str, content: Any) -> Path:
        path = self._directory / name
        text = json.dumps(content) if path.suffix == ".json" else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path


def over(hosts: int, contestant: str) -> str:
    """The name of a contestant with a number of hosts."""
    return f"{contestant}, {hosts:,} {'host' if hosts == 1 else 'hosts'}"


def by(way: str, scheme: str) -> str:
    """The name of a contestant that uses the role in one of its ways."""
    return f"{way}, {scheme.upper()}"


def forked(contestant: str, forks: int) -> str:
    """The name of a contestant with a number of forks and slow responses."""
    return f"{contestant}, {SLOW} s per response, {forks} forks"


def _token(**options: Any) -> dict[str, Any]:
    return {USER_AUTH: {"enterprise_id": DEMO_ENTERPRISE, **options}, "register": "minted", "no_log": True}
