# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Extracts the token from a response.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import UnusableResponseError
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import ApiResponse

TOKEN_MAX = 4_096  # characters; a QR code holds fewer
_TOKEN = re.compile(rf"[!-~]{{1,{TOKEN_MAX}}}")


def extract_token(response: ApiResponse, kind: str) -> str:
    """The token in a response with the requested resource. Raises ``UnusableResponseError``."""
    returned = response.resource.get("kind", kind)
    if returned != kind:
        problem = f"the kind {sanitize(returned)!r}" if isinstance(returned, str) else "an invalid kind"
        raise unusable_response(response, f"its response has {problem} instead of {kind!r}")
    token = response.resource.get("token")
    if token is None or token == "":
        raise unusable_response(response, "its response has no token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        rule = f"it must consist of at most {TOKEN_MAX:,} printable ASCII characters without spaces"
        raise unusable_response(response, f"the token in its response is invalid: {rule}")
    return token


def unusable_response(response: ApiResponse, problem: str) -> UnusableResponseError:
    """The error for a successful response without the requested resource."""
    return UnusableResponseError(f"{response.call}: the server reported success, but {problem}.", http_status=200)
