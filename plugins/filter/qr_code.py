# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: qr_code
short_description: Draw a QR code that a device scans from a screen or from paper
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Draws a provisioning payload, or any text, as a QR code.
  - It is of a size to be scanned from paper. The smallest squares in it have a side of half a millimeter, and the code has a side of at
    least 50 millimeters, the white margin included.
  - The error correction is M or, where that does not make the code larger, higher. Only a content that is too large for that gets L.
  - A payload goes into the code as JSON in ASCII without blanks. Text goes in as it is, in UTF-8.
  - One code holds 2,953 bytes. What is larger is refused, with the names of the entries that take the most.
requirements:
  - segno >= 1.6.0
options:
  _input:
    description:
      - A mapping, such as the one that P(emm.android_enterprise.provisioning_payload#filter) makes, or text.
    type: raw
    required: true
  image_format:
    description:
      - The form of the image.
      - V(svg) is an SVG element, which may also be the content of a file.
      - V(png) is a PNG file with 300 dots per inch, in base64.
    type: str
    choices:
      - svg
      - png
    default: svg
seealso:
  - plugin: emm.android_enterprise.provisioning_payload
    plugin_type: filter
  - plugin: emm.android_enterprise.provisioning_sheet
    plugin_type: role
"""

EXAMPLES = r"""
- name: Write the QR code of a device that has its DPC already
  ansible.builtin.copy:
    content: "{{ options | emm.android_enterprise.provisioning_payload | emm.android_enterprise.qr_code }}"
    dest: "{{ bench_directory }}/device.svg"
    mode: "0600"
  vars:
    options:
      device_admin_component_name: com.example.dpc/.AdminReceiver
  no_log: true

- name: Make an image for a web page of the address of a manual
  ansible.builtin.set_fact:
    image: "data:image/png;base64,{{ 'https://example.com/manual' | emm.android_enterprise.qr_code(image_format='png') }}"
"""

RETURN = r"""
_value:
  description: The image.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import as_filter
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import draw


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"qr_code": as_filter("qr_code", draw)}
