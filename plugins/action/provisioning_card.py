# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _card
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._hosts import hosts_stay_together, templated
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._secret_files import SecretFiles

# Ansible imports this file before it forks a process for each host. What those need is loaded here, once.
_card.load_libraries()


class ActionModule(ActionBase):
    """Makes the card and the files of the host that it runs for."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            made = self._make(task_vars or {})
            files = SecretFiles(made.sheet.directory)
            changed = self._task.check_mode or files.write_all(made.files)
        except EmmError as error:
            return {**result, "changed": False, "refusal": str(error)}
        paths = [files.path(name) for name in made.files]
        parts = {"card": made.card.as_dict(), "sheet": made.sheet.as_dict(), "files": paths}
        return {**result, "changed": changed, "refusal": None, **parts}

    def _make(self, task_vars: dict[str, Any]) -> _card.Made:
        """What there is for the host. Raises ``EmmError``."""
        if not hosts_stay_together(self._task):
            raise EmmError(
                "Hosts that are on a sheet have to come together. Make it in a play with the linear strategy."
            )
        variables = _card.with_placeholders(task_vars) if self._task.check_mode else task_vars
        templar = Templar(loader=self._loader, variables=variables)
        refusal = templated(_card.REFUSAL, variables.get(_card.REFUSAL), templar)
        if refusal:
            raise EmmError(str(refusal))
        given = {name: templated(name, variables[name], templar) for name in _card.VARIABLES if name in variables}
        return _card.make(str(variables["inventory_hostname"]), given)
