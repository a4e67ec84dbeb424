# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Helper of the tests that compare argument specifications with their documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def rules(options: Mapping[str, Any]) -> dict[str, Any]:
    """An argument specification without its documentation."""
    names = ("type", "elements", "required", "choices", "default")
    return {
        option: {"type": "str", **{name: rule[name] for name in names if name in rule}}
        for option, rule in options.items()
    }
