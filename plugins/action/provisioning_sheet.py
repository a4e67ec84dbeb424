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
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.play import batch_hosts, play_id
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.labels import to_csv
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles, file_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import (
    SHEET_ENDINGS,
    HostState,
    first_host_on_sheet,
    render,
    write_same_file,
)

_CARD = "provisioning_sheet__card"  # the role's variable for the result of provisioning_card
_WRITTEN = "provisioning_sheet_written"  # and for the last result of this action
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
        hosts = batch_hosts(self._task, task_vars, self._templar)
        # With run_once on the role, the card is that of another host.
        searched, states = itertools.tee(self._host_states(hosts, task_vars))  # looked up only once
        first = first_host_on_sheet(own, searched) or task_vars["inventory_hostname"]
        names = self._names(sheet, hosts, task_vars)
        files = SecretFiles(sheet["directory"])
        paths = [files.path(name) for name in names.values()]
        result = {"changed": False, "files": own["files"] + paths, "written": []}
        if first != task_vars["inventory_hostname"]:
            return result
        texts = _render_files(sheet, hosts, states, _active_hosts(task_vars))
        contents = {name: texts[part].encode() for part, name in names.items()}
        changed = files.write_all(contents, check_mode=bool(self._task.check_mode))
        return {**result, "changed": changed, "directory": files.path(), "written": paths}

    def _host_states(self, hosts: list[str], task_vars: Mapping[str, Any]) -> Iterator[HostState]:
        """The state of each host whose card was created or refused in this play, and not in an earlier one.

        This is slow, because Ansible merges all variables of each host.
        """
        play, active = play_id(self._task, task_vars), _active_hosts(task_vars)
        for host in hosts:
            variables = task_vars["hostvars"][host]
            card_result, sheet_result = (variables.get(name, {}) for name in (_CARD, _WRITTEN))
            if card_result.get("play") == play:
                yield HostState(host, card_result, sheet_result.get("came_at"), host in active)

    def _names(self, sheet: Mapping[str, Any], hosts: list[str], task_vars: Mapping[str, Any]) -> dict[str, str]:
        """The file names of a sheet. With ``serial``, they end in the position of the batch's first host."""
        name = sheet["name"]
        if self._task.get_play().serial:
            all_hosts, members = task_vars["ansible_play_hosts_all"], {*hosts}
            name = f"{name}-{next(position for position, host in enumerate(all_hosts, 1) if host in members):04}"
        return {part: file_name(name, SHEET_ENDINGS[part]) for part in sheet["parts"]}


def _active_hosts(task_vars: Mapping[str, Any]) -> set[str]:
    """The hosts of the batch that have not failed, and the current host."""
    return {*task_vars["ansible_play_batch"], task_vars["inventory_hostname"]}


def _render_files(
    sheet: Mapping[str, Any], hosts: list[str], states: Iterable[HostState], active: set[str]
) -> dict[str, str]:
    """The contents of each file of a sheet, including the cards of hosts that ran this task before."""
    cards, missing = [], {*hosts} - active
    for state in states:
        if state.is_active and state.has_card() and state.card_result["sheet"] == sheet:
            cards.append(state.card_result["card"])
        elif state.card_result["refusal"] or (state.has_card() and write_same_file(state.card_result["sheet"], sheet)):
            missing.add(state.host)
    names = [host for host in hosts if host in missing]
    renderers = {"sheet": lambda: render(sheet, cards, names), "labels": lambda: to_csv(cards)}
    return {part: renderers[part]() for part in sheet["parts"]}
