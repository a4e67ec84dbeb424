# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: duration
short_description: Convert a duration such as C(30d) to seconds and nanoseconds
version_added: 0.1.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Converts a human-readable duration to the dictionary form of the
    O(emm.android_enterprise.android_enterprise_enrollment_token#module:duration) option of
    M(emm.android_enterprise.android_enterprise_enrollment_token).
  - The conversion is exact, to the nanosecond.
options:
  _input:
    description:
      - Whole numbers of weeks (C(w)), days (C(d)), hours (C(h)), minutes (C(m)) and seconds (C(s)), in this order, each
        at most once. Only the seconds can have a fraction, of up to nine digits.
      - A day is 24 hours, and a week is seven days.
      - A number without a unit is refused as ambiguous.
    type: str
    required: true
seealso:
  - plugin: emm.android_enterprise.android_enterprise_enrollment_token
    plugin_type: module
"""

EXAMPLES = r"""
- name: Show thirty days in seconds
  ansible.builtin.debug:
    msg: "{{ '30d' | emm.android_enterprise.duration }}"
    # => {"seconds": 2592000, "nanos": 0}

- name: Create a token that is valid for a shift of eight and a half hours
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userlessDevice
    duration: "{{ '8h30m' | emm.android_enterprise.duration }}"
  register: minted
  no_log: true
"""

RETURN = r"""
_value:
  description: The duration.
  type: dict
  contains:
    seconds:
      description: Number of whole seconds, from V(0) to V(315576000000).
      type: int
    nanos:
      description: Nanoseconds in addition to the whole seconds, from V(0) to V(999999999).
      type: int
"""

from collections.abc import Callable

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import Duration
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import as_filter


def duration(value: object) -> dict[str, int]:
    """``"1h30m"`` -> ``{"seconds": 5400, "nanos": 0}``. Raises ``EmmError`` for anything else."""
    if not isinstance(value, str):
        raise EmmError(f"It requires a string such as '30d' or '90m', not {value!r}.")
    try:
        return Duration.from_human(value).to_options()
    except ValueError as error:
        raise EmmError(f"It cannot use {value!r}: {error}.") from error


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Callable[[object], dict[str, int]]]:
        return {"duration": as_filter("duration", duration)}
