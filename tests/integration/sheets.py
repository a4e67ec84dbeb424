# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Inventories and plays for the role provisioning_sheet, and what is in the files that it writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.integration.devices import ROLE as TOKENS
from tests.integration.devices import fleet

ROLE = "emm.android_enterprise.provisioning_sheet"
SHEET = "emm.android_enterprise.provisioning_sheet"  # the action that writes the sheet
EXTRA = "android.app.extra.PROVISIONING_"
BUNDLE = f"{EXTRA}ADMIN_EXTRAS_BUNDLE"
WIFI_PASSWORD = "correct horse battery"
PAYLOAD = {
    "device_admin_component_name": "com.example.dpc/.AdminReceiver",
    "device_admin_package_download_location": "https://dpc.example.com/dpc.apk",
    "device_admin_signature_checksum": "gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM",
    "wifi_ssid": "Prüfstand 电",
    "wifi_security_type": "WPA",
    "wifi_password": WIFI_PASSWORD,
    "locale": "de_DE",
    "time_zone": "Europe/Berlin",
    "admin_extras_bundle": {
        "com.example.dpc.ENROLLMENT_TOKEN": "{{ device_tokens_enrollment.token }}",
        "com.example.dpc.HOST": "{{ inventory_hostname }}",
    },
}


def devices(count: int, directory: Path, **variables: Any) -> dict[str, Any]:
    """An inventory of devices, with all variables that the role needs."""
    common = {
        "provisioning_sheet_directory": str(directory),
        "provisioning_sheet_payload": PAYLOAD,
        "provisioning_sheet_asset_tag": "A-{{ inventory_hostname }}",
    }
    return fleet(count, **{**common, **variables})


def with_payload(**options: Any) -> dict[str, Any]:
    """The variable with the payload, with options changed or added."""
    return {"provisioning_sheet_payload": {**PAYLOAD, **options}}


def play(**more: Any) -> dict[str, Any]:
    """A play with both roles."""
    return {"hosts": "all", "gather_facts": False, "roles": [TOKENS, ROLE], **more}


def name_of(payload: dict[str, Any]) -> str:
    """The name of the device that a payload is for."""
    return str(payload[BUNDLE]["com.example.dpc.HOST"])


def names_in(directory: Path) -> set[str]:
    """The names of the files in a directory, without the role's own list of files."""
    return {path.name for path in directory.iterdir() if not path.name.startswith(".provisioning_sheet")}


def hosts_on(sheet: Path) -> list[str]:
    """The hosts with a card on a sheet."""
    return re.findall(r"<h2[^>]*>(.*)</h2>", sheet.read_text(encoding="utf-8"))


def refused_on(sheet: Path) -> list[str]:
    """The hosts that a sheet lists without a card."""
    return re.findall(r"<bdi>(.*?)</bdi>", sheet.read_text(encoding="utf-8"))


def squeezed(text: str) -> str:
    """Text without the characters that a line break in a PDF or a warning adds or removes."""
    return re.sub(r"[\s\ufffe\u200b\u00ad-]", "", text)
