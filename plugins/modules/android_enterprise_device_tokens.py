#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# This file is documentation only; the action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: android_enterprise_device_tokens
short_description: Mint what the role device_tokens is asked for
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Mints the tokens of the host that the task runs for, as the variables of the role P(emm.android_enterprise.device_tokens#role) say.
    It is for the tasks of the role; use the role.
  - It runs on the controller and connects to no host.
  - From ansible-core 2.21 on, it sets the facts of the host, too, unless it fails.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.auth
  - emm.android_enterprise.connection
options:
  concurrency:
    description:
      - Has no effect here. Module defaults of the group may have it for other modules.
    type: int
    default: 50
  on_failure:
    description:
      - Has no effect here, as O(concurrency). C(device_tokens_on_failure) has.
    type: str
    choices:
      - fail
      - continue
    default: fail
attributes:
  check_mode:
    support: partial
    details:
      - The variables and the credentials are checked as far as that is possible without the network, and no request is sent.
        The tokens are null, but for one that the host keeps.
"""

EXAMPLES = r"""
- name: Mint the token of this host
  emm.android_enterprise.android_enterprise_device_tokens:
  vars:
    device_tokens_enterprise_id: LC03demo00
    device_tokens_enrollment_token_type: userDevice
  register: device_tokens__minted
  no_log: true

- name: Keep the token as a fact
  ansible.builtin.set_fact:
    device_tokens_enrollment: "{{ device_tokens__minted.facts.device_tokens_enrollment }}"
  no_log: true
"""

RETURN = r"""
facts:
  description:
    - The facts of the host, also if the task fails.
    - A token that the host did not get is null, so that it takes the place of one of an earlier run.
  returned: always
  type: dict
  contains:
    device_tokens_enrollment:
      description: Its enrollment token, as M(emm.android_enterprise.android_enterprise_enrollment_token) returns it.
      returned: if it is to have one
      type: dict
    device_tokens_user_auth:
      description: Its authentication token, as M(emm.android_enterprise.android_enterprise_user_auth_token) returns it.
      returned: if it is to have one
      type: dict
    device_tokens_refusal:
      description: Why it did not get what it was to get, or null.
      returned: always
      type: str
  sample:
    device_tokens_refusal: null
"""
