# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The main process of ansible-playbook, which forks a process for each task and host, and receives their results.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import multiprocessing
import os
import sys


def main_process_exists() -> bool:
    """Whether the parent of this process still exists. Without it, nothing receives the result."""
    parent = multiprocessing.parent_process()
    return parent is None or parent.pid == os.getppid()


def require_main_process() -> None:
    """End this process if its parent has ended. Otherwise, it would block forever when it sends a long result."""
    if not main_process_exists():
        sys.exit()
