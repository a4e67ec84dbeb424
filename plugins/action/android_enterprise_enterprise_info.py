# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enterprise import OPERATION
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._action import OperationAction


class ActionModule(OperationAction):
    """Runs the module of the same name, without a separate process if possible."""

    operation = OPERATION
