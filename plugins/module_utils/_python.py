# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Ends a module on a Python that is too old for it with a message, where all else would end it with a traceback.

Every version of Python that Ansible starts modules on, from 2.7 on, has to read this file and those of the modules: so
their types are in comments, they have no f-strings, and modules import everything else after the check.

This file is private to the collection; it may change at any time.
"""

import json
import sys

OLDEST = (3, 10)


def require_python():
    # type: () -> None
    """Return if the rest of the collection can be imported; else end the process with the result of a failed module."""
    if sys.version_info >= OLDEST:
        return
    message = (
        "The modules of emm.android_enterprise need Python "
        + _join(OLDEST)
        + " or newer on the machine that they run on, which is usually the controller. This is "
        + _join(sys.version_info[:3])
        + " ("
        + sys.executable
        + "). Delegate the task to localhost, or set ansible_python_interpreter."
    )
    # Not fail_json: AnsibleModule would first check the options, and which version it needs itself.
    sys.stdout.write(json.dumps({"failed": True, "msg": message}) + "\n")
    raise SystemExit(1)


def _join(version):
    # type: (tuple[int, ...]) -> str
    return ".".join(map(str, version))
