# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._hosts import (
    all_come_together,
    variables_of_hosts,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._orders import VARIABLES, Order
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HAND_OUT

_FULFILMENT = "ansible_collections.emm.android_enterprise.plugins.plugin_utils._fulfil"
Results = dict[str, dict[str, Any]]  # by host: its tokens by kind, and why it was refused, if it was

# Ansible imports this file before it forks a process for each task of each host. What the tasks of the role need in all of
# those is loaded here, so that it is not loaded again in each.
lookup_loader.get("emm.android_enterprise.device_tokens_minted")


class ActionModule(ActionBase):
    """Mints the tokens of many hosts, or of one."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        if self._task.args.get("hosts", "own") == "batch":
            if not HAND_OUT.is_shared() or not all_come_together(self._task):
                return {**result, "complete": False}
            results, state = self._serve(task_vars["ansible_play_batch"], task_vars)
            return {**result, **state, "complete": True, "hosts": HAND_OUT.publish(results)}
        results, state = self._serve([task_vars["inventory_hostname"]], task_vars)
        return {**result, **state, "hosts": HAND_OUT.add(results) if HAND_OUT.is_shared() else results}

    def _serve(self, hosts: Sequence[str], task_vars: Mapping[str, Any]) -> tuple[Results, dict[str, bool]]:
        """What there is for each host, and what that means for the tasks that follow."""
        results: Results = {host: {} for host in hosts}
        orders = self._collect_orders(results, task_vars)
        try:
            self._mint(orders, results)
        except EmmError as error:
            for host, order in orders.items():
                if order.requests:
                    results[host].setdefault("refusal", str(error))
        return results, {
            "changed": any(order.requests for order in orders.values()),
            "cacheable": any(order.cacheable for order in orders.values()),
            "refused": any("refusal" in result for result in results.values()),
        }

    def _collect_orders(self, results: Results, task_vars: Mapping[str, Any]) -> dict[str, Order]:
        """What each host is to get. Those whose variables are wrong are refused."""
        orders = {}
        for name, variables in variables_of_hosts(self._task, list(results), task_vars):
            templar = Templar(loader=self._loader, variables=variables)
            try:
                orders[name] = Order.from_variables(
                    {variable: templar.template(variables[variable]) for variable in VARIABLES if variable in variables}
                )
            except (EmmError, AnsibleError) as error:
                results[name]["refusal"] = str(error)
            else:
                results[name].update(orders[name].kept)
        return orders

    def _mint(self, orders: Mapping[str, Order], results: Results) -> None:
        """Mint what is ordered, or preview it in check mode. Raises ``EmmError`` if nothing can be minted."""
        if not any(order.requests for order in orders.values()):
            return
        # Not at the top, where it would be imported by the process that Ansible forks for each task of each host from
        # here on, which takes the longer the more there is in it.
        fulfilment = importlib.import_module(_FULFILMENT)
        try:
            dummy, options = self.validate_argument_spec(fulfilment.ARGUMENT_SPEC)
        except AnsibleError as error:
            raise EmmError(str(error)) from error
        if self._task.check_mode:
            fulfilment.preview(options, orders, results)
        else:
            fulfilment.fulfil(self._task.get_name(), options, orders, results)
