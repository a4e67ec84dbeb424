# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The list for label printers."""

from __future__ import annotations

import csv
import io
import re

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.labels import check_label, to_csv

from tests.unit.plugins.plugin_utils._sheet.test_sheet import card


def test_labels_have_a_line_for_each_card() -> None:
    tokens = [{"description": "one", "validity": "until then"}, {"description": "two", "validity": "once"}]
    cards = [
        card(
            "a,b",
            asset_tag='"A"\n1',
            user="مكتب",
            tokens=tokens,
            expires_at="2026-11-26T22:30:00Z",
        ),
        card("c"),
    ]
    assert list(csv.reader(io.StringIO(to_csv(cards)))) == [
        ["host", "asset_tag", "user", "tokens", "validity", "expires_at", "payload"],
        ["a,b", '"A"\n1', "مكتب", "one; two", "until then; once", "2026-11-26T22:30:00Z", "{}"],
        ["c", "", "", "", "", "", "{}"],
    ]


FORMULAS = [
    *("=", "+", "-", "@", "\t", "\r", "\n"),  # OWASP, CSV Injection
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),  # full width
    *("\ufe66", "\ufe62", "\ufe63", "\ufe6b"),  # small
    *(' "=', "'@", '"" -', "\u00a0=", "\u3000\uff1d", "\u200b=", "\ufeff+", "\x00=", "\x0b@"),
    *("A-1;=", "A-1; @", 'A-1;"-', "A-1\uff1b=", "A-1\t+", "A-1\n=", "A-1\r\n-"),
]
HARMLESS = [
    "A-1=",
    "1=+-@",
    "sam@example.com",
    "Doe, -J",
    "#-1",
    "(=1)",
    "A;1",
    'A"=1',
    "A\n1",
    "مكتب",
    "'A",
    " 1",
    "0012",
]
LABELLED = ["host", "asset_tag", "user"]


@pytest.mark.parametrize("column", LABELLED)
@pytest.mark.parametrize("start", FORMULAS)
def test_formulas_are_refused(start: str, column: str) -> None:
    text = f"{start}HYPERLINK(1)"
    with pytest.raises(EmmError, match="which a spreadsheet program may take for a formula") as error:
        check_label({**card("a"), column: text})
    what = "The name of the host" if column == "host" else f"provisioning_sheet_{column}"
    assert str(error.value).startswith(f"{what} is {text!r}, which")


@pytest.mark.parametrize("column", LABELLED)
@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_unchanged_on_a_label(text: str, column: str) -> None:
    """The file contains harmless text unchanged."""
    tokens = [{"description": "enrollment token", "validity": "until then"}]
    labelled = {**card("a", tokens=tokens, expires_at="2026-11-26T22:30:00Z"), column: text}
    check_label(labelled)
    [label] = csv.DictReader(io.StringIO(to_csv([labelled]), newline=""))
    assert label[column] == text
    assert [cell for cell in label.values() if re.match(r"[\s\"']*[=+\-@]|[\t\r\n]", cell)] == []
