# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What the collection costs, measured against the emulator. ``make bench`` runs ``python -m tests.benchmarks``.

==================  ==================================================================================
``__main__.py``     the command line
``contestants.py``  what is measured: tasks, the roles, and what they are compared with
``bare.py``         one of the latter, a script that does without Ansible
``draw.py``         another one, which only draws QR codes
``stopwatch.py``    runs a command, and measures its time, its memory, and the emulator
``launch.py``       what it runs it with
``figures.py``      from what was measured to figures that can be compared with a goal; as text, too
``plot.py``         time by number of hosts
==================  ==================================================================================
"""
