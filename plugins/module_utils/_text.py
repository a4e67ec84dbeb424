# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Text: printable characters, names of types, and e-mail addresses.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date

_JOINERS = "\u200c\u200d\ufe0e\ufe0f"  # join letters, or parts of emoji
# Printable for Python, but invisible by Unicode (Default_Ignorable_Code_Point).
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))))
)

_TYPE_NAMES: tuple[tuple[type, str], ...] = (
    (type(None), "null"),
    (str, "a string"),
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a number"),
    (Mapping, "a dictionary"),
    (bytes, "bytes"),
    (Sequence, "a list"),
    (date, "a date"),
)
_NOT_IN_EMAIL = r"@\s<>,;:\"()\[\]"
_EMAIL = re.compile(rf"[^{_NOT_IN_EMAIL}]+@[^{_NOT_IN_EMAIL}._-][^{_NOT_IN_EMAIL}]*\.[^{_NOT_IN_EMAIL}.]+")


def escape_unprintable(text: str) -> str:
    r"""Escape characters that a terminal does not show unchanged, like Python's ``repr``, such as ``\x1b``.

    These are control characters except line breaks and tabs; characters that change the text direction or have no
    width; surrogates, which UTF-8 cannot encode; and private-use characters.
    """
    return _replace(text, lambda character: character if character in "\n\t" else _escape(character))


def drop_unprintable(text: str) -> str:
    """Remove characters that a terminal does not show unchanged, except white space."""
    return _replace(text, lambda character: character if character.isspace() else "")


def _replace(text: str, replacement: Callable[[str], str]) -> str:
    """Replace each unprintable character."""
    if text.isascii() and text.isprintable():
        return text
    kept = [""]
    for character, following in zip(text, [*text[1:], ""], strict=True):
        if character in _JOINERS:
            # Parts of words and of emoji. Next to ASCII, they can only hide something.
            printable = not (kept[-1].isascii() or following.isascii())
        else:
            printable = character.isprintable() and character not in _INVISIBLE
        kept.append(character if printable or unicodedata.category(character) == "Zs" else replacement(character))
    return "".join(kept)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def is_encodable(text: str) -> bool:
    """Whether a text can be encoded in UTF-8. A surrogate, which is half of a character, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_system_text(text: str) -> bool:
    """Whether a text can be passed to the operating system, as a path or an environment variable."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def type_name(value: object) -> str:
    """The type of a value, for a message that must not quote the value."""
    return next((words for kind, words in _TYPE_NAMES if isinstance(value, kind)), type(value).__name__)


def is_email_address(text: str) -> bool:
    """Whether a text has the form of a bare e-mail address, without a display name, in any script."""
    return _EMAIL.fullmatch(text) is not None
