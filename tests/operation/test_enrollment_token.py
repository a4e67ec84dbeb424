# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The operation that creates enrollment tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.conftest import Mint, MintEach
from tests.emulator.process import Emulator

MAX_SECONDS = 315_576_000_000


def test_minted_token_enrolls_devices(mint: Mint, emulator: Emulator) -> None:
    result = mint(enrollment_token_type="userlessDevice")
    token = result["enrollment_token"]
    assert result["changed"] is True
    assert [issued["token"] for issued in emulator.tokens()] == [token["token"]]
    assert token["enrollment_token_type"] == "userlessDevice"
    assert token["duration"] == {"seconds": 3600, "nanos": 0}
    assert "google_authentication_options" not in token
    issued, expires = (datetime.fromisoformat(token[name]) for name in ("issued_at", "expires_at"))
    assert expires - issued == timedelta(hours=1)
    assert "userId" in emulator.redeem(token["token"])
    assert "userId" in emulator.redeem(token["token"]), "one token enrolls many devices"


def test_request_contains_the_options(mint: Mint, emulator: Emulator) -> None:
    options = {"authentication_requirement": "required", "required_account_email": "sam@example.com"}
    result = mint(duration={"seconds": 3, "nanos": 500_000_000}, google_authentication_options=options)
    assert result["failed"], "three seconds are less than the minimum"
    result = mint(duration={"seconds": 90, "nanos": 500_000_000}, google_authentication_options=options)
    [request] = emulator.mints()
    assert request["method"] == "POST"
    assert request["path"] == f"/androidenterprise/v1/enterprises/{emulator.address.enterprise_id}/enrollmentTokens"
    assert request["query"] == {}
    assert request["headers"]["Content-Type"] == "application/json"
    assert json.loads(request["body"]) == {
        "enrollmentTokenType": "userDevice",
        "duration": "90.500000000s",
        "googleAuthenticationOptions": {
            "authenticationRequirement": "required",
            "requiredAccountEmail": "sam@example.com",
        },
    }
    token = result["enrollment_token"]
    assert token["google_authentication_options"] == options
    assert emulator.redeem(token["token"])["refused"] == "authentication_required"
    assert emulator.redeem(token["token"], account="kim@example.com")["refused"] == "wrong_account"
    assert "deviceId" in emulator.redeem(token["token"], account="sam@example.com")


def test_durations_are_exact_over_the_whole_range(mint_each: MintEach, emulator: Emulator) -> None:
    durations: list[tuple[dict[str, Any], str]] = [
        ({"seconds": 60}, "60s"),
        ({"seconds": 60, "nanos": 1}, "60.000000001s"),
        ({"seconds": 2**53 // 100_000 + 1, "nanos": 999_999_999}, f"{2**53 // 100_000 + 1}.999999999s"),
        ({"seconds": MAX_SECONDS}, f"{MAX_SECONDS}s"),
        ({"seconds": MAX_SECONDS, "nanos": 999_999_999}, f"{MAX_SECONDS}.999999999s"),
        ({"seconds": str(MAX_SECONDS)}, f"{MAX_SECONDS}s"),  # as a template returns it
    ]
    results = mint_each(*({"duration": duration} for duration, dummy in durations))
    assert [json.loads(request["body"])["duration"] for request in emulator.mints()] == [
        text for dummy, text in durations
    ]
    for result, (duration, dummy) in zip(results, durations, strict=True):
        expected = {"seconds": int(duration["seconds"]), "nanos": duration.get("nanos", 0)}
        assert result["enrollment_token"]["duration"] == expected
    assert "expires_at" in results[0]["enrollment_token"]
    assert "expires_at" not in results[-1]["enrollment_token"], "it is after the year 9999"


INVALID_OPTIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"duration": {"seconds": 59, "nanos": 999_999_999}}, ["'duration'", "59", "1 minute"]),
    ({"duration": {"seconds": -3600}}, ["'duration'", "-3600", "must not be negative"]),
    ({"duration": {"seconds": MAX_SECONDS + 1}}, ["'duration'", str(MAX_SECONDS + 1), "Durations.MAX_VALUE"]),
    ({"duration": {"seconds": 2**63 - 1}}, ["'duration'", str(2**63 - 1), "Durations.MAX_VALUE"]),
    ({"duration": {"seconds": 2**63}}, ["'duration'", str(2**63), "Durations.MAX_VALUE"]),
    ({"duration": {"seconds": 3600, "nanos": 10**9}}, ["'duration'", str(10**9), "0 to 999999999"]),
    ({"duration": {"seconds": 3600, "nanos": -1}}, ["'duration'", "-1", "0 to 999999999"]),
    ({"duration": {"nanos": 5}}, ["seconds", "duration"]),
    ({"duration": "30s"}, ["'duration'", "30s", "1 minute"]),
    ({"duration": 59}, ["'duration'", "59", "1 minute"]),
    ({"duration": "an hour"}, ["'duration'", "'an hour' is not a duration such as '30d'"]),
    ({"duration": 90.5}, ["'duration'", "90.5", "an integer number of seconds"]),
    ({"duration": ["1h"]}, ["'duration'", "['1h']", "a dictionary with integer seconds and nanos"]),
    ({"duration": {"seconds": "1h"}}, ["seconds", "1h", "integer"]),
    ({"duration": {"seconds": 90.5}}, ["seconds", "90.5", "integer"]),
    ({"enterprise_id": ""}, ["'enterprise_id'", "''", "empty"]),
    ({"enterprise_id": "LC03/../LC04"}, ["'enterprise_id'", "LC03/../LC04", "'/'", "must not contain"]),
    ({"enterprise_id": ".."}, ["'enterprise_id'", "'..'", "relative path"]),
    ({"enterprise_id": "LC03demo\n"}, ["'enterprise_id'", "\\n"]),
    ({"enterprise_id": "LC03demo\u200b"}, ["'enterprise_id'", "\\u200b"]),
    ({"enrollment_token_type": "enrollmentTokenTypeUnspecified"}, ["enrollment_token_type", "userlessDevice"]),
    (
        {"google_authentication_options": {"required_account_email": "sam@example.com"}},
        ["google_authentication_options.required_account_email", "sam@example.com", "authentication_requirement"],
    ),
    (
        {
            "google_authentication_options": {
                "authentication_requirement": "optional",
                "required_account_email": "sam@example.com",
            }
        },
        ["google_authentication_options.required_account_email", "sam@example.com", "required"],
    ),
    (
        {
            "google_authentication_options": {
                "authentication_requirement": "required",
                "required_account_email": "sam(at)example.com",
            }
        },
        ["google_authentication_options.required_account_email", "sam(at)example.com", "e-mail address"],
    ),
    (
        {"google_authentication_options": {"authentication_requirement": "authenticationRequirementUnspecified"}},
        ["authentication_requirement", "optional, required"],
    ),
    ({"api_url": "http://play.example.com"}, ["'api_url'", "http://play.example.com", "loopback"]),
    ({"api_url": "ftp://127.0.0.1"}, ["'api_url'", "ftp://127.0.0.1", "https://"]),
    ({"api_url": "https://127.0.0.1:x"}, ["'api_url'", "https://127.0.0.1:x"]),
    ({"api_url": "https://127.0.0.1/?x=1"}, ["'api_url'", "query"]),
    ({"api_url": "https://a..b"}, ["'api_url'", "https://a..b", "not a URL"]),
    ({"api_url": "https://"}, ["'api_url'", "https://"]),
    ({"timeout": 0}, ["'timeout'", "0", "from 1 to 600"]),
    ({"timeout": 99999999999}, ["'timeout'", "99999999999", "from 1 to 600"]),
    ({"retries": 11}, ["'retries'", "11", "0 to 10"]),
    ({"retries": -1}, ["'retries'", "-1", "0 to 10"]),
    ({"ca_path": "/does/not/exist.pem"}, ["'ca_path'", "/does/not/exist.pem", "no such file"]),
]


def test_invalid_options_are_refused_before_any_request(mint_each: MintEach, emulator: Emulator) -> None:
    assert_refused(INVALID_OPTIONS, mint_each, emulator)


def assert_refused(cases: Sequence[tuple[dict[str, Any], list[str]]], mint_each: MintEach, emulator: Emulator) -> None:
    """Each set of options is refused with a message that contains all of its fragments."""
    results = mint_each(*(options for options, dummy in cases))
    for result, (options, fragments) in zip(results, cases, strict=True):
        assert result["failed"], options
        missing = [fragment for fragment in fragments if fragment not in result["msg"]]
        assert not missing, f"{options}: {missing} not in: {result['msg']}"
        assert "Traceback" not in json.dumps(result)
    assert emulator.journal() == []


def test_password_in_the_url_is_refused_and_not_shown(mint: Mint) -> None:
    for url in ("https://user:hunter2@127.0.0.1", "https://user:hun#ter2@127.0.0.1", "https://user:hun/ter2@127.0.0.1"):
        result = mint(api_url=url)
        assert "must not contain a user name or a password" in result["msg"]
        assert "ter2" not in result["msg"]


def test_check_mode_previews_the_result_without_requests(mint: Mint, emulator: Emulator) -> None:
    options = {"authentication_requirement": "optional"}
    result = mint(check=True, duration={"seconds": 90}, google_authentication_options=options)
    assert result["changed"] is True
    assert result["enrollment_token"] == {
        "token": None,
        "enterprise_id": emulator.address.enterprise_id,
        "enrollment_token_type": "userDevice",
        "duration": {"seconds": 90, "nanos": 0},
        "google_authentication_options": options,
        "issued_at": None,
        "expires_at": None,
    }
    assert emulator.journal() == []
    assert set(mint(duration={"seconds": 90}, google_authentication_options=options)["enrollment_token"]) == set(
        result["enrollment_token"]
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({"kind": True}, {"seconds": 120, "nanos": 0}, id="kind"),
        pytest.param({"echo": False}, {"seconds": 120, "nanos": 0}, id="token-only"),
    ],
)
def test_undocumented_response_variations_are_accepted(
    mint: Mint, emulator: Emulator, settings: dict[str, Any], expected: dict[str, int]
) -> None:
    emulator.change_settings(**settings)
    token = mint(duration={"seconds": 120})["enrollment_token"]
    assert token["duration"] == expected
    assert "kind" not in token
    assert token["token"] == emulator.tokens()[0]["token"]
    assert token["expires_at"] == emulator.tokens()[0]["expires"]


def test_token_is_returned_despite_an_invalid_duration_beside_it(mint: Mint, emulator: Emulator) -> None:
    emulator.fail(
        {"path": "enrollmentTokens", "body": '{"token": "precious", "duration": {"seconds": 3600, "nanos": 0}}'}
    )
    token = mint()["enrollment_token"]
    assert token["token"] == "precious"
    assert "duration" not in token
    assert "expires_at" not in token


def test_expiry_uses_the_earlier_clock_and_a_difference_is_warned_of(mint_each: MintEach, emulator: Emulator) -> None:
    """Otherwise, a wrong server clock would make a token of one minute look valid until the year 9999."""
    dates = ["Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"]
    fault = {"path": "enrollmentTokens", "body": '{"token": "t", "duration": "60s"}'}
    emulator.fail(*({**fault, "headers": {"Date": date}} for date in dates))
    before = datetime.now(timezone.utc).replace(microsecond=0)
    results = mint_each({}, {})
    ahead, behind = (result["enrollment_token"] for result in results)
    assert ahead["issued_at"] == "9999-12-31T23:59:59Z"
    expires = datetime.fromisoformat(ahead["expires_at"].replace("Z", "+00:00"))
    assert before + timedelta(minutes=1) <= expires <= datetime.now(timezone.utc) + timedelta(minutes=1)
    assert (behind["issued_at"], behind["expires_at"]) == ("2000-01-01T00:00:00Z", "2000-01-01T00:01:00Z")
    for result, relation in zip(results, ("ahead of", "behind"), strict=True):
        [warning] = result["warnings"]
        assert re.match(rf"The server's clock is \d+ days {relation} that of this machine", warning)
