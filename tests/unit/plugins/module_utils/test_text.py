# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Printable and unprintable characters."""

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import (
    drop_unprintable,
    escape_unprintable,
    is_encodable,
    is_system_text,
)


@pytest.mark.parametrize(
    ("text", "escaped", "dropped"),
    [
        ("a\x1b[31mb\x07", r"a\x1b[31mb\x07", "a[31mb"),
        ("a\x7f\x80\x9bb", r"a\x7f\x80\x9bb", "ab"),
        ("a\nb\tc", "a\nb\tc", "a\nb\tc"),
        ("a\rb\x0b\x85\u2028\u2029", r"a\rb\x0b\x85\u2028\u2029", "a\rb\x0b\x85\u2028\u2029"),
        ("\u202a\u202e\u2066\u2069\u200e\u200f\u061c", r"\u202a\u202e\u2066\u2069\u200e\u200f\u061c", ""),
        ("to\u200bk\u200de\ufeffn\u00ad", r"to\u200bk\u200de\ufeffn\xad", "token"),
        ("k\u200d\u200c\u200d\ufe0fe", r"k\u200d\u200c\u200d\ufe0fe", "ke"),
        ("a\u034fb\u3164\ufe00\U000e0100", r"a\u034fb\u3164\ufe00\U000e0100", "ab"),
        ("a\ud800b\udcff", r"a\ud800b\udcff", "ab"),
        ("\ue000\U000f0000\uffff\U000e0041", r"\ue000\U000f0000\uffff\U000e0041", ""),
    ],
)
def test_unprintable_characters_are_escaped_or_dropped(text: str, escaped: str, dropped: str) -> None:
    assert escape_unprintable(text) == escaped
    assert drop_unprintable(text) == dropped


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "Größe\u00a0und 中文\u3000字",
        "رمز غير صالح",
        "می\u200cخواهم",
        "אסימון",
        "क्\u200dष टोकन",
        "\u2764\ufe0f\u200d\U0001f525 \U0001f469\u200d\U0001f469\u200d\U0001f467",
        "e\u0301",
    ],
)
def test_text_in_any_script_is_unchanged(text: str) -> None:
    assert escape_unprintable(text) == text
    assert drop_unprintable(text) == text


@pytest.mark.parametrize(
    ("text", "encodable", "for_system"),
    [("", True, True), ("é€", True, True), ("a\0b", True, False), ("\ud800", False, False), ("\udc80", False, True)],
)
def test_encodable_text_and_text_for_the_system(text: str, encodable: bool, for_system: bool) -> None:
    """The system's paths may contain bytes that are not UTF-8, which Python represents as surrogates."""
    assert (is_encodable(text), is_system_text(text)) == (encodable, for_system)
