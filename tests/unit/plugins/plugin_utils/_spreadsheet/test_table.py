# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""CSV files as spreadsheet programs write them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._spreadsheet.table import Row, Table, read_table

HEADERS = ["Host", "Asset Tag"]
TWO = Table(HEADERS, [Row(2, {"Host": "a", "Asset Tag": "1"}), Row(3, {"Host": "b", "Asset Tag": "2"})])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_forms_of_a_file(delimiter: str, line_break: str, encoding: str) -> None:
    lines = ["Host,Asset Tag", "a,1", "b,2", ""]
    text = line_break.join(lines).replace(",", delimiter)
    assert read_table(text.encode(encoding)) == TWO
    assert read_table(text.encode(encoding), delimiter) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "Host,Asset Tag\na,1\nb,2",
        " Host , Asset Tag \n a , 1\u00a0\n\tb,2 \n",
        '"Host","Asset Tag"\n"a","1"\n"b","2"\n',
        "Host,Asset Tag,,\na,1,,\nb,2,,,\n",
    ],
    ids=["no line break at the end", "blanks", "quotes", "empty columns"],
)
def test_harmless_differences(text: str) -> None:
    assert read_table(text.encode()) == TWO


def test_blank_rows_are_skipped_and_counted() -> None:
    table = read_table(b"\n,\nHost,Asset Tag\n , \na,1\n,,,\nb,2\n")
    assert [row.number for row in table.rows] == [5, 7]
    assert table.headers == HEADERS


def test_line_that_names_the_delimiter_is_skipped() -> None:
    table = read_table(b"sep=|\r\nHost|Asset Tag\r\na|1\r\nb|2\r\n")
    assert [row.cells for row in table.rows] == [row.cells for row in TWO.rows]
    assert [row.number for row in table.rows] == [3, 4]


def test_empty_and_missing_cells_are_not_set() -> None:
    table = read_table(b"Host,Asset Tag,User\na,,u1\nb\n")
    assert [row.cells for row in table.rows] == [{"Host": "a", "User": "u1"}, {"Host": "b"}]


def test_quotes_protect_delimiters_line_breaks_and_quotes() -> None:
    table = read_table(b'"Host; name";B\n"a;b";"two\r\nlines"\n"say ""hi""";x\n')
    assert [row.cells for row in table.rows] == [
        {"Host; name": "a;b", "B": "two\r\nlines"},
        {"Host; name": 'say "hi"', "B": "x"},
    ]


def test_values_stay_text() -> None:
    values = ["012", "1:30", "1.10", "on", "null", "{{ 1 + 1 }}", "[1]", "- a", "100000000000000000001", "2026-11-27"]
    table = read_table("\n".join(["Value", *values]).encode())
    assert [row.cells["Value"] for row in table.rows] == values


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "It is empty."),
        (b"\n , \n", "It is empty."),
        (b"PK\x03\x04rest", 'It is an .xlsx or .ods workbook, not a CSV file. Save it as "CSV UTF-8"'),
        (b"\xd0\xcf\x11\xe0rest", "It is an .xls workbook, not a CSV file. Save it as"),
        ("Host\na\nTürme\n".encode("cp1252"), "Row 3 is not text in UTF-8. Save it as"),
        ("Host\na\n".encode("utf-16-le"), "Row 1 has a NUL character. Save it as"),
        (b"Host,Host\na,b\n", "Row 1 has the column 'Host' twice."),
        (b"Host,,Tag\na,b,c\n", "Column 2 has no header, but row 2 has a value in it."),
        (b"Host,Tag\na,1\nb,2,3\n", "Row 3 has 3 cells, but there are only 2 columns. Put quotes around a cell that"),
        (b'Host,Tag\na,1\nb,"2\n', "Row 3 cannot be read: "),
        (b'Host,Tag\na,"1"2\n', "Row 2 cannot be read: "),
        (
            b"Host,User\na,1.00E+20\n",
            "Row 2, column 'User': 1.00E+20 looks like a number that a spreadsheet program has",
        ),
        (b"Host;User\na;1,00E+20\n", "Row 2, column 'User': 1,00E+20 looks like"),
        (b"Host,User\na,x\nb,100000000000001000000\n", "Row 3, column 'User': 100000000000001000000 looks like"),
    ],
)
def test_mistakes_are_refused_with_their_place(content: bytes, reason: str) -> None:
    with pytest.raises(EmmError) as caught:
        read_table(content)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("value", ["100000000000000000001", "123456789012345", "1234567890123450", "E+20", "A1E5x"])
def test_exact_numbers_are_accepted(value: Any) -> None:
    assert read_table(f"Host\n{value}\n".encode()).rows[0].cells == {"Host": value}
