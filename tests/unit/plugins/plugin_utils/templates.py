# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Templates as Ansible reads them from files."""

from __future__ import annotations

from typing import Any

from ansible import template


def as_templates(value: Any) -> Any:
    """A value whose strings are templates. Before ansible-core 2.19, each string is one."""
    if isinstance(value, dict):
        return {key: as_templates(entry) for key, entry in value.items()}
    trust = getattr(template, "trust_as_template", None)
    return trust(value) if trust and isinstance(value, str) else value
