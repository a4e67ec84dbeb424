# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The behavior of google-auth itself, and the messages about it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth import authorizer
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.authorizer import Authorizer
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session

from tests.unit.plugins.module_utils.authorization import AuthorizationServer

API = "https://www.googleapis.com"
EMAIL = "emm@project.iam.gserviceaccount.com"
POOL = {
    "type": "external_account",
    "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
    "credential_source": {"executable": {"command": "/bin/false"}},
}
IMPERSONATED = {
    "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
    f"{EMAIL}:generateAccessToken"
}


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the only application default credentials."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "credentials.json"))
    return tmp_path


def failure(directory: Path, credentials: Mapping[str, Any], **options: Any) -> EmmError:
    """The error when application default credentials are exchanged."""
    (directory / "credentials.json").write_text(json.dumps(credentials), encoding="utf-8")
    session = Session(ConnectionOptions(API, 1, 0, None), rate_limited_prefix=f"{API}/")
    with pytest.raises(EmmError) as raised:
        Authorizer(AuthOptions.from_options(options, {}), session).header()
    return raised.value


@pytest.mark.parametrize("allowed", [None, "true", "0"])
@pytest.mark.parametrize(
    ("credentials", "options"),
    [(POOL, {}), ({**POOL, **IMPERSONATED}, {}), (POOL, {"impersonate_service_account": EMAIL})],
)
def test_disallowed_executable_is_explained(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    credentials: Mapping[str, Any],
    options: Mapping[str, Any],
    allowed: str | None,
) -> None:
    monkeypatch.delenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", raising=False)
    if allowed:
        monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", allowed)
    error = failure(directory, credentials, **options)
    assert "did not run the executable" in error.message
    assert "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is not set to 1" in str(error.likely_cause)


def test_other_errors_do_not_mention_the_executable(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    script = directory / "executable"
    script.write_text('#!/bin/sh\necho \'{"token": "hunter2"}\'\n', encoding="utf-8")
    script.chmod(0o700)
    error = failure(directory, {**POOL, "credential_source": {"executable": {"command": str(script)}}})
    assert "executable" not in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("address", "status", "shown"),
    [
        ("https://user:hunter2@127.0.0.1:9/token", None, "No access token from https://[redacted]@127.0.0.1:9/token: "),
        (
            "http://user:hunter2@example.com/token",
            None,
            "Refused to send credentials to http://[redacted]@example.com/token: plain HTTP is allowed",
        ),
        ("https://user:hunter2@example.com/token", 503, "https://[redacted]@example.com/token responded with HTTP 503"),
    ],
)
def test_password_in_a_token_uri_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, directory: Path, address: str, status: int | None, shown: str
) -> None:
    def send(*_args: object, **_kwargs: object) -> requests.Response:
        response = requests.Response()
        response.status_code = status or 0
        response.raw = io.BytesIO()
        return response

    if status:
        monkeypatch.setattr(Session, "send", send)
    (directory / "token").write_text("identity", encoding="utf-8")
    source = {"file": str(directory / "token")}
    error = failure(directory, {**POOL, "token_url": address, "credential_source": source})
    assert shown in str(error)
    assert "hunter2" not in str(error)
    assert "user" not in str(error)


def test_trust_boundaries_are_not_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    server = AuthorizationServer()
    monkeypatch.setattr(authorizer, "load", server.load)
    monkeypatch.setenv("GOOGLE_AUTH_TRUST_BOUNDARY_ENABLED", "true")
    enabled: list[str | None] = []
    server.on_exchange = lambda: enabled.append(os.environ.get("GOOGLE_AUTH_TRUST_BOUNDARY_ENABLED"))
    session = Session(ConnectionOptions(API, 1, 0, None), rate_limited_prefix=f"{API}/")
    assert set(Authorizer(AuthOptions.from_options({}, {}), session).header()) == {"authorization"}
    assert enabled == [None], "versions 2.41 to 2.49 of google-auth would ask"
