# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The guide to faults and the tests of faults agree."""

from __future__ import annotations

import ast
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
TEST = re.compile(r"``(test_\w+\.py)::(test_\w+)``")
TABLES: Mapping[str, Mapping[str, Any]] = {
    "test_faults.py": test_faults.FAULTS,
    "test_network_faults.py": test_network_faults.FAULTS,
    "test_api_faults.py": test_api_faults.FAULTS,
    "test_oauth_faults.py": test_oauth_faults.FAULTS,
}
ENTRIES = [(file, name) for file, faults in TABLES.items() for name in faults]


def cells(row: str) -> list[str]:
    """The cells of a row of a ``list-table``, each on one line."""
    return [" ".join(cell.split()) for cell in re.split(r"^     - ", row, flags=re.MULTILINE)]


def rows(guide: str) -> list[list[str]]:
    """The rows of all tables, without the headers."""
    tables = re.findall(r"^\.\. list-table::\n(?:   :.*\n)+\n((?: {3,}.*\n)+)", guide, re.MULTILINE)
    return [cells(row) for table in tables for row in re.split(r"^   \* - ", table, flags=re.MULTILINE)[2:]]


ROWS = rows(GUIDE)


def paths(file: str) -> list[Path]:
    """The test files with a name."""
    return [
        path for part in ("unit", "operation", "integration") for path in REPOSITORY.glob(f"tests/{part}/**/{file}")
    ]


def functions(file: str) -> set[str]:
    """The names of the functions in these files."""
    nodes = [node for path in paths(file) for node in ast.parse(path.read_text(encoding="utf-8")).body]
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@functools.cache
def texts(path: Path) -> str:
    """All string literals of a file, with implicit concatenation."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_guide_has_rows() -> None:
    assert len(ROWS) >= 80
    assert GUIDE.count("\n   * - ") - GUIDE.count("\n   * - Fault\n") == len(ROWS)
    assert all(len(row) == 5 for row in ROWS)


def test_named_tests_exist() -> None:
    for row in ROWS:
        tests = TEST.findall(row[-1])
        assert tests, row
        for file, function in tests:
            assert function in functions(file), row
            assert function != "test_fault" or row[0].replace("``", "") in TABLES[file], row


@pytest.mark.parametrize("row", [row for row in ROWS if "::test_fault``" not in row[-1]], ids=lambda row: str(row[0]))
def test_messages_exist_in_the_collection_or_the_test(row: list[str]) -> None:
    """In the test, if a server or the system says it. Other rows are compared with the fault itself."""
    files = [path for file, dummy in TEST.findall(row[-1]) for path in paths(file)]
    for phrase in re.findall("``(.+?)``", row[2]):
        assert any(phrase in texts(path) for path in [*REPOSITORY.glob("plugins/**/*.py"), *files])


@pytest.mark.parametrize(("file", "name"), ENTRIES, ids=str)
def test_each_fault_has_a_row(file: str, name: str) -> None:
    """The row agrees with the fault about the message and about what was minted."""
    [row] = [row for row in ROWS if row[-1] == f"``{file}::test_fault``" and row[0].replace("``", "") == name]
    fault = TABLES[file][name]
    assert row[2] == (f"``{fault.reason}``" if fault.reason else "\u2014")
    minted = "the requested token"
    if fault.reason:
        minted = "possibly one token" if getattr(fault, "consequence", "") else "nothing"
    assert row[3] == minted
