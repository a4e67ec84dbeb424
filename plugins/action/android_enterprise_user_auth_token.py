# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from ansible_collections.emm.android_enterprise.plugins.modules import android_enterprise_user_auth_token as module
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._in_process import InProcessAction


class ActionModule(InProcessAction):
    """Runs the module of the same name, without starting a process for it where none is needed."""

    main = staticmethod(module.main)
