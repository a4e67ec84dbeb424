# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A strategy that loses what the second device mints, as Ansible does if it runs out of memory."""

from __future__ import annotations

from typing import Any

from ansible.plugins.strategy.linear import StrategyModule as LinearStrategy

DOCUMENTATION = """
name: losing
short_description: Loses what the second device mints
description: Loses what the second device mints.
author: The emm.android_enterprise contributors
"""


class StrategyModule(LinearStrategy):
    """Skips the tasks that mint and set facts for one device, without a result."""

    def _queue_task(self, host: Any, task: Any, task_vars: Any, play_context: Any) -> None:
        if host.name != "device-02" or not task.action.endswith(("android_enterprise_device_tokens", "set_fact")):
            super()._queue_task(host, task, task_vars, play_context)
