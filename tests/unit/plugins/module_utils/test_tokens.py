# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The rules for options that are checked before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._tokens import (
    AuthenticationTokenRequest,
    EnrollmentTokenRequest,
)


def request(**options: Any) -> EnrollmentTokenRequest:
    defaults = {
        "enterprise_id": "LC1",
        "enrollment_token_type": "userDevice",
        "duration": None,
        "google_authentication_options": None,
    }
    return EnrollmentTokenRequest.from_options({**defaults, **options})


def test_body() -> None:
    assert request().body() == {"enrollmentTokenType": "userDevice"}
    assert request(google_authentication_options={}).body() == {"enrollmentTokenType": "userDevice"}
    nothing = {"authentication_requirement": None, "required_account_email": None}
    assert request(google_authentication_options=nothing).body() == {"enrollmentTokenType": "userDevice"}
    assert request(duration={"seconds": 60, "nanos": None}).body()["duration"] == "60s"


@pytest.mark.parametrize("good", ["LC1", "a.b", "...", "a:b@c", "用户", "a+b", "x" * 500])
def test_ids(good: str) -> None:
    assert AuthenticationTokenRequest.from_options({"enterprise_id": good, "user_id": good}).user_id == good


@pytest.mark.parametrize(
    "bad", ["", ".", "..", " ", "a ", *(f"a{one}b" for one in "\n\t/\\?#%\x00\u00a0\u2028\u202e\ufeff")]
)
def test_what_is_no_id(bad: str) -> None:
    for options in ({"enterprise_id": bad, "user_id": "u"}, {"enterprise_id": "e", "user_id": bad}):
        with pytest.raises(OptionError) as error:
            AuthenticationTokenRequest.from_options(options)
        [option] = [name for name, value in options.items() if value == bad]
        assert f"Option '{option}' is {bad!r}" in str(error.value)


def with_email(email: str) -> EnrollmentTokenRequest:
    options = {"authentication_requirement": "required", "required_account_email": email}
    return request(google_authentication_options=options)


@pytest.mark.parametrize("good", ["a@b.de", "o'neill+x@sub.example.com", "a.b-c_d@x-y.example", "用户@例子.example"])
def test_email_addresses(good: str) -> None:
    assert with_email(good).google_authentication_options["required_account_email"] == good


@pytest.mark.parametrize(
    "bad",
    ["", "a", "a@b", "@b.de", "a@.de", "a@b.", "a b@c.de", "a@b@c.de", "A <a@b.de>", "a@b.de, c@d.de", "a@b.de\n"],
)
def test_what_is_no_email_address(bad: str) -> None:
    with pytest.raises(OptionError, match="must be an e-mail address"):
        with_email(bad)
