# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What is said of the server's clock when hosts get their tokens. The rest is tested with the role."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _fulfil
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._orders import Means, Order


@pytest.mark.parametrize("warning", [None, "The server's clock is 2 hours ahead."])
def test_the_clock(monkeypatch: pytest.MonkeyPatch, warning: str | None) -> None:
    shown: list[str] = []
    client = SimpleNamespace(clock_warning=warning, close=lambda: None)
    monkeypatch.setattr(_fulfil, "Client", lambda *options: client)
    monkeypatch.setattr(Display, "warning", lambda display, text: shown.append(text))
    order: dict[str, Any] = {"device_tokens_enterprise_id": "LC1", "device_tokens_kinds": []}
    means = Means({"auth_kind": "accesstoken", "access_token": "ready-made"}, {})
    _fulfil.fulfil("task", means, {"a": Order.from_variables(order)}, {"a": {}}, check_mode=False)
    assert shown == ([warning] if warning else [])
