# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A sample of the ways to authenticate, end to end, and all that involves Ansible. The rest is in tests/operation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NO_CREDENTIALS, Mint, MintEach
from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, Ansible
from tests.operation.test_authentication import GOOGLE_TOKEN_URI, SCOPE, STAGING, assert_no_secret, minted

both_ways = pytest.mark.usefixtures("both_ways")


@both_ways
def test_key_authenticates_and_its_non_secret_fields_are_not_redacted_from_the_token(
    mint: Mint, emulator: Emulator, key: dict[str, str]
) -> None:
    """The key is a mapping here; in most other tests, it is in a file that the environment names.

    Ansible redacts all values of a no_log option wherever they occur, even within a token.
    """
    emulator.fail({"path": "enrollmentTokens", "body": '{"token": "a-token-of-an-emulator"}'})
    result = mint(
        environment=NO_CREDENTIALS, service_account_contents={**key, "project_id": "emulator", "client_id": "o"}
    )
    assert result["enrollment_token"]["token"] == "a-token-of-an-emulator"
    assert key["private_key_id"] not in result["_output"]
    exchange, request = emulator.journal()
    assert exchange["path"] == "/token"
    claims = exchange["body"]["assertion"]
    assert (claims["iss"], claims["scope"], claims["aud"]) == (STAGING, SCOPE, GOOGLE_TOKEN_URI)
    assert request["authorization"] == "Bearer"


@both_ways
def test_secrets_in_a_task_are_never_printed(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, key: dict[str, str]
) -> None:
    """This includes the highest verbosity, and modules that fail before they read the credentials."""
    token = emulator.access_token()
    tasks: list[dict[str, Any]] = []
    for credentials in (
        {"service_account_contents": key},
        {"service_account_contents": json.dumps(key)},
        {"access_token": f"{token}\n"},
    ):
        good = {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice", **credentials}
        cases = [
            good,
            {**good, "color": "red"},
            {**good, "enterprise_id": "LC04"},
            credentials,
            {**good, "service_account_file": "/does/not/exist.json"},
            {**good, "enterprise_id": "a/b"},
            {**good, "enrollment_token_type": "tablet"},
            {**good, "auth_kind": "application"},
        ]
        # As a module, a sample, since each takes most of a second: the same code checks the options.
        used = len(cases) if ansible.in_process else 1 if tasks else 5
        tasks += [{ENROLLMENT: options} for options in cases[:used]]
    environment = {name: value for name, value in environment.items() if not name.startswith("GCP_")}
    results = ansible.tasks(*tasks, environment=environment, arguments=["-vvvv"])
    succeeded = [number for number, result in enumerate(results) if not result["failed"]]
    assert succeeded == ([0, 8, 16] if ansible.in_process else [0, 5, 6])
    assert "module_args" in results[0]["_output"]
    assert_no_secret(results[0], {**key, "private_key": f"{key['private_key']}\n{token}"})


def test_task_options_override_the_environment(mint: Mint, emulator: Emulator) -> None:
    """Otherwise, a task with its own credentials would conflict with those that AWX injects into a job."""
    result = mint(auth_kind="accesstoken", access_token=emulator.access_token())
    assert minted(result, emulator), result
    assert [request["path"] for request in emulator.journal()] == [emulator.mints()[0]["path"]], "no key was used"


def test_machine_account_is_found_and_can_impersonate(
    mint_each: MintEach, emulator: Emulator, google_hosts: dict[str, str | None]
) -> None:
    host = emulator.address.url.removeprefix("http://")
    cases: list[dict[str, Any]] = [
        {"auth_kind": "application"},
        {"auth_kind": "machineaccount"},
        {"auth_kind": "machineaccount", "impersonate_service_account": STAGING},
    ]
    environment = {**google_hosts, "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    results = mint_each(*cases, environment=environment)
    assert [result["enrollment_token"]["token"] for result in results] == [
        issued["token"] for issued in emulator.tokens()
    ]
    api = "www.googleapis.com:443"
    assert emulator.proxied() == [api, api, "iamcredentials.googleapis.com:443", api]
    tokens = [request["path"] for request in emulator.journal() if request["path"].endswith("/token")]
    names = {"default", STAGING}  # of the same account
    assert len(tokens) == len(cases)
    assert set(tokens) <= {f"/computeMetadata/v1/instance/service-accounts/{name}/token" for name in names}


def test_missing_credentials_are_explained(mint: Mint, emulator: Emulator) -> None:
    result = mint(environment=NO_CREDENTIALS)
    assert "application default credentials" in result["msg"]
    assert emulator.journal() == []
    # Only a request over the network could find a metadata server, so check mode does not fail.
    assert mint(environment=NO_CREDENTIALS, check=True)["enrollment_token"]["token"] is None


def test_check_mode_sends_no_request(
    mint_each: MintEach, emulator: Emulator, google_hosts: dict[str, str | None]
) -> None:
    host = emulator.address.url.removeprefix("http://")
    environment = {**google_hosts, "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    cases: list[dict[str, Any]] = [
        {"service_account_file": emulator.address.service_account_file},
        {"access_token": "ya29.anything"},
        {},  # application default credentials, from the metadata server
        {"auth_kind": "machineaccount", "impersonate_service_account": STAGING},
    ]
    for result in mint_each(*cases, environment=environment, check=True):
        assert result["enrollment_token"]["token"] is None
    assert emulator.journal() == []
    assert emulator.proxied() == []


@both_ways
def test_tracebacks_contain_no_secret(mint: Mint, emulator: Emulator) -> None:
    """Ansible can print tracebacks, with the messages of all chained exceptions."""
    quoted = "assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl and Bearer hunter2"
    emulator.fail({"path": "^/token$", "status": 400, "body": quoted, "times": None})
    result = mint(environment={"ANSIBLE_DISPLAY_TRACEBACK": "always", "ANSIBLE_VERBOSITY": "4"})
    assert result["failed"]
    assert "eyJ" not in result["_output"]
    assert "hunter2" not in result["_output"]


@pytest.mark.parametrize(
    ("in_process", "module", "library"),
    [
        (True, "urllib3", "urllib3"),
        (True, "requests", "requests"),
        (True, "google.auth", "google-auth"),
        (False, "google.auth", "google-auth"),
    ],
)
def test_missing_libraries_are_named(
    ansible: Ansible, mint: Mint, tmp_path: Path, in_process: bool, module: str, library: str
) -> None:
    """A package that fails to import shadows the installed library."""
    ansible.in_process = in_process
    path = tmp_path / "broken" / module.replace(".", "/")
    path.mkdir(parents=True)
    (path / "__init__.py").write_text(f"raise ImportError('No module named {module}')", encoding="utf-8")
    result = mint(environment={"PYTHONPATH": str(tmp_path / "broken")})
    assert result["failed"]
    assert f"Failed to import the required Python library ({library})" in result["msg"]


@both_ways
def test_module_defaults_apply_to_the_action_group(ansible: Ansible, emulator: Emulator) -> None:
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {
            "group/emm.android_enterprise.android_enterprise": {
                "api_url": emulator.address.url,
                "auth_kind": "serviceaccount",
                "service_account_file": emulator.address.service_account_file,
            }
        },
        "tasks": [{ENROLLMENT: {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice"}}],
    }
    run = ansible.play([play])
    assert run.returncode == 0, run.output
    assert minted(run.of(ENROLLMENT)[0], emulator)
