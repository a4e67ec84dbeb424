# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The choice of credentials from the options and the environment."""

from __future__ import annotations

import json
import os
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.loading import check_offline
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    DEFAULT_SCOPE,
    AuthOptions,
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
def test_kind_of_credentials(options: Mapping[str, Any], environment: Mapping[str, str], kind: str) -> None:
    assert AuthOptions.from_options(options, environment).auth_kind == kind


def test_environment_only_supplies_missing_options() -> None:
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
    # An access token cannot be combined with impersonation, so that variable is ignored.
    chosen = AuthOptions.from_options({"auth_kind": "accesstoken"}, environment)
    assert (chosen.access_token, chosen.impersonate_service_account) == ("unused", None)


def test_empty_scopes_mean_the_default_scope() -> None:
    for nothing in (None, "", " ,\n", [], [""]):
        assert AuthOptions.from_options({"scopes": nothing}, {}).scopes == (DEFAULT_SCOPE,)


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
            "variable GCP_ACCESS_TOKEN are set together",
        ),
        (
            {},
            {"GCP_SERVICE_ACCOUNT_CONTENTS": "{}", "GCP_SERVICE_ACCOUNT_FILE": "/k"},
            "GCP_SERVICE_ACCOUNT_FILE and environment variable GCP_SERVICE_ACCOUNT_CONTENTS are both set",
        ),
        ({"auth_kind": "machineaccount", "service_account_file": "/k"}, {}, "requires auth_kind=serviceaccount"),
        ({"access_token": " \n"}, {}, "is not an access token"),
        ({"access_token": "tökén"}, {}, "is not an access token"),
    ],
)
def test_invalid_credentials_are_refused(
    options: Mapping[str, Any], environment: Mapping[str, str], fragment: str
) -> None:
    with pytest.raises(CredentialsError, match=fragment):
        AuthOptions.from_options(options, environment)


def test_invalid_file_name_is_refused() -> None:
    with pytest.raises(CredentialsError, match="cannot be read"):
        check_offline(AuthOptions.from_options({"service_account_file": "a\0b"}, {}))


def test_find_secrets() -> None:
    key = {"type": "service_account", "project_id": "a", "private_key": "PEM", "private_key_id": "ID", "client_id": 7}
    text = json.dumps(key)
    assert find_secrets({"service_account_contents": key}, {}) == {"PEM", "ID"}
    assert find_secrets({}, {"GCP_SERVICE_ACCOUNT_CONTENTS": text}) == {"PEM", "ID", text}
    assert find_secrets({"service_account_contents": "no key"}, {}) == {"no key"}
    assert find_secrets({"access_token": "t\n"}, {"GCP_ACCESS_TOKEN": "u"}) == {"t", "u"}
    assert find_secrets({"service_account_contents": 7, "access_token": None}, {}) == set()


def fingerprint(**options: Any) -> str:
    return AuthOptions.from_options(options, {}).fingerprint()


def test_equal_credentials_have_equal_fingerprints() -> None:
    assert fingerprint() == fingerprint()
    assert fingerprint(access_token="t") == AuthOptions.from_options({}, {"GCP_ACCESS_TOKEN": "t"}).fingerprint()
    key, same = {"type": "service_account", "project_id": "a"}, {"project_id": "a", "type": "service_account"}
    assert fingerprint(service_account_contents=key) == fingerprint(service_account_contents=same)
    frozen = types.MappingProxyType(key)
    assert fingerprint(service_account_contents=frozen) == fingerprint(service_account_contents=key)


def test_different_credentials_have_different_fingerprints() -> None:
    different: list[dict[str, Any]] = [
        {},
        {"scopes": "a"},
        {"impersonate_service_account": EMAIL},
        {"service_account_email": EMAIL},
        {"service_account_email": f"x{EMAIL}"},
        {"access_token": "t"},
        {"access_token": "u"},
        {"service_account_contents": "t"},
        {"service_account_contents": {"type": "service_account"}},
        {"service_account_file": "/no/such/file"},
        {"service_account_file": "/no/such/file", "impersonate_service_account": EMAIL},
    ]
    fingerprints = [fingerprint(**options) for options in different]
    assert len(set(fingerprints)) == len(different)


def test_fingerprint_reveals_no_secret() -> None:
    assert "hunter2" not in fingerprint(access_token="hunter2")
    assert len(fingerprint(access_token="hunter2")) == len(fingerprint(access_token="t"))


def test_fingerprint_depends_on_the_content_of_the_key_file(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    fingerprints = []
    for content in ("one", "two", "one"):
        key.write_text(content, encoding="utf-8")
        fingerprints.append(fingerprint(service_account_file=str(key)))
    assert fingerprints[0] != fingerprints[1]
    assert fingerprints[0] == fingerprints[2]


@pytest.mark.parametrize("options", [{}, {"auth_kind": "machineaccount"}, {"impersonate_service_account": EMAIL}])
@pytest.mark.parametrize(
    "name",
    [
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLOUDSDK_CONFIG",
        "HOME",
        "GCE_METADATA_HOST",
        "GCE_METADATA_IP",
        "NO_GCE_CHECK",
        "AWS_ACCESS_KEY_ID",
        "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES",
    ],
)
def test_fingerprint_depends_on_variables_that_google_auth_reads(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], name: str
) -> None:
    """Otherwise, a task could get an access token for the account of another task."""
    monkeypatch.delenv(name, raising=False)
    fingerprints = [fingerprint(**options)]
    for value in ("one", "two", "one"):
        monkeypatch.setenv(name, value)
        fingerprints.append(fingerprint(**options))
    assert len(set(fingerprints)) == 3
    assert fingerprints[1] == fingerprints[3]


@pytest.mark.parametrize("variable", ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "HOME"])
def test_fingerprint_depends_on_the_application_default_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / (".config/gcloud/" if variable == "HOME" else "") / "application_default_credentials.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv(variable, str(file if variable == "GOOGLE_APPLICATION_CREDENTIALS" else tmp_path))
    fingerprints = [fingerprint()]
    for content in ("one", "two", "one"):
        file.write_text(content, encoding="utf-8")
        fingerprints.append(fingerprint())
    assert len(set(fingerprints)) == 3
    assert fingerprints[1] == fingerprints[3]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("LANG", {}),
        ("GOOGLE_AUTH_TRUST_BOUNDARY_ENABLED", {}),
        ("HOME", {"access_token": "t"}),
        ("GOOGLE_APPLICATION_CREDENTIALS", {"service_account_contents": "t"}),
    ],
)
def test_fingerprint_ignores_unrelated_variables(
    monkeypatch: pytest.MonkeyPatch, name: str, options: dict[str, Any]
) -> None:
    monkeypatch.delenv(name, raising=False)
    before = fingerprint(**options)
    monkeypatch.setenv(name, "value")
    assert fingerprint(**options) == before


@pytest.mark.parametrize("option", ["service_account_file", "GOOGLE_APPLICATION_CREDENTIALS"])
def test_fingerprint_does_not_read_a_pipe(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """A pipe, such as one of ``<(command)`` in a shell, can be read only once."""
    readable, writable = os.pipe()
    os.write(writable, b"key")
    os.close(writable)
    path = f"/dev/fd/{readable}"
    if option == "service_account_file":
        fingerprint(service_account_file=path)
    else:
        monkeypatch.setenv(option, path)
        fingerprint()
    assert os.read(readable, 9) == b"key"
    os.close(readable)
