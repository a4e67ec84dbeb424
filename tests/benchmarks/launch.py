# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs a command, and writes how it ended and what it took into a file: ``python launch.py REPORT COMMAND ...``.

That is its exit status, its seconds of processor time and of any, and its memory in KiB. The processor time is that of
all of the command's processes, in user mode and in the kernel. The memory is the peak of the largest of them, which for
Ansible is the one that forks the others. To Linux, the peak of a process is at least what its parent had when it was
started; so this is a process of its own that imports next to nothing.
"""

from __future__ import annotations

import os
import sys
import time


def main() -> None:
    report, *command = sys.argv[1:]
    started = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    dummy, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    with open(report, "w", encoding="ascii") as file:
        cpu = usage.ru_utime + usage.ru_stime
        file.write(f"{os.waitstatus_to_exitcode(status)} {cpu} {wall} {usage.ru_maxrss}\n")


if __name__ == "__main__":
    main()
