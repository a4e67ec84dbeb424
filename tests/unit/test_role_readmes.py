# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The tables of variables in the roles' READMEs match the argument specifications."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).parents[2] / "roles"
# Not in the specification, because Ansible would show its value.
UNSPECIFIED = {"provisioning_sheet_payload": "required"}
# Defaults that a table describes in words.
IN_WORDS = {"device_tokens_duration": "1 hour", "provisioning_sheet_user": "see below"}


def default_cell(option: dict[str, Any]) -> str:
    """The cell of an option in the column Default."""
    if option.get("required"):
        return "required"
    if "default" not in option:
        return ""
    default = option["default"]
    text = f"[{', '.join(default)}]" if isinstance(default, list) else yaml.safe_dump(default).splitlines()[0]
    return f"`{text}`"


@pytest.mark.parametrize("role", ["device_tokens", "provisioning_sheet"])
def test_variables_match_the_argument_specification(role: str) -> None:
    specification = yaml.safe_load((ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = specification["argument_specs"]["main"]["options"]
    expected = {name: IN_WORDS.get(name, default_cell(option)) for name, option in options.items()}
    expected |= {name: value for name, value in UNSPECIFIED.items() if name.startswith(role)}
    readme = (ROLES / role / "README.md").read_text(encoding="utf-8")
    [table] = re.findall(r"^\| Variable \| Default \| Description \|\n\|[-|]+\n((?:\|.*\n)+)", readme, re.MULTILINE)
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
    assert {name.strip("`"): default for name, default, dummy in rows} == expected
    assert all(description for dummy, dummy, description in rows)
