# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Suggests a valid name for an unknown one.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping


def suggestion(text: str, choices: Mapping[str, str]) -> str:
    """A "did you mean" question, or an empty text. ``choices`` maps the names to compare to the names to suggest."""
    found = difflib.get_close_matches(text.lower(), choices, n=1)
    return f" (did you mean '{choices[found[0]]}'?)" if found else ""
