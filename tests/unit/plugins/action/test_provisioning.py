# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The actions of the role provisioning_sheet, in situations that a play cannot reproduce."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.emm.android_enterprise.plugins.action import provisioning_card, provisioning_sheet

PLAY = {"ansible_play_name": "all", "ansible_play_hosts_all": ["a"]}


def action(plugin: Any, **arguments: Any) -> Any:
    task = Mock(async_val=0, check_mode=False, args=arguments)
    task.get_play.return_value.get_path.return_value = "/playbook.yml:1"
    rest = dict.fromkeys(("play_context", "templar", "shared_loader_obj"), Mock())
    return plugin.ActionModule(task=task, connection=Mock(), loader=DataLoader(), **rest)


def test_unexpected_error_is_reported_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    card = action(provisioning_card)
    monkeypatch.setattr(card, "_build", Mock(side_effect=TypeError("secret")))
    result = card.run(task_vars=PLAY)
    assert result["refusal"].startswith("Unexpected error: TypeError in ")
    assert "secret" not in str(result)
    assert result["changed"] is False


def test_directory_warnings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    files = Mock(
        **{
            "warnings.return_value": ["A warning."],
            "path.return_value": "/volume/own/a",
            "write_all.return_value": True,
        }
    )
    output = Mock(files={"a": b"secret"}, **{"sheet.as_dict.return_value": {}, "card.as_dict.return_value": {}})
    monkeypatch.setattr(provisioning_card, "SecretFiles", Mock(return_value=files))
    monkeypatch.setattr(provisioning_card, "hosts_run_in_lockstep", Mock(return_value=True))
    monkeypatch.setattr(provisioning_card, "build_host_output", Mock(return_value=output))
    monkeypatch.setattr(provisioning_card, "Display", Mock(return_value=Mock(warning=warnings.append)))
    card = action(provisioning_card)
    monkeypatch.setattr(provisioning_card, "find_template", Mock(return_value=""))
    result = card.run(task_vars={"inventory_hostname": "a", **PLAY})
    assert result["refusal"] is None
    assert result["files"] == ["/volume/own/a"]
    assert warnings == ["provisioning_sheet_directory: A warning."]


@pytest.mark.parametrize("registered", [{"failed": True, "msg": "secret"}, {"refusal": None}])
def test_host_without_a_card_fails(registered: dict[str, Any]) -> None:
    result = action(provisioning_sheet).run(task_vars={"provisioning_sheet__card": registered})
    assert result["failed"]
    assert result["msg"] == "There is no card because the task that makes it failed."
