# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The NFC record that a device reads from a tag.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library

_MIME_TYPE = "application/com.android.managedprovisioning"
# Bits of the first byte of an NDEF record: it is the first and the last record of its message, its length has one byte
# rather than four, and its type is a media type.
_ONLY_RECORD, _SHORT, _MEDIA_TYPE = 0xC0, 0x10, 0x02


def to_properties(payload: Mapping[str, Any]) -> str:
    """A payload as Java properties. All values are strings. A bundle is nested as properties in a string.

    Raises ``EmmError`` for a value that cannot be a string, also in a bundle.
    """
    return _dump(
        {
            name: _dump(_flatten(name, value)) if isinstance(value, Mapping) else _single(f"'{name}'", value)
            for name, value in payload.items()
        }
    )


def to_message(properties: str) -> bytes:
    """The content of a tag: an NDEF message with a single record."""
    kind, content = _MIME_TYPE.encode(), properties.encode()
    if len(content) < 256:
        head = struct.pack(">BBB", _ONLY_RECORD | _SHORT | _MEDIA_TYPE, len(kind), len(content))
    else:
        head = struct.pack(">BBI", _ONLY_RECORD | _MEDIA_TYPE, len(kind), len(content))
    return head + kind + content


def _flatten(name: str, bundle: Mapping[str, Any]) -> dict[str, str]:
    option = name.rpartition("PROVISIONING_")[2].lower()
    return {key: _single(f"The entry '{key}' of '{option}'", value) for key, value in bundle.items()}


def _single(subject: str, value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        raise EmmError(f"{subject} does not fit into an NFC record: it is not a single value.")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _dump(properties: Mapping[str, str]) -> str:
    return str(library("javaproperties", "javaproperties").dumps(properties, timestamp=False))
