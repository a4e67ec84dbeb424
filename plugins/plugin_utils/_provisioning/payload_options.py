# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The options of a provisioning payload: Android's provisioning extras.

Each option is named after its constant in Android's ``DevicePolicyManager``, in lower case and without
``EXTRA_PROVISIONING_``. The filter ``provisioning_payload`` documents each option.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning import values

SECURITY_TYPES = ("NONE", "WPA", "WEP", "EAP")
EAP_METHODS = ("PEAP", "TLS", "TTLS", "PWD", "SIM", "AKA", "AKA_PRIME")
PHASE2_AUTHS = ("NONE", "PAP", "MSCHAP", "MSCHAPV2", "GTC", "SIM", "AKA", "AKA_PRIME")


@dataclass(frozen=True)
class Extra:
    """A provisioning extra: how to check it, and whether it is a secret, a URL, and useful with zero-touch.

    With zero-touch, the device is online before it gets its configuration, and the DPC comes from Google Play.
    """

    convert: Callable[[Any], Any]
    secret: bool = False
    is_url: bool = False
    zero_touch: bool = False


EXTRAS: dict[str, Extra] = {
    "device_admin_component_name": Extra(values.check_component),
    "device_admin_package_download_location": Extra(values.url_with("http", "https"), is_url=True),
    "device_admin_package_download_cookie_header": Extra(values.check_header, secret=True),
    "device_admin_package_checksum": Extra(values.check_checksum),
    "device_admin_signature_checksum": Extra(values.check_checksum),
    "device_admin_minimum_version_code": Extra(values.integer_between(1, values.INT_MAX)),
    "admin_extras_bundle": Extra(values.check_bundle, secret=True, zero_touch=True),
    "leave_all_system_apps_enabled": Extra(values.check_boolean, zero_touch=True),
    "skip_encryption": Extra(values.check_boolean, zero_touch=True),
    "sensors_permission_grant_opt_out": Extra(values.check_boolean, zero_touch=True),
    "keep_screen_on": Extra(values.check_boolean, zero_touch=True),
    "allow_offline": Extra(values.check_boolean),
    "use_mobile_data": Extra(values.check_boolean),
    "locale": Extra(values.check_locale, zero_touch=True),
    "time_zone": Extra(values.check_time_zone, zero_touch=True),
    "local_time": Extra(values.check_local_time),
    "wifi_ssid": Extra(values.check_ssid),
    "wifi_hidden": Extra(values.check_boolean),
    "wifi_security_type": Extra(values.one_of(*SECURITY_TYPES)),
    "wifi_password": Extra(values.check_text, secret=True),
    "wifi_eap_method": Extra(values.one_of(*EAP_METHODS)),
    "wifi_phase2_auth": Extra(values.one_of(*PHASE2_AUTHS)),
    "wifi_ca_certificate": Extra(values.check_ca_certificate, secret=True),  # a key may be set by mistake
    "wifi_user_certificate": Extra(values.check_base64, secret=True),
    "wifi_identity": Extra(values.check_text),
    "wifi_anonymous_identity": Extra(values.check_text),
    "wifi_domain": Extra(values.check_text),
    "wifi_proxy_host": Extra(values.check_text),
    "wifi_proxy_port": Extra(values.integer_between(1, 65535)),
    "wifi_proxy_bypass": Extra(values.check_text),
    "wifi_pac_url": Extra(values.url_with("http", "https"), is_url=True),
}
_FROM_THE_SYSTEM = "Android passes it to the DPC, but does not accept it in a payload"
_FROM_THE_DPC = "the DPC decides it on the device, and Android does not accept it in a payload"
_FROM_AN_APP = "it is for an app that starts provisioning, and Android does not accept it in a payload"
# The other public constants, and why they are not supported in a payload.
UNSUPPORTED_EXTRAS: dict[str, str] = {
    "account_to_migrate": _FROM_AN_APP,
    "allowed_provisioning_modes": _FROM_THE_SYSTEM,
    "device_admin_package_name": "it is deprecated; use 'device_admin_component_name'",
    "disclaimers": _FROM_AN_APP,
    "disclaimer_content": _FROM_AN_APP,
    "disclaimer_header": _FROM_AN_APP,
    "email_address": "Android has not used it since version 8.0",
    "imei": _FROM_THE_SYSTEM,
    "keep_account_on_migration": _FROM_AN_APP,
    "logo_uri": _FROM_AN_APP,
    "main_color": _FROM_AN_APP,
    "mode": _FROM_THE_DPC,
    "serial_number": _FROM_THE_SYSTEM,
    "should_launch_result_intent": _FROM_AN_APP,
    "skip_education_screens": _FROM_THE_DPC,
    "skip_user_consent": _FROM_AN_APP,
}
# Constants for system apps only.
NOT_PUBLIC = (
    "device_admin_package_icon_uri",
    "device_admin_package_label",
    "organization_name",
    "return_before_policy_compliance",
    "role_holder_custom_user_consent_intent",
    "role_holder_extras_bundle",
    "role_holder_package_download_cookie_header",
    "role_holder_package_download_location",
    "role_holder_signature_checksum",
    "skip_ownership_disclaimer",
    "skip_user_setup",
    "support_url",
    "supported_modes",
    "trigger",
)


_PREFIX = "android.app.extra.PROVISIONING_"


def payload_key(option: str) -> str:
    """The name of an option in a payload."""
    return f"{_PREFIX}{option.upper()}"


def option_of(key: str) -> str:
    """The option that has a name in a payload. Any other name is returned unchanged."""
    option = key.removeprefix(_PREFIX).lower()
    return option if key == payload_key(option) and option in EXTRAS else key
