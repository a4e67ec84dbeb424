# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The rules between provisioning extras.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WPA_PASSWORD = range(8, 64)  # bytes
_WEP_KEY = re.compile(
    r".{5}|.{13}|.{16}|.{29}|[0-9A-Fa-f]{10}|[0-9A-Fa-f]{26}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{58}", re.DOTALL
)
_EAP_REQUIREMENTS = {
    **dict.fromkeys(("PEAP", "TTLS", "PWD"), ("wifi_identity", "wifi_password")),
    "TLS": ("wifi_user_certificate",),
}
_EAP_ONLY = (
    "wifi_eap_method",
    "wifi_phase2_auth",
    "wifi_ca_certificate",
    "wifi_user_certificate",
    "wifi_identity",
    "wifi_anonymous_identity",
    "wifi_domain",
)


def contradictions(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The options that contradict others, each with the reason."""
    yield from _check_download(options)
    yield from _check_network(options)
    yield from _check_password(options)
    yield from _check_eap(options)


def _check_download(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    location = "device_admin_package_download_location"
    checksums = ("device_admin_signature_checksum", "device_admin_package_checksum")
    if location in options and sum(name in options for name in checksums) != 1:
        yield location, f"it requires exactly one of {' and '.join(checksums)}"
    more = ("device_admin_package_download_cookie_header", "device_admin_minimum_version_code")
    yield from _requires(options, (*checksums, *more), location)


def _check_network(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _requires(options, [name for name in options if name.startswith("wifi_")], "wifi_ssid")
    if "use_mobile_data" in options and "wifi_ssid" in options:
        yield "use_mobile_data", "Android ignores it with wifi_ssid"
    host, port, pac = "wifi_proxy_host", "wifi_proxy_port", "wifi_pac_url"
    if host in options and pac in options:
        yield pac, f"Android ignores it with {host}"
    if host in options and port not in options:
        yield host, f"it requires {port}"
    yield from _requires(options, (port, "wifi_proxy_bypass"), host)


def _check_password(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = "wifi_password"
    security = options.get("wifi_security_type", "NONE")
    if name not in options:
        if security in ("WPA", "WEP"):
            yield "wifi_security_type", f"{security} requires {name}"
    elif security == "NONE":
        yield name, "without a wifi_security_type other than NONE, Android treats the network as open"
    elif security == "WPA" and len(options[name].encode()) not in _WPA_PASSWORD:
        yield name, "a WPA password must have 8 to 63 characters (bytes in UTF-8)"
    elif security == "WEP" and not _WEP_KEY.fullmatch(options[name]):
        yield name, "a WEP key must have 5, 13, 16 or 29 characters, or 10, 26, 32 or 58 hexadecimal digits"


def _check_eap(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    method = "wifi_eap_method"
    if options.get("wifi_security_type") != "EAP":
        for name in _EAP_ONLY:
            if name in options:
                yield name, "it requires wifi_security_type: EAP"
    elif method not in options:
        yield "wifi_security_type", f"EAP requires {method}"
    else:
        for name in _EAP_REQUIREMENTS.get(options[method], ()):
            if name not in options:
                yield method, f"{options[method]} requires {name}"


def _requires(options: Mapping[str, Any], names: Iterable[str], required: str) -> Iterator[tuple[str, str]]:
    for name in names:
        if name in options and required not in options:
            yield name, f"Android ignores it without {required}"
