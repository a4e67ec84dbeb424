# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The operation that generates user authentication tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.conftest import Mint, MintEach
from tests.emulator.process import Emulator

USER = "100000000000000000001"
GOOGLE_MANAGED_USER = "200000000000000000001"


def test_minted_token_provisions_one_device(mint: Mint, emulator: Emulator) -> None:
    result = mint(user_id=USER)
    assert result["changed"] is True
    token = result["authentication_token"]
    assert set(token) == {"token", "enterprise_id", "user_id", "issued_at"}
    assert token["user_id"] == USER
    assert token["issued_at"] == emulator.tokens()[0]["issued"]
    assert datetime.fromisoformat(token["issued_at"]).tzinfo is not None
    enrolled = emulator.redeem(token["token"])
    assert enrolled["userId"] == USER
    assert emulator.redeem(token["token"])["refused"] == "used"


def test_request_has_no_body(mint: Mint, emulator: Emulator) -> None:
    mint(user_id=USER)
    [request] = emulator.mints()
    enterprise = emulator.address.enterprise_id
    assert request["method"] == "POST"
    assert request["path"] == f"/androidenterprise/v1/enterprises/{enterprise}/users/{USER}/authenticationToken"
    assert request["query"] == {}
    assert request["body"] == ""
    assert request["headers"]["Content-Length"] == "0"
    assert "Content-Type" not in request["headers"]


def test_check_mode_previews_the_result_without_requests(mint: Mint, emulator: Emulator) -> None:
    result = mint(user_id=USER, check=True)
    assert result["changed"] is True
    assert result["authentication_token"] == {
        "token": None,
        "enterprise_id": emulator.address.enterprise_id,
        "user_id": USER,
        "issued_at": None,
    }
    assert emulator.journal() == []


@pytest.mark.parametrize("kind", [False, True])
def test_kind_in_the_response_is_optional(mint: Mint, emulator: Emulator, kind: bool) -> None:
    emulator.change_settings(kind=kind)
    assert set(mint(user_id=USER)["authentication_token"]) == {"token", "enterprise_id", "user_id", "issued_at"}


def test_invalid_options_are_refused_before_any_request(mint_each: MintEach, emulator: Emulator) -> None:
    refused = ["", "..", "a/b", "\ufeffa"]  # a sample; the unit tests have the rest
    results = mint_each(*({"user_id": user} for user in refused))
    for result, user in zip(results, refused, strict=True):
        assert result["failed"]
        assert f"Option 'user_id' is {user!r}" in result["msg"]
    assert emulator.journal() == []


def test_google_managed_account_is_refused(mint: Mint) -> None:
    result = mint(user_id=GOOGLE_MANAGED_USER)
    assert (result["http_status"], result["reason"], result["status"]) == (403, "forbidden", "PERMISSION_DENIED")
    assert "EMM-managed accounts only" in result["msg"]


def test_device_limit_is_explained(mint: Mint, emulator: Emulator) -> None:
    for _device in range(10):
        assert "deviceId" in emulator.redeem(emulator.call("POST", f"/users/{USER}/authenticationToken")["token"])
    result = mint(user_id=USER)
    assert result["http_status"] == 403
    assert result["reason"] == "deviceLimitExceeded"
    assert "at most 10 devices" in result["msg"]


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        pytest.param({"user_id": "999"}, "user_id is not the one that users.insert returned", id="user"),
        pytest.param({"user_id": USER, "enterprise_id": "LC04"}, "enterprise_id is wrong", id="enterprise"),
    ],
)
def test_unknown_user_or_enterprise_is_explained(mint: Mint, options: dict[str, Any], fragment: str) -> None:
    result = mint(**options)
    assert (result["http_status"], result["reason"], result["status"]) == (404, "notFound", "NOT_FOUND")
    assert fragment in result["msg"]


def test_wrong_service_account_is_named(mint: Mint, emulator: Emulator) -> None:
    result = mint(user_id=USER, service_account_file=emulator.address.builder_file, auth_kind="serviceaccount")
    assert result["http_status"] == 403
    assert "builder@emulator.iam.gserviceaccount.com is not the enterprise's service account" in result["msg"]


def test_token_expires_after_five_minutes(mint: Mint, emulator: Emulator) -> None:
    token = mint(user_id=USER)["authentication_token"]["token"]
    emulator.advance_clock(301)
    assert emulator.redeem(token)["refused"] == "expired"
