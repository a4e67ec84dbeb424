# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    Attempts,
    EmmError,
    describe_unexpected,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._action import run_requests
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens import plan as tokens
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.preflight import PreflightRequest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.stand_ins import stand_in, stand_ins
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import variables as sheet
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.card import load_libraries
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.host_output import (
    check_host,
    check_partially,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import find_template, render
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import is_omitted, templated
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._validation import is_blank, role_options
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._variables import unknown_variable_warnings

_SPEC: dict[str, dict[str, Any]] = {"preflight": {"type": "bool", "default": True}}
_PREFLIGHT_HINT = " If this account may mint tokens nevertheless, set stage_devices_preflight to false."

# Ansible imports this file before it forks a process for each host. Libraries are loaded here, once for all of them.
load_libraries()


class ActionModule(ActionBase):
    """Checks what can be checked about the current host before its tokens are minted."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        self._warn(task_vars)
        attempts = Attempts()
        plan = None
        try:
            plan = attempts.attempt(lambda: tokens.plan_of(task_vars, self._templar), None)
            facts = stand_ins()
            if plan:
                facts = attempts.attempt(lambda: self._facts(plan, task_vars), facts)
                attempts.attempt(lambda: self._ask_api(plan, task_vars), None)
            if self._makes_files(task_vars):
                attempts.attempt(lambda: self._check_sheet({**task_vars, **facts}), None)
        except Exception as error:
            attempts.fail(describe_unexpected(error))
        requests = plan.requests if plan else {}
        return {
            **result,
            "changed": False,
            "reasons": attempts.reasons(),
            "user_id": getattr(requests.get("user_auth"), "user_id", None),
        }

    def _warn(self, task_vars: Mapping[str, Any]) -> None:
        known = {"device_tokens": (*tokens.VARIABLES, *tokens.OTHER_NAMES), sheet.ROLE: sheet.KNOWN_NAMES}
        for role, names in known.items():
            for warning in unknown_variable_warnings(task_vars, role, names):
                Display().warning(warning)

    def _facts(self, plan: tokens.Plan, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Check the credentials without a request. Returns the facts that the host would get, with placeholders.

        Raises ``EmmError``.
        """
        facts: dict[str, Any] = {f"device_tokens_{kind}": token for kind, token in plan.kept.items()}
        if plan.requests:
            host = str(task_vars["inventory_hostname"])
            requests = list(plan.requests.values())
            batch_result = run_requests(self._task, lambda: requests, host, check_mode=True, options=_SPEC)
            for kind, outcome in zip(plan.requests, batch_result.outcomes, strict=True):
                if isinstance(outcome, EmmError):
                    raise outcome
                facts[f"device_tokens_{kind}"] = stand_in(kind, outcome.resource)
        return facts

    def _ask_api(self, plan: tokens.Plan, task_vars: Mapping[str, Any]) -> None:
        """Get the enterprise, which shows whether its ID, the credentials and the network are right.

        Raises ``EmmError``.
        """
        given = {name: self._task.args[name] for name in _SPEC if name in self._task.args}
        if not plan.requests or not role_options(_SPEC, given)["preflight"]:
            return
        host = str(task_vars["inventory_hostname"])
        batch_result = run_requests(
            self._task,
            lambda: [PreflightRequest(plan.enterprise_id, host)],
            host,
            check_mode=True,
            reads_in_check_mode=True,
            options=_SPEC,
        )
        [outcome] = batch_result.outcomes
        if isinstance(outcome, EmmError):
            raise EmmError(f"{outcome}{_PREFLIGHT_HINT}") if outcome.http_status == 403 else outcome

    def _makes_files(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the playbook runs the role provisioning_sheet for the host, or cannot know it."""
        name = f"{sheet.PREFIX}directory"
        try:
            return not is_blank(templated(name, task_vars.get(name), self._templar))
        except EmmError as error:
            return not is_omitted(error)

    def _check_sheet(self, variables: dict[str, Any]) -> None:
        """Check all that the role provisioning_sheet needs. Raises ``EmmError``, with all reasons."""
        templar = Templar(loader=self._loader, variables=variables)
        attempts = Attempts()
        given = sheet.templated_variables(variables, templar, attempts)
        if attempts.reasons():
            attempts.attempt(lambda: check_partially(given), None)
        attempts.check()
        checked = check_host(str(variables["inventory_hostname"]), given)
        if checked and checked[0].template != sheet.SPEC[f"{sheet.PREFIX}template"]["default"]:
            template = find_template(checked[0].template, self._find_needle)
            if template:
                render({**checked[0].as_dict(), "template": template}, [checked[1].as_dict()], [])
