# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._hosts import (
    all_come_together,
    hosts_to_come,
    inherited_defaults,
    inherited_environment,
    nobody_else_comes,
    templated,
    variables_of_hosts,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._orders import (
    HELD,
    KINDS,
    VARIABLES,
    Means,
    Order,
    Results,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HAND_OUT

_FULFILMENT = "ansible_collections.emm.android_enterprise.plugins.plugin_utils._fulfil"
_NAME = "emm.android_enterprise.android_enterprise_device_tokens"

# Ansible imports this file before it forks a process for each task of each host. What the tasks of the role need in all
# of those is loaded here, so that it is not loaded again in each.
lookup_loader.get("emm.android_enterprise.device_tokens_minted")


class ActionModule(ActionBase):
    """Mints the tokens of many hosts, or of one."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        if self._is_for_one():
            results = self._serve([task_vars["inventory_hostname"]], task_vars)
            return {**result, **_summarise(results), "complete": True, "everybody": False, "hosts": results}
        batch = task_vars["ansible_play_batch"]
        late = task_vars["inventory_hostname"] not in batch  # after meta: clear_host_errors
        if late or not HAND_OUT.is_shared() or not all_come_together(self._task):
            return {**result, **_summarise({}), "complete": False, "everybody": False, "hosts": {}}
        results = self._serve(hosts_to_come(self._task, batch), task_vars)
        everybody = nobody_else_comes(self._task, task_vars)
        without_room = HAND_OUT.publish(results)
        return {**result, **_summarise(results), "complete": True, "everybody": everybody, "hosts": without_room}

    def _serve(self, hosts: list[str], task_vars: Mapping[str, Any]) -> Results:
        """What there is for each host."""
        results: Results = {host: {} for host in hosts}
        orders: dict[str, Order] = {}
        groups: dict[str, tuple[Means, dict[str, Order]]] = {}  # of hosts, by what their tokens are minted with
        for host, variables in variables_of_hosts(self._task, hosts, task_vars):
            templar = Templar(loader=self._loader, variables=variables)
            try:
                orders[host] = _order(variables, templar)
                if orders[host].requests:
                    means = self._means(templar)
                    groups.setdefault(repr(means), (means, {}))[1][host] = orders[host]
            except EmmError as error:
                results[host].update(refusal=str(error), missing=list(KINDS), minted=False, cacheable=False)
        for means, group in groups.values():
            self._fulfil(means, group, results)
        for host, order in orders.items():
            results[host].update(order.kept)
            missing = [kind for kind in order.requests if kind not in results[host]]
            cacheable = order.cacheable and not self._task.check_mode and "enrollment" in results[host]
            results[host].update(missing=missing, minted=len(missing) < len(order.requests), cacheable=cacheable)
        for result in results.values():
            result["rest"] = result["cacheable"] or "refusal" in result
        return results

    def _means(self, templar: Templar) -> Means:
        """With what a host's tokens are minted. Raises ``EmmError``."""
        options: dict[str, Any] = {}
        for defaults in inherited_defaults(self._task, _NAME):
            options.update(_dictionary("module_defaults", defaults, templar))
        omitted = templar.available_variables.get("omit")
        options = {name: value for name, value in options.items() if value != omitted}
        environment: dict[str, Any] = {}
        for variables in inherited_environment(self._task):
            environment.update(_dictionary("environment", variables, templar))
        if self._is_for_one():
            options.update(self._task.args)
        return Means(options, {name: str(value) for name, value in environment.items()})

    def _is_for_one(self) -> bool:
        """Whether the task is for the host that it runs for, as its arguments are; else they are the first host's."""
        return bool(self._task.args.get("hosts", "own") == "own")

    def _fulfil(self, means: Means, orders: Mapping[str, Order], results: Results) -> None:
        """Mint what is ordered, or preview it in check mode. Hosts that do not get all of it are told why."""
        # Not at the top, where it would be imported by the process that Ansible forks for each task of each host from
        # here on, which takes the longer the more there is in it.
        fulfilment = importlib.import_module(_FULFILMENT)
        try:
            fulfilment.fulfil(self._task.get_name(), means, orders, results, check_mode=self._task.check_mode)
        except EmmError as error:
            for host, order in orders.items():
                if order.requests.keys() - results[host].keys():
                    results[host].setdefault("refusal", str(error))


def _order(variables: Mapping[str, Any], templar: Templar) -> Order:
    """What a host wants. Raises ``EmmError``."""
    found = {name: variables[name] for name in VARIABLES if name in variables}
    if HELD not in found and HELD in variables.get("ansible_facts", {}):  # where facts are no variables
        found[HELD] = variables["ansible_facts"][HELD]
    return Order.from_variables({name: templated(name, value, templar) for name, value in found.items()})


def _dictionary(keyword: str, value: Any, templar: Templar) -> Mapping[str, Any]:
    """What a keyword comes to for a host. Raises ``EmmError``."""
    dictionary = templated(keyword, value, templar) or {}
    if not isinstance(dictionary, Mapping):
        # Without the value, in which there may be a secret.
        raise EmmError(f"The keyword '{keyword}' must be a dictionary, and comes to {type(dictionary).__name__} here.")
    return dictionary


def _summarise(results: Results) -> dict[str, bool]:
    """What the tasks that follow need to know of all hosts together."""
    return {
        "changed": any(result["minted"] for result in results.values()),
        "rest": any(result["rest"] for result in results.values()),
    }
