# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The enrollment token module, run by ansible-playbook against the emulator."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.conftest import Mint, MintEach
from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, Ansible

pytestmark = pytest.mark.usefixtures("both_ways")
MAX_SECONDS = 315_576_000_000


def test_mints_a_token_that_enrolls_a_device(mint: Mint, emulator: Emulator) -> None:
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
    assert "userId" in emulator.redeem(token["token"]), "one token serves many devices"


def test_durations_as_people_write_them(mint_each: MintEach, emulator: Emulator) -> None:
    """As text, as seconds, and as a template's text, of which jinja2_native makes a number."""
    native = {"ANSIBLE_JINJA2_NATIVE": "true"}  # as always from ansible-core 2.19 on
    durations = ["1h30m", "5400s", "5400", 5400, "{{ '5400' }}", {"seconds": 5400}]
    results = mint_each(*({"duration": duration} for duration in durations), environment=native)
    for result in results:
        assert result["enrollment_token"]["duration"] == {"seconds": 5400, "nanos": 0}
    assert {json.loads(request["body"])["duration"] for request in emulator.mints()} == {"5400s"}


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
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


def test_bad_input_is_refused_before_anything_is_sent(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    results = ansible.tasks(
        *({ENROLLMENT: _options(emulator, **options)} for options, dummy in REFUSED), environment=environment
    )
    for result, (options, fragments) in zip(results, REFUSED, strict=True):
        assert result["failed"], options
        missing = [fragment for fragment in fragments if fragment not in result["msg"]]
        assert not missing, f"{options}: {missing} not in: {result['msg']}"
        assert "Traceback" not in json.dumps(result)
    assert emulator.journal() == []


def test_check_mode_shows_the_structure_and_sends_nothing(mint: Mint, emulator: Emulator) -> None:
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


def test_the_earlier_clock_counts_and_the_other_one_is_warned_of(mint_each: MintEach, emulator: Emulator) -> None:
    """A token of a minute does not last for ever because a server says that it is the year 9999."""
    dates = ["Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"]
    answer = {"path": "enrollmentTokens", "body": '{"token": "t", "duration": "60s"}'}
    emulator.fail(*({**answer, "headers": {"Date": date}} for date in dates))
    before = datetime.now(timezone.utc).replace(microsecond=0)
    results = mint_each({}, {})
    ahead, behind = (result["enrollment_token"] for result in results)
    assert ahead["issued_at"] == "9999-12-31T23:59:59Z"
    expires = datetime.fromisoformat(ahead["expires_at"].replace("Z", "+00:00"))
    assert before + timedelta(minutes=1) <= expires <= datetime.now(timezone.utc) + timedelta(minutes=1)
    assert (behind["issued_at"], behind["expires_at"]) == ("2000-01-01T00:00:00Z", "2000-01-01T00:01:00Z")
    output = " ".join(results[0]["_output"].split())
    assert len(re.findall(r"The server's clock is \d+ days ahead of that of this machine", output)) == 1
    assert len(re.findall(r"The server's clock is \d+ days behind that of this machine", output)) == 1


def _options(emulator: Emulator, **options: Any) -> dict[str, Any]:
    return {"enterprise_id": emulator.address.enterprise_id, "enrollment_token_type": "userDevice", **options}
