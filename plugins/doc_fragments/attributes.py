# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of all modules of this collection. Each module documents its support of check mode."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff
      mode.
    support: none
"""

    # For modules that call the API.
    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/emm.android_enterprise.android_enterprise) in C(module_defaults) to set defaults for this
      module.
    support: full
    membership:
      - emm.android_enterprise.android_enterprise
"""
