# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """What the modules that mint tokens have in common."""

    DOCUMENTATION = r"""
options: {}
notes:
  - The result contains the token. Set C(no_log=true) on the task to keep it out of logs.
  - A response must match the request. Its token must consist of 1 to 4,096 printable ASCII characters without spaces.
    Any other response is a failure, and the message says that a token may exist nevertheless.
attributes:
  check_mode:
    support: partial
    details:
      - Checks the options and the credentials as far as possible without the network. Sends no request.
        The result has the usual structure, with a null token, and is reported as changed.
      - If later tasks need the token, set C(check_mode=false) on this task, or skip those tasks in check mode.
"""
