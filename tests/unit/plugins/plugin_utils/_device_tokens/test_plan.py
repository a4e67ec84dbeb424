# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The plan of the tokens of a host, from its variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import Duration
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    GOOGLE_AUTHENTICATION_OPTIONS,
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens import plan
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.plan import VARIABLES, Plan, plan_of

from tests.unit.plugins.plugin_utils.specifications import documented_rules, unmentioned_choices
from tests.unit.plugins.plugin_utils.templates import as_templates

VALID = {"enterprise_id": "LC1", "enrollment_token_type": "userDevice", "user_id": "u1"}


def planned(leave_out: str = "", /, **variables: Any) -> Plan:
    """The plan for variables without their prefix, with valid defaults."""
    given = {name: value for name, value in {**VALID, **variables}.items() if name != leave_out}
    return Plan.from_variables({f"device_tokens_{name}": value for name, value in given.items()})


def enrollment(duration: Duration | None = None, google: Mapping[str, str] | None = None) -> EnrollmentTokenRequest:
    return EnrollmentTokenRequest("LC1", "userDevice", duration, google or {})


def test_default_plan() -> None:
    assert planned("user_id") == Plan(
        {"enrollment": enrollment()}, {}, shared=False, cacheable=False, enterprise_id="LC1"
    )


def test_variables_include_the_fact() -> None:
    assert "device_tokens_enterprise_id" in VARIABLES
    assert "device_tokens_enrollment" in VARIABLES, "the fact from an earlier run"
    assert all(name.startswith("device_tokens_") for name in VARIABLES)


def test_spec_matches_the_argument_specification_of_the_role() -> None:
    role = Path(__file__).parents[5] / "roles" / "device_tokens"
    documented = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = {name: rule["default"] for name, rule in documented.items() if "default" in rule}
    google = str(documented["device_tokens_google_authentication_options"]["description"])
    assert all(f"C({name})" in google for name in GOOGLE_AUTHENTICATION_OPTIONS)
    del documented["device_tokens_no_log"]  # used by the tasks only
    assert documented_rules(plan.SPEC) == documented_rules(documented)
    assert unmentioned_choices(plan.SPEC, documented) == []
    assert yaml.safe_load((role / "defaults" / "main.yml").read_text()) == defaults


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], []),
        (["enrollment"], ["enrollment"]),
        (["user_auth"], ["user_auth"]),
        (["user_auth", "enrollment"], ["user_auth", "enrollment"]),
        (["enrollment", "user_auth"], ["user_auth", "enrollment"]),
        ("user_auth", ["user_auth"]),
    ],
)
def test_authentication_token_is_minted_first(kinds: object, expected: list[str]) -> None:
    requests = {"enrollment": enrollment(), "user_auth": AuthenticationTokenRequest("LC1", "u1")}
    assert list(planned(kinds=kinds).requests.items()) == [(kind, requests[kind]) for kind in expected]


def test_variables_of_other_kinds_may_be_missing() -> None:
    assert "user_auth" in planned("enrollment_token_type", kinds=["user_auth"]).requests
    assert "enrollment" in planned("user_id", kinds=["enrollment"]).requests


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("12h", Duration(43_200)),
        ("90.5s", Duration(90, 500_000_000)),
        (3600, Duration(3600)),
        (" 3600 ", Duration(3600)),
        ({"seconds": 60}, Duration(60)),
        ({"seconds": "60", "nanos": 1}, Duration(60, 1)),
    ],
)
def test_duration(value: object, expected: Duration | None) -> None:
    assert planned(duration=value).requests == {"enrollment": enrollment(expected)}


def test_google_authentication_options() -> None:
    options = {"authentication_requirement": "required", "required_account_email": "a@b.de"}
    assert planned(google_authentication_options=options).requests == {"enrollment": enrollment(google=options)}
    assert planned(google_authentication_options={}).requests == {"enrollment": enrollment()}


@pytest.mark.parametrize(("scope", "shared"), [("host", False), ("shared", True), ("batch", True)])
def test_enrollment_scope(scope: str, shared: bool) -> None:
    assert planned(enrollment_scope=scope).shared is shared


@pytest.mark.parametrize(("value", "cacheable"), [(False, False), (True, True), ("yes", True)])
def test_cacheable(value: object, cacheable: bool) -> None:
    assert planned(cacheable=value).cacheable is cacheable


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"enterprise_id": ""}, "Not set, but required: 'device_tokens_enterprise_id'"),
        ({"enterprise_id": "a b"}, "'device_tokens_enterprise_id' is 'a b', but an ID must not contain ' '"),
        ({"kinds": ["enrolment"]}, "device_tokens_kinds must be one or more of: enrollment, user_auth. .*: enrolment"),
        ({"kinds": ["user_auth"], "user_id": ""}, "device_tokens_user_id is not set, but device_tokens_kinds contains"),
        (
            {"kinds": ["user_auth"], "user_id": "../x"},
            "'device_tokens_user_id' is '../x', but an ID must not contain '/'",
        ),
        ({"enrollment_token_type": "tablet"}, "device_tokens_enrollment_token_type must be one of: .*, got: tablet"),
        ({"duration": "twelve hours"}, "'device_tokens_duration' is 'twelve hours', but .* is not a duration such as"),
        (
            {"duration": 90.5},
            "'device_tokens_duration' is 90.5, but it must be a string such as '12h', an integer number of se",
        ),
        ({"duration": {}}, "'device_tokens_duration' is {}, but it must be a string"),
        ({"duration": {"nanos": 1}}, "'device_tokens_duration' is {'nanos': 1}, but it must be a string"),
        (
            {"duration": {"seconds": 60, "days": 1}},
            "'device_tokens_duration' is {.*'days': 1}, but it must be a string",
        ),
        ({"duration": {"seconds": "x"}}, "'device_tokens_duration' is {'seconds': 'x'}, but it must be a string"),
        ({"duration": "59s"}, "'device_tokens_duration' is '59s', but it must not be shorter than 1 minute"),
        ({"duration": {"seconds": 59}}, "'device_tokens_duration' is {'seconds': 59.*}, but it must not be shorter"),
        ({"duration": {"seconds": -1}}, "'device_tokens_duration' is {'seconds': -1.*}, but seconds must not be neg"),
        ({"duration": "9999999d"}, r"'device_tokens_duration' is '9999999d', but .* Durations\.MAX_VALUE"),
        ({"google_authentication_options": "x"}, "device_tokens_google_authentication_options"),
        (
            {"google_authentication_options": {"authentication_requirement": "maybe"}},
            r"'device_tokens_google_authentication_options' is {'auth.*}, but .* one of: .*, got: maybe",
        ),
        (
            {"google_authentication_options": {"required_account_email": "x"}},
            r"'device_tokens_google_authentication_options\.required_account_email' is 'x', but it must be an e-mail",
        ),
        (
            {"google_authentication_options": {"required_account_email": "a@b.de"}},
            r"options\.required_account_email' is 'a@b.de', but it requires auth",
        ),
        (
            {"google_authentication_options": {"email": "a@b.de"}},
            r"options' is {'email': 'a@b.de'}, but 'email' is not supported; use authentication_requirement and re",
        ),
        ({"enrollment_scope": "play"}, "device_tokens_enrollment_scope must be one of: host, shared, batch, got: play"),
        ({"keep_if_valid_for": "long"}, "'device_tokens_keep_if_valid_for' is 'long', but .* is not a duration"),
        ({"keep_if_valid_for": 1.5}, "'device_tokens_keep_if_valid_for' is 1.5, but it must be a string"),
        ({"cacheable": "maybe"}, "'device_tokens_cacheable' .* 'maybe' is not a valid boolean"),
    ],
)
def test_invalid_variables_are_refused(variables: dict[str, Any], expected: str) -> None:
    with pytest.raises(EmmError, match=expected):
        planned(**variables)


@pytest.mark.parametrize("name", ["enterprise_id", "user_id"])
@pytest.mark.parametrize(("value", "shown"), [(10, "10"), (True, "True"), (1.1, "1.1"), (["hunter2"], "a list")])
def test_converted_ids_are_refused(name: str, value: object, shown: str) -> None:
    with pytest.raises(EmmError) as error:
        planned(**{name: value})
    assert str(error.value).startswith(f"Option 'device_tokens_{name}' is {shown}, but it must be a string")
    assert "Quote it" in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_blank_variables_are_not_set(blank: str | None) -> None:
    """As the unanswered questions of a survey."""
    for name in (name.removeprefix("device_tokens_") for name in plan.SPEC):
        if name == "enterprise_id":
            with pytest.raises(EmmError, match=r"^Not set, but required: 'device_tokens_enterprise_id'\.$"):
                planned(enterprise_id=blank)
        elif name == "enrollment_token_type":
            with pytest.raises(EmmError, match=r"^device_tokens_enrollment_token_type is not set"):
                planned(enrollment_token_type=blank)
        else:
            assert planned(**{name: blank}) == planned(name), name
    options = {"authentication_requirement": "required", "required_account_email": blank}
    google = {"authentication_requirement": "required"}
    assert planned(google_authentication_options=options) == planned(google_authentication_options=google)
    assert planned(google_authentication_options=dict.fromkeys(options, blank)) == planned()


@pytest.mark.parametrize("text", ["enrollment\nuser_auth", "enrollment\r\n\n user_auth \n", "enrollment,user_auth"])
def test_list_may_be_text(text: str) -> None:
    assert planned(kinds=text) == planned(kinds=["enrollment", "user_auth"])
    assert planned(kinds="user_auth\n") == planned(kinds=["user_auth"])


def test_long_integer_is_accepted_as_an_id() -> None:
    number = 100_000_000_000_000_000_001
    request = AuthenticationTokenRequest("LC1", str(number))
    assert planned(kinds=["user_auth"], user_id=number).requests == {"user_auth": request}


@pytest.mark.parametrize(
    ("missing", "kind", "expected"),
    [
        ("enterprise_id", "enrollment", "^Not set, but required: 'device_tokens_enterprise_id'.$"),
        (
            "enrollment_token_type",
            "enrollment",
            "^device_tokens_enrollment_token_type is not set, but device_tokens_kinds contains 'enrollment', which",
        ),
        (
            "user_id",
            "user_auth",
            "^device_tokens_user_id is not set, but device_tokens_kinds contains 'user_auth', which requires it.$",
        ),
    ],
)
def test_missing_variables_are_refused(missing: str, kind: str, expected: str) -> None:
    with pytest.raises(EmmError, match=expected):
        planned(missing, kinds=[kind])


def test_all_errors_are_reported() -> None:
    with pytest.raises(EmmError, match=r"device_tokens_kinds.*device_tokens_enrollment_scope"):
        planned(kinds=["x"], enrollment_scope="y")


def ago(minutes: float) -> str:
    """The time, ``minutes`` ago."""
    return (datetime.now(timezone.utc) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def cached(minutes: float = 90, **changes: Any) -> dict[str, Any]:
    """An enrollment token from an earlier run with a duration of two hours, valid for ``minutes`` more."""
    return {
        "token": "CACHED",
        "enterprise_id": "LC1",
        "enrollment_token_type": "userDevice",
        "duration": {"seconds": 7200, "nanos": 0},
        "issued_at": ago(120 - minutes),
        "expires_at": ago(-minutes),
        **changes,
    }


def is_kept(token: object, **variables: Any) -> bool:
    """Whether a host keeps a token instead of requesting another one."""
    result = planned(**{"keep_if_valid_for": "1h", **variables}, enrollment=token)
    assert not result.kept or result.kept["enrollment"]["token"] == "CACHED"
    assert ("enrollment" in result.requests) is not bool(result.kept)
    return bool(result.kept)


@pytest.mark.parametrize(
    ("minimum", "minutes", "expected"),
    [
        ("1h", 90, True),
        ("1h", 61, True),
        ("1h", 59, False),
        ("1h", -1, False),
        ("0s", 1, True),
        ("0s", -1, False),
        ({"seconds": 3600}, 61, True),
        ({"seconds": 3600}, 59, False),
        ("10000w", 90, False),
        (None, 90, False),
    ],
)
def test_token_is_kept_if_it_is_valid_for_long_enough(minimum: object, minutes: float, expected: bool) -> None:
    assert is_kept(cached(minutes), keep_if_valid_for=minimum) is expected


@pytest.mark.parametrize("key", [date(2026, 11, 27), b"a"])
def test_token_that_cannot_be_cached_is_not_kept(key: object) -> None:
    assert not is_kept(cached(duration={key: 1}))


def test_token_is_not_kept_by_default() -> None:
    result = planned(enrollment=cached())
    assert (list(result.requests), result.kept) == (["enrollment"], {})


def test_other_kind_is_minted_if_a_token_is_kept() -> None:
    result = planned(kinds=["enrollment", "user_auth"], keep_if_valid_for="1h", enrollment=cached())
    assert (list(result.requests), list(result.kept)) == (["user_auth"], ["enrollment"])
    result = planned(kinds=["user_auth"], keep_if_valid_for="1h", enrollment=cached())
    assert (list(result.requests), list(result.kept)) == (["user_auth"], []), "a token that is not requested"


GOOGLE = {"authentication_requirement": "required", "required_account_email": "a@b.de"}


@pytest.mark.parametrize(
    ("requested", "got", "expected"),
    [
        ({}, {}, True),
        ({"enrollment_token_type": "userlessDevice"}, {}, False),
        ({}, {"enrollment_token_type": None}, False),
        ({"enterprise_id": "LC2"}, {}, False),
        ({"google_authentication_options": GOOGLE}, {"google_authentication_options": GOOGLE}, True),
        ({"google_authentication_options": GOOGLE}, {}, False),
        ({}, {"google_authentication_options": GOOGLE}, False),
        (
            {"google_authentication_options": GOOGLE},
            {"google_authentication_options": {**GOOGLE, "required_account_email": "c@d.de"}},
            False,
        ),
        ({"duration": "30d"}, {}, True),
        ({"enrollment_scope": "batch"}, {}, True),
    ],
)
def test_token_is_kept_only_if_it_matches_the_request(
    requested: Mapping[str, Any], got: Mapping[str, Any], expected: bool
) -> None:
    assert is_kept(cached(**got), **requested) is expected


@pytest.mark.parametrize(
    "token", [None, "CACHED", [], {}, cached(token=None), cached(token=""), {"expires_at": "2999"}]
)
def test_invalid_token_is_not_kept(token: object) -> None:
    assert not is_kept(token)


FOREVER = {"seconds": 315_576_000_000, "nanos": 0}
LONG = {"seconds": 1000 * 366 * 86_400, "nanos": 0}


@pytest.mark.parametrize(
    ("expires_at", "expected"),
    [
        ("2999-01-01T00:00:00Z", True),
        ("2999-01-01T00:00:00+02:00", True),
        (datetime(2999, 1, 1, tzinfo=timezone.utc), True),
        (yaml.safe_load("2999-01-01T00:00:00Z"), True),
        ("2999-01-01T00:00:00", False),
        ("2999-01-01", False),
        ("soon", False),
        ("", False),
        (7, False),
    ],
)
def test_formats_of_expires_at(expires_at: object, expected: bool) -> None:
    assert is_kept(cached(expires_at=expires_at, duration=LONG)) is expected


def without(*names: str, **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in cached(**changes).items() if name not in names}


def test_token_that_expires_after_the_year_9999_is_kept() -> None:
    assert is_kept(without("expires_at", duration=FOREVER))
    assert is_kept(cached(expires_at=None, duration=FOREVER))


@pytest.mark.parametrize(
    "token",
    [
        without("duration", "expires_at"),
        without("expires_at"),
        without("expires_at", duration={"seconds": 7900 * 365 * 86_400, "nanos": 0}),
        without("expires_at", "issued_at", duration=FOREVER),
        without("expires_at", duration=None),
        without("expires_at", duration="315576000000s"),
        without("expires_at", duration={"seconds": float("nan"), "nanos": 0}),
        without("expires_at", duration={"seconds": 10**12, "nanos": 0}),
        without("expires_at", issued_at="9999-12-31T23:59:59Z"),
        without("expires_at", issued_at=None, duration=FOREVER),
    ],
)
def test_token_with_unknown_expiry_is_not_kept(token: dict[str, Any]) -> None:
    assert not is_kept(token)


@pytest.mark.parametrize(
    "token",
    [
        without("duration"),
        without("issued_at"),
        cached(duration={"seconds": "7200", "nanos": 0}),
        cached(issued_at="soon"),
        cached(issued_at=7),
        cached(issued_at=ago(31)),  # so it expired a minute ago
        cached(duration={"seconds": 7140, "nanos": 0}),
        cached(expires_at="9999-12-31T23:59:59Z"),
        cached(issued_at="9999-12-31T23:59:59Z"),
        cached(issued_at=ago(-100)),  # after its expiry
        cached(issued_at=ago(-25 * 60), expires_at=ago(-26 * 60)),
        cached(issued_at="0000-00-00T00:00:00Z"),
        cached(expires_at="9999-12-31T23:59:59-23:59", duration=FOREVER),
    ],
)
def test_token_with_inconsistent_times_is_not_kept(token: dict[str, Any]) -> None:
    assert not is_kept(token)


def test_token_is_kept_if_the_servers_clock_is_ahead() -> None:
    """Its expiry is by our clock, which was the earlier one."""
    assert is_kept(cached(issued_at=ago(-10)))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("google_authentication_options", True, "device_tokens_google_authentication_options"),
        ("google_authentication_options", 7, "device_tokens_google_authentication_options"),
        ("google_authentication_options", [None], "device_tokens_google_authentication_options"),
        ("google_authentication_options", {1: 2}, "'device_tokens_google_authentication_options' is {1: 2}, but 1 is"),
        ("duration", {1: 2}, "'device_tokens_duration' is {1: 2}"),
        ("duration", {"seconds": float("inf")}, "'device_tokens_duration' is {'seconds': inf}"),
        ("keep_if_valid_for", {"seconds": -3600}, "'device_tokens_keep_if_valid_for' is {'seconds': -3600}"),
        ("keep_if_valid_for", {"seconds": 10**15}, "Durations.MAX_VALUE"),
    ],
)
def test_values_of_wrong_types_are_refused(name: str, value: object, expected: str) -> None:
    with pytest.raises(EmmError, match=re.escape(expected)):
        planned(**{name: value})


def test_plan_of_variables_that_are_templates() -> None:
    variables = {f"device_tokens_{name}": value for name, value in VALID.items()}
    templar = Templar(loader=DataLoader(), variables={"enterprise": "LC1"})
    given = {**variables, "device_tokens_enterprise_id": "{{ enterprise }}", "other": "{{ unused }}"}
    assert plan_of(as_templates(given), templar) == planned()
    cached = {"ansible_facts": {"device_tokens_enrollment": {"token": "{{ unused }}"}}}
    with pytest.raises(EmmError) as caught:
        plan_of(as_templates({**given, "device_tokens_user_id": "{{ nobody }}", **cached}), templar)
    assert len(caught.value.reasons()) == 2
