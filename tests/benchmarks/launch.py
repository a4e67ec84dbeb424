# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Run a command, and write its result and cost to a file: ``python launch.py REPORT COMMAND ...``.

The file holds the exit status, the processor time and the elapsed time in seconds, and the memory in KiB. The processor
time is that of all of the command's processes, in user mode and in the kernel. The memory is the peak of the largest
process; with Ansible, that is the process that forks the others. On Linux, the peak of a process is at least the memory
that its parent had when it started the process. So this is a separate process that imports as little as possible.
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
