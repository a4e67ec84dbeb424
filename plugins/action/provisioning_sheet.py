# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.play import identity, whole_batch
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles, file_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import (
    Entry,
    first_on,
    in_one_file,
    render,
    to_csv,
)

_CARD = "provisioning_sheet__card"  # the role's variable for the result of provisioning_card
_WRITTEN = "provisioning_sheet_written"  # and for the last result of this action
_ENDINGS = {"sheet": ".html", "labels": ".csv"}
_SPEC: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "directory": {"type": "str"},
}


class ActionModule(ActionBase):
    """Writes the sheets of a batch, each in the task of the first host on it, or shreds the files in a directory."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        result["came_at"] = time.monotonic()
        dummy, options = self.validate_argument_spec(_SPEC, required_if=[("state", "absent", ["directory"])])
        try:
            if options["state"] == "absent":
                return {**result, **self._shred(SecretFiles(options["directory"]))}
            return {**result, **self._write(task_vars or {})}
        except EmmError as error:
            return {**result, "failed": True, "msg": str(error)}

    def _shred(self, files: SecretFiles) -> dict[str, Any]:
        if not files.was_used():
            text = f"The directory '{files.path()}' contains no files that the role provisioning_sheet has written."
            return {"changed": False, "files": [], "warnings": [text]}
        names = files.present() if self._task.check_mode else files.shred()
        return {"changed": bool(names), "files": [files.path(name) for name in names]}

    def _write(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        own = task_vars[_CARD]
        if "card" not in own:
            raise EmmError(own.get("refusal") or "There is no card because the task that makes it failed.")
        sheet = own["sheet"]
        hosts = whole_batch(self._task, task_vars, self._templar)
        # With run_once on the role, the card is that of another host.
        searched, entries = itertools.tee(self._entries(hosts, task_vars))  # looked up only once
        first = first_on(own, searched) or task_vars["inventory_hostname"]
        names = self._names(sheet, hosts, task_vars)
        files = SecretFiles(sheet["directory"])
        paths = [files.path(name) for name in names.values()]
        result = {"changed": False, "files": own["files"] + paths, "written": []}
        if first != task_vars["inventory_hostname"]:
            return result
        texts = _texts(sheet, hosts, entries, _left(task_vars))
        contents = {name: texts[part].encode() for part, name in names.items()}
        changed = files.write_all(contents, check_mode=bool(self._task.check_mode))
        return {**result, "changed": changed, "directory": files.path(), "written": paths}

    def _entries(self, hosts: list[str], task_vars: Mapping[str, Any]) -> Iterator[Entry]:
        """An entry for each host whose card was made or refused in this play, and not in an earlier one.

        This is slow, because Ansible merges all variables of each host.
        """
        play, left = identity(self._task, task_vars), _left(task_vars)
        for host in hosts:
            variables = task_vars["hostvars"][host]
            made, came = (variables.get(name, {}) for name in (_CARD, _WRITTEN))
            if made.get("play") == play:
                yield Entry(host, made, came.get("came_at"), host in left)

    def _names(self, sheet: Mapping[str, Any], hosts: list[str], task_vars: Mapping[str, Any]) -> dict[str, str]:
        """The file names of a sheet. With ``serial``, they end in the position of the batch's first host."""
        name = sheet["name"]
        if self._task.get_play().serial:
            everybody, members = task_vars["ansible_play_hosts_all"], {*hosts}
            name = f"{name}-{next(place for place, host in enumerate(everybody, 1) if host in members):04}"
        return {part: file_name(name, _ENDINGS[part]) for part in sheet["parts"]}


def _left(task_vars: Mapping[str, Any]) -> set[str]:
    """The hosts of the batch that have not failed, and the current host."""
    return {*task_vars["ansible_play_batch"], task_vars["inventory_hostname"]}


def _texts(sheet: Mapping[str, Any], hosts: list[str], entries: Iterable[Entry], left: set[str]) -> dict[str, str]:
    """The contents of each file of a sheet, including the cards of hosts that ran this task before."""
    cards, missing = [], {*hosts} - left
    for entry in entries:
        if entry.left and entry.has_card() and entry.made["sheet"] == sheet:
            cards.append(entry.made["card"])
        elif entry.made["refusal"] or (entry.has_card() and in_one_file(entry.made["sheet"], sheet)):
            missing.add(entry.host)
    names = [host for host in hosts if host in missing]
    makers = {"sheet": lambda: render(sheet, cards, names), "labels": lambda: to_csv(cards)}
    return {part: makers[part]() for part in sheet["parts"]}
