# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The secrets in credentials and in requests for access tokens.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import json
import urllib.parse
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._masking import register_secrets

_SECRETS_IN_A_KEY = ("private_key", "private_key_id", "client_secret", "refresh_token")
_SECRETS_IN_A_REQUEST = ("assertion", "subject_token", "refresh_token", "client_secret")


def find_in_key(key: object) -> list[object]:
    """The secret parts of a key, or of other credentials in a file."""
    return list(map(key.get, _SECRETS_IN_A_KEY)) if isinstance(key, Mapping) else []


def parse_json(text: object) -> object:
    """The decoded JSON, or None if it is invalid."""
    try:
        return json.loads(text) if isinstance(text, (str, bytes)) else None
    except (ValueError, RecursionError):
        return None


def register_file(file: Path) -> None:
    """Register the secrets in a file with credentials, so that Ansible masks them in its output."""
    with contextlib.suppress(OSError, ValueError):  # reported by google-auth
        if file.is_file():  # not a pipe, which can be read only once
            register_secrets(find_in_key(parse_json(file.read_bytes())))


def register_request(body: bytes | str | None) -> None:
    """Register the secrets that a request exchanges for an access token, so that Ansible masks them in its output."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    fields = urllib.parse.parse_qs(text)
    register_secrets(secret for name in _SECRETS_IN_A_REQUEST for secret in fields.get(name, ()))
