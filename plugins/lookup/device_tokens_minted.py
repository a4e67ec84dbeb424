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
  - Finds what the tasks of the role P(emm.android_enterprise.device_tokens#role) have minted for the host that it is templated for.
  - It mints nothing. It is for the tasks of the role, which keep what it finds as facts of the host; use those facts.
options:
  _terms:
    description:
      - What to find. V(enrollment) or V(user_auth) for a token; V(refusal) for the reason why the host did not get one, and V(missing)
        for the kinds of those that it did not get; V(cacheable) for whether its enrollment token goes into the fact cache; V(rest)
        for whether one of the two is to be dealt with; V(served) for whether there is anything.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show why a host was refused
  ansible.builtin.debug:
    msg: "{{ lookup('emm.android_enterprise.device_tokens_minted', 'refusal') }}"
"""

RETURN = r"""
_raw:
  description: For each term what was found, or null.
  type: list
  elements: raw
"""

from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HAND_OUT


class LookupModule(LookupBase):
    """Looks into the memory that the tasks of the role share, and else into the result of the one that minted."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **_options: Any) -> list[Any]:
        variables = variables or {}
        minted = variables.get("device_tokens__minted", {})
        found = None
        if minted.get("complete"):
            host = variables["inventory_hostname"]
            found = minted["hosts"].get(host)  # for which there was no room elsewhere
            if found is None:
                found = HAND_OUT.find(host)
        known = {"cacheable": False, "rest": False, **(found or {}), "served": found is not None}
        return [known.get(term) for term in terms]
