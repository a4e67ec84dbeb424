# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What the API says when it refuses a request, over real connections: what is tried again, and which cause is named."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils import _retry
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import ApiError

from tests.unit.plugins.module_utils.faulty_server import STRUCK, FaultyServer, answer, client_of, mint, sends

NOBODY = "is not the enterprise's service account"


@dataclass(frozen=True)
class Refusal:
    """An error of the API: the reasons in ``errors[]`` and in ``details[]``, and the cause that is named for it."""

    cause: str
    status: int = 403
    reason: str = ""
    detail: str = ""
    is_retried: bool = False

    def answer(self) -> bytes:
        error: dict[str, Any] = {"code": self.status, "message": "No.", "status": "PERMISSION_DENIED"}
        if self.reason:
            error["errors"] = [{"domain": "global", "reason": self.reason, "message": "No."}]
        if self.detail:
            kind = "type.googleapis.com/google.rpc"
            error["details"] = [{"@type": f"{kind}.Help"}, {"@type": f"{kind}.ErrorInfo", "reason": self.detail}]
        return answer(json.dumps({"error": error}), status=f"{self.status} No")


QUOTA = "quota of 60,000 requests a minute"
REFUSALS = {
    "429": Refusal(QUOTA, 429, "rateLimitExceeded", is_retried=True),
    "403 rateLimitExceeded": Refusal(QUOTA, reason="rateLimitExceeded", is_retried=True),
    "403 userRateLimitExceeded": Refusal(QUOTA, reason="userRateLimitExceeded", is_retried=True),
    "403 quotaExceeded": Refusal(QUOTA, reason="quotaExceeded", is_retried=True),
    "403 RATE_LIMIT_EXCEEDED": Refusal(QUOTA, reason="forbidden", detail="RATE_LIMIT_EXCEEDED", is_retried=True),
    "403 forbidden": Refusal(NOBODY, reason="forbidden"),
    "403 without a reason": Refusal(NOBODY),
    "403 accessNotConfigured": Refusal("is not enabled in the project", reason="accessNotConfigured"),
    "403 SERVICE_DISABLED": Refusal("is not enabled in the project", reason="forbidden", detail="SERVICE_DISABLED"),
    "403 insufficientPermissions": Refusal("do not include the API's", reason="insufficientPermissions"),
    "403 ACCESS_TOKEN_SCOPE_INSUFFICIENT": Refusal("do not include", detail="ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    "403 USER_PROJECT_DENIED": Refusal("a quota project", reason="forbidden", detail="USER_PROJECT_DENIED"),
    "401": Refusal("the access token has expired", 401, "authError"),
    "404": Refusal("the enterprise_id is wrong", 404, "notFound"),
    "500": Refusal("", 500, "backendError", is_retried=True),
    "503": Refusal("", 503, "backendError", is_retried=True),
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_retry, "BACKOFF_FIRST", 0.01)


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_that_passes(name: str) -> None:
    refusal = REFUSALS[name]
    with closing(FaultyServer(sends(refusal.answer()))) as server, client_of(server, retries=2) as client:
        outcomes = mint(client)
        assert server.users.count(STRUCK) == 1 + refusal.is_retried
    assert [isinstance(outcome, ApiError) for outcome in outcomes] == [not refusal.is_retried, False, False, False]


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_that_stays(name: str) -> None:
    refusal = REFUSALS[name]
    with closing(FaultyServer(sends(refusal.answer()))) as server, client_of(server) as client:
        struck = mint(client, 1)[0]
    assert isinstance(struck, ApiError)
    assert struck.http_status == refusal.status
    assert struck.reason in (refusal.detail or refusal.reason or None, refusal.reason)
    assert refusal.cause in (struck.likely_cause or "")
    assert (NOBODY in str(struck)) == (refusal.cause == NOBODY)
    assert "may" not in str(struck).replace("may not use", ""), "a refused request was not carried out"


def test_a_clear_reason_goes_before_what_the_words_look_like() -> None:
    body = answer(
        '{"error": {"message": "Too many devices exceed the limit", "errors": [{"reason": "quotaExceeded"}]}}',
        status="403 No",
    )
    with closing(FaultyServer(sends(body))) as server, client_of(server) as client:
        assert QUOTA in str(mint(client, 1)[0])


def test_the_whole_answer_counts_against_the_quota() -> None:
    """The body of a 403 is read to know what it says; it must not be lost for the message then."""
    refusal = REFUSALS["403 userRateLimitExceeded"]
    with closing(FaultyServer(sends(refusal.answer()))) as server, client_of(server) as client:
        assert "HTTP 403 (userRateLimitExceeded, PERMISSION_DENIED): No." in str(mint(client, 1)[0])
