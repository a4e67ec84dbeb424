# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What is secret in credentials, and in requests for access tokens.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import json
import urllib.parse
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._secrets import register_secrets

_SECRETS_IN_A_KEY = ("private_key", "private_key_id", "client_secret", "refresh_token")
_SECRETS_IN_A_REQUEST = ("assertion", "subject_token", "refresh_token", "client_secret")


def find_in_key(key: object) -> list[object]:
    """What must not be printed of a key, or of what else a file with credentials has."""
    return list(map(key.get, _SECRETS_IN_A_KEY)) if isinstance(key, Mapping) else []


def parse_json(text: object) -> object:
    """What a JSON text says, or nothing if it is none."""
    try:
        return json.loads(text) if isinstance(text, (str, bytes)) else None
    except (ValueError, RecursionError):
        return None


def register_file(file: Path) -> None:
    """Have Ansible keep out of its output what is secret in a file with credentials."""
    with contextlib.suppress(OSError, ValueError):  # which google-auth will report
        if file.is_file():  # and no pipe, which can be read only once
            register_secrets(find_in_key(parse_json(file.read_bytes())))


def register_request(body: bytes | str | None) -> None:
    """Have Ansible keep out of its output what a request exchanges for an access token."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    fields = urllib.parse.parse_qs(text)
    register_secrets(secret for name in _SECRETS_IN_A_REQUEST for secret in fields.get(name, ()))
