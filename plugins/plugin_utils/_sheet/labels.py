# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The list for label printers, with the cards of a batch.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

_LABEL = ("host", "asset_tag", "user", "tokens", "validity", "expires_at", "payload")
# The cells with text from users. The payload begins with a brace, and the other cells with words and digits.
_COLUMN_SOURCES = {
    "host": "The name of the host",
    "asset_tag": "provisioning_sheet_asset_tag",
    "user": "provisioning_sheet_user",
    "tokens": "The description of the tokens",
}
_LINE_STARTS = ("\t", "\r", "\n")
_FORMULA_STARTS = {"=", "+", "-", "@"}


def to_csv(cards: Sequence[Mapping[str, Any]]) -> str:
    """The list for label printers, with a line for each card. The payload is the content of the QR code."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_LABEL)
    for card in cards:
        writer.writerow(_label(card).values())
    return text.getvalue()


def check_label(card: Mapping[str, Any]) -> None:
    """Raises ``EmmError`` if a spreadsheet program could take a cell of the label for a formula.

    The text is not changed, because the printed label would then be wrong.
    """
    label = _label(card)
    for column, what in _COLUMN_SOURCES.items():
        if _may_be_a_formula(label[column]):
            raise EmmError(
                f"{what} is {label[column]!r}, which a spreadsheet program may take for a formula in the list for "
                "label printers. It must not begin with =, +, -, @, a tab or a line break, or have one of these signs "
                "after a semicolon, tab or line break. Change it, or remove 'labels' from "
                "provisioning_sheet_outputs."
            )


def _label(card: Mapping[str, Any]) -> dict[str, str]:
    tokens, validity = ("; ".join(token[key] for token in card["tokens"]) for key in ("description", "validity"))
    values = {**card, "tokens": tokens, "validity": validity}
    return {column: values[column] or "" for column in _LABEL}


def _may_be_a_formula(text: str) -> bool:
    """Whether any program may take a cell for a formula: see OWASP, CSV Injection.

    Programs may skip invisible characters and quotes, accept other forms of the characters, and end a cell at a
    semicolon, a tab or a line break.
    """
    cells = re.split("[;\t\r\n]", unicodedata.normalize("NFKC", text))
    return text.startswith(_LINE_STARTS) or any(_first_visible(cell) in _FORMULA_STARTS for cell in cells)


def _first_visible(cell: str) -> str:
    """The first visible character that is not a quote."""
    return next((char for char in cell if char.isprintable() and char not in " \"'"), "")
