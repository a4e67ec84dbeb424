# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, USER_AUTH, Ansible

Mint = Callable[..., dict[str, Any]]


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


@pytest.fixture
def environment(ansible: Ansible, emulator: Emulator) -> dict[str, str]:
    """The environment of a controller that is set up for the emulator."""
    return ansible.environment(**emulator.address.environment())


@pytest.fixture
def mint(ansible: Ansible, emulator: Emulator, environment: dict[str, str]) -> Mint:
    """Run one of the modules: the enrollment token's, or with ``user_id`` the other one; its result.

    ``environment`` is added to that of a controller that is set up for the emulator; None there takes one away.
    """

    base = environment

    def run(*, environment: dict[str, str | None] | None = None, check: bool = False, **options: Any) -> dict[str, Any]:
        options = {"enterprise_id": emulator.address.enterprise_id, **options}
        module = USER_AUTH if "user_id" in options else ENROLLMENT
        if module == ENROLLMENT:
            options = {"enrollment_token_type": "userDevice", **options}
        merged = {**base, **(environment or {})}
        clean = {name: value for name, value in merged.items() if value is not None}
        arguments = ["--check"] if check else []
        return ansible.tasks({module: options}, environment=clean, arguments=arguments)[0]

    return run
