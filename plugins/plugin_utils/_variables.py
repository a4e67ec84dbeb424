# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Finds misspelled role variables.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._suggestion import suggestion


def unknown_variable_warnings(names: Iterable[object], role: str, known: Collection[str]) -> Iterator[str]:
    """A warning for each name that has the prefix of a role's variables, but is not one of them.

    Names with two underscores after the role's name are internal to the role. In YAML, names are not always strings.
    """
    for name in map(str, names):
        if name.startswith(f"{role}_") and not name.startswith(f"{role}__") and name not in known:
            yield f"The role {role} has no variable '{name}'{suggestion(name, {other: other for other in known})}."
