#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# Documentation only. The action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: provisioning_card
short_description: "[INTERNAL] Make the provisioning payload and QR code of one device"
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Makes the provisioning payload of the current host and the requested outputs, as configured by the variables of the
    role P(emm.android_enterprise.provisioning_sheet#role).
  - This module is used by the role P(emm.android_enterprise.provisioning_sheet#role) only and may change at any time.
    Use the role instead.
  - Runs on the controller and does not connect to the host.
  - Succeeds even if the variables are invalid, so that a later task can show the reason although C(no_log) hides the
    result of this one.
requirements:
  - Babel >= 2.12.0
  - cryptography >= 39.0.0
  - javaproperties >= 0.8.1, for NFC records
  - segno >= 1.6.0
  - tzdata, if the system has no time zone database
extends_documentation_fragment:
  - emm.android_enterprise.attributes
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Checks the variables, with placeholders for tokens. Writes no file. Since the placeholders differ from real
        tokens, files that contain tokens are always reported as changed.
"""

EXAMPLES = r"""
- name: Make the QR code of a device that already has its DPC
  emm.android_enterprise.provisioning_card:
  vars:
    provisioning_sheet_directory: "{{ bench_directory }}"
    provisioning_sheet_outputs:
      - qr_code
    provisioning_sheet_payload:
      device_admin_component_name: com.example.dpc/.AdminReceiver
    provisioning_sheet_require_token: false
  register: bench_card
  no_log: true
"""

RETURN = r"""
play:
  description: An identifier of the play. It is the same for all hosts of the play.
  returned: always
  type: str
  sample: 5f0c4c5d3f4b7c1a9f0e2d6b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c
made_at:
  description: When the task ran, in seconds of the controller's monotonic clock, which all processes share.
  returned: always
  type: float
  sample: 12345.678901
refusal:
  description: Why no card was made, or null.
  returned: always
  type: str
  sample: null
card:
  description: The data of the card on the sheet, an entry of C(cards) in a template.
  returned: if a card was made
  type: dict
  contains:
    host:
      description: The name of the host.
      type: str
      sample: tablet-01
    asset_tag:
      description: The asset tag, or null.
      type: str
      sample: A-0001
    user:
      description: The user of the device, or null.
      type: str
      sample: sam@example.com
    wifi_ssid:
      description: The SSID of the Wi-Fi network in the payload, or null.
      type: str
      sample: Staging bench
    tokens:
      description: The tokens in the payload.
      type: list
      elements: dict
      contains:
        description:
          description: The type of token, in words.
          type: str
          sample: enrollment token for a user's device (userDevice)
        validity:
          description:
            - When the token is valid, in words. V(for an unknown time) if the expiry of an enrollment token is unknown,
              and V(beyond the year 9999) if it is too late for a date.
          type: str
          sample: until Friday, 27 November 2026, 08:30 UTC+01:00 (Europe/Berlin)
        expires_at:
          description:
            - When the token is marked as expired, in ISO 8601. Null if never or if unknown. For an authentication
              token, which is valid for minutes, an hour after it was issued.
          type: str
          sample: "2026-11-27T07:30:00Z"
    expires_at:
      description: The earliest of these times. The code is marked as expired from then on.
      type: str
      sample: "2026-11-27T07:30:00Z"
    payload:
      description: The payload as JSON.
      type: str
      sample: '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME":"com.example.dpc/.AdminReceiver"}'
    svg:
      description: The QR code, as an SVG element.
      type: str
      sample: <svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="50mm">...</svg>
sheet:
  description: The sheet that the card belongs to.
  returned: if a card was made
  type: dict
  sample:
    directory: /staging
    name: sheet
    title: Devices to enroll
    paper: A4
    template: /staging/templates/sheet.html.j2
    parts:
      - sheet
files:
  description: The paths of the files that were written for the host.
  returned: if a card was made
  type: list
  elements: str
  sample:
    - /staging/tablet-01.qr.svg
"""
