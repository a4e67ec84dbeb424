# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What stands in for the facts of a host before its tokens are minted, so that everything else can be checked.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import to_text

_LENGTH = 64  # characters, typical for a token
# The fields of a token whose request is invalid: the check of the payload must not fail for a second reason.
_FIELDS: dict[str, dict[str, Any]] = {
    "enrollment": {
        "enterprise_id": "LC000000",
        "enrollment_token_type": "userDevice",
        "duration": {"seconds": 3600, "nanos": 0},
        "google_authentication_options": {
            "authentication_requirement": "optional",
            "required_account_email": "a@example.com",
        },
    },
    "user_auth": {"enterprise_id": "LC000000", "user_id": "100000000000000000000"},
}


def stand_ins(kinds: Iterable[str]) -> dict[str, Any]:
    """The facts for kinds of token whose requests are not known to be valid."""
    return {f"device_tokens_{kind}": stand_in(kind, _FIELDS[kind]) for kind in kinds}


def stand_in(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fact for a kind of token, from its fields in check mode: with a placeholder, and plausible times."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    times = {"issued_at": to_text(now)}
    if kind == "enrollment":
        times["expires_at"] = to_text(now + timedelta(hours=1))
    return {**fields, **times, "token": f"check-mode-{kind}".ljust(_LENGTH, "0")}
