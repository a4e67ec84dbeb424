# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import googleapiclient.discovery
import pytest
from google.api_core.client_options import ClientOptions
from google.oauth2 import service_account

from tests.conftest import Mint, MintEach, asks_for_users, changed, sound_options
from tests.emulator.process import Emulator
from tests.integration.devices import Bench
from tests.integration.playbooks import ENROLLMENT, USER_AUTH, Ansible


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
def environment(ansible: Ansible, emulator: Emulator) -> dict[str, str]:
    """The environment of a controller that is set up for the emulator."""
    return ansible.environment(**emulator.address.environment())


@pytest.fixture
def directory(ansible: Ansible) -> Path:
    """The directory for the files of the role. It does not exist yet."""
    return ansible.directory / "staging" / "today"


@pytest.fixture
def bench(ansible: Ansible, emulator: Emulator, environment: dict[str, str]) -> Bench:
    """A bench on which several scenarios run together."""
    return Bench(ansible, emulator, environment)


@pytest.fixture
def without_google_auth(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The same on a controller where google-auth cannot be imported."""
    package = tmp_path / "hidden" / "google" / "auth"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    return {**environment, "PYTHONPATH": str(package.parents[1])}


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
        clean = changed(base, environment or {})
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
        clean = changed(base, environment or {})
        return ansible.tasks(*tasks, environment=clean, arguments=["--check"] if check else [])

    base = environment
    return run


def _task(emulator: Emulator, options: Mapping[str, Any]) -> dict[str, Any]:
    """A task that runs a module with options, and with sound ones for what they leave out."""
    return {USER_AUTH if asks_for_users(options) else ENROLLMENT: sound_options(emulator, options)}
