# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Run tasks as the linear strategy does, but let each worker process load the collection anew."""

from __future__ import annotations

import sys
from typing import Any

from ansible.plugins.loader import action_loader
from ansible.plugins.strategy.linear import StrategyModule as Linear

DOCUMENTATION = """
name: apart
short_description: Executes tasks in processes that load the actions by themselves
description: Simulates a strategy whose worker processes do not inherit loaded plugins.
"""


class StrategyModule(Linear):
    def _queue_task(self, *args: Any, **kwargs: Any) -> None:
        for name in [name for name in sys.modules if name.startswith("ansible_collections.emm.")]:
            del sys.modules[name]
        action_loader._module_cache.clear()
        super()._queue_task(*args, **kwargs)
