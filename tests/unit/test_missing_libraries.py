# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Every file can be imported without the required libraries, so that a message can name the missing one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.unit.test_layers import COLLECTION, MODULES

LIBRARIES = ("requests", "urllib3", "google.auth", "google.oauth2", "segno", "babel", "javaproperties", "ndef")


@pytest.fixture
def _no_libraries() -> Iterator[None]:
    """Make all libraries unavailable, and forget all modules that were imported with them."""
    before = forget()
    missing: dict[str, Any] = dict.fromkeys(LIBRARIES)  # None makes an import fail
    sys.modules.update(missing)
    yield
    forget()
    sys.modules.update(before)


def forget() -> dict[str, ModuleType]:
    """Remove the libraries and the collection from the imported modules. Returns what was removed."""
    prefixes = (f"{COLLECTION}.", *LIBRARIES)
    return {name: sys.modules.pop(name) for name in [*sys.modules] if name.startswith(prefixes)}


@pytest.mark.usefixtures("_no_libraries")
@pytest.mark.parametrize("module", sorted(MODULES))
def test_module_can_be_imported_without_libraries(module: str) -> None:
    importlib.import_module(f"{COLLECTION}.{module}")


@pytest.mark.usefixtures("_no_libraries")
def test_first_missing_library_is_named() -> None:
    operation = importlib.import_module(f"{COLLECTION}.module_utils._operation")
    name, trace = operation.find_missing_library()
    assert name == "urllib3"
    assert "_operation.py" in trace


def test_no_library_is_missing() -> None:
    operation = importlib.import_module(f"{COLLECTION}.module_utils._operation")
    assert operation.find_missing_library() is None
