# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Make this checkout importable as the collection, and provide the emulator to all tests."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.process import Emulator

sys.path.insert(0, str(Path(sys.prefix) / "collections"))

# Tests connect to this machine only, and set the proxies that they need.
for _name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)

Mint = Callable[..., dict[str, Any]]
MintEach = Callable[..., list[dict[str, Any]]]
NO_CREDENTIALS: dict[str, str | None] = {"GCP_AUTH_KIND": None, "GCP_SERVICE_ACCOUNT_FILE": None}


@pytest.fixture(scope="session")
def _running_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def emulator(_running_emulator: Emulator) -> Emulator:
    """The running emulator, reset to its initial state."""
    _running_emulator.reset()
    return _running_emulator


@pytest.fixture
def key(emulator: Emulator) -> dict[str, str]:
    """The emulator's service account key."""
    content: dict[str, str] = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    return content


@pytest.fixture
def google_hosts(emulator: Emulator) -> dict[str, str | None]:
    """Changes to the environment: the emulator responds as Google's own hosts, and no credentials are set."""
    return {
        **NO_CREDENTIALS,
        "ANDROID_ENTERPRISE_API_URL": None,
        "HTTPS_PROXY": emulator.address.proxy_url,
        "REQUESTS_CA_BUNDLE": emulator.address.ca_file,
    }


def sound_options(emulator: Emulator, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a module, with valid values for the required ones that are missing."""
    kind = {} if asks_for_users(options) else {"enrollment_token_type": "userDevice"}
    return {"enterprise_id": emulator.address.enterprise_id, **kind, **options}


def asks_for_users(options: Mapping[str, Any]) -> bool:
    """Whether options are those of the module for user authentication tokens."""
    return "user_id" in options or "user_ids" in options


def changed(base: Mapping[str, str], more: Mapping[str, str | None]) -> dict[str, str]:
    """An environment with variables added, or removed where they are None."""
    return {name: value for name, value in {**base, **more}.items() if value is not None}
