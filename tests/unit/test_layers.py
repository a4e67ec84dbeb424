# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Each file and package of the library uses only earlier ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PLUGINS = Path(__file__).parents[2] / "plugins"
COLLECTION = "ansible_collections.emm.android_enterprise.plugins"
LAYERS = [
    "module_utils._python",
    "module_utils._version",
    "module_utils._text",
    "module_utils._redaction",
    "module_utils._masking",
    "module_utils._errors",
    "module_utils._http",
    "module_utils._auth",
    "module_utils._api",
    "module_utils._operation",
    "module_utils._resources",
    "module_utils._module",
    "plugin_utils._suggestion",
    "plugin_utils._variables",
    "plugin_utils._libraries",
    "plugin_utils._filters",
    "plugin_utils._templating",
    "plugin_utils._validation",
    "plugin_utils._run",
    "plugin_utils._action",
    "plugin_utils._device_tokens",
    "plugin_utils._provisioning",
    "plugin_utils._sheet",
    "plugin_utils._spreadsheet",
]


def layer(module: str) -> str:
    """The layer that a module of the library is in: ``module_utils._http`` of ``module_utils._http.retry``."""
    return ".".join(module.split(".")[:2])


def files() -> Iterator[tuple[str, Path]]:
    """The files of the library, each with the name of its module."""
    for part in ("module_utils", "plugin_utils"):
        for path in sorted((PLUGINS / part).rglob("*.py")):
            yield ".".join(path.relative_to(PLUGINS).with_suffix("").parts), path


MODULES = {module for module, dummy in files()}


def imported(path: Path) -> Iterator[str]:
    """The modules of the library that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(COLLECTION):
            module = (node.module or "").removeprefix(f"{COLLECTION}.")
            names = {f"{module}.{alias.name}" for alias in node.names} & MODULES  # modules, not names in a module
            yield from names or [module]


def test_layers_use_only_earlier_layers() -> None:
    places = {name: place for place, name in enumerate(LAYERS)}
    uses = [(module, used) for module, path in files() for used in imported(path)]
    assert len(uses) > 100
    assert [(one, other) for one, other in uses if places[layer(other)] > places[layer(one)]] == []


def test_each_layer_exists() -> None:
    assert {*map(layer, MODULES)} == {*LAYERS}


def test_imports_have_no_cycles() -> None:
    """Not within a package either."""
    left = {module: {*imported(path)} for module, path in files()}
    while done := {module for module, used in left.items() if not used & {*left}}:
        left = {module: used for module, used in left.items() if module not in done}
    assert left == {}
