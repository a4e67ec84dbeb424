# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import googleapiclient.discovery
import pytest
from google.api_core.client_options import ClientOptions
from google.oauth2 import service_account

from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, USER_AUTH, Ansible

Mint = Callable[..., dict[str, Any]]
MintEach = Callable[..., list[dict[str, Any]]]
NOTHING: dict[str, str | None] = {"GCP_AUTH_KIND": None, "GCP_SERVICE_ACCOUNT_FILE": None}


@pytest.fixture(scope="session")
def _running_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def emulator(_running_emulator: Emulator) -> Emulator:
    """A running emulator in its initial state."""
    _running_emulator.reset()
    return _running_emulator


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    return Ansible(tmp_path)


@pytest.fixture(params=["in process", "as a module"])
def both_ways(request: pytest.FixtureRequest, ansible: Ansible) -> None:
    """Run the tests of a file twice: tasks come to the same, whichever way they run."""
    ansible.in_process = request.param == "in process"


@pytest.fixture
def as_module(ansible: Ansible) -> None:
    """Have tasks start modules."""
    ansible.in_process = False


@pytest.fixture
def measured(ansible: Ansible) -> None:
    """Have the coverage measured on the controller, too. It is enough for as many tests as come to every line there."""
    ansible.measured = True


@pytest.fixture
def environment(ansible: Ansible, emulator: Emulator) -> dict[str, str]:
    """The environment of a controller that is set up for the emulator."""
    return ansible.environment(**emulator.address.environment())


@pytest.fixture
def without_google_auth(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The same on a controller where google-auth cannot be imported."""
    package = tmp_path / "hidden" / "google" / "auth"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    return {**environment, "PYTHONPATH": str(package.parents[1])}


@pytest.fixture
def google_hosts(emulator: Emulator) -> dict[str, str | None]:
    """An environment in which the emulator answers as Google's own hosts, and nothing says how to authenticate."""
    return {
        **NOTHING,
        "ANDROID_ENTERPRISE_API_URL": None,
        "HTTPS_PROXY": emulator.address.proxy_url,
        "REQUESTS_CA_BUNDLE": emulator.address.ca_file,
    }


@pytest.fixture
def library(emulator: Emulator) -> Any:
    """Google's client library, led to the emulator."""
    credentials = service_account.Credentials.from_service_account_file(
        emulator.address.service_account_file, scopes=["https://www.googleapis.com/auth/androidenterprise"]
    )
    options = ClientOptions(api_endpoint=emulator.address.url)
    return googleapiclient.discovery.build("androidenterprise", "v1", credentials=credentials, client_options=options)


@pytest.fixture
def mint(ansible: Ansible, emulator: Emulator, environment: dict[str, str]) -> Mint:
    """Run one of the modules: the enrollment token's, or with ``user_id`` the other one; its result.

    ``environment`` is added to that of a controller that is set up for the emulator; None there takes one away.
    """

    def run(
        *, environment: Mapping[str, str | None] | None = None, check: bool = False, **options: Any
    ) -> dict[str, Any]:
        clean = _merge(base, environment or {})
        return ansible.tasks(_task(emulator, options), environment=clean, arguments=["--check"] if check else [])[0]

    base = environment
    return run


@pytest.fixture
def mint_each(ansible: Ansible, emulator: Emulator, environment: dict[str, str]) -> MintEach:
    """Run a module once for each of several sets of options, in one play, since starting one takes a while.

    ``environments`` are added for one run each; they cannot take a variable away, as ``environment`` can for all.
    """

    def run(
        *cases: Mapping[str, Any],
        environment: Mapping[str, str | None] | None = None,
        environments: Sequence[Mapping[str, str]] = (),
        check: bool = False,
    ) -> list[dict[str, Any]]:
        tasks = [_task(emulator, options) for options in cases]
        for task, variables in zip(tasks, environments, strict=False):
            task["environment"] = dict(variables)
        clean = _merge(base, environment or {})
        return ansible.tasks(*tasks, environment=clean, arguments=["--check"] if check else [])

    base = environment
    return run


def _task(emulator: Emulator, options: Mapping[str, Any]) -> dict[str, Any]:
    """A task that runs a module with options, and with sound ones for what they leave out."""
    options = {"enterprise_id": emulator.address.enterprise_id, **options}
    if "user_id" in options or "user_ids" in options:
        return {USER_AUTH: options}
    return {ENROLLMENT: {"enrollment_token_type": "userDevice", **options}}


def _merge(base: Mapping[str, str], more: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**base, **more}.items() if value is not None}
