# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What both kinds of token have in common: the effect of a mint, and the token in its response.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import Effect

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import ApiResponse

# Each call mints another token, and there is no call that revokes one.
MINT = Effect(
    repeatable=False,
    if_lost="The request may have been carried out all the same.",
    if_carried_out="The request was carried out, so a token may exist all the same.",
)
SECRET_FIELDS = ("token",)
CLOCK_NOTE = "A token's expires_at is computed from the earlier of the two. Correct the clock that is wrong."
_TOKEN_MAX = 4_096  # characters; a QR code holds fewer
_TOKEN = re.compile(rf"[!-~]{{1,{_TOKEN_MAX}}}")


def extract_token(response: ApiResponse, kind: str) -> str:
    """The token in a response with a resource of this kind. Raises ``UnusableResponseError``."""
    response.check_kind(kind)
    token = response.resource.get("token")
    if token is None or token == "":
        raise response.unusable("its response has no token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        rule = f"it must consist of at most {_TOKEN_MAX:,} printable ASCII characters without spaces"
        raise response.unusable(f"the token in its response is invalid: {rule}")
    return token
