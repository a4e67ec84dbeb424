# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The filters for provisioning, as Ansible calls them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.emm.android_enterprise.plugins.filter import (
    package_checksum,
    provisioning_payload,
    qr_code,
    signature_checksum,
)

FILTERS: dict[str, Any] = {
    name: function
    for plugin in (package_checksum, provisioning_payload, qr_code, signature_checksum)
    for name, function in plugin.FilterModule().filters().items()
}


def test_payload_becomes_a_qr_code() -> None:
    payload = FILTERS["provisioning_payload"]({"device_admin_component_name": "com.example.dpc/.AdminReceiver"})
    assert payload == {
        "android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME": "com.example.dpc/.AdminReceiver",
    }
    assert FILTERS["qr_code"](payload).startswith("<svg ")
    assert FILTERS["qr_code"](payload, image_format="png").startswith("iVBOR")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("package_checksum", "/does/not/exist", "The file '/does/not/exist' cannot be read"),
        ("signature_checksum", "/does/not/exist", "The file '/does/not/exist' cannot be read"),
        ("provisioning_payload", {"wifi_sid": "x"}, "There is no option 'wifi_sid'"),
        ("qr_code", "", "A QR code requires a dictionary or a string"),
    ],
)
def test_errors_name_the_filter(name: str, value: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"The {name} filter: {message}"):
        FILTERS[name](value)
