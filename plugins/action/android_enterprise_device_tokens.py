# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.release import __version__
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Request
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, describe_unexpected
from ansible_collections.emm.android_enterprise.plugins.module_utils._masking import register_secrets
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import CLOCK_NOTE
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._action import run_requests
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.plan import (
    CACHED_FACT,
    KINDS,
    OTHER_NAMES,
    VARIABLES,
    Plan,
    plan_of,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.shared_tokens import SharedRequest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.main_process import require_main_process
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.play import play_id
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import templated
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._variables import unknown_variable_warnings

_ON_FAILURE = "device_tokens_on_failure"
_LOST_CACHE_WARNING = (
    "device_tokens_keep_if_valid_for does not find the tokens of earlier jobs, so they are minted again: ansible-core "
    "2.19 and newer do not find the fact cache that a job of AWX starts with "
    "(https://github.com/ansible/ansible/issues/85874)."
)


@dataclass
class _HostTokens:
    """The outcome for the host."""

    tokens: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # by kind
    missing: list[str] = field(default_factory=list)  # the kinds of tokens that were not minted
    refusal: str | None = None  # the reason
    minted: bool = False
    cacheable: bool = False

    def facts(self) -> dict[str, Any]:
        """The facts of the host. A missing token is null and replaces one from an earlier run."""
        kinds = {**dict.fromkeys(self.missing), **self.tokens}
        return {
            **{f"device_tokens_{kind}": token for kind, token in kinds.items()},
            "device_tokens_refusal": self.refusal,
        }


class ActionModule(ActionBase):
    """Mints the tokens of the current host, as configured by its variables."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        for warning in unknown_variable_warnings(task_vars, "device_tokens", (*VARIABLES, *OTHER_NAMES)):
            Display().warning(warning)
        host_tokens = self._get_tokens(task_vars)
        register_secrets((token["token"] for token in host_tokens.tokens.values()) if self._task.no_log else ())
        require_main_process()
        facts = host_tokens.facts()
        result.update(changed=host_tokens.minted, facts=facts)
        if host_tokens.cacheable:
            result["ansible_facts"] = {CACHED_FACT: host_tokens.tokens["enrollment"]}  # for the fact cache
        if host_tokens.refusal and not self._continues_on_failure(task_vars):
            return {**result, "failed": True, "msg": host_tokens.refusal}
        if hasattr(self, "register_host_variables"):  # since ansible-core 2.21; before, a task of the role does it
            self.register_host_variables(facts)
        return result

    def _get_tokens(self, task_vars: Mapping[str, Any]) -> _HostTokens:
        try:
            plan = plan_of(task_vars, self._templar)
        except EmmError as error:
            return _HostTokens(missing=list(KINDS), refusal=str(error))
        if plan.may_keep and _is_cache_lost():
            Display().warning(_LOST_CACHE_WARNING)
        host_tokens = _HostTokens(dict(plan.kept))
        if plan.requests:
            try:
                self._mint(plan, host_tokens, task_vars)
            except EmmError as error:
                host_tokens.refusal = str(error)
            except Exception as error:
                host_tokens.refusal = describe_unexpected(error)
        host_tokens.missing = [kind for kind in plan.requests if kind not in host_tokens.tokens]
        host_tokens.minted = len(host_tokens.missing) < len(plan.requests)
        host_tokens.cacheable = plan.cacheable and not self._task.check_mode and "enrollment" in host_tokens.tokens
        return host_tokens

    def _mint(self, plan: Plan, host_tokens: _HostTokens, task_vars: Mapping[str, Any]) -> None:
        """Mint the requested tokens, or preview them in check mode. Raises ``EmmError``."""
        host = str(task_vars["inventory_hostname"])
        batch_result = run_requests(
            self._task,
            lambda: self._requests(plan, host, task_vars),
            host,
            check_mode=bool(self._task.check_mode),
        )
        if batch_result.clock_difference:
            Display().warning(f"{batch_result.clock_difference} {CLOCK_NOTE}")
        for kind, outcome in zip(plan.requests, batch_result.outcomes, strict=False):
            if isinstance(outcome, EmmError):
                raise outcome
            host_tokens.tokens[kind] = outcome.resource

    def _requests(self, plan: Plan, host: str, task_vars: Mapping[str, Any]) -> list[Request]:
        """The requests, in the order of minting."""
        requests = dict(plan.requests)
        if plan.shared and "enrollment" in requests:
            play = play_id(self._task, task_vars)
            requests["enrollment"] = SharedRequest(requests["enrollment"], play, host)
        return list(requests.values())

    def _continues_on_failure(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the host continues after a failure."""
        try:
            return bool(templated(_ON_FAILURE, task_vars.get(_ON_FAILURE), self._templar) == "continue")
        except EmmError:
            return False


def _is_cache_lost() -> bool:
    """Whether this is a job of AWX or automation controller with a fact cache that ansible-core does not find."""
    version = tuple(map(int, __version__.split(".")[:2]))
    cache = str(constants.config.get_config_value("CACHE_PLUGIN"))
    return version >= (2, 19) and "AWX_PRIVATE_DATA_DIR" in os.environ and cache.endswith("jsonfile")
