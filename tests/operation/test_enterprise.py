# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The operation that gets an enterprise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enterprise import OPERATION

from tests.emulator.process import Emulator
from tests.operation.conftest import perform

ENTERPRISE = {
    "id": "LC03demo00",
    "name": "Example Staging",
    "enterprise_type": "managedGooglePlayAccountsEnterprise",
    "google_authentication_settings": {"google_authentication_required": "notRequired"},
}


@pytest.mark.parametrize("check", [False, True])
def test_enterprise_is_returned_and_nothing_is_changed(
    environment: dict[str, str], emulator: Emulator, check: bool
) -> None:
    result = perform(OPERATION, {"enterprise_id": "LC03demo00"}, environment, check=check)
    assert (result["changed"], result["enterprise"]) == (False, ENTERPRISE)
    [request] = emulator.journal("/androidenterprise/")
    assert (request["method"], request["path"]) == ("GET", "/androidenterprise/v1/enterprises/LC03demo00")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            {"enterprise_id": "LC04"},
            "Likely cause: the enterprise_id is wrong, or the enterprise is not bound to the EMM",
        ),
        ({"retries": 0, "api_url": "http://127.0.0.1:9"}, "Connection refused"),
        ({"auth_kind": "serviceaccount", "service_account_file": "BUILDER"}, "is not the enterprise's service account"),
        (
            {"scopes": ["https://www.googleapis.com/auth/cloud-platform"]},
            "the scopes of the access token do not include",
        ),
    ],
)
def test_wrong_settings_are_explained(
    environment: dict[str, str], emulator: Emulator, options: dict[str, Any], reason: str
) -> None:
    options = {name: emulator.address.builder_file if value == "BUILDER" else value for name, value in options.items()}
    result = perform(OPERATION, {"enterprise_id": "LC03demo00", **options}, environment)
    assert result["failed"]
    assert reason in result["msg"]


def test_disabled_api_is_explained(environment: dict[str, str], emulator: Emulator) -> None:
    error = {"code": 403, "message": "x", "errors": [{"reason": "accessNotConfigured"}]}
    emulator.fail({"path": "/androidenterprise/", "status": 403, "body": json.dumps({"error": error})})
    result = perform(OPERATION, {"enterprise_id": "LC03demo00"}, environment)
    assert "the Play EMM API (androidenterprise.googleapis.com) is not enabled in the project of" in result["msg"]


@pytest.mark.parametrize("enterprise_id", ["", "a/b", 5, "a b"])
def test_invalid_id_is_refused_before_a_request(
    environment: dict[str, str], emulator: Emulator, enterprise_id: Any
) -> None:
    result = perform(OPERATION, {"enterprise_id": enterprise_id}, environment)
    assert result["msg"].startswith("Option 'enterprise_id' is ")
    assert emulator.journal() == []


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        ({"id": "LC99"}, "its response is about another enterprise"),
        ({"kind": "androidenterprise#user"}, "its response has the kind 'androidenterprise#user'"),
        ({"name": 5}, "its response has a field that is not a string"),
    ],
)
def test_unusable_responses_are_failures(
    environment: dict[str, str], emulator: Emulator, resource: dict[str, Any], problem: str
) -> None:
    emulator.fail({"path": "/androidenterprise/", "body": json.dumps(resource)})
    result = perform(OPERATION, {"enterprise_id": "LC03demo00"}, environment)
    assert result["msg"].endswith(f"the server reported success, but {problem}." if "kind" not in resource else ".")
    assert problem in result["msg"]


def test_fields_that_are_missing_are_left_out(environment: dict[str, str], emulator: Emulator) -> None:
    emulator.fail({"path": "/androidenterprise/", "body": '{"primaryDomain": "example.com", "unknown": 5}'})
    result = perform(OPERATION, {"enterprise_id": "LC03demo00"}, environment)
    assert result["enterprise"] == {"id": "LC03demo00", "primary_domain": "example.com"}


def test_lost_response_is_retried(environment: dict[str, str], emulator: Emulator) -> None:
    emulator.fail({"path": "/androidenterprise/", "after": True, "reset": True})
    assert perform(OPERATION, {"enterprise_id": "LC03demo00"}, environment)["enterprise"] == ENTERPRISE
    assert len(emulator.journal("/androidenterprise/")) == 2
