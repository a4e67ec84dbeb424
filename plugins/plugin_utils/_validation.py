# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Checks options by an argument specification.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError


def role_options(spec: Mapping[str, dict[str, Any]], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a role, converted and with defaults. Raises ``EmmError`` if they do not match the specification.

    A blank variable is not set, as the unanswered question of a survey. A list may be text with an entry on each line.
    """
    given = {name: variables[name] for name in spec if not is_blank(variables.get(name))}
    missing = [f"'{name}'" for name, rule in spec.items() if rule.get("required") and name not in given]
    if missing:
        raise EmmError(f"Not set, but required: {', '.join(missing)}.")
    lists = {name for name in given if spec[name]["type"] == "list"}
    return validated(spec, {name: _split(value) if name in lists else value for name, value in given.items()})


def is_blank(value: Any) -> bool:
    """Whether a value is null, or text without visible characters."""
    return value is None or (isinstance(value, str) and not value.strip())


def _split(value: Any) -> Any:
    """Text with line breaks as a list of its lines. Anything else is returned unchanged."""
    if isinstance(value, str) and "\n" in value.strip():
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value.strip() if isinstance(value, str) else value


def validated(spec: Mapping[str, dict[str, Any]], options: Mapping[Any, Any]) -> dict[str, Any]:
    """The options, converted and with defaults. Raises ``EmmError`` if they do not match the specification."""
    validation = ArgumentSpecValidator(spec).validate(options)
    if validation.error_messages:
        raise EmmError("; ".join(validation.error_messages))
    return dict(validation.validated_parameters)
