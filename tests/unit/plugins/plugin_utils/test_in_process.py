# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Clients that outlive their task, and what options become. What runs in a task's process is tested with Ansible."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _in_process
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._in_process import (
    _encode,
    _InProcessModule,
)

CONNECTION = ConnectionOptions("https://www.googleapis.com", timeout=5, retries=0, ca_path=None)
AUTH = AuthOptions.from_options({"access_token": "access"}, {})


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """The clients that were closed, of those that are there from here on."""
    closed: list[Client] = []

    def close(client: Client) -> None:
        closed.append(client)

    monkeypatch.setattr(Client, "close", close)
    monkeypatch.setattr(_in_process, "_clients", {})
    return closed


@pytest.fixture
def module() -> Any:
    return _InProcessModule.__new__(_InProcessModule)  # what is tested needs no options


def test_a_client_is_used_again_unless_its_task_was_interrupted(module: Any, closed: list[Client]) -> None:
    """Or the threads of the one task would try again during the next one."""
    with module.open_client(CONNECTION, AUTH, 1) as first:
        pass
    with pytest.raises(KeyboardInterrupt), module.open_client(CONNECTION, AUTH, 1) as second:
        raise KeyboardInterrupt
    assert second is first
    assert closed == [first]
    with module.open_client(CONNECTION, AUTH, 1) as third:
        assert third is not first


def test_a_client_that_was_refused_an_access_token_is_not_used_again(
    module: Any, closed: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with module.open_client(CONNECTION, AUTH, 1) as first:
        pass
    with monkeypatch.context() as refused:
        refused.setattr(Client, "is_refused_an_access_token", True)
        with module.open_client(CONNECTION, AUTH, 1) as second:
            assert second is first
    assert closed == [first]
    with module.open_client(CONNECTION, AUTH, 1) as third:
        assert third is not first


def test_a_date_is_what_it_is_in_yaml() -> None:
    assert _encode(date(2026, 11, 22)) == "2026-11-22"
