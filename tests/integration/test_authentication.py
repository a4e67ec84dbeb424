# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A slice of the ways to authenticate end to end, and all that Ansible has a part in; tests/operation has the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOTHING, Mint, MintEach
from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, Ansible
from tests.operation.test_authentication import GOOGLE_TOKEN_URI, SCOPE, STAGING, assert_no_secret, minted

both_ways = pytest.mark.usefixtures("both_ways")


@both_ways
@pytest.mark.parametrize("form", ["mapping", "file in environment"])
def test_service_account(mint: Mint, emulator: Emulator, key: dict[str, str], form: str) -> None:
    options = {"service_account_contents": key} if form == "mapping" else {}
    environment = {} if options else {"GCP_SERVICE_ACCOUNT_FILE": emulator.address.service_account_file}
    result = mint(environment={**NOTHING, **environment}, **options)
    assert minted(result, emulator), result
    exchange, request = emulator.journal()
    assert exchange["path"] == "/token"
    claims = exchange["body"]["assertion"]
    assert (claims["iss"], claims["scope"], claims["aud"]) == (STAGING, SCOPE, GOOGLE_TOKEN_URI)
    assert request["authorization"] == "Bearer"


@both_ways
def test_what_is_no_secret_in_a_key_does_not_damage_the_token(
    mint: Mint, emulator: Emulator, key: dict[str, str]
) -> None:
    """Ansible blanks out every value of a no_log option wherever it stands, be it within a token."""
    emulator.fail({"path": "enrollmentTokens", "body": '{"token": "a-token-of-an-emulator"}'})
    result = mint(environment=NOTHING, service_account_contents={**key, "project_id": "emulator", "client_id": "o"})
    assert result["enrollment_token"]["token"] == "a-token-of-an-emulator"
    assert key["private_key_id"] not in result["_output"]


@both_ways
@pytest.mark.parametrize("form", ["mapping", "text", "token"])
def test_secrets_in_a_task_are_never_printed(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, key: dict[str, str], form: str
) -> None:
    """Not at the highest verbosity, and not when the module ends before it has looked at them."""
    token = emulator.access_token()
    cases: dict[str, dict[str, Any]] = {
        "mapping": {"service_account_contents": key},
        "text": {"service_account_contents": json.dumps(key)},
        "token": {"access_token": f"{token}\n"},
    }
    credentials = cases[form]
    good = {"enterprise_id": "LC03demo00", "enrollment_token_type": "userDevice", **credentials}
    tasks: list[dict[str, Any]] = [
        {ENROLLMENT: good},
        {ENROLLMENT: {**good, "enterprise_id": "LC04"}},
        {ENROLLMENT: {**good, "enterprise_id": "a/b"}},
        {ENROLLMENT: {**good, "enrollment_token_type": "tablet"}},
        {ENROLLMENT: credentials},
        {ENROLLMENT: {**good, "colour": "red"}},
        {ENROLLMENT: {**good, "auth_kind": "application"}},
        {ENROLLMENT: {**good, "service_account_file": "/does/not/exist.json"}},
    ]
    environment = {name: value for name, value in environment.items() if not name.startswith("GCP_")}
    results = ansible.tasks(*tasks, environment=environment, arguments=["-vvvv"])
    assert [result["failed"] for result in results] == [False] + [True] * 7
    assert "module_args" in results[0]["_output"]
    assert_no_secret(results[0], {**key, "private_key": f"{key['private_key']}\n{token}"})


@both_ways
def test_the_task_goes_before_the_environment(mint: Mint, emulator: Emulator) -> None:
    """What AWX injects for a job must not be in the way of a task that names its own credentials."""
    result = mint(auth_kind="accesstoken", access_token=emulator.access_token())
    assert minted(result, emulator), result
    assert [request["path"] for request in emulator.journal()] == [emulator.mints()[0]["path"]], "no key was used"


@both_ways
@pytest.mark.parametrize("kind", ["application", "machineaccount"])
def test_the_account_of_a_machine(
    mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None], kind: str
) -> None:
    host = emulator.address.url.removeprefix("http://")
    result = mint(environment={**google_hosts, "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}, auth_kind=kind)
    assert minted(result, emulator), result
    assert emulator.proxied() == ["www.googleapis.com:443"]
    tokens = [request["path"] for request in emulator.journal() if request["path"].endswith("/token")]
    accounts = ["default", STAGING]  # the default account has a name, too
    assert tokens in [[f"/computeMetadata/v1/instance/service-accounts/{account}/token"] for account in accounts]


def test_impersonation(mint: Mint, emulator: Emulator, google_hosts: dict[str, str | None]) -> None:
    environment = {**google_hosts, "GCE_METADATA_HOST": emulator.address.url.removeprefix("http://")}
    result = mint(environment=environment, auth_kind="machineaccount", impersonate_service_account=STAGING)
    assert minted(result, emulator), result
    assert emulator.proxied() == ["iamcredentials.googleapis.com:443", "www.googleapis.com:443"]


def test_nothing_found_anywhere(mint: Mint, emulator: Emulator) -> None:
    result = mint(environment=NOTHING)
    assert "application default credentials" in result["msg"]
    assert emulator.journal() == []
    # Whether there is a metadata server, only the network can tell.
    assert mint(environment=NOTHING, check=True)["enrollment_token"]["token"] is None


@both_ways
def test_check_mode_never_sends_a_request(
    mint_each: MintEach, emulator: Emulator, google_hosts: dict[str, str | None]
) -> None:
    host = emulator.address.url.removeprefix("http://")
    environment = {**google_hosts, "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    cases: list[dict[str, Any]] = [
        {"service_account_file": emulator.address.service_account_file},
        {"access_token": "ya29.anything"},
        {},  # a metadata server
        {"auth_kind": "machineaccount", "impersonate_service_account": STAGING},
    ]
    for result in mint_each(*cases, environment=environment, check=True):
        assert result["enrollment_token"]["token"] is None
    assert emulator.journal() == []
    assert emulator.proxied() == []


@both_ways
def test_tracebacks_hold_no_secret(mint: Mint, emulator: Emulator) -> None:
    """Ansible can be told to print them, with the texts of the exceptions that were met on the way."""
    quoted = "assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl and Bearer hunter2"
    emulator.fail({"path": "^/token$", "status": 400, "body": quoted, "times": None})
    result = mint(environment={"ANSIBLE_DISPLAY_TRACEBACK": "always", "ANSIBLE_VERBOSITY": "4"})
    assert result["failed"]
    assert "eyJ" not in result["_output"]
    assert "hunter2" not in result["_output"]


@both_ways
@pytest.mark.parametrize(
    ("module", "library"), [("urllib3", "urllib3"), ("requests", "requests"), ("google.auth", "google-auth")]
)
def test_missing_libraries_are_named(mint: Mint, tmp_path: Path, module: str, library: str) -> None:
    """The interpreter of the tests has them; it finds the ones here first, which cannot be imported."""
    path = tmp_path / "broken" / module.replace(".", "/")
    path.mkdir(parents=True)
    (path / "__init__.py").write_text(f"raise ImportError('No module named {module}')", encoding="utf-8")
    result = mint(environment={"PYTHONPATH": str(tmp_path / "broken")})
    assert result["failed"]
    assert f"Failed to import the required Python library ({library})" in result["msg"]


@both_ways
def test_module_defaults_for_the_action_group(ansible: Ansible, emulator: Emulator) -> None:
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
