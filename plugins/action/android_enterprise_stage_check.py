# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Outcome
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
            facts = stand_ins(tokens.KINDS)
            if plan:
                facts = self._facts(plan, task_vars, attempts)
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

    def _facts(self, plan: tokens.Plan, task_vars: Mapping[str, Any], attempts: Attempts) -> dict[str, Any]:
        """The facts that the host would get, with placeholders. Checks the credentials, and asks the API on request."""
        facts = {**stand_ins(plan.requests), **{f"device_tokens_{kind}": token for kind, token in plan.kept.items()}}
        if plan.requests:
            outcomes = attempts.attempt(lambda: self._preview(plan, task_vars), [])
            for kind, outcome in zip([*plan.requests, "preflight"], outcomes, strict=False):
                if isinstance(outcome, EmmError):
                    attempts.fail(f"{outcome}{_PREFLIGHT_HINT if outcome.http_status == 403 else ''}")
                elif kind != "preflight":
                    facts[f"device_tokens_{kind}"] = stand_in(kind, outcome.resource)
        return facts

    def _preview(self, plan: tokens.Plan, task_vars: Mapping[str, Any]) -> Sequence[Outcome]:
        """Preview the requests of the host, and get the enterprise unless that is turned off. Raises ``EmmError``."""
        given = {name: self._task.args[name] for name in _SPEC if name in self._task.args}
        preflight = role_options(_SPEC, given)["preflight"]
        host = str(task_vars["inventory_hostname"])
        requests = [*plan.requests.values(), *([PreflightRequest(plan.enterprise_id, host)] if preflight else [])]
        batch_result = run_requests(
            self._task, lambda: requests, host, check_mode=True, reads_in_check_mode=preflight, options=_SPEC
        )
        return batch_result.outcomes

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
