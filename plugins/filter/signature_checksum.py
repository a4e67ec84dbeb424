# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: signature_checksum
short_description: Compute the checksum of an app's signing certificate
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Computes the checksum that a device uses to verify the signer of the DPC it downloads. This is the SHA-256 digest of
    the signing certificate, in URL-safe base64 without padding.
  - The checksum stays the same when the DPC is updated, unlike that of
    P(emm.android_enterprise.package_checksum#filter).
requirements:
  - cryptography >= 39.0.0
options:
  _input:
    description:
      - The certificate in PEM format, or the path of a file on the controller with the certificate in PEM or DER
        format.
      - Must contain exactly one certificate.
    type: str
    required: true
seealso:
  - plugin: emm.android_enterprise.provisioning_payload
    plugin_type: filter
  - plugin: emm.android_enterprise.package_checksum
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Compute the checksum of a certificate from "keytool -exportcert" or "apksigner verify --print-certs-pem"
  ansible.builtin.set_fact:
    checksum: "{{ dpc_certificate_file | emm.android_enterprise.signature_checksum }}"
    # => gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM
"""

RETURN = r"""
_value:
  description:
    - The checksum, 43 characters long, for
      O(emm.android_enterprise.provisioning_payload#filter:_input.device_admin_signature_checksum).
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import as_filter
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.checksums import signature_checksum


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"signature_checksum": as_filter("signature_checksum", signature_checksum)}
