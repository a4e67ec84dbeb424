# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs real playbooks with real ansible-playbook, in an environment that holds nothing but what a test puts there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
COLLECTIONS = Path(sys.prefix) / "collections"  # where the environment of the tests has this checkout as the collection
ENROLLMENT = "emm.android_enterprise.android_enterprise_enrollment_token"
USER_AUTH = "emm.android_enterprise.android_enterprise_user_auth_token"
ENTERPRISE_INFO = "emm.android_enterprise.android_enterprise_enterprise_info"
_INTEGRATION = Path(__file__).resolve().parent
_KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR")
_TIMEOUT = 240  # seconds; for a run that hangs


@dataclass
class Run:
    """What a run of ansible-playbook did."""

    returncode: int
    output: str  # what it printed, on both channels
    results: list[dict[str, Any]] = field(default_factory=list)

    def of(self, action: str, host: str | None = None) -> list[dict[str, Any]]:
        """The results of the tasks with an action, in order."""
        return [
            {**entry["result"], "_status": entry["status"], "_host": entry["host"]}
            for entry in self.results
            if entry["action"] == action and host in (None, entry["host"])
        ]

    def failures(self) -> dict[str, str]:
        """The message of each host's last failure."""
        return {
            entry["host"]: str(entry["result"].get("msg", entry["result"]))
            for entry in self.results
            if entry["status"] == "failed"
        }


class Ansible:
    """Runs playbooks in a directory of their own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.in_process = True  # whether tasks that can may run without starting a module
        self.descriptors: int | None = None  # how many files a run may have open, if not as many as elsewhere

    def interpreter(self) -> str:
        """The Python of the tests, by another name, which is enough for a task to start a module for it."""
        python = Path(sys.executable)
        return str(python.parent / ".." / python.parent.name / python.name)

    def environment(self, **more: str) -> dict[str, str]:
        """A clean environment: no credentials, no proxies, a home of its own."""
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "HOME": str(self.directory),
            "ANSIBLE_HOME": str(self.directory / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CALLBACK_PLUGINS": str(_INTEGRATION / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",  # loading the others takes longer than their parsing
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_INJECT_INVOCATION": "true",  # as before ansible-core 2.21; a place where secrets could stand
            "RECORD_FILE": str(self.directory / "results.jsonl"),
            # The connection test must never leave this machine, nor a failed name look-up take long.
            "GCE_METADATA_HOST": "127.0.0.1:9",
            "GCE_METADATA_IP": "127.0.0.1:9",
            **more,
        }

    def play(
        self,
        playbook: Sequence[Mapping[str, Any]] | str,
        *arguments: str,
        inventory: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Run a playbook: its plays, or the name of one."""
        environment = environment or self.environment()
        record = Path(environment["RECORD_FILE"])
        record.unlink(missing_ok=True)
        with self.start(playbook, *arguments, inventory=inventory, environment=environment) as process:
            try:
                output, dummy = process.communicate(timeout=_TIMEOUT)
            finally:
                process.kill()
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        return Run(process.returncode, output, [json.loads(line) for line in lines])

    def start(
        self,
        playbook: Sequence[Mapping[str, Any]] | str,
        *arguments: str,
        inventory: Mapping[str, Any] | None = None,
        environment: Mapping[str, str],
    ) -> subprocess.Popen[str]:
        """Start a playbook as ``play`` does, but do not wait for its end."""
        if not isinstance(playbook, str):
            path = self.directory / "playbook.yml"
            path.write_text(yaml.safe_dump(list(playbook), sort_keys=False), encoding="utf-8")
            playbook = str(path)
        ansible_playbook = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [*self._limits(), ansible_playbook, playbook, *arguments]
        if inventory is not None:
            path = self.directory / "inventory.yml"
            path.write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")
            command += ["--inventory", str(path)]
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _limits(self) -> list[str]:
        """What its command line has to begin with, if it is to be limited."""
        return ["sh", "-c", f'ulimit -Sn {self.descriptors} && exec "$@"', "sh"] if self.descriptors else []

    def tasks(
        self, *tasks: Mapping[str, Any], environment: Mapping[str, str] | None = None, arguments: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Run tasks one after the other on localhost, whether or not they fail; their results in order."""
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [{"ignore_errors": True, **task} for task in tasks],
            **({} if self.in_process else {"vars": {"ansible_python_interpreter": self.interpreter()}}),
        }
        run = self.play([play], *arguments, environment=environment)
        assert len(run.results) == len(tasks), run.output
        return [
            {**entry["result"], "failed": entry["status"] == "failed", "_output": run.output} for entry in run.results
        ]
