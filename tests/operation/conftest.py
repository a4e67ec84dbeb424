# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Run the operations in the test process, without Ansible, over real connections to the emulator."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Operation, run
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources import enrollment_token, user_auth_token

from tests.conftest import Mint, MintEach, asks_for_users, changed, sound_options
from tests.emulator.process import Emulator


@pytest.fixture
def environment(emulator: Emulator, tmp_path: Path) -> dict[str, str]:
    """An environment with a home directory and the emulator's variables, and nothing else."""
    return {"HOME": str(tmp_path), "NO_GCE_CHECK": "true", **emulator.address.environment()}


@pytest.fixture
def mint(emulator: Emulator, environment: dict[str, str]) -> Mint:
    """Run an operation and return its result as a module does.

    Options with ``user_id`` or ``user_ids`` are for user authentication tokens, all others for enrollment tokens.
    ``environment`` changes the variables of the fixture ``environment``. A value of None removes a variable.
    """

    def call(
        *, environment: Mapping[str, str | None] | None = None, check: bool = False, **options: Any
    ) -> dict[str, Any]:
        operation = user_auth_token.OPERATION if asks_for_users(options) else enrollment_token.OPERATION
        variables = changed(base, environment or {})
        return perform(operation, sound_options(emulator, options), variables, check=check)

    base = environment
    return call


@pytest.fixture
def mint_each(mint: Mint) -> MintEach:
    """Run ``mint`` for each set of options. Each mapping in ``environments`` is for the set at the same position."""

    def call(
        *cases: Mapping[str, Any],
        environment: Mapping[str, str | None] | None = None,
        environments: Sequence[Mapping[str, str]] = (),
        check: bool = False,
    ) -> list[dict[str, Any]]:
        padded = [*environments, *[{}] * (len(cases) - len(environments))]
        return [
            mint(environment={**(environment or {}), **variables}, check=check, **options)
            for options, variables in zip(cases, padded, strict=True)
        ]

    return call


def perform(
    operation: Operation, options: Mapping[str, Any], environment: Mapping[str, str], *, check: bool = False
) -> dict[str, Any]:
    """Do what the module of an operation does with options, with no other environment variables than these."""
    with mock.patch.dict(os.environ, environment, clear=True):
        validation = ArgumentSpecValidator(operation.full_argument_spec, **operation.rules).validate(options)
        if validation.error_messages:
            result: dict[str, Any] = {"failed": True, "msg": "; ".join(validation.error_messages)}
        else:
            result = run(
                operation,
                validation.validated_parameters,
                os.environ,
                check_mode=check,
                open_client=_open_client,
                report=lambda progress: None,
            )
    return {"failed": False, **result, "_output": repr(result)}


@contextlib.contextmanager
def _open_client(connection: ConnectionOptions, auth: AuthOptions, connections: int) -> Iterator[Client]:
    with contextlib.closing(Client(connection, auth, connections)) as client:
        yield client
