# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Compare the collection with Google's own client library: for the same input, both must send the same request."""

from __future__ import annotations

import itertools
import json
from typing import Any

import googleapiclient.errors
import pytest

from tests.emulator.process import Emulator
from tests.integration.playbooks import ENROLLMENT, ENTERPRISE_INFO, USER_AUTH, Ansible

ENTERPRISE = "LC03demo00"
USER = "100000000000000000001"
MAX_SECONDS = 315_576_000_000

# Pairs of the module's options and the equivalent in Google's client library.
TYPES = ["userDevice", "userlessDevice"]
DURATIONS: list[tuple[dict[str, int] | None, str | None]] = [
    (None, None),
    ({"seconds": 60}, "60s"),
    ({"seconds": 60, "nanos": 1}, "60.000000001s"),
    ({"seconds": 3600}, "3600s"),
    ({"seconds": 86399, "nanos": 500_000_000}, "86399.500000000s"),
    ({"seconds": 2**31}, "2147483648s"),
    ({"seconds": MAX_SECONDS}, "315576000000s"),
    ({"seconds": MAX_SECONDS, "nanos": 999_999_999}, "315576000000.999999999s"),
]
GOOGLE_OPTIONS: list[tuple[dict[str, str] | None, dict[str, str] | None]] = [
    (None, None),
    ({"authentication_requirement": "optional"}, {"authenticationRequirement": "optional"}),
    ({"authentication_requirement": "required"}, {"authenticationRequirement": "required"}),
    (
        {"authentication_requirement": "required", "required_account_email": "o'neill+test@sub.example.com"},
        {"authenticationRequirement": "required", "requiredAccountEmail": "o'neill+test@sub.example.com"},
    ),
    (
        {"authentication_requirement": "required", "required_account_email": "用户@例子.example"},
        {"authenticationRequirement": "required", "requiredAccountEmail": "用户@例子.example"},
    ),
]
ODD_IDS = [
    "a+b",
    "a:b@c",
    "a!$&'()*,;=b",
    "a~b_c.d-e",
    "...",
    '<"quoted">',
    "{braces}[brackets]",
    "a|b^c`d",
    "Käse-用户-🤖",
    "0",
    "x" * 200,
]


def take_recorded_requests(emulator: Emulator) -> list[dict[str, Any]]:
    """Return the parts of the token requests that must be equal, and reset the emulator."""
    requests = [
        {
            "method": entry["method"],
            "path": entry["path"],
            "query": {name: value for name, value in entry["query"].items() if name != "alt"},
            "body": json.loads(entry["body"]) if entry["body"] else None,
            "length": entry["headers"]["Content-Length"] == "0",
            "status": entry["status"],
        }
        for entry in emulator.mints()
    ]
    emulator.reset()
    return requests


def test_enrollment_token_requests_match_the_client_library(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, library: Any
) -> None:
    inputs = [
        *itertools.product([ENTERPRISE], TYPES, DURATIONS, GOOGLE_OPTIONS[:1]),
        *itertools.product([ENTERPRISE], TYPES, DURATIONS[:1], GOOGLE_OPTIONS[1:]),
        (ENTERPRISE, TYPES[0], DURATIONS[-1], GOOGLE_OPTIONS[-1]),
        *itertools.product(ODD_IDS, TYPES[:1], DURATIONS[1:2], GOOGLE_OPTIONS[:1]),
    ]
    assert len(inputs) >= 20

    def add_enterprises() -> None:
        for enterprise in ODD_IDS:
            emulator.add_enterprise(id=enterprise, name="odd")

    add_enterprises()
    for enterprise, kind, (_duration, duration), (_google, google) in inputs:
        fields = {"enrollmentTokenType": kind, "duration": duration, "googleAuthenticationOptions": google}
        body = {name: value for name, value in fields.items() if value is not None}
        response = library.enrollmentTokens().create(enterpriseId=enterprise, body=body).execute()
        assert response["token"] == emulator.tokens()[-1]["token"]
    expected = take_recorded_requests(emulator)

    add_enterprises()
    tasks = [
        {
            ENROLLMENT: {
                "enterprise_id": enterprise,
                "enrollment_token_type": kind,
                **({"duration": duration} if duration else {}),
                **({"google_authentication_options": google} if google else {}),
            }
        }
        for enterprise, kind, (duration, _duration), (google, _google) in inputs
    ]
    results = ansible.tasks(*tasks, environment=environment)
    tokens = [issued["token"] for issued in emulator.tokens()]
    assert [result["enrollment_token"]["token"] for result in results] == tokens
    assert take_recorded_requests(emulator) == expected
    assert len(expected) == len(inputs)


def test_user_auth_token_requests_match_the_client_library(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, library: Any
) -> None:
    inputs = [(ENTERPRISE, USER), (ENTERPRISE, "unknown"), *((odd, odd) for odd in ODD_IDS)]

    def add_enterprises() -> None:
        for odd in ODD_IDS:
            emulator.add_enterprise(id=odd, name="odd", users=[{"id": odd, "managementType": "emmManaged"}])

    add_enterprises()
    for enterprise, user in inputs:
        request = library.users().generateAuthenticationToken(enterpriseId=enterprise, userId=user)
        if user == "unknown":
            with pytest.raises(googleapiclient.errors.HttpError, match="No user was found"):
                request.execute()
        else:
            assert request.execute()["token"] == emulator.tokens()[-1]["token"]
    expected = take_recorded_requests(emulator)

    add_enterprises()
    tasks = [{USER_AUTH: {"enterprise_id": enterprise, "user_id": user}} for enterprise, user in inputs]
    results = ansible.tasks(*tasks, environment=environment)
    tokens = [issued["token"] for issued in emulator.tokens()]
    assert [result["authentication_token"]["token"] for result in results if not result["failed"]] == tokens
    assert take_recorded_requests(emulator) == expected
    assert len(expected) == len(inputs)


def test_enterprise_requests_match_the_client_library(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, library: Any
) -> None:
    def requests() -> list[tuple[Any, ...]]:
        return [
            (entry["method"], entry["path"], {**entry["query"], "alt": "json"}, entry["body"], entry["status"])
            for entry in emulator.journal("/androidenterprise/v1/")
        ]

    for odd in ODD_IDS:
        emulator.add_enterprise(id=odd, name="odd")
        assert library.enterprises().get(enterpriseId=odd).execute()["id"] == odd
    expected = requests()
    results = ansible.tasks(*({ENTERPRISE_INFO: {"enterprise_id": odd}} for odd in ODD_IDS), environment=environment)
    assert [result["enterprise"]["id"] for result in results] == ODD_IDS
    assert requests() == expected * 2
