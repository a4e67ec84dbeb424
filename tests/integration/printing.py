# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Print a page with a browser, and read the QR codes from an image of the paper."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--headless",
    "--no-sandbox",  # root cannot use the sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_DOTS_PER_INCH = 200
_POINTS_PER_INCH = 72  # in a PDF


@dataclass(frozen=True)
class Page:
    """A printed page: its size in points, its image and its text."""

    size: tuple[float, float]
    image: Image.Image
    text: str

    def codes(self) -> list[dict[str, Any]]:
        """The decoded contents of the QR codes, from top to bottom."""
        found = read_codes(self.image)
        return [json.loads(code.text) for code in sorted(found, key=lambda code: code.position.top_left.y)]

    def has_colors(self) -> bool:
        red, green, blue = self.image.convert("RGB").split()
        return any(ImageChops.difference(red, other).getextrema() != (0, 0) for other in (green, blue))


def browser() -> str:
    """The browser on this machine. Without one, the test is skipped, or fails in CI."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"needs a browser, one of {', '.join(BROWSERS)}")
    return found


def print_out(page: Path, directory: Path) -> list[Page]:
    """Print an HTML file. ``directory`` is for the PDF and the browser's profile."""
    pdf = directory / f"{page.stem}.pdf"
    profile = directory / f"{page.stem}-profile"
    command = [browser(), *_QUIET, f"--user-data-dir={profile}", "--no-pdf-header-footer", f"--print-to-pdf={pdf}"]
    subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=120)
    document = pypdfium2.PdfDocument(pdf)
    return [
        Page(
            sheet.get_size(),
            sheet.render(scale=_DOTS_PER_INCH / _POINTS_PER_INCH).to_pil(),
            sheet.get_textpage().get_text_bounded(),
        )
        for sheet in document
    ]


def read_codes(image: Image.Image) -> list[Any]:
    return list(zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])))
