# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""All ways to authenticate, up to a minted token, except what google-auth reads from the environment on import."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from awx_plugins.credentials.injectors import gce
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.conftest import NO_CREDENTIALS, Mint, MintEach
from tests.emulator.process import Emulator

SCOPE = "https://www.googleapis.com/auth/androidenterprise"
STAGING = "emm-staging@emulator.iam.gserviceaccount.com"
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # the audience, whatever token URI the key has


def minted(result: dict[str, Any], emulator: Emulator) -> bool:
    """Whether a run minted exactly one token and returned it."""
    return [issued["token"] for issued in emulator.tokens()] == [result.get("enrollment_token", {}).get("token")]


@pytest.mark.parametrize("form", ["file", "text", "mapping", "file in environment", "text in environment"])
def test_service_account_key_authenticates(mint: Mint, emulator: Emulator, key: dict[str, str], form: str) -> None:
    file, text = emulator.address.service_account_file, json.dumps(key)
    cases: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
        "file": ({"auth_kind": "serviceaccount", "service_account_file": file}, {}),
        "text": ({"service_account_contents": text}, {}),
        "mapping": ({"service_account_contents": key}, {}),
        "file in environment": ({}, {"GCP_SERVICE_ACCOUNT_FILE": file}),
        "text in environment": ({}, {"GCP_SERVICE_ACCOUNT_CONTENTS": text}),
    }
    options, environment = cases[form]
    result = mint(environment={**NO_CREDENTIALS, **environment}, **options)
    assert minted(result, emulator), result
    exchange, request = emulator.journal()
    assert exchange["path"] == "/token"
    claims = exchange["body"]["assertion"]
    assert (claims["iss"], claims["scope"], claims["aud"]) == (STAGING, SCOPE, GOOGLE_TOKEN_URI)
    assert request["authorization"] == "Bearer"


def test_non_secret_key_fields_are_not_redacted_from_the_token(
    mint: Mint, emulator: Emulator, key: dict[str, str]
) -> None:
    emulator.fail({"path": "enrollmentTokens", "body": '{"token": "a-token-of-an-emulator"}'})
    result = mint(
        environment=NO_CREDENTIALS, service_account_contents={**key, "project_id": "emulator", "client_id": "o"}
    )
    assert result["enrollment_token"]["token"] == "a-token-of-an-emulator"
    assert key["private_key_id"] not in result["_output"]


def test_scopes_are_requested_and_wrong_scopes_fail(mint: Mint, emulator: Emulator) -> None:
    wide = [SCOPE, "https://www.googleapis.com/auth/cloud-platform"]
    assert minted(mint(scopes=wide), emulator)
    assert emulator.journal()[0]["body"]["assertion"]["scope"] == " ".join(wide)
    result = mint(environment={"GCP_SCOPES": f"{wide[1]}"})
    assert (result["http_status"], result["reason"]) == (403, "insufficientPermissions")
    result = mint(scopes=["androidenterprise"])
    assert result["reason"] == "invalid_scope"
    assert SCOPE in result["msg"]


@pytest.mark.parametrize("where", ["option", "environment"])
def test_access_token_is_used_without_an_exchange(mint: Mint, emulator: Emulator, where: str) -> None:
    token = emulator.access_token() + "\n"  # as read from a file or a command
    if where == "option":
        result = mint(environment=NO_CREDENTIALS, access_token=token)
    else:
        result = mint(environment={**NO_CREDENTIALS, "GCP_ACCESS_TOKEN": token})
    assert minted(result, emulator), result
    assert len(emulator.journal()) == 1


def test_task_options_override_the_environment(mint: Mint, emulator: Emulator) -> None:
    """Otherwise, a task with its own credentials would conflict with those that AWX injects into a job."""
    result = mint(auth_kind="accesstoken", access_token=emulator.access_token())
    assert minted(result, emulator), result
    assert [request["path"] for request in emulator.journal()] == [emulator.mints()[0]["path"]], "no key was used"


@pytest.mark.parametrize("where", ["environment variable", "gcloud login", "workload identity federation"])
def test_application_default_credentials_are_found(
    mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None], tmp_path: Path, where: str
) -> None:
    address = emulator.address
    environment: dict[str, str | None] = {}
    if where == "environment variable":
        environment["GOOGLE_APPLICATION_CREDENTIALS"] = address.service_account_file
    elif where == "gcloud login":
        directory = tmp_path / ".config" / "gcloud"
        directory.mkdir(parents=True)
        shutil.copy(address.gcloud_login_file, directory / "application_default_credentials.json")
    else:
        environment["GOOGLE_APPLICATION_CREDENTIALS"] = address.workload_identity_file
    result = mint(environment={**google_hosts, **environment})
    assert minted(result, emulator), result
    expected = {
        "environment variable": ["www.googleapis.com:443"],  # the key names the emulator's own address
        "gcloud login": ["oauth2.googleapis.com:443", "www.googleapis.com:443"],
        "workload identity federation": ["sts.googleapis.com:443", "www.googleapis.com:443"],
    }
    assert emulator.proxied() == expected[where]


def test_machine_account_uses_the_metadata_server(mint: Mint, emulator: Emulator) -> None:
    host = emulator.address.url.removeprefix("http://")
    environment = {**NO_CREDENTIALS, "GCE_METADATA_HOST": host}
    result = mint(environment=environment, auth_kind="machineaccount", service_account_email=STAGING)
    assert minted(result, emulator), result
    tokens = [request["path"] for request in emulator.journal() if request["path"].endswith("/token")]
    assert tokens == [f"/computeMetadata/v1/instance/service-accounts/{STAGING}/token"]


def test_machine_account_unknown_to_the_metadata_server_fails(mint: Mint, emulator: Emulator) -> None:
    email = "other@emulator.iam.gserviceaccount.com"
    host = emulator.address.url.removeprefix("http://")
    environment = {**NO_CREDENTIALS, "GCE_METADATA_HOST": host}
    result = mint(environment=environment, auth_kind="machineaccount", service_account_email=email)
    assert f"the metadata server responded with HTTP 404 for {email}" in result["msg"]
    assert emulator.mints() == []


@pytest.mark.parametrize("source", ["serviceaccount", "application"])
def test_impersonated_account_mints_a_token(
    mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None], source: str
) -> None:
    environment = {"GOOGLE_APPLICATION_CREDENTIALS": emulator.address.builder_file}
    options = {"service_account_file": emulator.address.builder_file} if source == "serviceaccount" else {}
    result = mint(
        environment={**google_hosts, **environment}, auth_kind=source, impersonate_service_account=STAGING, **options
    )
    assert minted(result, emulator), result
    assert emulator.proxied() == ["iamcredentials.googleapis.com:443", "www.googleapis.com:443"]
    [request] = emulator.journal("generateAccessToken")
    assert json.loads(request["body"])["scope"] == [SCOPE]


def test_impersonation_without_permission_is_explained(
    mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None]
) -> None:
    result = mint(
        environment=google_hosts,
        service_account_file=emulator.address.service_account_file,
        impersonate_service_account="other@emulator.iam.gserviceaccount.com",
    )
    assert result["reason"] == "PERMISSION_DENIED"
    assert "iam.serviceAccounts.getAccessToken" in result["msg"]
    assert "Service Account Token Creator" in result["msg"]


def test_credential_injected_by_awx_is_used(
    mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None], key: dict[str, str], tmp_path: Path
) -> None:
    """AWX's own injector sets the environment variables."""
    credential = Credential(
        {"username": key["client_email"], "project": "emulator", "ssh_key_data": key["private_key"]}
    )
    injected: dict[str, Any] = {}
    (tmp_path / "env").mkdir()
    path = gce(credential, injected, str(tmp_path))
    for name, value in injected.items():  # a job mounts the directory under another name
        if value.startswith("/runner/"):
            injected[name] = path
    assert set(json.loads(Path(path).read_text(encoding="utf-8"))) == {
        "type",
        "private_key",
        "client_email",
        "project_id",
        "token_uri",
    }
    result = mint(environment={**google_hosts, **injected})
    assert minted(result, emulator), result
    assert emulator.proxied() == ["oauth2.googleapis.com:443", "www.googleapis.com:443"]


def _changed_key(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], str]:
    def make(key: dict[str, Any]) -> str:
        changed = dict(key)
        return json.dumps(change(changed) or changed)

    return make


def _elliptic_curve_key(_key: dict[str, Any]) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


UNUSABLE_KEYS: list[tuple[str, Callable[[dict[str, Any]], str], list[str]]] = [
    ("not JSON", lambda _key: "not JSON", ["not valid JSON"]),
    ("array", lambda _key: "[1]", ["not a JSON object"]),
    ("no type", _changed_key(lambda key: key.pop("type") and None), ["has no type"]),
    (
        "user login",
        _changed_key(lambda key: key.update(type="authorized_user")),
        ["its type is 'authorized_user'", "GOOGLE_APPLICATION_CREDENTIALS"],
    ),
    (
        "incomplete",
        _changed_key(lambda key: [key.pop(name) for name in ("client_email", "token_uri")] and None),
        ["Missing: client_email, token_uri"],
    ),
    ("truncated", _changed_key(lambda key: key.update(private_key=key["private_key"][:600])), ["cannot be used"]),
    (
        "escaped line breaks",
        _changed_key(lambda key: key.update(private_key=key["private_key"].replace("\n", "\\n"))),
        ["private key", "line breaks"],
    ),
    ("elliptic curve", _changed_key(lambda key: key.update(private_key=_elliptic_curve_key(key))), ["RSA"]),
    ("empty", _changed_key(lambda key: key.update(private_key="")), ["private key"]),
]


@pytest.mark.parametrize("check", [False, True])
def test_unusable_key_is_refused_before_any_request(
    mint_each: MintEach,
    emulator: Emulator,
    key: dict[str, Any],
    tmp_path: Path,
    subtests: pytest.Subtests,
    check: bool,
) -> None:
    paths = [tmp_path / f"{case[0]}.json" for case in UNUSABLE_KEYS]
    for path, (_name, make, _fragments) in zip(paths, UNUSABLE_KEYS, strict=True):
        path.write_text(make(key), encoding="utf-8")
    results = mint_each(
        *({"service_account_file": str(path)} for path in paths), environment=NO_CREDENTIALS, check=check
    )
    for result, path, (name, _make, fragments) in zip(results, paths, UNUSABLE_KEYS, strict=True):
        with subtests.test(key=name):
            assert result["failed"]
            for fragment in [*fragments, "option 'service_account_file'", str(path)]:
                assert fragment in result["msg"]
            assert_no_secret(result, key)
    assert emulator.journal() == []


INVALID_OPTIONS: list[tuple[dict[str, Any], dict[str, str], list[str]]] = [
    (
        {"auth_kind": "serviceaccount"},
        {},
        ["requires service_account_file or service_account_contents", "GCP_SERVICE_ACCOUNT_FILE"],
    ),
    ({"auth_kind": "accesstoken"}, {}, ["requires access_token", "GCP_ACCESS_TOKEN"]),
    ({}, {"GCP_AUTH_KIND": "accesstoken"}, ["environment variable GCP_AUTH_KIND", "requires access_token"]),
    ({}, {"GCP_AUTH_KIND": "magic"}, ["GCP_AUTH_KIND", "'magic'", "serviceaccount"]),
    ({"auth_kind": "magic"}, {}, ["auth_kind", "magic", "serviceaccount"]),
    (
        {"service_account_file": "/x.json", "access_token": "ya29.hunter2"},
        {},
        ["option 'service_account_file' and option 'access_token'"],
    ),
    (
        {"service_account_file": "/x.json", "service_account_contents": "{}"},
        {},
        ["option 'service_account_file' and option 'service_account_contents' are both set"],
    ),
    (
        {"auth_kind": "application", "access_token": "ya29.hunter2"},
        {},
        ["option 'access_token'", "auth_kind=accesstoken", "application (from: option 'auth_kind')"],
    ),
    (
        {"access_token": "ya29.hunter2"},
        {"GCP_AUTH_KIND": "serviceaccount"},
        ["option 'access_token'", "serviceaccount (from: environment variable GCP_AUTH_KIND)"],
    ),
    (
        {"access_token": "ya29.hunter2", "impersonate_service_account": STAGING},
        {},
        ["option 'impersonate_service_account'", "accesstoken"],
    ),
    (
        {"auth_kind": "machineaccount", "impersonate_service_account": "staging"},
        {},
        ["option 'impersonate_service_account' is 'staging'", "e-mail address"],
    ),
    ({"access_token": "hunter2 hunter2"}, {}, ["option 'access_token'", "without spaces"]),
    (
        {"service_account_file": "/does/not/exist.json"},
        {},
        ["option 'service_account_file' (/does/not/exist.json)", "No such file"],
    ),
    (
        {},
        {"GCP_SERVICE_ACCOUNT_FILE": "~/nowhere.json"},
        ["environment variable GCP_SERVICE_ACCOUNT_FILE", "/nowhere.json", "No such file"],
    ),
    ({"service_account_file": "/"}, {}, ["Is a directory"]),
    ({"service_account_file": "/bin/true"}, {}, ["not a text file"]),
    ({"service_account_contents": 7}, {}, ["option 'service_account_contents'", "not a JSON object"]),
    (
        {"auth_kind": "application"},
        {"GOOGLE_APPLICATION_CREDENTIALS": "/does/not/exist.json"},
        ["application default credentials", "/does/not/exist.json"],
    ),
]


@pytest.mark.parametrize("check", [False, True])
def test_invalid_credential_options_are_refused_before_any_request(
    mint_each: MintEach, emulator: Emulator, subtests: pytest.Subtests, check: bool
) -> None:
    cases = INVALID_OPTIONS[:4] if check else INVALID_OPTIONS  # a sample: check mode runs the same checks
    results = mint_each(
        *(case[0] for case in cases),
        environment=NO_CREDENTIALS,
        environments=[case[1] for case in cases],
        check=check,
    )
    for result, (options, variables, fragments) in zip(results, cases, strict=True):
        with subtests.test(options=options, variables=variables):
            assert result["failed"]
            for fragment in fragments:
                assert fragment in result["msg"]
            assert "hunter2" not in result["msg"]
    assert emulator.journal() == []


@pytest.mark.parametrize("kind", ["key", "access token", "impersonation"])
def test_check_mode_sends_no_request(
    mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None], kind: str
) -> None:
    options: dict[str, Any] = {
        "key": {"service_account_file": emulator.address.service_account_file},
        "access token": {"access_token": "ya29.anything"},
        "impersonation": {"auth_kind": "machineaccount", "impersonate_service_account": STAGING},
    }[kind]
    assert mint(environment=google_hosts, check=True, **options)["enrollment_token"]["token"] is None
    assert emulator.journal() == []
    assert emulator.proxied() == []


def test_check_mode_does_not_probe_for_a_metadata_server(mint: Mint, emulator: Emulator) -> None:
    """Only a request over the network could find one."""
    environment = {**NO_CREDENTIALS, "NO_GCE_CHECK": None}
    assert mint(environment=environment, check=True)["enrollment_token"]["token"] is None
    assert emulator.journal() == []


def test_revoked_key_is_explained(mint: Mint, emulator: Emulator, key: dict[str, str]) -> None:
    emulator.revoke(STAGING)
    result = mint()
    assert result["reason"] == "invalid_grant"
    assert "Invalid JWT Signature" in result["msg"]
    assert "deleted, disabled, or replaced" in result["msg"]
    assert_no_secret(result, key)
    assert emulator.mints() == []


def test_deleted_account_is_explained(mint: Mint, key: dict[str, str]) -> None:
    key["client_email"] = "gone@emulator.iam.gserviceaccount.com"
    result = mint(environment=NO_CREDENTIALS, service_account_contents=json.dumps(key))
    assert result["reason"] == "invalid_grant"
    assert "account was deleted" in result["msg"]


def test_revoked_login_is_explained(mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None]) -> None:
    error = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    emulator.fail({"path": "^/token$", "status": 400, "body": json.dumps(error)})
    environment = {"GOOGLE_APPLICATION_CREDENTIALS": emulator.address.gcloud_login_file}
    result = mint(environment={**google_hosts, **environment}, auth_kind="application")
    assert result["reason"] == "invalid_grant"
    assert "the credentials were revoked or have expired" in result["msg"]


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_wrong_clock_is_explained(mint: Mint, emulator: Emulator, key: dict[str, str], seconds: int) -> None:
    emulator.advance_clock(seconds)
    result = mint()
    assert result["reason"] == "invalid_grant"
    assert "the clock of this machine is wrong; it shows 20" in result["msg"]
    assert_no_secret(result, key)


def test_expired_access_token_is_explained(mint: Mint, emulator: Emulator) -> None:
    token = emulator.access_token(lifetime=60)
    emulator.advance_clock(61)
    result = mint(environment=NO_CREDENTIALS, access_token=token)
    assert (result["http_status"], result["status"]) == (401, "UNAUTHENTICATED")
    assert "access token has expired" in result["msg"]
    assert token not in result["_output"]
    assert len(emulator.journal()) == 1


def test_invalid_token_responses_fail_and_show_no_secret(
    mint_each: MintEach, emulator: Emulator, subtests: pytest.Subtests
) -> None:
    responses = [
        ("<html><title>Sign in</title>hunter2</html>", 200),
        ("<html><title>Sign in</title>hunter2</html>", 403),
        ("", 200),
        ("", 400),
        ("[]", 200),
        ("null", 200),
        ('"text"', 200),
        ("{}", 200),
        ('{"access_token": null}', 200),
        ('{"access_token": ""}', 200),
        ('{"access_token": "t", "expires_in": "soon"}', 200),
        ('{"access_token": "t", "expires_in": 1e300}', 200),
        ('{"access_token": "t\u00f6ken", "expires_in": 3600}', 200),
        ('{"access_token": "hun ter\\nhunter2", "expires_in": 3600}', 200),
        ('{"access_token": ["hunter2"], "expires_in": 3600}', 200),
        ("[" * 100_000, 200),
        ('{"error": 7}', 400),
        ('{"error": {"message": 7}}', 400),
    ]
    emulator.fail(
        *(
            {"path": "^/token$", "body": body, "status": status, "content_type": "text/html"}
            for body, status in responses
        )
    )
    for result, (body, status) in zip(mint_each(*[{}] * len(responses)), responses, strict=True):
        with subtests.test(body=body, status=status):
            assert result["failed"]
            assert "access token" in result["msg"]
            assert "hunter2" not in result["_output"]
            assert "Traceback" not in result["_output"]
    assert len(emulator.journal("/token")) == len(responses)
    assert emulator.mints() == []


def test_assertion_quoted_in_an_error_is_not_shown(mint: Mint, emulator: Emulator) -> None:
    """An error page or description may quote the request."""
    quoted = "assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl and Bearer hunter2"
    for body in (
        json.dumps({"error": "invalid_request", "error_description": quoted}),
        json.dumps({"error": quoted}),
        quoted,
    ):
        emulator.fail({"path": "^/token$", "status": 400, "body": body})
        output = mint()["_output"]
        assert "eyJ" not in output
        assert "hunter2" not in output


@pytest.mark.parametrize("content", ["[]", "7", "null", '{"type": "external_account", "audience": 7}', "{", ""])
def test_invalid_application_default_credentials_are_refused(
    mint: Mint, emulator: Emulator, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "adc.json"
    path.write_text(content, encoding="utf-8")
    for check in (False, True):
        result = mint(environment={**NO_CREDENTIALS, "GOOGLE_APPLICATION_CREDENTIALS": str(path)}, check=check)
        assert "application default credentials cannot be used" in result["msg"]
        assert "Traceback" not in result["_output"]
    assert emulator.journal() == []


def test_application_default_credentials_with_an_unusable_key_are_refused(
    mint: Mint, emulator: Emulator, tmp_path: Path, key: dict[str, Any]
) -> None:
    path = tmp_path / "adc.json"
    path.write_text(json.dumps({**key, "private_key": _elliptic_curve_key(key)}), encoding="utf-8")
    result = mint(environment={**NO_CREDENTIALS, "GOOGLE_APPLICATION_CREDENTIALS": str(path)})
    assert "RSA" in result["msg"]
    assert emulator.journal() == []


def assert_no_secret(result: dict[str, Any], key: dict[str, str]) -> None:
    """Assert that the output contains no line of the private key and nothing that looks like an assertion."""
    lines = [line for line in key["private_key"].splitlines() if not line.startswith("-----")]
    assert not [line for line in lines if line and line in result["_output"]]
    assert "eyJ" not in result["_output"]
