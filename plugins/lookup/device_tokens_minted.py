# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: device_tokens_minted
short_description: What the role device_tokens has minted for a host
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Finds what the task of the role P(emm.android_enterprise.device_tokens#role) that mints for all hosts of a batch has left for the
    host that it is templated for.
  - It mints nothing. It is for the tasks of the role, which keep what it finds as facts of the host; use those facts.
"""

EXAMPLES = r"""
- name: Show why a host was refused
  ansible.builtin.debug:
    msg: "{{ lookup('emm.android_enterprise.device_tokens_minted').refusal | default('It was not.') }}"
"""

RETURN = r"""
_raw:
  description:
    - What there is for the host. It is empty if the host was not served.
  type: list
  elements: dict
  contains:
    enrollment:
      description: Its enrollment token.
      type: dict
      returned: if it has one
    user_auth:
      description: Its authentication token.
      type: dict
      returned: if it has one
    refusal:
      description: Why it did not get what it was to get.
      type: str
      returned: if it did not
    missing:
      description: The kinds of the tokens that it did not get.
      type: list
      elements: str
      returned: always
    minted:
      description: Whether a token was minted for it.
      type: bool
      returned: always
    cacheable:
      description: Whether its enrollment token goes into the fact cache.
      type: bool
      returned: always
    rest:
      description: Whether there is more to do for it than to keep its tokens, because of RV(_raw[].refusal) or RV(_raw[].cacheable).
      type: bool
      returned: always
"""

from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HAND_OUT


class LookupModule(LookupBase):
    """Looks into the result of the task that minted, and else into the memory that it shares with the others."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **_options: Any) -> list[dict[str, Any]]:
        variables = variables or {}
        minted = variables.get("device_tokens__minted", {})
        if not minted.get("complete"):  # what is in the memory is of another time
            return [{}]
        host = variables["inventory_hostname"]
        return [minted["hosts"].get(host) or HAND_OUT.find(host) or {}]
