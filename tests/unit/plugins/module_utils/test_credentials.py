# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which credentials are chosen, from what the task says and what the environment holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import (
    DEFAULT_SCOPE,
    AuthOptions,
    check_offline,
    find_secrets,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError

EMAIL = "emm@project.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("options", "environment", "kind"),
    [
        ({}, {}, "application"),
        ({"auth_kind": "machineaccount"}, {"GCP_AUTH_KIND": "application"}, "machineaccount"),
        ({}, {"GCP_AUTH_KIND": "machineaccount"}, "machineaccount"),
        ({}, {"GCP_AUTH_KIND": ""}, "application"),
        ({"service_account_file": "/k"}, {}, "serviceaccount"),
        ({"service_account_contents": "{}"}, {}, "serviceaccount"),
        ({"service_account_contents": {"type": "service_account"}}, {}, "serviceaccount"),
        ({"service_account_email": EMAIL}, {}, "machineaccount"),
        ({"access_token": "t"}, {}, "accesstoken"),
        ({}, {"GCP_SERVICE_ACCOUNT_FILE": "/k"}, "serviceaccount"),
        ({}, {"GCP_SERVICE_ACCOUNT_CONTENTS": "{}"}, "serviceaccount"),
        ({}, {"GCP_SERVICE_ACCOUNT_EMAIL": EMAIL}, "machineaccount"),
        ({}, {"GCP_ACCESS_TOKEN": "t"}, "accesstoken"),
        ({}, {"GCP_ACCESS_TOKEN": ""}, "application"),
        ({"access_token": "t"}, {"GCP_SERVICE_ACCOUNT_FILE": "/k"}, "accesstoken"),
        ({"service_account_file": "/k"}, {"GCP_ACCESS_TOKEN": "t"}, "serviceaccount"),
        ({"impersonate_service_account": EMAIL}, {}, "application"),
    ],
)
def test_kind(options: Mapping[str, Any], environment: Mapping[str, str], kind: str) -> None:
    assert AuthOptions.from_options(options, environment).auth_kind == kind


def test_the_environment_fills_gaps_only() -> None:
    environment = {
        "GCP_AUTH_KIND": "serviceaccount",
        "GCP_SERVICE_ACCOUNT_FILE": "/environment",
        "GCP_ACCESS_TOKEN": "unused",
        "GCP_SCOPES": "a, b",
        "GCP_IMPERSONATE_SERVICE_ACCOUNT": EMAIL,
    }
    chosen = AuthOptions.from_options({}, environment)
    assert chosen.service_account_file == "/environment"
    assert chosen.access_token is None
    assert chosen.scopes == ("a", "b")
    assert chosen.impersonate_service_account == EMAIL
    assert chosen.sources["service_account_file"] == "environment variable GCP_SERVICE_ACCOUNT_FILE"
    chosen = AuthOptions.from_options({"service_account_contents": "{}", "scopes": ["c"]}, environment)
    assert (chosen.service_account_contents, chosen.service_account_file) == ("{}", None)
    assert chosen.scopes == ("c",)
    # An access token cannot be combined with impersonation, so a variable for the other kinds is none for it.
    chosen = AuthOptions.from_options({"auth_kind": "accesstoken"}, environment)
    assert (chosen.access_token, chosen.impersonate_service_account) == ("unused", None)


def test_default_scope() -> None:
    assert AuthOptions.from_options({}, {}).scopes == (DEFAULT_SCOPE,)


def test_paths_are_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("KEYS", "/keys")
    for given, expected in (("~/k.json", "/home/someone/k.json"), ("$KEYS/k.json", "/keys/k.json")):
        chosen = AuthOptions.from_options({}, {"GCP_SERVICE_ACCOUNT_FILE": given})
        assert chosen.service_account_file == expected


@pytest.mark.parametrize(
    ("options", "environment", "fragment"),
    [
        (
            {},
            {"GCP_ACCESS_TOKEN": "t", "GCP_SERVICE_ACCOUNT_FILE": "/k"},
            "variable GCP_ACCESS_TOKEN are given together",
        ),
        (
            {},
            {"GCP_SERVICE_ACCOUNT_CONTENTS": "{}", "GCP_SERVICE_ACCOUNT_FILE": "/k"},
            "GCP_SERVICE_ACCOUNT_FILE and environment variable GCP_SERVICE_ACCOUNT_CONTENTS are both given",
        ),
        ({"auth_kind": "machineaccount", "service_account_file": "/k"}, {}, "goes with auth_kind=serviceaccount"),
        ({"access_token": " \n"}, {}, "does not hold an access token"),
        ({"access_token": "tökén"}, {}, "does not hold an access token"),
    ],
)
def test_contradictions(options: Mapping[str, Any], environment: Mapping[str, str], fragment: str) -> None:
    with pytest.raises(CredentialsError, match=fragment):
        AuthOptions.from_options(options, environment)


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(CredentialsError, match="cannot be read"):
        check_offline(AuthOptions.from_options({"service_account_file": "a\0b"}, {}))


def test_secrets() -> None:
    key = {"type": "service_account", "project_id": "a", "private_key": "PEM", "private_key_id": "ID", "client_id": 7}
    text = json.dumps(key)
    assert find_secrets({"service_account_contents": key}, {}) == {"PEM", "ID"}
    assert find_secrets({}, {"GCP_SERVICE_ACCOUNT_CONTENTS": text}) == {"PEM", "ID", text}
    assert find_secrets({"service_account_contents": "no key"}, {}) == {"no key"}
    assert find_secrets({"access_token": "t\n"}, {"GCP_ACCESS_TOKEN": "u"}) == {"t", "u"}
    assert find_secrets({"service_account_contents": 7, "access_token": None}, {}) == set()
