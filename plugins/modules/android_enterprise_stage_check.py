#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# Documentation only. The action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: android_enterprise_stage_check
short_description: "[INTERNAL] Check a device before its tokens are minted"
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Checks everything about the current host that can be checked before its tokens are minted, because an enrollment
    token cannot be revoked. This includes the variables of the roles P(emm.android_enterprise.device_tokens#role) and
    P(emm.android_enterprise.provisioning_sheet#role), the payload, Python libraries, the directory, the template and
    the credentials.
  - This module is used by the playbook C(emm.android_enterprise.stage_devices) only and may change at any
    time.
  - Runs on the controller and does not connect to the host.
  - Succeeds even if the host fails the checks, so that the others continue.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.attributes.action_group
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch.without_effect
  - emm.android_enterprise.connection
options:
  preflight:
    description:
      - Whether to get the enterprise from the API, once for all hosts with the same enterprise and credentials. The
        request changes nothing.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    details:
      - Does the same in check mode, since it changes nothing.
"""

EXAMPLES = r"""
- name: Check the variables of the host
  emm.android_enterprise.android_enterprise_stage_check:
    preflight: false
  vars:
    device_tokens_enterprise_id: LC03demo00
    device_tokens_enrollment_token_type: userlessDevice
  register: bench_check
"""

RETURN = r"""
reasons:
  description: Why the host cannot be staged. Empty if it can.
  returned: success
  type: list
  elements: str
  sample: []
user_id:
  description: The ID of the user whose authentication token will be minted.
  returned: success
  type: str
  sample: "100000000000000000001"
"""
