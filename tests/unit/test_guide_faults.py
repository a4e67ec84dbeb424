# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Holds the guide to faults and the tests of faults together."""

from __future__ import annotations

import ast
import csv
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.plugins.module_utils._api import test_api_faults, test_faults, test_network_faults
from tests.unit.plugins.module_utils._auth import test_oauth_faults

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (REPOSITORY / "docs/docsite/rst/guide_faults.rst").read_text(encoding="utf-8")
ROWS = [row for row in csv.reader(re.findall(r'^   (".*")$', GUIDE, re.MULTILINE)) if row[0] != "Fault"]
TEST = re.compile(r"``(test_\w+\.py)::(test_\w+)(?:\[(.+)\])?``")
TABLES: Mapping[str, Mapping[str, Any]] = {
    "test_faults.py": test_faults.FAULTS,
    "test_network_faults.py": test_network_faults.FAULTS,
    "test_api_faults.py": test_api_faults.FAULTS,
    "test_oauth_faults.py": test_oauth_faults.FAULTS,
}
ENTRIES = [(file, name) for file, faults in TABLES.items() for name in faults]


def paths(file: str) -> list[Path]:
    """The files of tests with a name."""
    return [
        path for part in ("unit", "operation", "integration") for path in REPOSITORY.glob(f"tests/{part}/**/{file}")
    ]


def functions(file: str) -> set[str]:
    """The names of the functions in them."""
    nodes = [node for path in paths(file) for node in ast.parse(path.read_text(encoding="utf-8")).body]
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@functools.cache
def texts(path: Path) -> str:
    """All the texts in a file, each as it is, also where it stands on several lines."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_there_are_enough() -> None:
    assert len(ROWS) >= 80
    assert all(len(row) == 5 for row in ROWS)


def test_each_test_that_a_row_names_exists() -> None:
    for row in ROWS:
        tests = TEST.findall(row[-1])
        assert tests, row
        for file, function, name in tests:
            assert function in functions(file), row
            assert not name or name in TABLES[file], row


@pytest.mark.parametrize("row", [row for row in ROWS if "[" not in row[-1]], ids=lambda row: str(row[0]))
def test_what_a_message_says_is_in_the_collection_or_in_the_test(row: list[str]) -> None:
    """In the latter, it is what a server or the system says. That of the other rows is tested with the fault itself."""
    files = [path for file, *dummy in TEST.findall(row[-1]) for path in paths(file)]
    for phrase in re.findall("``(.+?)``", row[2]):
        assert any(phrase in texts(path) for path in [*REPOSITORY.glob("plugins/**/*.py"), *files])


@pytest.mark.parametrize(("file", "name"), ENTRIES, ids=str)
def test_each_fault_has_a_row(file: str, name: str) -> None:
    """With what the message says, and with what may have been minted."""
    [row] = [row for row in ROWS if row[-1] == f"``{file}::test_fault[{name}]``"]
    fault = TABLES[file][name]
    assert row[2] == (f"``{fault.reason}``" if fault.reason else "\u2014")
    minted = "the token that was asked for"
    if fault.reason:
        minted = "possibly one token" if getattr(fault, "consequence", "") else "nothing"
    assert row[3] == minted
