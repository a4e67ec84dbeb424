# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Helper of the tests that compare argument specifications with their documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def documented_rules(options: Mapping[str, Any]) -> dict[str, Any]:
    """What a role's documentation says about its variables: which are required, and the defaults."""
    return {
        option: {name: rule[name] for name in ("required", "default") if name in rule}
        for option, rule in options.items()
    }


def unmentioned_choices(spec: Mapping[str, Any], documented: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The choices that a variable's description does not mention. They are no rule, since a blank one is valid."""
    return [
        (option, choice)
        for option, rule in spec.items()
        for choice in rule.get("choices", ())
        if f"V({choice})" not in str(documented[option]["description"])
    ]
