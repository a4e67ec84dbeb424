# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Clients that are kept after a task, and the conversion of options. The rest is tested with Ansible."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from unittest.mock import Mock

import pytest
from ansible import constants
from ansible.errors import AnsibleError
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Progress
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import OPERATION
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _action
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._action import (
    invocation,
    open_client,
    secrets_in,
    show_progress,
    task_environment,
    to_module_arguments,
    with_key_as_json,
)

CONNECTION = ConnectionOptions("https://www.googleapis.com", timeout=5, retries=0, ca_path=None)
AUTH = AuthOptions.from_options({"access_token": "access"}, {})
OTHER_AUTH = AuthOptions.from_options({"access_token": "other"}, {})


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """The clients that were closed during the test."""
    closed: list[Client] = []

    def close(client: Client) -> None:
        closed.append(client)

    monkeypatch.setattr(Client, "close", close)
    monkeypatch.setattr(_action, "_kept_clients", {})
    return closed


def test_client_is_reused_unless_its_task_was_interrupted(closed: list[Client]) -> None:
    """Otherwise, the threads of the interrupted task would retry during the next task."""
    with open_client(CONNECTION, AUTH, 1, host="device") as first:
        pass
    with pytest.raises(KeyboardInterrupt), open_client(CONNECTION, AUTH, 1, host="device") as second:
        raise KeyboardInterrupt
    assert second is first
    assert closed == [first]
    with open_client(CONNECTION, AUTH, 1, host="device") as third:
        assert third is not first


def test_client_without_an_access_token_is_not_reused(closed: list[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    with open_client(CONNECTION, AUTH, 1, host="device") as first:
        pass
    with monkeypatch.context() as refused:
        refused.setattr(Client, "is_refused_an_access_token", True)
        with open_client(CONNECTION, AUTH, 1, host="device") as second:
            assert second is first
    assert closed == [first]
    with open_client(CONNECTION, AUTH, 1, host="device") as third:
        assert third is not first


def test_only_one_client_is_kept(closed: list[Client]) -> None:
    with open_client(CONNECTION, AUTH, 1, host="device") as first:
        pass
    with open_client(CONNECTION, OTHER_AUTH, 1, host="device") as second:
        assert second is not first
        assert closed == [first]
    with open_client(CONNECTION, OTHER_AUTH, 1, host="device") as third:
        assert third is second


def test_dictionary_key_becomes_json() -> None:
    key = {"type": "service_account", "project_id": "o"}
    assert json.loads(with_key_as_json({"service_account_contents": key})["service_account_contents"]) == key
    assert with_key_as_json({"service_account_contents": "text"}) == {"service_account_contents": "text"}


@pytest.mark.parametrize("result", [{"enrollment_token": {"token": "a"}}, {"enrollment_tokens": [{"token": "a"}]}])
def test_secrets_in_a_result(result: dict[str, Any]) -> None:
    assert list(secrets_in(OPERATION, result)) == ["a"]


@pytest.mark.parametrize("result", [{"msg": "refused"}, {"enrollment_token": {"token": None}}])
def test_result_without_secrets(result: dict[str, Any]) -> None:
    assert list(secrets_in(OPERATION, result)) == []


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(total=1000, succeeded=500, failed=0), "MINTING: Mint all (500 of 1000 tokens).\n"),
        (Progress(total=1000, succeeded=0, failed=20), "MINTING: Mint all (0 of 1000 tokens, 20 failed).\n"),
    ],
)
def test_progress_is_shown(capsys: pytest.CaptureFixture[str], progress: Progress, expected: str) -> None:
    show_progress(OPERATION, "Mint all", progress)
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("is_included", [True, False, AnsibleError("There is no such setting.")])
def test_invocation_hides_secrets(monkeypatch: pytest.MonkeyPatch, is_included: Any) -> None:
    monkeypatch.setattr(constants.config, "get_config_value", Mock(side_effect=[is_included]))
    spec: dict[str, dict[str, Any]] = {"count": {"type": "int"}, "access_token": {"no_log": True}, "api_url": {}}
    returned = invocation(spec, {"count": 1, "access_token": "secret", "api_url": None, "other": 1}, {})
    shown = {"count": 1, "access_token": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "api_url": None}
    assert returned == ({} if is_included is False else {"invocation": {"module_args": shown}})


@pytest.mark.parametrize(
    ("name", "value"), [("", "secret"), ("a=b", "secret"), ("a\0b", "secret"), ("a", "secret\0"), ("a", "secret\ud800")]
)
def test_invalid_environment_variable_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(EmmError, match=r"^The keyword 'environment' has a variable '.*' that cannot be set") as caught:
        task_environment(Mock(environment=[{"LANG": "C", name: value}]))
    assert "secret" not in str(caught.value)


def test_environment_values_become_strings() -> None:
    assert task_environment(Mock(environment=[{"A": 1}, {2: "é", "A": None}])) == {"A": "None", "2": "é"}
    assert task_environment(Mock(environment=None)) == {}


def test_module_arguments_have_json_types() -> None:
    class Text(str):
        __slots__ = ()

    got = to_module_arguments({"day": date(2026, 11, 22), "text": Text("a"), "list": [Text("b"), 1]})
    assert json.dumps(got) == '{"day": "2026-11-22", "text": "a", "list": ["b", 1]}'
    assert not isinstance(got["text"], Text)
