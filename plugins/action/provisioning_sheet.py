# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._hosts import hosts_of_batch, play_of, registered
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._secret_files import SecretFiles, file_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import (
    first_on,
    in_one_file,
    render,
    to_csv,
)

_CARD = "provisioning_sheet__card"  # where the role keeps what provisioning_card returned
_ENDINGS = {"sheet": ".html", "labels": ".csv"}
_SPEC: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "directory": {"type": "str"},
}


class ActionModule(ActionBase):
    """Writes the sheets of a batch, each in the task of the first host on it, or shreds what is in a directory."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        dummy, options = self.validate_argument_spec(_SPEC, required_if=[("state", "absent", ["directory"])])
        try:
            if options["state"] == "absent":
                return {**result, **self._shred(SecretFiles(options["directory"]))}
            return {**result, **self._write(task_vars or {})}
        except EmmError as error:
            return {**result, "failed": True, "msg": str(error)}

    def _shred(self, files: SecretFiles) -> dict[str, Any]:
        if not files.was_used():
            text = f"There is nothing in '{files.path()}' that the role provisioning_sheet has written."
            return {"changed": False, "files": [], "warnings": [text]}
        names = files.present() if self._task.check_mode else files.shred()
        return {"changed": bool(names), "files": [files.path(name) for name in names]}

    def _write(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        own = task_vars[_CARD]
        if "card" not in own:
            raise EmmError(own.get("refusal") or "There is no card, since the task that makes it has failed.")
        sheet = own["sheet"]
        # With run_once on the role, the card is another host's.
        first = first_on(own, self._made(task_vars)) or task_vars["inventory_hostname"]
        names = self._names(sheet, task_vars)
        files = SecretFiles(sheet["directory"])
        paths = [files.path(name) for name in names.values()]
        result = {"changed": False, "files": own["files"] + paths, "written": []}
        if first != task_vars["inventory_hostname"]:
            return result
        texts = self._texts(sheet, task_vars)
        contents = {name: texts[part].encode() for part, name in names.items()}
        changed = files.write_all(contents, check_mode=bool(self._task.check_mode))
        return {**result, "changed": changed, "directory": files.path(), "written": paths}

    def _texts(self, sheet: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, str]:
        """What is to be in each of the files of a sheet. It keeps the cards of hosts that have come here before."""
        everybody = hosts_of_batch(task_vars)
        cards = [made["card"] for dummy, made in self._made(task_vars) if made["sheet"] == sheet]
        refused = {host for host, made in self._registered(everybody, task_vars) if made["refusal"]}
        elsewhere = {host for host, made in self._made(task_vars) if in_one_file(made["sheet"], sheet)}
        failed = set(everybody) - set(task_vars["ansible_play_batch"])
        missing = [host for host in everybody if host in refused | elsewhere | failed]
        makers = {"sheet": lambda: render(sheet, cards, missing), "labels": lambda: to_csv(cards)}
        return {part: makers[part]() for part in sheet["parts"]}

    def _made(self, task_vars: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """What was made of each host of the batch."""
        for host, made in self._registered(task_vars["ansible_play_batch"], task_vars):
            # With run_once on the role, all hosts have the card of one.
            if made.get("card", {}).get("host") == host:
                yield host, made

    def _registered(self, hosts: list[str], task_vars: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """What the task before has registered in this play, and not in one before, for each of some hosts."""
        for host, made in registered(_CARD, hosts, task_vars):
            if made.get("play") == play_of(self._task):
                yield host, made

    def _names(self, sheet: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, str]:
        """The names of the files of a sheet; in waves, with the place in the play of the first host of the wave."""
        name = sheet["name"]
        if self._task.get_play().serial:
            first = hosts_of_batch(task_vars)[0]
            name = f"{name}-{task_vars['ansible_play_hosts_all'].index(first) + 1:04}"
        return {part: file_name(name, _ENDINGS[part]) for part in sheet["parts"]}
