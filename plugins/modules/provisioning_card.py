#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# This file is documentation only; the action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: provisioning_card
short_description: Make what one device scans
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Makes the provisioning payload of the host that it runs for, and what is asked for with it, as the variables of the role
    P(emm.android_enterprise.provisioning_sheet#role) say. It is for the tasks of the role; use the role.
  - It runs on the controller and connects to no host.
  - It succeeds even if there is something wrong with the variables, so that the reason can be shown where its results are not.
requirements:
  - Babel >= 2.12.0
  - cryptography >= 39.0.0
  - javaproperties >= 0.8.1, for NFC records
  - segno >= 1.6.0
  - tzdata, where the system has no time zones
extends_documentation_fragment:
  - emm.android_enterprise.attributes.controller
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The variables are checked, with placeholders for tokens, and no file is written. With these, the files are always others.
"""

EXAMPLES = r"""
- name: Make the QR code of a device that has its DPC already
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
  description: The same for all hosts of a play, and another one for those of another play.
  returned: always
  type: str
  sample: 5f0c4c5d3f4b7c1a9f0e2d6b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c
made_at:
  description: When it was made, in seconds of a clock that all processes of the controller share, and that says nothing else.
  returned: always
  type: float
  sample: 12345.678901
refusal:
  description: Why nothing was made, or null.
  returned: always
  type: str
  sample: null
card:
  description: What goes on the sheet; what a template finds in its C(cards).
  returned: if it was made
  type: dict
  contains:
    host:
      description: The name of the host.
      type: str
      sample: tablet-01
    asset_tag:
      description: Its asset tag, or null.
      type: str
      sample: A-0001
    user:
      description: Who is to use it, or null.
      type: str
      sample: sam@example.com
    wifi_ssid:
      description: The name of the Wi-Fi network in the payload, or null.
      type: str
      sample: Staging bench
    tokens:
      description: The tokens in the payload.
      type: list
      elements: dict
      contains:
        description:
          description: What it is, in words.
          type: str
          sample: enrollment token for the device of a user (userDevice)
        validity:
          description: When it can be used, in words. An enrollment token of which it is not known when it expires can be used V(for an
            unknown time), and one that expires later than a date can say V(beyond the year 9999).
          type: str
          sample: until Friday, 27 November 2026, 08:30 UTC+01:00 (Europe/Berlin)
        expires_at:
          description: From when on it is marked as expired, in ISO 8601, or null if never, or if that is not
            known. For an authentication token, which lives for
            minutes, it is an hour after it was issued.
          type: str
          sample: "2026-11-27T07:30:00Z"
    expires_at:
      description: The first of these times, from which on the code is marked as expired.
      type: str
      sample: "2026-11-27T07:30:00Z"
    payload:
      description: The payload as JSON.
      type: str
      sample: '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME":"com.example.dpc/.AdminReceiver"}'
    svg:
      description: Its QR code, as an SVG element.
      type: str
      sample: <svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="50mm">...</svg>
sheet:
  description: The sheet that the card is for.
  returned: if it was made
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
  returned: if it was made
  type: list
  elements: str
  sample:
    - /staging/tablet-01.qr.svg
"""
