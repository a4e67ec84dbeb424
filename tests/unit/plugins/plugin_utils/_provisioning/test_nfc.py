# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""NFC records, read with independent libraries for NDEF and Java properties."""

from __future__ import annotations

from typing import Any

import jproperties
import ndef
import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.nfc import to_message, to_properties

BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
ODD = "a = b: #c !d\\e\n\tف 电 🧪 'quoted' \"twice\" "


def read_properties(text: str) -> dict[str, str]:
    properties = jproperties.Properties()
    properties.load(text.encode(), "utf-8")
    return {key: value.data for key, value in properties.items()}


def test_values_become_strings() -> None:
    payload = {"text": ODD, " odd: = key#": " lead", "number": 8080, "yes": True, "no": False, "empty": ""}
    assert read_properties(to_properties(payload)) == {
        "text": ODD,
        " odd: = key#": " lead",
        "number": "8080",
        "yes": "true",
        "no": "false",
        "empty": "",
    }


def test_bundle_becomes_nested_properties() -> None:
    properties = read_properties(to_properties({BUNDLE: {"token": ODD, "count": 5, "ratio": 0.5, "on": True}}))
    assert read_properties(properties[BUNDLE]) == {"token": ODD, "count": "5", "ratio": "0.5", "on": "true"}


@pytest.mark.parametrize("value", [{"nested": "a"}, ["a"]])
def test_nested_values_in_a_bundle_are_refused(value: Any) -> None:
    with pytest.raises(
        EmmError, match="The entry 'more' of 'admin_extras_bundle' does not fit into an NFC record: it is not a single"
    ):
        to_properties({BUNDLE: {"more": value}})


@pytest.mark.parametrize("size", [0, 1, 255, 256, 5000])
def test_message_is_a_single_record(size: int) -> None:
    text = ("é" + "a" * (size - 2)) if size > 1 else "a" * size  # of ``size`` bytes
    assert len(text.encode()) == size
    [record] = ndef.message_decoder(to_message(text))
    assert record.type == "application/com.android.managedprovisioning"
    assert record.data.decode() == text
    assert b"".join(ndef.message_encoder([record])) == to_message(text)
