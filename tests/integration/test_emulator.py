# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Test the emulator with Google's own client library, and against the documented rules of the service."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import googleapiclient.errors
import pytest
import requests
from google.auth import jwt
from google.auth.crypt import RSASigner

from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY

ENTERPRISE = "LC03demo00"
USER = "100000000000000000001"
SCOPE = "https://www.googleapis.com/auth/androidenterprise"


def test_new_user_can_be_provisioned(library: Any, emulator: Emulator) -> None:
    """From users.insert to an enabled account on a device."""
    user = (
        library.users()
        .insert(enterpriseId=ENTERPRISE, body={"accountIdentifier": "asset#1", "accountType": "deviceAccount"})
        .execute()
    )
    assert user["managementType"] == "emmManaged"
    again = (
        library.users()
        .insert(
            enterpriseId=ENTERPRISE,
            body={"accountIdentifier": "asset#1", "accountType": "deviceAccount", "displayName": "Bench"},
        )
        .execute()
    )
    assert again == {**user, "displayName": "Bench"}, "an account identifier has only one user"
    path = {"enterpriseId": ENTERPRISE, "userId": user["id"]}
    assert library.users().get(**path).execute() == again
    assert library.devices().list(**path).execute() == {"device": []}
    token = library.users().generateAuthenticationToken(**path).execute()["token"]
    device = emulator.redeem(token)
    assert device["userId"] == user["id"]
    assert library.devices().list(**path).execute()["device"][0]["androidId"] == device["deviceId"]
    path["deviceId"] = device["deviceId"]
    assert library.devices().get(**path).execute()["managementType"] == "managedDevice"
    assert library.devices().getState(**path).execute() == {"accountState": "disabled"}
    enabled = {"accountState": "enabled"}
    assert library.devices().setState(**path, body=enabled).execute() == enabled
    assert library.devices().getState(**path).execute() == enabled


def test_google_managed_users_are_found_by_email(library: Any) -> None:
    found = library.users().list(enterpriseId=ENTERPRISE, email="sam@example.com").execute()["user"]
    assert [user["managementType"] for user in found] == ["googleManaged"]
    assert library.users().list(enterpriseId=ENTERPRISE, email="asset#001").execute() == {"user": []}


def test_enterprise_is_returned_if_it_exists(library: Any) -> None:
    enterprise = library.enterprises().get(enterpriseId=ENTERPRISE).execute()
    assert enterprise["name"] == "Example Staging"
    with pytest.raises(googleapiclient.errors.HttpError) as error:
        library.enterprises().get(enterpriseId="LC04").execute()
    assert error.value.status_code == 404


def test_tokens_expire_and_have_limited_uses(library: Any, emulator: Emulator) -> None:
    path = {"enterpriseId": ENTERPRISE, "userId": USER}

    def user_token() -> str:
        return str(library.users().generateAuthenticationToken(**path).execute()["token"])

    first = user_token()
    assert "deviceId" in emulator.redeem(first)
    assert emulator.redeem(first)["refused"] == "used"
    assert emulator.redeem("made-up")["refused"] == "unknown"
    spare = [user_token() for dummy in range(10)]
    for token in spare[:9]:
        assert "deviceId" in emulator.redeem(token)
    assert emulator.redeem(spare[9])["refused"] == "device_limit"
    with pytest.raises(googleapiclient.errors.HttpError, match="maximum number of devices"):
        user_token()
    enroll = library.enrollmentTokens()
    minute = enroll.create(
        enterpriseId=ENTERPRISE, body={"enrollmentTokenType": "userlessDevice", "duration": "60s"}
    ).execute()["token"]
    hour = enroll.create(enterpriseId=ENTERPRISE, body={"enrollmentTokenType": "userDevice"}).execute()
    assert hour["duration"] == "3600s"
    assert "deviceId" in emulator.redeem(minute)
    assert "deviceId" in emulator.redeem(minute)
    emulator.advance_clock(61)
    assert emulator.redeem(minute)["refused"] == "expired"
    assert "deviceId" in emulator.redeem(hour["token"])
    emulator.advance_clock(3600)
    assert emulator.redeem(hour["token"])["refused"] == "expired"


def test_google_managed_user_is_refused(library: Any) -> None:
    with pytest.raises(googleapiclient.errors.HttpError) as error:
        library.users().generateAuthenticationToken(enterpriseId=ENTERPRISE, userId="200000000000000000001").execute()
    assert error.value.status_code == 403


@pytest.mark.parametrize(
    ("body", "fragment"),
    [
        pytest.param({"enrollmentTokenType": "userDevice", "color": "red"}, 'Unknown name "color"', id="unknown"),
        pytest.param(
            {"enrollmentTokenType": "userDevice", "googleAuthenticationOptions": {"x": 1}},
            "Unknown name \"x\" at 'enrollment_token.google_authentication_options'",
            id="unknown-nested",
        ),
        pytest.param(
            {"enrollmentTokenType": "userDevice", "duration": {"seconds": 3600, "nanos": 0}},
            "'enrollment_token.duration' (Object)",
            id="nested-duration",
        ),
        pytest.param(
            {"enrollmentTokenType": "userDevice", "duration": 3600}, "'enrollment_token.duration'", id="number"
        ),
        pytest.param({"enrollmentTokenType": "userDevice", "duration": "3600"}, "must end with 's'", id="no-unit"),
        pytest.param({"enrollmentTokenType": "userDevice", "duration": "1h"}, "must end with 's'", id="hours"),
        pytest.param({"enrollmentTokenType": "userDevice", "duration": "59.999999999s"}, "one minute", id="short"),
        pytest.param({"enrollmentTokenType": "userDevice", "duration": "315576000001s"}, "duration", id="long"),
        pytest.param({"enrollmentTokenType": "tablet"}, "enrollment_token_type", id="enum"),
        pytest.param({"enrollmentTokenType": 1}, "enrollment_token_type", id="type"),
        pytest.param({"enrollmentTokenType": "enrollmentTokenTypeUnspecified"}, "must be specified", id="unspecified"),
        pytest.param({}, "must be specified", id="empty"),
        pytest.param(
            {
                "enrollmentTokenType": "userDevice",
                "googleAuthenticationOptions": {"requiredAccountEmail": "sam@example.com"},
            },
            "must be REQUIRED",
            id="email-alone",
        ),
    ],
)
def test_invalid_request_is_refused_as_by_google(
    library: Any, emulator: Emulator, body: dict[str, Any], fragment: str
) -> None:
    with pytest.raises(googleapiclient.errors.HttpError) as error:
        library.enrollmentTokens().create(enterpriseId=ENTERPRISE, body=body).execute()
    assert error.value.status_code == 400
    assert fragment in error.value.reason
    assert emulator.tokens() == []


@pytest.mark.parametrize("body", ["{}", "null", "x"])
def test_unexpected_body_or_query_is_refused(emulator: Emulator, body: str) -> None:
    url = f"{emulator.address.url}/androidenterprise/v1/enterprises/{ENTERPRISE}/users/{USER}/authenticationToken"
    headers = {"Authorization": f"Bearer {emulator.access_token()}", "Content-Type": "application/json"}
    assert requests.post(url, data=body, headers=headers, timeout=10).json()["error"]["status"] == "INVALID_ARGUMENT"
    assert requests.post(url, headers=headers, timeout=10).status_code == 200
    assert requests.post(f"{url}?color=red", headers=headers, timeout=10).status_code == 400
    assert requests.post(f"{url}?alt=json", headers=headers, timeout=10).status_code == 200


def test_access_tokens_are_checked(emulator: Emulator) -> None:
    url = f"{emulator.address.url}/androidenterprise/v1/enterprises/{ENTERPRISE}"

    def status(authorization: str) -> int:
        return requests.get(url, headers={"Authorization": authorization}, timeout=10).status_code

    token = emulator.access_token(lifetime=100)
    assert status(f"Bearer {token}") == 200
    assert status(f"Basic {token}") == 401
    assert status("Bearer made-up") == 401
    assert status("") == 401
    emulator.advance_clock(101)
    assert status(f"Bearer {token}") == 401
    other = emulator.access_token(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    assert status(f"Bearer {other}") == 403


@pytest.mark.parametrize(
    ("change", "error", "description"),
    [
        pytest.param({}, None, None, id="right"),
        pytest.param({"aud": "https://example.com/token"}, "invalid_grant", "audience", id="audience"),
        pytest.param({"iss": "nobody@example.com"}, "invalid_grant", "account not found", id="issuer"),
        pytest.param({"scope": "https://www.googleapis.com/auth/nothing"}, "invalid_scope", "scope", id="scope"),
        pytest.param({"scope": None}, "invalid_grant", "Invalid JWT", id="no-scope"),
        pytest.param({"iat": -7200, "exp": -3600}, "invalid_grant", "iat and exp", id="past"),
        pytest.param({"iat": 3600, "exp": 7200}, "invalid_grant", "iat and exp", id="future"),
        pytest.param({"exp": 7200}, "invalid_grant", "iat and exp", id="long"),
    ],
)
def test_assertions_are_checked(
    emulator: Emulator, change: dict[str, Any], error: str | None, description: str | None
) -> None:
    now = int(time.time())
    claims = {
        "iss": emulator.address.service_account_email,
        "aud": "https://oauth2.googleapis.com/token",
        "scope": SCOPE,
        "iat": 0,
        "exp": 3600,
        **change,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    claims.update({name: now + claims[name] for name in ("iat", "exp")})
    signer = RSASigner.from_service_account_file(emulator.address.service_account_file)
    response = _exchange(emulator, jwt.encode(signer, claims).decode())
    if error is None:
        assert response["token_type"] == "Bearer"
    else:
        assert response["error"] == error
        assert str(description) in response["error_description"]


def test_signatures_are_checked(emulator: Emulator) -> None:
    signer = RSASigner.from_service_account_file(emulator.address.builder_file)
    claims = {"iss": emulator.address.service_account_email}
    assertion = jwt.encode(signer, claims).decode()
    assert _exchange(emulator, assertion)["error_description"] == "Invalid JWT Signature."
    unsigned = re.sub(r"[^.]*$", "", assertion)
    assert _exchange(emulator, unsigned)["error"] == "invalid_grant"
    assert _exchange(emulator, "rubbish")["error"] == "invalid_grant"


def _exchange(emulator: Emulator, assertion: str) -> dict[str, Any]:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    content: dict[str, Any] = requests.post(f"{emulator.address.url}/token", data=form, timeout=10).json()
    return content


def test_journal_contains_no_secret(library: Any, emulator: Emulator) -> None:
    library.enrollmentTokens().create(enterpriseId=ENTERPRISE, body={"enrollmentTokenType": "userDevice"}).execute()
    text = str(emulator.journal())
    assert "ya29." not in text
    assert "eyJ" not in text
    assert emulator.tokens()[0]["token"] not in text


def test_credential_files_are_readable_only_by_their_owner(emulator: Emulator) -> None:
    for name in ("service_account_file", "builder_file", "gcloud_login_file", "workload_identity_file"):
        assert Path(getattr(emulator.address, name)).stat().st_mode & 0o077 == 0


def test_command_line_serves_until_interrupted(tmp_path: Path) -> None:
    """The emulator prints its URL and the path of the key, serves, and exits when interrupted."""
    command = [sys.executable, "-m", "tests.emulator", "--directory", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    try:
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if "GCP_SERVICE_ACCOUNT_FILE=" in line:
                break
        url = re.search(r"API +(http://127\.0\.0\.1:\d+)", text)
        key = re.search(r"Service account key +(\S+)", text)
        assert url is not None
        assert key is not None
        assert Path(key[1]).is_file()
        assert requests.get(f"{url[1]}/emulator/journal", timeout=10).json() == []
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()


def test_command_line_runs_a_command(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"enterprises": [{"id": "LC77", "name": "Own"}]}', encoding="utf-8")
    script = (
        "import os; print(os.environ['ANDROID_ENTERPRISE_API_URL'], 'GCP_ACCESS_TOKEN' in os.environ); "
        "raise SystemExit(7)"
    )
    command = [sys.executable, "-m", "tests.emulator", "--seed", str(seed), "--", sys.executable, "-c", script]
    environment = {**os.environ, "GCP_ACCESS_TOKEN": "token of the real service"}
    process = subprocess.run(
        command, capture_output=True, text=True, cwd=REPOSITORY, env=environment, timeout=60, check=False
    )
    assert process.returncode == 7
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ False\n", process.stdout)


def test_termination_ends_the_command_and_removes_the_files(tmp_path: Path) -> None:
    script = "import os, time; print(os.environ['GCP_SERVICE_ACCOUNT_FILE'], flush=True); time.sleep(60)"
    command = [sys.executable, "-m", "tests.emulator", "--", sys.executable, "-c", script]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment)
    try:
        assert process.stdout is not None
        key = Path(process.stdout.readline().strip())
        assert key.is_relative_to(tmp_path)
        assert key.is_file()
        process.terminate()
        assert process.wait(timeout=20) != 0
        assert process.stdout.read() == ""  # closed: the command has ended as well
        assert list(tmp_path.iterdir()) == []
    finally:
        process.kill()
        process.communicate()


def test_delayed_request_is_dropped_after_a_reset(emulator: Emulator) -> None:
    """Otherwise, a request of one test could mint a token in the next."""
    emulator.fail({"path": "enrollmentTokens", "latency": 2.0})
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(
            requests.post,
            f"{emulator.address.url}/androidenterprise/v1/enterprises/{ENTERPRISE}/enrollmentTokens",
            json={"enrollmentTokenType": "userDevice"},
            headers={"Authorization": f"Bearer {emulator.access_token()}"},
            timeout=60,
        )
        while not emulator.mints():
            time.sleep(0.01)
        emulator.reset()
        late.result()
    assert emulator.tokens() == []
