# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The likely causes of the API's errors, in the API's own terms.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.responses import QUOTA_REASONS, ErrorEnvelope
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import DEFAULT_SCOPE
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import ApiError

# The causes of reasons that are more specific than the status.
_CAUSES_BY_REASON = {
    "accessNotConfigured": (
        "the Play EMM API (androidenterprise.googleapis.com) is not enabled in the project of {caller}."
    ),
    "insufficientPermissions": f"the scopes of the access token do not include the API's, {DEFAULT_SCOPE}.",
    "USER_PROJECT_DENIED": (
        "the credentials name a quota project that {caller} may not use. Remove it (quota_project_id, or the "
        "environment variable GOOGLE_CLOUD_QUOTA_PROJECT), or grant the role Service Usage Consumer on it."
    ),
}
_CAUSES_BY_REASON |= {  # the same in google.rpc.ErrorInfo
    "SERVICE_DISABLED": _CAUSES_BY_REASON["accessNotConfigured"],
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _CAUSES_BY_REASON["insufficientPermissions"],
}
_CAUSES_BY_STATUS = {
    401: "the access token has expired, or was not issued for this API.",
    403: "{caller} is not the enterprise's service account, the Play EMM API is not enabled in its project, or the "
    "token's scopes do not include the API's.",
    429: "the EMM's quota of 60,000 requests a minute was still exceeded after all retries.",
}


def likely_cause(code: int, envelope: ErrorEnvelope, account: str | None) -> tuple[str | None, str | None]:
    """The most specific reason, and the likely cause of an error that has the same cause for every call."""
    if envelope.is_over_quota:
        code = 429
    reason = next(filter(_is_unambiguous, envelope.reasons), next(iter(envelope.reasons), None))
    cause = _CAUSES_BY_REASON.get(reason or "") or _CAUSES_BY_STATUS.get(code)
    return reason, cause and cause.replace("{caller}", account or "the caller")


# The causes in the API's documentation of a call, by error: (HTTP statuses, pattern, likely cause). The wording of the
# service's messages is not documented, so the patterns match key words rather than sentences.
Causes: TypeAlias = Sequence[tuple[frozenset[int], str, str]]
USER_CAUSES: Causes = (
    (
        frozenset({404}),
        r"user",
        (
            "the user_id is not the one that users.insert returned (it is neither an e-mail address nor the "
            "account identifier), or the user belongs to another enterprise or was deleted."
        ),
    ),
)
ENTERPRISE_CAUSES: Causes = (
    (
        frozenset({404}),
        r"",
        "the enterprise_id is wrong, or the enterprise is not bound to the EMM that the credentials belong to.",
    ),
)


def _is_unambiguous(reason: str | None) -> bool:
    """Whether a reason is unambiguous."""
    return reason in QUOTA_REASONS or reason in _CAUSES_BY_REASON


def refine_likely_cause(error: ApiError, causes: Causes) -> None:
    """Replace the general likely cause with a specific one, if one is recognized."""
    if _is_unambiguous(error.reason):
        return
    text = f"{error.server_message} {error.reason or ''}"
    for statuses, pattern, cause in causes:
        if error.http_status in statuses and re.search(pattern, text, re.IGNORECASE):
            error.likely_cause = cause
            return
