#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# This file is documentation only; the action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: provisioning_sheet
short_description: Put the cards of devices on a sheet, or shred it
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Writes the sheet of the cards that M(emm.android_enterprise.provisioning_card) has made for the hosts of a batch, in the task of the
    first host that is on it. It is for the tasks of the role P(emm.android_enterprise.provisioning_sheet#role); use the role.
  - It fails for a host of which no card could be made, with the reason.
  - It runs on the controller and connects to no host.
extends_documentation_fragment:
  - emm.android_enterprise.attributes.controller
options:
  state:
    description:
      - Whether there is to be a sheet, or nothing that the role has written.
      - With V(absent), all files that the role has written into O(directory) are overwritten and removed.
    type: str
    choices:
      - present
      - absent
    default: present
  directory:
    description:
      - The directory with the files. Required for O(state=absent); otherwise the variables of the role say which it is.
      - It is a directory of the user that Ansible runs as, to which nobody else can write, or one of another user's that a group shares and
        in which this user has a subdirectory.
    type: str
attributes:
  check_mode:
    support: full
"""

EXAMPLES = r"""
- name: Shred what was made for the bench
  emm.android_enterprise.provisioning_sheet:
    state: absent
    directory: "{{ bench_directory }}"
"""

RETURN = r"""
files:
  description:
    - The paths of the files of the host, the sheet among them, or of those that were removed. Whether the sheet could be written is in the
      result of the first host on it.
  returned: success
  type: list
  elements: str
  sample:
    - /staging/tablet-01.payload.json
    - /staging/tablet-01.qr.svg
    - /staging/sheet.html
came_at:
  description: When the host came to the task, on the same clock as RV(emm.android_enterprise.provisioning_card#module:made_at).
  returned: always
  type: float
  sample: 12345.789012
directory:
  description:
    - Where the files are, in the result of the host whose task has written the sheet, which is the first one on it.
    - In a directory of another user's that a group shares, it is a subdirectory.
  returned: success, unless O(state=absent), for that host
  type: str
  sample: /staging
written:
  description:
    - The paths of the sheet and the list for label printers, as far as they are asked for, in the result of that host. There are none
      for all others.
  returned: success, unless O(state=absent)
  type: list
  elements: str
  sample:
    - /staging/sheet.html
"""
