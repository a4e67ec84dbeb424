# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Reads a spreadsheet that was saved as CSV, with what spreadsheet programs really write.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_SAVE_AS = 'Save it as "CSV UTF-8" (in Excel: File, Save As; in LibreOffice: File, Save As, Text CSV, Unicode (UTF-8))'
_WORKBOOKS = {b"PK\x03\x04": "an .xlsx or .ods workbook", b"\xd0\xcf\x11\xe0": "an .xls workbook"}
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SEPARATOR_LINE = re.compile(r"sep=(.)", re.IGNORECASE)  # the first line that Excel reads and writes
# Excel keeps 15 digits of a number. It shows a long one as 1.23E+17 and replaces the rest with zeros.
_EXPONENT = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_ROUNDED = re.compile(r"[1-9]\d{14}000+")


@dataclass(frozen=True)
class Row:
    """A row: its number, as a spreadsheet program shows it if no cell has a line break, and the cells that are set."""

    number: int
    cells: dict[str, str]  # by header


@dataclass(frozen=True)
class Table:
    """The headers and the rows of a spreadsheet. There is at least one header. Text has no blanks around it."""

    headers: list[str]
    rows: list[Row]


def read_table(content: bytes, delimiter: str | None = None) -> Table:
    """Read the content of a CSV file. Without a delimiter, it is found out. Raises ``EmmError``."""
    lines = _decode(content)
    declared = _SEPARATOR_LINE.fullmatch(lines.partition("\n")[0].strip("\r\n\ufeff"))
    skipped = 1 if declared else 0
    if declared:
        lines = lines.partition("\n")[2]
        delimiter = delimiter or declared[1]
    numbered = list(_rows(lines, delimiter or _find_delimiter(lines), 1 + skipped))
    if not numbered:
        raise EmmError("It is empty.")
    (number, first), *rest = numbered
    headers = _check_headers(first, number, rest)
    return Table([header for header in headers if header], [_row(headers, number, cells) for number, cells in rest])


def _decode(content: bytes) -> str:
    for start, kind in _WORKBOOKS.items():
        if content.startswith(start):
            raise EmmError(f"It is {kind}, not a CSV file. {_SAVE_AS}.")
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise EmmError(f"Row {number} is not text in UTF-8. {_SAVE_AS}.") from error
    if "\0" in text:
        raise EmmError(f"Row {text[: text.index(chr(0))].count(chr(10)) + 1} has a NUL character. {_SAVE_AS}.")
    return text


def _find_delimiter(text: str) -> str:
    """The delimiter that the first row has most of, outside of quotes."""
    first = next((line for line in re.sub(r'"[^"]*"', "", text).splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _rows(text: str, delimiter: str, start: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = start - 1
    try:
        for cells in reader:
            number += 1
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped
    except csv.Error as error:
        raise EmmError(f"Row {number + 1} cannot be read: {error}.") from error


def _check_headers(headers: Sequence[str], number: int, rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The headers, with an empty one for a column without content. Raises ``EmmError``."""
    for header in headers:
        if header and headers.count(header) > 1:
            raise EmmError(f"Row {number} has the column '{header}' twice.")
    for position, header in enumerate(headers):
        filled = next((row for row, cells in rows if position < len(cells) and cells[position]), None)
        if not header and filled:
            raise EmmError(f"Column {position + 1} has no header, but row {filled} has a value in it.")
    return list(headers)


def _row(headers: Sequence[str], number: int, cells: Sequence[str]) -> Row:
    """A row of a table. Raises ``EmmError``."""
    if any(cells[len(headers) :]):
        raise EmmError(
            f"Row {number} has {len(cells)} cells, but there are only {len(headers)} columns. Put quotes around a cell "
            "that contains the delimiter."
        )
    found = {header: cell for header, cell in zip(headers, cells, strict=False) if cell}
    for header, cell in found.items():
        if _EXPONENT.fullmatch(cell) or _ROUNDED.fullmatch(cell):
            raise EmmError(
                f"Row {number}, column '{header}': {cell} looks like a number that a spreadsheet program has rounded. "
                "Format the column as text, and enter the digits again."
            )
    return Row(number, found)
