# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What is measured. Each contestant is a process of its own, from start to end."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.stopwatch import Sample, Stopwatch
from tests.emulator.process import Emulator
from tests.emulator.store import DEMO_ENTERPRISE
from tests.integration.playbooks import USER_AUTH
from tests.integration.test_role import BOTH, ROLE, fleet, user

LOOP = 20  # items
EMPTY = "a play without tasks"
ONE = "one token, one task"
ONE_URI = "one token, one uri task"
IN_A_LOOP = f"{LOOP} tokens, one task with a loop"
MANY = "many tokens, one task with user_ids"
MANY_URI = "some tokens, one uri task with a loop"
BARE = "many tokens, a script without Ansible"

ROLE_USER_AUTH = "the role, for authentication tokens"
ROLE_BOTH = "the role, for both kinds of token"
SET_FACT = "a play with one set_fact"
URI_PER_HOST = "a play with one uri task for each host"
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

Contestants = dict[str, Callable[[], Sample]]
_HERE = Path(__file__).resolve().parent


def seed(users: int) -> dict[str, Any]:
    """What the emulator starts with."""
    account = {"accountType": "userAccount", "managementType": "emmManaged"}
    numbers = range(1, users + 1)
    resources = [{"id": user(number), "accountIdentifier": f"asset#{number}", **account} for number in numbers]
    return {"enterprises": [{"id": DEMO_ENTERPRISE, "name": "Benchmarks", "users": resources}]}


class Field:
    """Prepares the contestants, whose playbooks and inventories it keeps in a directory."""

    def __init__(self, emulator: Emulator, stopwatch: Stopwatch, directory: Path) -> None:
        self._emulator = emulator
        self._stopwatch = stopwatch
        self._directory = directory
        self._access_token = emulator.access_token(lifetime=24 * 3600)

    def on_localhost(self, tokens: int, tokens_by_uri: int) -> Contestants:
        """Those that mint without an inventory."""
        users = self._write("users.json", {"user_ids": [user(number) for number in range(1, tokens + 1)]})
        with_users = ("--extra-vars", f"@{users}")
        first = {"loop": f"{{{{ user_ids[:{LOOP}] }}}}"}
        some = {"loop": f"{{{{ user_ids[:{tokens_by_uri}] }}}}"}
        script = [sys.executable, str(_HERE / "bare.py"), DEMO_ENTERPRISE, str(users)]
        return {
            EMPTY: self._play(0, []),
            ONE: self._play(1, [_token(user_id=user(1))]),
            ONE_URI: self._play(1, [self._uri(user(1))]),
            IN_A_LOOP: self._play(LOOP, [{**_token(user_id="{{ item }}"), **first}], *with_users),
            MANY: self._play(tokens, [_token(user_ids="{{ user_ids }}")], *with_users),
            BARE: lambda: self._stopwatch.measure(script, tokens),
            MANY_URI: self._play(tokens_by_uri, [{**self._uri("{{ item }}"), **some}], *with_users),
        }

    def over_hosts(self, hosts: int) -> Contestants:
        """Those that run over so many hosts."""
        fact = {"ansible.builtin.set_fact": {"device": "{{ inventory_hostname }}"}}
        return {
            over(hosts, SET_FACT): self._over(hosts, 0, {"tasks": [fact]}),
            over(hosts, ROLE_USER_AUTH): self._over(hosts, hosts, {"roles": [ROLE]}, device_tokens_kinds=["user_auth"]),
            over(hosts, ROLE_BOTH): self._over(hosts, 2 * hosts, {"roles": [ROLE]}, device_tokens_kinds=BOTH),
        }

    def uri_over_hosts(self, hosts: int) -> Contestants:
        """What one would write without the collection, as many at a time as Ansible has forks."""
        task = {**self._uri("{{ device_tokens_user_id }}"), "delegate_to": "localhost"}
        return {over(hosts, URI_PER_HOST): self._over(hosts, hosts, {"tasks": [task]}, ansible_become=False)}

    def over_cards(self, hosts: int) -> Contestants:
        """The role that makes what so many devices scan, of tokens that they hold, and what draws the same codes."""
        made, drawn = self._directory / "made", self._directory / "drawn"
        inventory = fleet(hosts, provisioning_sheet_directory=str(made), provisioning_sheet_payload=PAYLOAD)
        for host in inventory["all"]["hosts"].values():
            host["device_tokens_enrollment"] = {**ENROLLMENT, "token": secrets.token_urlsafe(40)}
        play = {"hosts": "all", "gather_facts": False, "roles": ["emm.android_enterprise.provisioning_sheet"]}
        role = self._playbook(0, play, "--inventory", str(self._write(f"cards-{hosts}.yml", inventory)))
        script = [sys.executable, str(_HERE / "draw.py"), str(made), str(drawn)]

        def make() -> Sample:
            shutil.rmtree(made, ignore_errors=True)  # or the files would be left alone
            return role()

        return {over(hosts, SHEET): make, over(hosts, DRAWN): lambda: self._stopwatch.measure(script, 0)}

    def flood(self, processes: int, seconds: float) -> float:
        """How many requests a second the emulator answers, at most."""
        self._emulator.reset()
        self._emulator.change_settings(quota=10**9)
        command = [sys.executable, str(_HERE / "flood.py"), self._url(user(1)), str(seconds)]
        environment = {"ACCESS_TOKEN": self._access_token}
        clients = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for dummy in range(processes)
        ]
        return sum(float(client.communicate()[0]) for client in clients)

    def _url(self, user_id: str) -> str:
        address = self._emulator.address
        base = f"{address.url}/androidenterprise/v1/enterprises/{address.enterprise_id}"
        return f"{base}/users/{user_id}/authenticationToken"

    def _uri(self, user_id: str) -> dict[str, Any]:
        """A task that mints with what Ansible comes with, and with an access token that is at hand."""
        authorization = {"Authorization": f"Bearer {self._access_token}"}
        options = {"url": self._url(user_id), "method": "POST", "headers": authorization, "return_content": True}
        return {"ansible.builtin.uri": options, "register": "minted", "no_log": True}

    def _play(self, tokens: int, tasks: Sequence[dict[str, Any]], *arguments: str) -> Callable[[], Sample]:
        play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
        return self._playbook(tokens, play, *arguments)

    def _over(self, hosts: int, tokens: int, play: dict[str, Any], **variables: Any) -> Callable[[], Sample]:
        """A play over hosts that nothing could connect to."""
        kinds = "-".join(variables.get("device_tokens_kinds", ["none"]))
        inventory = self._write(f"inventory-{hosts}-{kinds}.yml", fleet(hosts, **variables))
        return self._playbook(tokens, {"hosts": "all", "gather_facts": False, **play}, "--inventory", str(inventory))

    def _playbook(self, tokens: int, play: dict[str, Any], *arguments: str) -> Callable[[], Sample]:
        number = sum(1 for dummy in self._directory.glob("playbook-*.yml"))
        playbook = self._write(f"playbook-{number}.yml", [play])
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), *arguments]
        return lambda: self._stopwatch.measure(command, tokens)

    def _write(self, name: str, content: Any) -> Path:
        path = self._directory / name
        text = json.dumps(content) if path.suffix == ".json" else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path


def over(hosts: int, contestant: str) -> str:
    """The name of a contestant that runs over so many hosts."""
    return f"{contestant}, {hosts:,} hosts"


def _token(**options: Any) -> dict[str, Any]:
    return {USER_AUTH: {"enterprise_id": DEMO_ENTERPRISE, **options}, "register": "minted", "no_log": True}
