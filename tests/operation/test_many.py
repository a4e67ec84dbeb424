# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Many tokens in one task."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.conftest import Mint
from tests.emulator.process import Emulator

GOOGLE_MANAGED_USER = "200000000000000000001"
USERS = [str(100_000_000_000_000_000_000 + number) for number in range(1, 25)]


def seconds_between(requests: list[dict[str, Any]]) -> list[float]:
    times = sorted(request["time"] for request in requests)
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_tokens_are_returned_in_the_order_of_the_users(mint: Mint, emulator: Emulator) -> None:
    users = list(reversed(USERS))
    result = mint(user_ids=users)
    assert result["changed"] is True
    assert result["failures"] == []
    assert "authentication_token" not in result
    assert [token["user_id"] for token in result["authentication_tokens"]] == users
    issued = {token["user_id"]: token["token"] for token in emulator.tokens()}
    assert {token["user_id"]: token["token"] for token in result["authentication_tokens"]} == issued
    assert len(emulator.journal("/token")) == 1, "all tokens use one access token"


def test_count_mints_that_many_tokens(mint: Mint, emulator: Emulator) -> None:
    result = mint(count=40, duration={"seconds": 90}, enrollment_token_type="userlessDevice")
    assert result["changed"] is True
    assert {token["token"] for token in result["enrollment_tokens"]} == {token["token"] for token in emulator.tokens()}
    assert len(emulator.tokens()) == 40
    assert {token["duration"]["seconds"] for token in result["enrollment_tokens"]} == {90}
    assert "enrollment_token" not in result


def test_user_listed_twice_gets_two_tokens(mint: Mint, emulator: Emulator) -> None:
    tokens = mint(user_ids=[USERS[0], USERS[1], USERS[0]])["authentication_tokens"]
    assert [token["user_id"] for token in tokens] == [USERS[0], USERS[1], USERS[0]]
    assert len({token["token"] for token in tokens}) == len(emulator.tokens()) == 3


@pytest.mark.parametrize(
    ("options", "name"), [({"user_ids": []}, "authentication_tokens"), ({"count": 0}, "enrollment_tokens")]
)
def test_zero_tokens_change_nothing(mint: Mint, emulator: Emulator, options: dict[str, Any], name: str) -> None:
    result = mint(**options)
    assert (result["failed"], result["changed"], result[name], result["failures"]) == (False, False, [], [])
    assert emulator.journal() == []


@pytest.mark.parametrize("on_failure", ["fail", "continue"])
def test_failures_are_listed_and_other_tokens_are_returned(mint: Mint, emulator: Emulator, on_failure: str) -> None:
    users = [USERS[0], GOOGLE_MANAGED_USER, USERS[1], "999"]
    result = mint(user_ids=users, on_failure=on_failure)
    assert result["failed"] is (on_failure == "fail")
    assert result["changed"] is True
    assert [token["user_id"] for token in result["authentication_tokens"]] == [USERS[0], USERS[1]]
    assert {token["token"] for token in result["authentication_tokens"]} == {
        token["token"] for token in emulator.tokens()
    }
    managed, unknown = result["failures"]
    assert (managed["index"], managed["id"], managed["http_status"], managed["reason"], managed["status"]) == (
        (1, GOOGLE_MANAGED_USER, 403, "forbidden", "PERMISSION_DENIED")
    )
    assert "EMM-managed accounts only" in managed["message"]
    assert (unknown["index"], unknown["id"], unknown["http_status"], unknown["reason"]) == (3, "999", 404, "notFound")
    if on_failure == "fail":
        assert result["msg"].startswith("2 of 4 tokens were not minted. The first failure, at index 1: ")
        assert managed["message"] in result["msg"]


def test_lost_response_is_a_failure_and_not_retried(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "authenticationToken", "times": 1, "after": True, "reset": True})
    result = mint(user_ids=USERS, on_failure="continue")
    [failure] = result["failures"]
    assert "may have been carried out" in failure["message"]
    assert "http_status" not in failure
    assert len(result["authentication_tokens"]) == len(USERS) - 1
    assert len(emulator.tokens()) == len(emulator.mints()) == len(USERS)


def test_temporary_failures_are_retried(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "authenticationToken", "times": 10, "status": 503})
    result = mint(user_ids=USERS)
    assert len(result["authentication_tokens"]) == len(emulator.tokens()) == len(USERS)


def test_refused_access_token_is_requested_only_once(mint: Mint, emulator: Emulator) -> None:
    emulator.revoke(emulator.address.service_account_email)
    result = mint(user_ids=USERS)
    assert result["failed"]
    assert "deleted, disabled, or replaced" in result["msg"]
    assert "failures" not in result, "no token was attempted"
    assert len(emulator.journal()) == 1


INVALID_OPTIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"user_ids": [USERS[0], "a/b"]}, ["'user_ids[1]'", "a/b"]),
    ({"user_ids": [USERS[0]], "user_id": USERS[0]}, ["mutually exclusive", "user_id", "user_ids"]),
    ({"user_ids": USERS, "concurrency": 0}, ["'concurrency'", "0", "from 1 to 100"]),
    ({"user_ids": USERS, "concurrency": 101}, ["'concurrency'", "101", "from 1 to 100"]),
    ({"user_ids": USERS, "on_failure": "ignore"}, ["on_failure", "ignore", "fail, continue"]),
    ({"count": -1}, ["'count'", "-1", "0 to 10000"]),
    ({"count": 10_001}, ["'count'", "10001", "0 to 10000"]),
    ({"count": 5, "duration": {"seconds": 5}}, ["'duration'", "1 minute"]),
]


@pytest.mark.parametrize(("options", "fragments"), INVALID_OPTIONS)
def test_invalid_options_are_refused_before_any_request(
    mint: Mint, emulator: Emulator, options: dict[str, Any], fragments: list[str]
) -> None:
    result = mint(**options)
    assert result["failed"]
    assert [fragment for fragment in fragments if fragment not in result["msg"]] == []
    assert emulator.journal() == []


def test_check_mode_previews_the_result_without_requests(mint: Mint, emulator: Emulator) -> None:
    result = mint(user_ids=USERS[:2], check=True)
    assert result["changed"] is True
    assert result["authentication_tokens"] == [
        {"token": None, "enterprise_id": emulator.address.enterprise_id, "user_id": user, "issued_at": None}
        for user in USERS[:2]
    ]
    assert [token["token"] for token in mint(count=2, check=True)["enrollment_tokens"]] == [None, None]
    assert emulator.journal() == []


def test_concurrency_limits_simultaneous_requests(mint: Mint, emulator: Emulator) -> None:
    emulator.change_settings(latency=0.2)
    mint(user_ids=USERS[:9], concurrency=3)
    times = [request["time"] for request in emulator.mints()]
    assert all(later - first > 0.19 for first, later in zip(times, times[3:], strict=False))
    assert times[-1] - times[0] < 0.2 * 8, "three requests run at the same time"


@pytest.mark.parametrize("retry_after", [False, True])
def test_quota_is_respected_without_a_retry_storm(mint: Mint, emulator: Emulator, retry_after: bool) -> None:
    emulator.change_settings(quota=60, quota_window=1.0, retry_after=retry_after, latency=0.02)
    result = mint(count=300, concurrency=32)
    assert len(result["enrollment_tokens"]) == len(emulator.tokens()) == 300
    requests = emulator.mints()
    refused = [request for request in requests if request["status"] == 429]
    assert refused, "the test must exceed the quota"
    assert len(refused) < 150


def test_retry_after_pauses_all_requests(mint: Mint, emulator: Emulator) -> None:
    fault = {"path": "authenticationToken", "times": 1, "status": 429, "headers": {"Retry-After": "2"}}
    emulator.change_settings(latency=0.02)
    emulator.fail(fault)
    result = mint(user_ids=USERS * 4, concurrency=4)
    assert len(result["authentication_tokens"]) == len(USERS) * 4
    requests = emulator.mints()
    [refused_at] = [request["time"] for request in requests if request["status"] == 429]
    assert not [request for request in requests if refused_at + 0.3 < request["time"] < refused_at + 1.9]
    assert max(seconds_between(requests)) > 1.7
