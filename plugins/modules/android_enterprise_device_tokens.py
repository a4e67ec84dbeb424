#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# Documentation only. The action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: android_enterprise_device_tokens
short_description: "[INTERNAL] Mint the tokens that the role device_tokens is configured to mint"
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Mints the tokens of the current host, as configured by the variables of the role
    P(emm.android_enterprise.device_tokens#role).
  - This module is used by the role P(emm.android_enterprise.device_tokens#role) only and may change at any time.
    Use the role instead.
  - Runs on the controller and does not connect to the host.
  - With ansible-core 2.21 and newer, also sets the host's facts, unless the task fails.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.attributes.action_group
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch.without_effect
  - emm.android_enterprise.connection
options: {}
attributes:
  check_mode:
    support: partial
    details:
      - Checks the variables and the credentials as far as possible without the network. Sends no request.
        All tokens are null, except one that the host keeps.
"""

EXAMPLES = r"""
- name: Mint the token of this host
  emm.android_enterprise.android_enterprise_device_tokens:
  vars:
    device_tokens_enterprise_id: LC03demo00
    device_tokens_enrollment_token_type: userDevice
  register: device_tokens__minted
  no_log: true

- name: Set the token as a fact
  ansible.builtin.set_fact:
    device_tokens_enrollment: "{{ device_tokens__minted.facts.device_tokens_enrollment }}"
  no_log: true
"""

RETURN = r"""
facts:
  description:
    - The facts of the host, even if the task fails.
    - A token that was not minted is null, so that it replaces the one from an earlier run.
  returned: always
  type: dict
  contains:
    device_tokens_enrollment:
      description:
        - The host's enrollment token, as returned by
          M(emm.android_enterprise.android_enterprise_enrollment_token).
      returned: if one was requested
      type: dict
    device_tokens_user_auth:
      description:
        - The authentication token of the host's user, as returned by
          M(emm.android_enterprise.android_enterprise_user_auth_token).
      returned: if one was requested
      type: dict
    device_tokens_refusal:
      description: Why a requested token was not minted, or null.
      returned: always
      type: str
  sample:
    device_tokens_refusal: null
"""
