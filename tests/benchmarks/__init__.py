# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Measure the cost of the collection against the emulator. ``make bench`` runs ``python -m tests.benchmarks``.

==================  ==================================================================================
``__main__.py``     the command line
``contestants.py``  what is measured: tasks, the roles, and what they are compared with
``bare.py``         a script for comparison that mints without Ansible
``draw.py``         a script for comparison that only draws QR codes
``stopwatch.py``    runs a command, and measures its time, its memory, and the emulator's processor time
``launch.py``       the process that runs the command for ``stopwatch.py``
``figures.py``      computes figures to compare with goals, and formats them as text
``plot.py``         plots time by number of hosts
==================  ==================================================================================
"""
