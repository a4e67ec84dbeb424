# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""How long an enrollment token is shared. Sharing itself is tested with the role."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from unittest.mock import Mock

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import MAX_SECONDS
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens import shared_tokens
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.shared_tokens import SharedRequest

REQUEST = EnrollmentTokenRequest("LC1", "userDevice", None, {})


def test_shared_request_delegates_to_its_request() -> None:
    shared = SharedRequest(REQUEST, "play", "host")
    assert shared.identity() == REQUEST.identity()
    assert shared.preview(Mock()) == REQUEST.preview(Mock())


@pytest.mark.parametrize(
    ("token", "expiry"),
    [
        ({"expires_at": "2026-11-27T08:30:00Z"}, datetime(2026, 11, 27, 8, 30, tzinfo=timezone.utc).timestamp()),
        ({"issued_at": "2026-11-27T08:30:00Z", "duration": {"seconds": MAX_SECONDS}}, None),
        ({"issued_at": "2026-11-27T08:30:00Z"}, 0.0),
    ],
    ids=["known", "beyond the year 9999", "unknown"],
)
def test_token_is_shared_only_while_it_is_certain_to_be_valid(
    monkeypatch: pytest.MonkeyPatch, token: dict[str, Any], expiry: float | None
) -> None:
    kept = []

    def get(_key: str, _requester: str, create: Any) -> Any:
        kept.append(create())
        return kept[-1][0]

    monkeypatch.setattr(shared_tokens, "_TOKENS", Mock(get=get))
    request = SharedRequest(Mock(run=Mock(return_value=Success(token))), "play", "host")
    assert request.run(Mock()) == Success(token)
    assert kept == [(token, expiry)]
