# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: package_checksum
short_description: Compute the checksum of an APK file
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Computes the checksum that a device uses to verify the DPC it downloads. This is the SHA-256 digest of the APK file,
    in URL-safe base64 without padding.
  - The checksum changes with each version of the DPC, unlike that of
    P(emm.android_enterprise.signature_checksum#filter).
options:
  _input:
    description:
      - The path of the APK file, on the controller.
    type: str
    required: true
seealso:
  - plugin: emm.android_enterprise.provisioning_payload
    plugin_type: filter
  - plugin: emm.android_enterprise.signature_checksum
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Compute the checksum of the DPC
  ansible.builtin.set_fact:
    checksum: "{{ dpc_file | emm.android_enterprise.package_checksum }}"
    # => u0H5HhVQ8zUCy4uQbcKqjIDC0L9E0Yq4DWcwsRNQZ1U
"""

RETURN = r"""
_value:
  description:
    - The checksum, 43 characters long, for
      O(emm.android_enterprise.provisioning_payload#filter:_input.device_admin_package_checksum).
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import as_filter
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.checksums import package_checksum


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"package_checksum": as_filter("package_checksum", package_checksum)}
