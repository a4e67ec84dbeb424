# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""QR codes, read from the image with an independent library."""

from __future__ import annotations

import base64
import io
import json
import re
import string
from datetime import date
from typing import Any

import pytest
import zxingcpp
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import QrCode, draw
from PIL import Image

# The capacity of each version from 1 on in bytes, with error correction M: ISO/IEC 18004, table 7.
CAPACITIES = """
14 26 42 62 84 106 122 152 180 213 251 287 331 362 412 450 504 560 624 666
711 779 857 911 997 1059 1125 1190 1264 1370 1452 1538 1628 1722 1809 1911 1989 2099 2213 2331
"""
AT_MOST = 2953


def image_of(content: Any) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(draw(content, "png"))))


def read(image: Image.Image) -> Any:
    [code] = zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    return code


def text_of(size: int) -> str:
    """Text that has no shorter encoding than bytes."""
    letters = string.ascii_letters + string.punctuation
    return (letters * (size // len(letters) + 1))[:size]


@pytest.mark.parametrize(
    ("size", "version"),
    [*zip(map(int, CAPACITIES.split()), range(1, 41), strict=True), (2332, 36), (AT_MOST, 40)],
)
def test_content_of_each_size_can_be_read(size: int, version: int) -> None:
    code = read(image_of(text_of(size)))
    assert code.text == text_of(size)
    assert int(code.extra["Version"]) == version
    assert code.ec_level in ("LMQH" if size > 2331 else "MQH")


def test_error_correction_is_as_high_as_the_size_allows() -> None:
    assert read(image_of(text_of(14))).ec_level == "M"
    assert read(image_of(text_of(11))).ec_level == "Q"
    assert read(image_of(text_of(7))).ec_level == "H"


@pytest.mark.parametrize("text", ["مكتب ٣", "电脑-5", "Büro 🧪", "'\"<&>\\", "a\nb", "0123456789", "ABC"])
def test_text_in_any_script_can_be_read(text: str) -> None:
    assert bytes(read(image_of(text)).bytes) == text.encode()


def test_payload_is_compact_json_in_ascii() -> None:
    payload = {"wifi": "Büro 电脑", "bundle": {"list": [1, 2], "on": True}}
    text = read(image_of(payload)).text
    assert text == r'{"wifi":"B\u00fcro \u7535\u8111","bundle":{"list":[1,2],"on":true}}'
    assert json.loads(text) == payload


@pytest.mark.parametrize(("size", "modules"), [(14, 21), (450, 81), (2331, 177)])
def test_printed_size(size: int, modules: int) -> None:
    """Half a millimeter per module, and at least 50 mm, with four modules of white on each side."""
    millimeters = max((modules + 8) * 0.5, 50)
    svg = draw(text_of(size))
    assert QrCode.of(text_of(size)).millimeters == millimeters
    assert [float(value) for value in re.findall(r' (?:width|height)="([\d.]+)mm"', svg)] == pytest.approx(
        [millimeters, millimeters], abs=0.01
    )
    image = image_of(text_of(size))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert image.width % (modules + 8) == 0
    assert millimeters <= image.width / 300 * 25.4 < millimeters * 1.2


def test_large_payload_is_refused_with_its_largest_entries() -> None:
    payload = {
        "certificate": "secret" * 400,
        "bundle": {"token": "secret" * 100, "small": "secret"},
        "password": "secret" * 20,
    }
    size = len(json.dumps(payload, separators=(",", ":")))
    with pytest.raises(EmmError) as caught:
        draw(payload)
    assert str(caught.value) == (
        f"The payload has {size:,} bytes, {size - AT_MOST:,} more than the 2,953 that one QR code holds. "
        "Shorten or remove its largest entries: "
        "certificate (2,416 bytes), token (610 bytes), password (133 bytes)."
    )


def test_large_text_is_refused() -> None:
    with pytest.raises(EmmError, match=r"has 2,954 bytes, 1 more than .* Shorten it"):
        draw("ä" * 1477)


@pytest.mark.parametrize("content", ["", {}, None, 5, ["a"], b"a"])
def test_invalid_content_is_refused(content: Any) -> None:
    with pytest.raises(EmmError, match="requires a dictionary or a string"):
        draw(content)


@pytest.mark.parametrize("value", [date(2026, 11, 25), float("nan"), float("inf"), {"deep": b"a"}])
def test_values_without_a_json_form_are_refused(value: Any) -> None:
    with pytest.raises(EmmError, match="It cannot be converted to JSON: "):
        draw({"key": value})


def test_surrogates_are_refused() -> None:
    with pytest.raises(EmmError, match="a character that cannot be encoded in UTF-8"):
        draw("a\ud800")


def test_image_formats() -> None:
    assert draw("a") == draw("a", "svg")
    with pytest.raises(EmmError, match="Option 'image_format' is 'gif', but it must be one of svg, png"):
        draw("a", "gif")
