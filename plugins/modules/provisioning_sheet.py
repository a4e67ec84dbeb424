#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# Documentation only. The action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: provisioning_sheet
short_description: "[INTERNAL] Write the sheet of the devices of a batch, or shred files"
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Writes a sheet with the cards that M(emm.android_enterprise.provisioning_card) made for the hosts of a batch. The
    task of the first host on the sheet writes it.
  - This module is used by the role P(emm.android_enterprise.provisioning_sheet#role) only and may change at any time.
    Use the role instead.
  - Fails for a host whose card could not be made, and says why.
  - Runs on the controller and does not connect to the host.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
options:
  state:
    description:
      - With V(present), the sheet is written.
      - With V(absent), all files that the role has written into O(directory) are overwritten and removed.
    type: str
    choices:
      - present
      - absent
    default: present
  directory:
    description:
      - The directory of the files. Required with O(state=absent); otherwise, the role variable
        C(provisioning_sheet_directory) is used.
      - Must be owned by the user that Ansible runs as, and not be writable by anyone else. If another user owns it and
        a group of yours can write to it, your own subdirectory in it is used.
    type: str
attributes:
  check_mode:
    support: full
"""

EXAMPLES = r"""
- name: Shred the files of the bench
  emm.android_enterprise.provisioning_sheet:
    state: absent
    directory: "{{ bench_directory }}"
"""

RETURN = r"""
files:
  description:
    - The paths of the host's files, including the sheet; or of the files that were removed.
    - Only the result of the first host on the sheet says whether the sheet could be written.
  returned: success
  type: list
  elements: str
  sample:
    - /staging/tablet-01.payload.json
    - /staging/tablet-01.qr.svg
    - /staging/sheet.html
came_at:
  description: When the task ran, on the same clock as RV(emm.android_enterprise.provisioning_card#module:made_at).
  returned: always
  type: float
  sample: 12345.789012
directory:
  description:
    - The directory of the files. A subdirectory, if the directory belongs to another user and is shared by a group.
  returned: success, with O(state=present), for the first host on the sheet
  type: str
  sample: /staging
written:
  description:
    - The paths of the sheet and of the list for label printers, if requested. Empty for all hosts but the first one on
      the sheet.
  returned: success, with O(state=present)
  type: list
  elements: str
  sample:
    - /staging/sheet.html
"""
