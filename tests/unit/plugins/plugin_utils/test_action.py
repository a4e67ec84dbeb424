# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Clients that outlive their task, and what options become. What runs in a task's process is tested with Ansible."""

from __future__ import annotations

import json
from datetime import date

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _action
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._action import as_module_gets_it, open_client

CONNECTION = ConnectionOptions("https://www.googleapis.com", timeout=5, retries=0, ca_path=None)
AUTH = AuthOptions.from_options({"access_token": "access"}, {})
OTHER_AUTH = AuthOptions.from_options({"access_token": "other"}, {})


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """The clients that were closed, of those that are there from here on."""
    closed: list[Client] = []

    def close(client: Client) -> None:
        closed.append(client)

    monkeypatch.setattr(Client, "close", close)
    monkeypatch.setattr(_action, "_kept", {})
    return closed


def test_a_client_is_used_again_unless_its_task_was_interrupted(closed: list[Client]) -> None:
    """Or the threads of the one task would try again during the next one."""
    with open_client(CONNECTION, AUTH, 1, host="device") as first:
        pass
    with pytest.raises(KeyboardInterrupt), open_client(CONNECTION, AUTH, 1, host="device") as second:
        raise KeyboardInterrupt
    assert second is first
    assert closed == [first]
    with open_client(CONNECTION, AUTH, 1, host="device") as third:
        assert third is not first


def test_a_client_that_was_refused_an_access_token_is_not_used_again(
    closed: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_client(CONNECTION, AUTH, 1, host="device") as first:
        pass
    with monkeypatch.context() as refused:
        refused.setattr(Client, "is_refused_an_access_token", True)
        with open_client(CONNECTION, AUTH, 1, host="device") as second:
            assert second is first
    assert closed == [first]
    with open_client(CONNECTION, AUTH, 1, host="device") as third:
        assert third is not first


def test_no_more_than_one_client_is_kept(closed: list[Client]) -> None:
    with open_client(CONNECTION, AUTH, 1, host="device") as first:
        pass
    with open_client(CONNECTION, OTHER_AUTH, 1, host="device") as second:
        assert second is not first
        assert closed == [first]
    with open_client(CONNECTION, OTHER_AUTH, 1, host="device") as third:
        assert third is second


def test_what_a_module_gets() -> None:
    class Text(str):
        __slots__ = ()

    got = as_module_gets_it({"day": date(2026, 11, 22), "text": Text("a"), "list": [Text("b"), 1]})
    assert json.dumps(got) == '{"day": "2026-11-22", "text": "a", "list": ["b", 1]}'
    assert not isinstance(got["text"], Text)
