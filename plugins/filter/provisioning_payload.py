# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: provisioning_payload
short_description: Make a provisioning payload for Android devices from options
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Makes the mapping of Android's provisioning extras that a device reads from a QR code, when it sets itself up as a managed device
    with a device policy controller (DPC). It is ready for JSON.
  - An option has the name of its constant C(EXTRA_PROVISIONING_) in Android's C(DevicePolicyManager), in lower case, without that
    beginning. There is one for each public constant that Android takes from a payload; it says why, if one of the others is given.
  - What is wrong is refused with the name of the option and the rule. So is what Android would ignore without saying so.
  - Tokens go into O(_input.admin_extras_bundle), under the keys that the DPC reads.
requirements:
  - Babel >= 2.12.0, for O(_input.locale)
  - cryptography >= 39.0.0, for O(_input.wifi_ca_certificate)
  - tzdata, for O(_input.time_zone), where the system has no time zones
options:
  _input:
    description:
      - The options of the payload.
    type: dict
    required: true
    suboptions:
      device_admin_component_name:
        description:
          - The package of the DPC and the class of its device admin receiver, such as
            V(com.example.dpc/com.example.dpc.AdminReceiver) or, short, V(com.example.dpc/.AdminReceiver).
          - Since Android 6.0.
        type: str
        required: true
      device_admin_package_download_location:
        description:
          - The HTTPS URL that the DPC is downloaded from. Without it, the DPC has to be on the device.
          - Exactly one of O(_input.device_admin_signature_checksum) and O(_input.device_admin_package_checksum) is needed with it.
          - Since Android 5.0.
        type: str
      device_admin_signature_checksum:
        description:
          - The checksum of the certificate that signs the DPC, as P(emm.android_enterprise.signature_checksum#filter) makes it. It
            stays the same when the DPC is updated.
          - Since Android 6.0.
        type: str
      device_admin_package_checksum:
        description:
          - The checksum of the DPC's APK file, as P(emm.android_enterprise.package_checksum#filter) makes it.
          - Since Android 5.0; of SHA-256, which it is here, since 6.0.
        type: str
      device_admin_minimum_version_code:
        description:
          - If the device has the DPC in the version with this version code, or in a newer one, it does not download it.
          - Since Android 6.0.
        type: int
      device_admin_package_download_cookie_header:
        description:
          - What the request for the download has in its C(Cookie) header.
          - Since Android 5.0.
        type: str
      admin_extras_bundle:
        description:
          - What Android hands to the DPC unchanged, such as the enrollment token.
          - Values are text, numbers, true or false, lists of one of those, and dictionaries. NFC has room for single values only, and
            makes text of them.
          - Since Android 5.0; from NFC since 6.0.
        type: dict
      leave_all_system_apps_enabled:
        description:
          - Whether all apps that came with the device stay enabled. If not set, Android disables those that it does not need.
          - Since Android 5.1.
        type: bool
      skip_encryption:
        description:
          - Whether the device need not be encrypted.
          - Since Android 6.0.
        type: bool
      sensors_permission_grant_opt_out:
        description:
          - Whether the DPC gives up its right to grant apps the permissions for sensors.
          - Since Android 12.
        type: bool
      keep_screen_on:
        description:
          - Whether the screen stays on during the provisioning.
          - Since Android 13. It has no effect since Android 14.
        type: bool
      allow_offline:
        description:
          - Whether the device may be provisioned without a network.
          - Since Android 13.
        type: bool
      use_mobile_data:
        description:
          - Whether the DPC may be downloaded over mobile data. It does not go with O(_input.wifi_ssid), with which Android ignores it.
          - Public since Android 13, and read since 9.
        type: bool
      locale:
        description:
          - The language and the country that the device is set to, such as V(de_DE), which is the form that Android's reference names.
          - Since Android 5.0.
        type: str
      time_zone:
        description:
          - The time zone that the device is set to, by its name in the tz database, such as V(Europe/Berlin).
          - Since Android 5.0.
        type: str
      local_time:
        description:
          - The time that the clock of the device is set to, in milliseconds since 1970 in UTC. A code that is scanned later sets
            the clock to a time that is over.
          - Since Android 5.0.
        type: int
      wifi_ssid:
        description:
          - The name of the Wi-Fi network that the device connects to, without quotes around it.
          - Since Android 5.0.
        type: str
      wifi_hidden:
        description:
          - Whether the network does not announce itself.
          - Since Android 5.0.
        type: bool
      wifi_security_type:
        description:
          - How the network is secured. It is taken for an open one if this is not set. V(WPA) is for WPA2, too; there is none for WPA3.
          - Since Android 5.0; V(EAP) since 10.
        type: str
        choices:
          - NONE
          - WPA
          - WEP
          - EAP
      wifi_password:
        description:
          - The password of the network. For V(WPA), it has 8 to 63 characters, in bytes of UTF-8; Android does not take the key in
            hexadecimal digits.
          - Since Android 5.0.
        type: str
      wifi_eap_method:
        description:
          - The EAP method. V(PEAP), V(TTLS) and V(PWD) take O(_input.wifi_identity) and O(_input.wifi_password), V(TLS) takes
            O(_input.wifi_user_certificate). This and all other options for EAP are for O(_input.wifi_security_type=EAP) only.
          - Since Android 10.
        type: str
        choices:
          - PEAP
          - TLS
          - TTLS
          - PWD
          - SIM
          - AKA
          - AKA_PRIME
      wifi_phase2_auth:
        description:
          - The authentication within V(PEAP) and V(TTLS).
          - Since Android 10.
        type: str
        choices:
          - NONE
          - PAP
          - MSCHAP
          - MSCHAPV2
          - GTC
          - SIM
          - AKA
          - AKA_PRIME
      wifi_ca_certificate:
        description:
          - The certificate of the certification authority of the EAP server, in PEM, or in DER and base64.
          - Since Android 10.
        type: str
      wifi_user_certificate:
        description:
          - The certificate and the private key of the user, for EAP, in base64. Android's reference asks for both in DER. The code that
            reads them, as far as it is public, takes a PKCS#12 file without a password.
          - Since Android 10.
        type: str
      wifi_identity:
        description:
          - As whom the device authenticates, with EAP.
          - Since Android 10.
        type: str
      wifi_anonymous_identity:
        description:
          - The identity that is sent unencrypted, in place of O(_input.wifi_identity), with EAP.
          - Since Android 10.
        type: str
      wifi_domain:
        description:
          - The domain that the name in the certificate of the EAP server has to end with.
          - Since Android 10.
        type: str
      wifi_proxy_host:
        description:
          - The host of an HTTP proxy.
          - Since Android 5.0.
        type: str
      wifi_proxy_port:
        description:
          - The port of the HTTP proxy.
          - Since Android 5.0.
        type: int
      wifi_proxy_bypass:
        description:
          - The hosts that are reached without the HTTP proxy, separated by commas.
          - Since Android 5.0.
        type: str
      wifi_pac_url:
        description:
          - The URL of a proxy auto-config file, in place of a proxy.
          - Since Android 5.0.
        type: str
seealso:
  - plugin: emm.android_enterprise.qr_code
    plugin_type: filter
  - plugin: emm.android_enterprise.signature_checksum
    plugin_type: filter
  - plugin: emm.android_enterprise.package_checksum
    plugin_type: filter
  - name: Android's DevicePolicyManager
    description: The reference of the constants.
    link: https://developer.android.com/reference/android/app/admin/DevicePolicyManager
"""

EXAMPLES = r"""
- name: Make the payload of a device
  ansible.builtin.set_fact:
    payload: "{{ options | emm.android_enterprise.provisioning_payload }}"
  vars:
    enrollment_token: a-token
    options:
      device_admin_component_name: com.example.dpc/.AdminReceiver
      device_admin_package_download_location: https://dpc.example.com/dpc.apk
      device_admin_signature_checksum: gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM
      wifi_ssid: Staging bench
      wifi_security_type: WPA
      wifi_password: correct horse
      locale: de_DE
      time_zone: Europe/Berlin
      admin_extras_bundle:
        com.example.dpc.ENROLLMENT_TOKEN: "{{ enrollment_token }}"
  no_log: true

- name: Show the names of its extras
  ansible.builtin.debug:
    msg: "{{ payload.keys() | list }}"
    # => ["android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME", ...]
"""

RETURN = r"""
_value:
  description: Android's names of the extras, each with its value.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import as_filter
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload import build_payload


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"provisioning_payload": as_filter("provisioning_payload", build_payload)}
