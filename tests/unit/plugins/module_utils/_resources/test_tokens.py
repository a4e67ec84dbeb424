# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The checks of options, and the conversion of a response to a result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import ApiResponse, Effect
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import Clocks
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError, UnusableResponseError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)


def request(**options: Any) -> EnrollmentTokenRequest:
    defaults = {
        "enterprise_id": "LC1",
        "enrollment_token_type": "userDevice",
        "duration": None,
        "google_authentication_options": None,
    }
    return EnrollmentTokenRequest.from_options({**defaults, **options})


def test_request_body() -> None:
    assert request().body() == {"enrollmentTokenType": "userDevice"}
    assert request(google_authentication_options={}).body() == {"enrollmentTokenType": "userDevice"}
    nothing = {"authentication_requirement": None, "required_account_email": None}
    assert request(google_authentication_options=nothing).body() == {"enrollmentTokenType": "userDevice"}
    assert request(duration={"seconds": 60, "nanos": None}).body()["duration"] == "60s"


@pytest.mark.parametrize("good", ["LC1", "a.b", "...", "a:b@c", "用户", "a+b", "x" * 500])
def test_valid_ids_are_accepted(good: str) -> None:
    assert AuthenticationTokenRequest.from_options({"enterprise_id": good, "user_id": good}).user_id == good


@pytest.mark.parametrize(
    "bad", ["", ".", "..", " ", "a ", *(f"a{one}b" for one in "\n\t/\\?#%\x00\u00a0\u2028\u202e\ufeff")]
)
def test_invalid_ids_are_refused(bad: str) -> None:
    for options in ({"enterprise_id": bad, "user_id": "u"}, {"enterprise_id": "e", "user_id": bad}):
        with pytest.raises(OptionError) as error:
            AuthenticationTokenRequest.from_options(options)
        [option] = [name for name, value in options.items() if value == bad]
        assert f"Option '{option}' is {bad!r}" in str(error.value)


def with_email(email: str) -> EnrollmentTokenRequest:
    options = {"authentication_requirement": "required", "required_account_email": email}
    return request(google_authentication_options=options)


@pytest.mark.parametrize("good", ["a@b.de", "o'neill+x@sub.example.com", "a.b-c_d@x-y.example", "用户@例子.example"])
def test_valid_email_addresses_are_accepted(good: str) -> None:
    assert with_email(good).google_authentication_options["required_account_email"] == good


@pytest.mark.parametrize(
    "bad",
    ["", "a", "a@b", "@b.de", "a@.de", "a@b.", "a b@c.de", "a@b@c.de", "A <a@b.de>", "a@b.de, c@d.de", "a@b.de\n"],
)
def test_invalid_email_addresses_are_refused(bad: str) -> None:
    with pytest.raises(OptionError, match="must be an e-mail address"):
        with_email(bad)


class Stub(Client):
    """A client that returns a resource, at a time by the server's clock."""

    def __init__(self, resource: Mapping[str, Any], said: datetime | None) -> None:
        self._resource = resource
        self._said = said

    def call(self, method: str, *_path: str, effect: Effect, **options: Any) -> ApiResponse:
        assert options.get("body", {}).get("enrollmentTokenType") in (None, "userDevice")
        return ApiResponse(method, effect, 200, self._resource, Clocks(NOW, NOW, self._said))


NOW = datetime(2026, 11, 27, 12, tzinfo=timezone.utc)


def minted(said: datetime | None = NOW, **resource: Any) -> dict[str, Any]:
    """The result for a response that was made at the given time by the server's clock."""
    return request().run(Stub({"token": "precious", **resource}, said)).resource


@pytest.mark.parametrize(
    "odd",
    [
        {"seconds": 60, "nanos": 0},
        {"seconds": "60"},
        None,
        60,
        60.0,
        True,
        [],
        "",
        "1h",
        "60",
        "-60s",
        "6e1s",
        "60 s",
        "٦٠s",
        "60.1234567890s",
        "315576000001s",
        "9" * 5000 + "s",
        "\ud800s",
    ],
)
def test_invalid_duration_in_a_response_is_left_out(odd: object) -> None:
    """The token is returned, but its expiry is unknown."""
    client = Stub({"token": "precious", "duration": odd}, NOW)
    token = request(duration={"seconds": 60, "nanos": None}).run(client).resource
    assert set(token) == {"token", "enterprise_id", "enrollment_token_type", "issued_at"}
    assert token["token"] == "precious"


@pytest.mark.parametrize(
    ("resource", "seconds", "expires_at"),
    [
        ({}, 3600, "2026-11-27T13:00:00Z"),
        ({"duration": "60s"}, 60, "2026-11-27T12:01:00Z"),
        ({"duration": "315576000000s"}, 315_576_000_000, None),
    ],
)
def test_expires_at_is_calculated(resource: dict[str, Any], seconds: int, expires_at: str | None) -> None:
    token = minted(**resource)
    assert token["duration"] == {"seconds": seconds, "nanos": 0}
    assert token["issued_at"] == "2026-11-27T12:00:00Z"
    assert token.get("expires_at") == expires_at
    assert ("expires_at" in token) is (expires_at is not None)


@pytest.mark.parametrize(
    ("said", "issued_at", "expires_at"),
    [
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc), "9999-12-31T23:59:59Z", "2026-11-27T12:01:00Z"),
        (datetime(2026, 11, 27, 12, 0, 30, tzinfo=timezone.utc), "2026-11-27T12:00:30Z", "2026-11-27T12:01:00Z"),
        (datetime(2026, 11, 27, 11, tzinfo=timezone.utc), "2026-11-27T11:00:00Z", "2026-11-27T11:01:00Z"),
        (datetime(987, 6, 5, tzinfo=timezone.utc), "0987-06-05T00:00:00Z", "0987-06-05T00:01:00Z"),
        (None, "2026-11-27T12:00:00Z", "2026-11-27T12:01:00Z"),
    ],
)
def test_expires_at_is_calculated_from_the_earlier_clock(
    said: datetime | None, issued_at: str, expires_at: str
) -> None:
    token = minted(said, duration="60s")
    assert (token["issued_at"], token["expires_at"]) == (issued_at, expires_at)


def test_issued_at_of_an_authentication_token_is_the_servers_time() -> None:
    said = datetime(2026, 11, 27, 11, tzinfo=timezone.utc)
    token = AuthenticationTokenRequest("LC1", "u1").run(Stub({"token": "precious"}, said)).resource
    assert token["issued_at"] == "2026-11-27T11:00:00Z"


GOOGLE = {"authentication_requirement": "required", "required_account_email": "sam@example.com"}


def test_length_of_a_token_is_limited() -> None:
    assert minted(token="x" * 4096)["token"] == "x" * 4096
    with pytest.raises(UnusableResponseError, match="at most 4,096"):
        minted(token="x" * 4097)


@pytest.mark.parametrize(
    "resource",
    [
        {"enrollmentTokenType": "userlessDevice"},
        {"enrollmentTokenType": 7},
        {"googleAuthenticationOptions": {"requiredAccountEmail": "kim@example.com"}},
        {"googleAuthenticationOptions": {"requiredAccountEmail": []}},
    ],
)
def test_token_of_another_request_is_refused(resource: dict[str, Any]) -> None:
    with pytest.raises(UnusableResponseError, match="differs from the requested one") as error:
        request(google_authentication_options=GOOGLE).run(Stub({"token": "precious", **resource}, None))
    assert "precious" not in str(error.value)


@pytest.mark.parametrize(
    "resource",
    [
        {
            "enrollmentTokenType": "userDevice",
            "googleAuthenticationOptions": {"requiredAccountEmail": "Sam@Example.com"},
        },
        {"enrollmentTokenType": None, "googleAuthenticationOptions": None},
        {"googleAuthenticationOptions": "sam"},
        {"kind": "androidenterprise#enrollmentToken"},
    ],
)
def test_missing_fields_in_a_response_are_accepted(resource: dict[str, Any]) -> None:
    client = Stub({"token": "precious", **resource}, None)
    assert request(google_authentication_options=GOOGLE).run(client).resource["token"] == "precious"
