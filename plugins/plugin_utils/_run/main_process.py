# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The process of ansible-playbook itself, which forks one for each task of each host, and takes their results.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import multiprocessing
import os
import sys


def is_main_process_there() -> bool:
    """Whether this process still has the parent that it was forked from; without one, nobody takes its result."""
    parent = multiprocessing.parent_process()
    return parent is None or parent.pid == os.getppid()


def require_main_process() -> None:
    """End this process if it has been left alone, or it would wait for ever for somebody to take a long result."""
    if not is_main_process_there():
        sys.exit()
