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
  - Mints tokens for all hosts of a batch at once, each as the variables of the role P(emm.android_enterprise.device_tokens#role) say
    for that host. It is for the tasks of the role; use the role.
  - It runs on the controller and connects to no host. What was minted for a batch is found with
    P(emm.android_enterprise.device_tokens_minted#lookup), so that no result has the tokens of all hosts.
  - It succeeds whether or not tokens were minted; O(on_failure) has no effect here.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch
  - emm.android_enterprise.connection
options:
  hosts:
    description:
      - For whom to mint.
      - V(batch) is all hosts of the batch that have not failed, where it is certain that all of them come to this task.
        Elsewhere nothing is minted.
      - V(own) is the host that the task runs for.
    type: str
    choices:
      - batch
      - own
    default: own
attributes:
  check_mode:
    support: partial
    details:
      - The variables and the credentials are checked as far as that is possible without the network, and no request is sent.
        The tokens are null, but for those that hosts keep.
"""

EXAMPLES = r"""
- name: Mint the token of this host
  emm.android_enterprise.android_enterprise_device_tokens:
    hosts: own
  vars:
    device_tokens_enterprise_id: LC03demo00
    device_tokens_enrollment_token_type: userDevice
  register: device_tokens__own
  no_log: true

- name: Keep the token as a fact
  ansible.builtin.set_fact:
    device_tokens_enrollment: "{{ device_tokens__own.hosts[inventory_hostname].enrollment }}"
  no_log: true
"""

RETURN = r"""
complete:
  description: Whether the hosts have been served. If not, each has to be on its own.
  returned: always
  type: bool
  sample: true
everybody:
  description: Whether it is certain that no other host comes to the tasks that follow.
  returned: always
  type: bool
  sample: true
rest:
  description: Whether there is more to do for a host than to keep its tokens, as it was refused or they go into the fact cache.
  returned: always
  type: bool
  sample: false
hosts:
  description:
    - What there is for each host, as P(emm.android_enterprise.device_tokens_minted#lookup) describes it.
    - With O(hosts=batch), only that for which there was no room in the memory that the lookup looks into.
  returned: always
  type: dict
  sample: {}
"""
