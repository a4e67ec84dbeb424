# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The plugins use only public parts of Ansible, so that changes to its internals do not break them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PLUGINS = Path(__file__).parents[2] / "plugins"
# Internals of plays, tasks, roles, inventories, variable managers, and of how modules are started.
PRIVATE = (
    "_variable_manager",
    "_inventory",
    "_restriction",
    "_nonpersistent_fact_cache",
    "role_cache",
    "._completed",
    "_get_parent_attribute",
    "_action_groups",
    "all_parents_static",
    "._parent",
    "task._role",
    "_uuid",
    "_update_module_args",
    "_parse_returned_data",
    "_ANSIBLE_ARGS",
    "_ANSIBLE_PROFILE",
    "for_round_trip",
)
# The attributes that ActionBase passes to every action.
PASSED = {"_task", "_templar", "_loader", "_connection", "_execute_module", "_find_needle", "_supports_check_mode"}


def sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(PLUGINS.rglob("*.py")):
        yield path, path.read_text(encoding="utf-8")


def test_no_private_names_of_ansible_are_used() -> None:
    private = re.compile("|".join(map(re.escape, PRIVATE)))
    assert [(path.name, found[0]) for path, text in sources() for found in private.finditer(text)] == []


def test_nothing_private_is_imported_from_ansible() -> None:
    imported = [
        (path.name, f"{node.module}.{alias.name}")
        for path, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "ansible"
        for alias in node.names
    ]
    imported += [
        (path.name, alias.name)
        for path, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] == "ansible"
    ]
    assert len(imported) > 20
    assert [name for name in imported if re.search(r"\._[a-z]", name[1])] == []


def test_actions_use_only_public_attributes() -> None:
    """The others are defined by the collection."""
    for path, text in sources():
        tree = ast.parse(text)
        defined = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        own = {
            node.attr
            for node in attributes
            if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and node.value.id == "self"
        }
        if path.parent.name == "action" or path.name == "_action.py":
            used = {node.attr for node in attributes if re.match(r"_[a-z]", node.attr)}
            assert used <= defined | own | PASSED, path.name
