# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    Attempts,
    EmmError,
    describe_unexpected,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.play import hosts_run_in_lockstep, play_id
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import variables as role
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.card import load_libraries
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.host_output import (
    build_host_output,
    translate_directory_errors,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import find_template
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import templated
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._variables import unknown_variable_warnings

# Ansible imports this file before it forks a process for each host. Libraries are loaded here, once for all of them.
load_libraries()


class ActionModule(ActionBase):
    """Creates the card and the files of the current host."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        result.update(play=play_id(self._task, task_vars), made_at=time.monotonic())
        try:
            return {**result, "refusal": None, **self._build(task_vars)}
        except EmmError as error:
            return {**result, "changed": False, "refusal": str(error)}
        except Exception as error:
            return {**result, "changed": False, "refusal": describe_unexpected(error)}

    def _build(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Create the card and the files. Raises ``EmmError``."""
        if not hosts_run_in_lockstep(self._task):
            strategy = self._task.get_play().strategy
            raise EmmError(
                "The hosts on a sheet must run each task together, but do not with the strategy "
                f"'{strategy}'. Use the linear strategy."
            )
        for warning in unknown_variable_warnings(task_vars, role.ROLE, role.KNOWN_NAMES):
            Display().warning(warning)
        variables = role.with_cached_facts(task_vars)
        if self._task.check_mode:
            variables = role.with_placeholders(variables)
        templar = Templar(loader=self._loader, variables=variables)
        refusal = templated(role.REFUSAL, variables.get(role.REFUSAL), templar)
        if refusal:
            raise EmmError(str(refusal))
        attempts = Attempts()
        given = role.templated_variables(variables, templar, attempts)
        attempts.check()
        output = build_host_output(str(variables["inventory_hostname"]), given)
        sheet = {**output.sheet.as_dict(), "template": find_template(output.sheet.template, self._find_needle)}
        files = SecretFiles(output.sheet.directory)
        check_mode = bool(self._task.check_mode)
        changed = translate_directory_errors(
            lambda: files.write_all(output.files, replaces=output.replaces, check_mode=check_mode)
        )
        for warning in files.warnings():
            Display().warning(f"provisioning_sheet_directory: {warning}")
        paths = [files.path(name) for name in output.files]
        return {"changed": changed, "card": output.card.as_dict(), "sheet": sheet, "files": paths}
