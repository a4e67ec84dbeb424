# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which variable each column of a spreadsheet is.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens import plan
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import variables as sheet
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._suggestion import suggestion

# Variables that Ansible sets itself, in addition to its keywords.
_MAGIC = {
    "group_names",
    "groups",
    "hostvars",
    "inventory_dir",
    "inventory_file",
    "inventory_hostname",
    "inventory_hostname_short",
    "item",
    "omit",
    "play_hosts",
    "playbook_dir",
    "role_name",
    "role_path",
    "vars",
}
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ROLE_VARIABLES = (*plan.SPEC, *sheet.SPEC)


def variables_of(
    headers: Sequence[str], columns: Mapping[str, str | None], reserved: Collection[str], unnamed: str = ""
) -> dict[str, str]:
    """The name of the variable for each header. A header that is mapped to nothing is left out.

    ``reserved`` are Ansible's keywords. ``unnamed`` is the header of a column that needs no variable. Raises
    ``EmmError``.
    """
    for header in columns:
        if header not in headers:
            hint = suggestion(header, {other.lower(): other for other in headers})
            raise EmmError(f"columns: There is no column '{header}'{hint}.")
    found: dict[str, str] = {}
    for header in headers:
        name = columns.get(header, header) or ""
        problem = _problem(name, reserved)
        if header == unnamed and header not in columns and problem:
            continue
        if name and problem:
            raise EmmError(_wrong_name(header, name, problem, is_mapped=header in columns))
        if name in found.values():
            other = next(other for other, variable in found.items() if variable == name)
            raise EmmError(f"The columns '{other}' and '{header}' are both the variable '{name}'.")
        if name:
            found[header] = name
    return found


def _problem(name: str, reserved: Collection[str]) -> str:
    """Why a name cannot be a variable, or an empty text."""
    if not _NAME.fullmatch(name):
        return "is not a name of a variable"
    return "is reserved by Ansible" if name in reserved or name in _MAGIC else ""


def _wrong_name(header: str, name: str, problem: str, *, is_mapped: bool) -> str:
    if is_mapped:
        return f"columns: '{header}' is mapped to '{name}', which {problem}."
    slug = re.sub(r"\W+", "_", header.lower(), flags=re.ASCII).strip("_")
    variable = next((known for known in _ROLE_VARIABLES if slug and known.endswith(f"_{slug}")), "")
    proposal = variable or (f"device_{slug}" if slug else "the_name_of_a_variable")
    return (
        f"The column '{header}' {problem}. Map it to one, or to nothing, in the section columns: "
        f"{_quoted(header)}: {proposal}"
    )


def _quoted(header: str) -> str:
    """A header as a key in YAML."""
    return header if re.fullmatch(r"[A-Za-z][\w .()-]*", header) else "'" + header.replace("'", "''") + "'"
