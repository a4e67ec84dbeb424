# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The harmless request before the first mint. That hosts share it is tested with the playbook."""

from __future__ import annotations

from unittest.mock import Mock

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enterprise import EnterpriseRequest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.preflight import PreflightRequest


def test_hosts_with_the_same_credentials_share_the_request() -> None:
    response = Mock(resource={"id": "LC1", "name": "Bench"})
    client = Mock(fingerprint="credentials", call=Mock(return_value=response))
    expected = Success({"id": "LC1", "name": "Bench"}, changed=False)
    assert PreflightRequest("LC1", "one").run(client) == expected
    assert PreflightRequest("LC1", "two").preview(client) == expected
    assert client.call.call_count == 1
    other = Mock(fingerprint="others", call=Mock(return_value=response))
    assert PreflightRequest("LC1", "three").run(other) == expected
    assert other.call.call_count == 1


def test_only_request_of_its_kind_has_no_identity() -> None:
    assert PreflightRequest("LC1", "one").identity() == EnterpriseRequest("LC1").identity() == {}
