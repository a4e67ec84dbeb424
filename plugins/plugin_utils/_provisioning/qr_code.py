# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""QR codes for devices to scan from paper.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_encodable
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library

# The capacity of the largest QR code (version 40) in bytes, by error correction level: ISO/IEC 18004, table 7.
CAPACITY = {"L": 2953, "M": 2331}
IMAGE_FORMATS = ("svg", "png")
_QUIET_ZONE = 4  # modules of white margin around the code, as the standard requires
_MODULE_SIZE = 0.5  # mm; large enough for a phone's camera at a hand's breadth, even with worn paper and poor light
_WIDTH_MIN = 50  # mm; there is no point in a smaller code on a sheet
_DOTS_PER_INCH = 300
_MM_PER_INCH = 25.4
_ENTRIES_NAMED = 3  # number of the largest entries to name if a payload is too large


@dataclass(frozen=True)
class QrCode:
    """A QR code. ``millimeters`` is its printed width, including the white margin."""

    _code: Any
    millimeters: float

    @classmethod
    def of(cls, payload: Mapping[str, Any] | str) -> QrCode:
        """The code of a string, or of a payload's JSON. Raises ``EmmError`` if the content does not fit.

        The error correction level is the highest that does not enlarge the code, and at least M, with which a seventh
        of the code may be unreadable. If the content does not fit with M, the level is at least L.
        """
        content = check_size(payload)
        level = "M" if len(content) <= CAPACITY["M"] else "L"
        segno = library("segno", "segno")
        code = segno.make(content, error=level, boost_error=True, micro=False, mode="byte")
        modules, dummy = code.symbol_size(border=_QUIET_ZONE)
        return cls(code, max(modules * _MODULE_SIZE, _WIDTH_MIN))

    def svg(self) -> str:
        """The code as an SVG element, in its printed size."""
        return self._save("svg", scale=self._scale(), unit="mm", xmldecl=False, nl=False).decode()

    def png(self) -> bytes:
        """The code as a PNG file with 300 dots per inch, in about its printed size, but not smaller."""
        pixels = math.ceil(self._scale() / _MM_PER_INCH * _DOTS_PER_INCH)
        return self._save("png", scale=pixels, dpi=_DOTS_PER_INCH)

    def _scale(self) -> float:
        return round(self.millimeters / float(self._code.symbol_size(border=_QUIET_ZONE)[0]), 4)

    def _save(self, kind: str, **options: Any) -> bytes:
        file = io.BytesIO()
        self._code.save(file, kind=kind, border=_QUIET_ZONE, dark="#000", light="#fff", **options)
        return file.getvalue()


def check_size(payload: Mapping[str, Any] | str) -> bytes:
    """The content of the code of a string, or of a payload's JSON. Raises ``EmmError`` if it does not fit."""
    text = payload if isinstance(payload, str) else to_json(payload)
    if not is_encodable(text):
        raise EmmError("It contains a character that cannot be encoded in UTF-8.")
    content = text.encode()
    if len(content) > CAPACITY["L"]:
        raise EmmError(_too_large(len(content), payload))
    return content


def draw(content: object, image_format: str = "svg") -> str:
    """Draw a QR code as an SVG element, or as a PNG file in base64. Raises ``EmmError``."""
    if not isinstance(content, (str, Mapping)) or not content:
        raise EmmError("A QR code requires a dictionary or a string that is not empty.")
    if image_format not in IMAGE_FORMATS:
        raise OptionError("image_format", image_format, f"it must be one of {', '.join(IMAGE_FORMATS)}")
    code = QrCode.of(content)
    return code.svg() if image_format == "svg" else base64.b64encode(code.png()).decode()


def to_json(payload: Mapping[str, Any]) -> str:
    """A payload as JSON for a code: compact, and in ASCII, so that no reader has to guess the encoding.

    Raises ``EmmError`` for values that JSON does not support.
    """
    try:
        return json.dumps(payload, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise EmmError(f"It cannot be converted to JSON: {error}.") from error


def _too_large(size: int, payload: Mapping[str, Any] | str) -> str:
    limit = CAPACITY["L"]
    message = f"The payload has {size:,} bytes, {size - limit:,} more than the {limit:,} that one QR code holds."
    if isinstance(payload, str):
        return f"{message} Shorten it."
    sizes = sorted(((len(to_json({name: value})) - 2, name) for name, value in _entries(payload)), reverse=True)
    named = ", ".join(f"{name} ({bytes_:,} bytes)" for bytes_, name in sizes[:_ENTRIES_NAMED])
    return f"{message} Shorten or remove its largest entries: {named}."


def _entries(payload: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The entries of a payload, with bundles replaced by their entries."""
    entries: list[tuple[str, Any]] = []
    for name, value in payload.items():
        entries += _entries(value) if isinstance(value, Mapping) else [(name, value)]
    return entries
