# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: provisioning_payload
short_description: Build a provisioning payload for Android devices
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Builds the dictionary of Android's provisioning extras that a device reads from a QR code to set itself up as a
    managed device with a device policy controller (DPC). The dictionary can be converted to JSON.
  - Each option is named after a C(EXTRA_PROVISIONING_) constant in Android's C(DevicePolicyManager), in lower case and
    without this prefix. There is an option for each public constant that Android accepts in a payload. For any other
    constant, the error says why it is not supported.
  - A payload from elsewhere, such as the console of an EMM, can be the input, too. Instead of its name here, each
    option may have the one that Android gives it, such as C(android.app.extra.PROVISIONING_WIFI_SSID). If both are
    given, the name here counts.
  - Invalid options are refused with an error that names the option and the rule. Options that Android would silently
    ignore are refused, too.
  - Put tokens into O(_input.admin_extras_bundle), under the keys that the DPC reads.
requirements:
  - Babel >= 2.12.0, for O(_input.locale)
  - cryptography >= 39.0.0, for O(_input.wifi_ca_certificate)
  - tzdata, for O(_input.time_zone), if the system has no time zone database
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
            V(com.example.dpc/com.example.dpc.AdminReceiver) or its short form V(com.example.dpc/.AdminReceiver).
          - Since Android 6.0.
        type: str
        required: true
      device_admin_package_download_location:
        description:
          - The URL to download the DPC from. Without it, the DPC must already be on the device.
          - The checksum protects the download, so the URL may begin with C(http://), such as that of a server on the
            bench. A new device does not trust a private certificate authority. AOSP allows such URLs, but the setup
            wizard of a manufacturer may differ, so try it on a device first.
          - Requires exactly one of O(_input.device_admin_signature_checksum) and
            O(_input.device_admin_package_checksum).
          - Since Android 5.0.
        type: str
      device_admin_signature_checksum:
        description:
          - The checksum of the DPC's signing certificate, as computed by
            P(emm.android_enterprise.signature_checksum#filter). It stays the same when the DPC is updated.
          - Since Android 6.0.
        type: str
      device_admin_package_checksum:
        description:
          - The checksum of the DPC's APK file, as computed by P(emm.android_enterprise.package_checksum#filter).
          - Since Android 5.0. SHA-256 checksums, which this collection uses, since Android 6.0.
        type: str
      device_admin_minimum_version_code:
        description:
          - The device does not download the DPC if it already has this version code or a newer one.
          - Since Android 6.0.
        type: int
      device_admin_package_download_cookie_header:
        description:
          - The C(Cookie) header of the download request.
          - Since Android 5.0.
        type: str
      admin_extras_bundle:
        description:
          - Data that Android passes to the DPC unchanged, such as the enrollment token.
          - Values can be strings, numbers, booleans, lists of values of one of these types, and dictionaries. NFC
            supports single values only, and converts them to strings.
          - Since Android 5.0; with NFC since Android 6.0.
        type: dict
      leave_all_system_apps_enabled:
        description:
          - Whether all preinstalled apps stay enabled. If not set, Android disables those that it does not need.
          - Since Android 5.1.
        type: bool
      skip_encryption:
        description:
          - Whether to skip the encryption of the device.
          - Since Android 6.0.
        type: bool
      sensors_permission_grant_opt_out:
        description:
          - Whether the DPC opts out of granting sensor-related permissions to apps.
          - Since Android 12.
        type: bool
      keep_screen_on:
        description:
          - Whether the screen stays on during provisioning.
          - Since Android 13. No effect since Android 14.
        type: bool
      allow_offline:
        description:
          - Whether the device can be provisioned without a network.
          - Since Android 13.
        type: bool
      use_mobile_data:
        description:
          - Whether the DPC can be downloaded over mobile data. Mutually exclusive with O(_input.wifi_ssid), because
            Android ignores this option then.
          - Public since Android 13, but read since Android 9.
        type: bool
      locale:
        description:
          - The language and the country to set on the device, such as V(de_DE), or with a script, such as
            V(zh_Hant_TW).
          - Since Android 5.0.
        type: str
      time_zone:
        description:
          - The time zone to set on the device, by its name in the tz database, such as V(Europe/Berlin).
          - Since Android 5.0.
        type: str
      local_time:
        description:
          - The time to set on the device, in milliseconds since 1970 in UTC. If the code is scanned later, the clock is
            set to a time in the past.
          - Since Android 5.0.
        type: int
      wifi_ssid:
        description:
          - The SSID of the Wi-Fi network that the device connects to, without quotes.
          - Since Android 5.0.
        type: str
      wifi_hidden:
        description:
          - Whether the SSID of the network is hidden.
          - Since Android 5.0.
        type: bool
      wifi_security_type:
        description:
          - The security type of the network. If not set, Android treats it as an open network. V(WPA) also stands for
            WPA2. There is no value for WPA3.
          - Since Android 5.0; V(EAP) since Android 10.
        type: str
        choices:
          - NONE
          - WPA
          - WEP
          - EAP
      wifi_password:
        description:
          - The password of the network. For V(WPA), it must have 8 to 63 characters, counted in bytes of UTF-8. Android
            does not accept the key in hexadecimal digits.
          - Since Android 5.0.
        type: str
      wifi_eap_method:
        description:
          - The EAP method. V(PEAP), V(TTLS) and V(PWD) require O(_input.wifi_identity) and O(_input.wifi_password).
            V(TLS) requires O(_input.wifi_user_certificate).
          - This and all other EAP options require O(_input.wifi_security_type=EAP).
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
          - The phase 2 authentication of V(PEAP) and V(TTLS).
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
          - The CA certificate of the EAP server, in PEM format, or in DER format encoded in base64.
          - Since Android 10.
        type: str
      wifi_user_certificate:
        description:
          - The user's certificate and private key for EAP, in base64. Android's reference specifies DER for both. The
            code that reads them, as far as it is public, accepts a PKCS#12 file without a password.
          - Since Android 10.
        type: str
      wifi_identity:
        description:
          - The identity that the device authenticates with, for EAP.
          - Since Android 10.
        type: str
      wifi_anonymous_identity:
        description:
          - The identity that is sent unencrypted instead of O(_input.wifi_identity), for EAP.
          - Since Android 10.
        type: str
      wifi_domain:
        description:
          - The domain suffix that the name in the EAP server's certificate must have.
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
          - The hosts that bypass the HTTP proxy, separated by commas.
          - Since Android 5.0.
        type: str
      wifi_pac_url:
        description:
          - The URL of a proxy auto-config (PAC) file, instead of a proxy.
          - Since Android 5.0.
        type: str
  extra_keys:
    description:
      - Names in the input that are not options, but are to be in the payload nevertheless, such as those of a
        manufacturer. Their values are only checked for types that Android's reader of payloads knows.
    type: list
    elements: str
    default: []
    version_added: 0.2.0
seealso:
  - ref: ansible_collections.emm.android_enterprise.docsite.guide_qr_code
    description: From the tokens of a device to its QR code.
  - plugin: emm.android_enterprise.qr_code
    plugin_type: filter
  - plugin: emm.android_enterprise.signature_checksum
    plugin_type: filter
  - plugin: emm.android_enterprise.package_checksum
    plugin_type: filter
  - name: Android's DevicePolicyManager
    description: The reference of the constants in Android.
    link: https://developer.android.com/reference/android/app/admin/DevicePolicyManager
"""

EXAMPLES = r"""
- name: Build the payload of a device
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

- name: Add the Wi-Fi network of the bench to a payload from a console
  ansible.builtin.set_fact:
    payload_with_wifi: "{{ console_payload | from_json | combine(wifi) | emm.android_enterprise.provisioning_payload }}"
  vars:
    console_payload: '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME": "com.example.dpc/.AdminReceiver"}'
    wifi:
      wifi_ssid: Staging bench
      wifi_security_type: WPA
      wifi_password: correct horse
  no_log: true

- name: Show the names of the extras
  ansible.builtin.debug:
    msg: "{{ payload.keys() | list }}"
    # => ["android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME", ...]
"""

RETURN = r"""
_value:
  description: The provisioning extras by their names in Android.
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
