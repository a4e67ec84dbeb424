# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Unknown variables with the prefix of a role."""

from __future__ import annotations

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import variables as role
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._variables import unknown_variable_warnings


def test_unknown_variables_cause_a_warning() -> None:
    known = ["role_paper", "role_time_zone"]
    assert (
        list(unknown_variable_warnings([*known, "role__card", "role", "roles", "other_role_x", "paper"], "role", known))
        == []
    )
    assert list(unknown_variable_warnings(["role_timezone", "role_x_"], "role", known)) == [
        "The role role has no variable 'role_timezone' (did you mean 'role_time_zone'?).",
        "The role role has no variable 'role_x_'.",
    ]


def test_variables_of_provisioning_sheet_are_known() -> None:
    names = [*role.SPEC, "provisioning_sheet_no_log", "provisioning_sheet__card", "provisioning_sheet_written"]
    assert list(unknown_variable_warnings(names, role.ROLE, role.KNOWN_NAMES)) == []
    [warning] = unknown_variable_warnings(["provisioning_sheet_timezone"], role.ROLE, role.KNOWN_NAMES)
    assert "(did you mean 'provisioning_sheet_time_zone'?)" in warning
