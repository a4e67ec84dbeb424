# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Makes a module fail with a message, rather than a traceback, on a Python that is too old.

This file and the module files must be valid on every Python version that Ansible runs modules on, from 2.7 on. They
therefore have type comments and no f-strings, and modules import everything else after the check.

This file is private to the collection; it may change at any time.
"""

import json
import sys

OLDEST = (3, 10)


def require_python():
    # type: () -> None
    """Return if the rest of the collection can be imported. Otherwise, end the process with a failed result."""
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
    # Not fail_json: AnsibleModule would first check the options and its own minimum version.
    sys.stdout.write(json.dumps({"failed": True, "msg": message}) + "\n")
    raise SystemExit(1)


def _join(version):
    # type: (tuple[int, ...]) -> str
    return ".".join(map(str, version))
