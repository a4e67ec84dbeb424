# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: qr_code
short_description: Draw a QR code for devices to scan from a screen or from paper
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Draws a provisioning payload, or any text, as a QR code.
  - The code is large enough to be scanned from paper. Its modules are at least half a millimeter wide, and the code is
    at least 50 millimeters wide, including the white margin.
  - The error correction level is M, or a higher one if this does not enlarge the code. Content that does not fit with
    level M gets level L.
  - A payload is encoded as JSON in ASCII without white space. A string is encoded unchanged, in UTF-8.
  - A code holds up to 2,953 bytes. Larger content is refused with an error that names the largest entries.
requirements:
  - segno >= 1.6.0
options:
  _input:
    description:
      - A dictionary, such as the result of P(emm.android_enterprise.provisioning_payload#filter), or a string.
    type: raw
    required: true
  image_format:
    description:
      - The format of the image.
      - V(svg) is an SVG element. It can also be written to a file.
      - V(png) is a PNG file with 300 dots per inch, encoded in base64.
    type: str
    choices:
      - svg
      - png
    default: svg
seealso:
  - ref: ansible_collections.emm.android_enterprise.docsite.guide_qr_code
    description: From the tokens of a device to its QR code.
  - plugin: emm.android_enterprise.provisioning_payload
    plugin_type: filter
  - plugin: emm.android_enterprise.provisioning_sheet
    plugin_type: role
"""

EXAMPLES = r"""
- name: Write the QR code of a device that already has its DPC
  ansible.builtin.copy:
    content: "{{ options | emm.android_enterprise.provisioning_payload | emm.android_enterprise.qr_code }}"
    dest: "{{ bench_directory }}/device.svg"
    mode: "0600"
  vars:
    options:
      device_admin_component_name: com.example.dpc/.AdminReceiver
  no_log: true

- name: Draw the URL of a manual as an image for a web page
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
