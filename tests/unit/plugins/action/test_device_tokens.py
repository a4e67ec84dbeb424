# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The action of the role device_tokens, in situations that a play cannot reproduce."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.emm.android_enterprise.plugins.action import android_enterprise_device_tokens as plugin
from ansible_collections.emm.android_enterprise.plugins.action.android_enterprise_device_tokens import ActionModule
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import BatchResult
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import CLOCK_NOTE
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.plan import Plan


def action_for(plan: Plan, monkeypatch: pytest.MonkeyPatch, **keywords: Any) -> ActionModule:
    """The action for a host with the given plan."""
    rest = dict.fromkeys(("play_context", "templar", "shared_loader_obj"), Mock())
    task = Mock(**{"async_val": 0, "check_mode": False, "no_log": True, "args": {}, "environment": [], **keywords})
    action = ActionModule(task=task, connection=Mock(), loader=DataLoader(), **rest)
    monkeypatch.setattr(action, "register_host_variables", Mock(), raising=False)  # needs a run of Ansible
    monkeypatch.setattr(plugin, "plan_of", Mock(return_value=plan))
    return action


@pytest.mark.parametrize("is_supported", [True, False])
def test_action_sets_the_facts_if_ansible_supports_it(monkeypatch: pytest.MonkeyPatch, is_supported: bool) -> None:
    """With ansible-core 2.21 and newer. Before, a task of the role sets them."""
    token = {"token": "kept"}
    action: Any = action_for(Plan({}, {"enrollment": token}, shared=False, cacheable=False), monkeypatch)
    register = action.register_host_variables
    if not is_supported:
        if hasattr(ActionModule, "register_host_variables"):
            pytest.skip("this version of ansible-core supports it")
        monkeypatch.delattr(action, "register_host_variables")
    facts = {"device_tokens_enrollment": token, "device_tokens_refusal": None}
    assert action.run(task_vars={})["facts"] == facts
    assert [call.args for call in register.call_args_list] == ([(facts,)] if is_supported else [])


def test_unexpected_error_keeps_minted_tokens_and_reveals_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = {"user_auth": Mock(), "enrollment": Mock()}
    action = action_for(Plan(requests, {}, shared=False, cacheable=False), monkeypatch)

    def mint(_plan: Plan, host_tokens: Mock, _variables: object) -> None:
        host_tokens.tokens["user_auth"] = {"token": "minted"}
        raise TypeError("secret")

    monkeypatch.setattr(action, "_mint", mint)
    result = action.run(task_vars={})
    assert result["failed"]
    assert result["facts"].pop("device_tokens_refusal").startswith("Unexpected error: TypeError in ")
    assert result["facts"] == {"device_tokens_user_auth": {"token": "minted"}, "device_tokens_enrollment": None}
    assert "secret" not in str(result)


@pytest.mark.parametrize("no_log", [True, False])
def test_tokens_are_registered_only_with_no_log(monkeypatch: pytest.MonkeyPatch, no_log: bool) -> None:
    registered: list[object] = []
    monkeypatch.setattr(plugin, "register_secrets", registered.extend)
    plan = Plan({}, {"enrollment": {"token": "kept"}}, shared=False, cacheable=False)
    action_for(plan, monkeypatch, no_log=no_log).run(task_vars={})
    assert registered == (["kept"] if no_log else [])


@pytest.mark.parametrize("difference", [None, "The server's clock is 2 hours ahead."])
def test_clock_difference_is_shown_as_a_warning(monkeypatch: pytest.MonkeyPatch, difference: str | None) -> None:
    shown: list[str] = []
    monkeypatch.setattr(plugin, "Display", Mock(return_value=Mock(warning=shown.append)))
    batch_result = BatchResult([], [Success({"token": "minted"})], difference)
    monkeypatch.setattr(plugin, "run_requests", Mock(return_value=batch_result))
    action = action_for(Plan({"user_auth": Mock()}, {}, shared=False, cacheable=False), monkeypatch)
    result = action.run(task_vars={"inventory_hostname": "device"})
    assert result["facts"]["device_tokens_user_auth"] == {"token": "minted"}
    assert shown == ([f"{difference} {CLOCK_NOTE}"] if difference else [])


def test_host_fails_if_on_failure_cannot_be_templated(monkeypatch: pytest.MonkeyPatch) -> None:
    action = action_for(Plan({}, {}, shared=False, cacheable=False), monkeypatch)
    monkeypatch.setattr(plugin, "plan_of", Mock(side_effect=EmmError("refused")))
    monkeypatch.setattr(action, "_templar", Mock(template=Mock(side_effect=AnsibleError("secret"))))
    result = action.run(task_vars={"device_tokens_on_failure": "{{ nothing }}"})
    assert result["failed"]
    assert result["msg"] == "refused"
