# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Errors that the API may return instead of a token, over raw sockets: which ones are retried, and their messages."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import retry

from tests.faulty_server import FaultyServer, Script, ends, head, resets, response, sends
from tests.unit.plugins.module_utils.faults import (
    MAY_BE_DONE,
    MAY_EXIST,
    SECRET,
    check_failure,
    client_for,
    expected_tokens,
    mint,
    tokens,
    user_ids,
)


@dataclass(frozen=True)
class Fault:
    """A fault that hits a request ``strikes`` times. With one retry, ``requests`` are sent."""

    script: Script
    reason: str = ""
    consequence: str = ""
    requests: int = 1
    strikes: int = 1


def says(status: str, *reasons: str, message: str = "No.", details: tuple[str, ...] = ()) -> bytes:
    """A response with Google's error envelope."""
    error = {
        "code": int(status[:3]),
        "message": message,
        "errors": [{"reason": reason} for reason in reasons],
        "details": [{"reason": reason} for reason in details],
    }
    return response(json.dumps({"error": error}), status=status)


def passing(content: bytes) -> Fault:
    """A temporary error: a second request does not get this response."""
    return Fault(sends(content), requests=2)


def failing(content: bytes, reason: str) -> Fault:
    """A permanent error: a second request would get this response, too."""
    return Fault(sends(content), reason)


STATUS = {
    **{f"HTTP status {status}": passing(says(f"{status} -", "backendError")) for status in (429, 500, 502, 503, 504)},
    "HTTP status 503 with an HTML page": passing(response("<html>hunter2</html>", status="503 -")),
    "HTTP status 503 with a truncated body": Fault(
        ends(head("Content-Length: 99", status="503 -") + b"hunter2"), requests=2
    ),
    "HTTP status 503, then the connection is reset": Fault(
        resets(head("Content-Length: 99", status="503 -"), 0.2), requests=2
    ),
    "HTTP status 503 with an invalid Retry-After": passing(response("", "Retry-After: hunter2", status="503 -")),
    "HTTP status 503, repeatedly": Fault(
        sends(says("503 -", "backendError")), "HTTP 503 (backendError)", requests=2, strikes=9
    ),
    "HTTP status 400": failing(says("400 -", "badRequest"), "HTTP 400 (badRequest): No."),
    "HTTP status 401": failing(says("401 -", "authError"), "the access token has expired"),
    "HTTP status 404": failing(
        says("404 -", "notFound", message="No user."), "the user_id is not the one that users.insert"
    ),
    "HTTP status 409": failing(says("409 -", "conflict"), "HTTP 409 (conflict)"),
    "HTTP status 412": failing(
        says("412 -", "conditionNotMet", message="Device limit exceeded."), "at most 10 devices"
    ),
    "A redirect": failing(head("Location: /", "Content-Length: 0", status="302 -"), "a redirect to /, which is not"),
    "HTTP status 304, although the request was unconditional": failing(
        head(status="304 -"), "HTTP 304 and an empty body"
    ),
    "An error without a body": failing(response("", status="400 -"), "HTTP 400 and an empty body"),
    "An error with an HTML page": failing(
        response("<title>Away</title>hunter2", status="404 -"), "an HTML page titled 'Away'"
    ),
    "An error in an unknown format": failing(response('{"error": "hunter2"}', status="400 -"), "JSON of type dict"),
    "An error that is not JSON": failing(response("hunter2", status="400 -"), "a body that is not JSON"),
    "An error that quotes the access token": failing(
        says("400 -", message=f"{SECRET}-access is bad"), "HTTP 400: [redacted] is bad."
    ),
    "An error that quotes a secret": failing(says("400 -", message="access_token=hunter2"), "access_token=[redacted]"),
}
QUOTA = {
    **{
        f"HTTP status 403 {reason}": passing(says("403 -", reason))
        for reason in ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded")
    },
    "HTTP status 429, repeatedly": Fault(
        sends(says("429 -", "rateLimitExceeded")), "60,000 requests", requests=2, strikes=9
    ),
    "HTTP status 403 rateLimitExceeded, repeatedly": Fault(
        sends(says("403 -", "rateLimitExceeded")), "60,000 requests", requests=2, strikes=9
    ),
    "HTTP status 403 forbidden": failing(says("403 -", "forbidden"), "is not the enterprise's service account"),
    "HTTP status 403 accessNotConfigured": failing(
        says("403 -", "accessNotConfigured"), "is not enabled in the project"
    ),
    "HTTP status 403 insufficientPermissions": failing(
        says("403 -", "insufficientPermissions"), "the scopes of the access token"
    ),
    "HTTP status 403 SERVICE_DISABLED, with any reason": failing(
        says("403 -", "forbidden", details=("SERVICE_DISABLED",)), "is not enabled in the project"
    ),
    "HTTP status 403 ACCESS_TOKEN_SCOPE_INSUFFICIENT": failing(
        says("403 -", details=("ACCESS_TOKEN_SCOPE_INSUFFICIENT",)), "the scopes of the access token"
    ),
    "HTTP status 403 RATE_LIMIT_EXCEEDED, with any reason": passing(
        says("403 -", "forbidden", details=("RATE_LIMIT_EXCEEDED",))
    ),
    "HTTP status 403 quotaExceeded with a message that suggests another cause": Fault(
        sends(says("403 -", "quotaExceeded", message="Too many devices exceed the limit")),
        "60,000 requests",
        requests=2,
        strikes=9,
    ),
    "HTTP status 403 USER_PROJECT_DENIED": failing(
        says("403 -", "forbidden", details=("USER_PROJECT_DENIED",)), "quota project"
    ),
    "HTTP status 403 with a truncated body": Fault(
        ends(head("Content-Length: 99", status="403 -") + b"hunter2"), "the response was cut short", MAY_BE_DONE
    ),
    "HTTP status 403 with a body that is too large": Fault(
        sends(response(SECRET * 20_000, status="403 -")), "it is larger than 128 KiB", MAY_BE_DONE
    ),
}
SUCCESS = {
    "A success with an empty body": Fault(sends(response("")), "is an empty body, not a JSON object", MAY_EXIST),
    "A success with an HTML page": Fault(
        sends(response("<title>Sign in</title>hunter2")), "an HTML page titled 'Sign in'", MAY_EXIST
    ),
    "A success with a JSON list": Fault(sends(response('["hunter2"]')), "is JSON of type list", MAY_EXIST),
}
FAULTS = {**STATUS, **QUOTA, **SUCCESS}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BACKOFF_FIRST", 0.01)
    fault = FAULTS[name]
    with closing(FaultyServer(fault.script, strikes=fault.strikes)) as server:
        with client_for(f"http://127.0.0.1:{server.port}", retries=1) as client:
            struck, *others = mint(client, after_first=server.has_struck)
        assert server.asked == ["u0"] * fault.requests + user_ids()[1:]
    if fault.reason:
        check_failure(struck, fault.reason, fault.consequence)
        assert tokens(others) == expected_tokens()[1:]
    else:
        assert tokens([struck, *others]) == expected_tokens()
