# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Identifiers: strings that YAML may have converted to something else.

``type: str`` would convert them back, but to a different string: YAML reads 012 as 10, and 1.10 as 1.1. The options
therefore have ``type: raw`` and are checked here.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Operation
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import type_name

# A short integer may have been written in another form, but hardly one of this length. The IDs that users.insert
# returns have 21 digits.
_INTEGER_MIN, _INTEGER_LIMIT = 10**14, 10**100
_RULE = (
    "it must be a string, or an integer of at least 15 digits. Quote it: without quotes, YAML reads 012 as 10, 1:30 as "
    "90 and on as true. If it is a template, and jinja2_native is enabled with ansible-core older than 2.19, end it "
    "with the 'string' filter"
)
# These would end the path segment or change the path, or show that something was pasted by mistake.
_FORBIDDEN_CHARACTERS = frozenset("/\\?#%")


def as_text(option: str, value: object) -> str:
    """The string in an option. Raises ``OptionError`` for a value that YAML may have converted."""
    if isinstance(value, str) or getattr(value, "__ENCRYPTED__", False):  # a vaulted value in ansible-core 2.18
        return str(value)
    if isinstance(value, int) and _INTEGER_MIN <= value < _INTEGER_LIMIT:
        return str(value)
    if value is None:
        raise OptionError(option, value, "it must be set", shown=type_name(value))
    # A list or a dictionary may contain a secret.
    can_be_shown = isinstance(value, (float, date)) or (isinstance(value, int) and abs(value) < _INTEGER_LIMIT)
    raise OptionError(option, value, _RULE, shown=str(value) if can_be_shown else type_name(value))


def check_id(option: str, value: object) -> str:
    """The ID in an option. Raises ``OptionError``."""
    text = as_text(option, value)
    if not text:
        raise OptionError(option, text, "it must not be empty")
    if text in (".", ".."):
        raise OptionError(option, text, "it must be an ID, not a relative path")
    forbidden = [character for character in text if character in _FORBIDDEN_CHARACTERS or not character.isprintable()]
    forbidden += [character for character in text if character.isspace() and character not in forbidden]
    if forbidden:
        raise OptionError(option, text, f"an ID must not contain {forbidden[0]!r}")
    return text


def check_raw_identifiers(operation: Operation, options: Mapping[str, Any]) -> None:
    """Check the identifiers in the options of an operation as they were written. Raises ``OptionError``.

    On the way to a module, dates are converted to text, and so is a number that is set instead of a list.
    """
    for option in operation.identifiers:
        value = options.get(option)
        if value is None:
            continue
        if operation.argument_spec[option]["type"] == "list":
            for index, element in enumerate(value if isinstance(value, (list, tuple)) else [value]):
                as_text(f"{option}[{index}]", element)
        else:
            as_text(option, value)
