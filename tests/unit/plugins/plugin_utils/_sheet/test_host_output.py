# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The card and the files of a host."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.card import Card
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.host_output import (
    HostOutput,
    build_host_output,
    check_host,
    check_partially,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.labels import to_csv
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import Sheet
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.variables import OUTPUTS

ENROLLMENT = {
    "token": "enrollment-token",
    "enterprise_id": "LC1",
    "enrollment_token_type": "userDevice",
    "duration": {"seconds": 3600, "nanos": 0},
    "issued_at": "2026-11-26T21:30:00Z",
    "expires_at": "2026-11-26T22:30:00Z",
}
USER_AUTH = {"token": "auth-token", "enterprise_id": "LC1", "user_id": "u1", "issued_at": "2026-11-26T21:30:00Z"}
VALID: dict[str, Any] = {
    "directory": "/staging",
    "template": "sheet.html.j2",
    "payload": {
        "device_admin_component_name": "com.example.dpc/.AdminReceiver",
        "wifi_ssid": "Bench",
        "admin_extras_bundle": {"enrollment": "enrollment-token"},
    },
}


def output(host: str = "tablet-01", *, facts: Mapping[str, Any] | None = None, **variables: Any) -> HostOutput:
    """The output for variables without their prefix, with valid defaults."""
    given = {f"provisioning_sheet_{name}": value for name, value in {**VALID, **variables}.items()}
    return build_host_output(host, {**given, **(facts or {"device_tokens_enrollment": ENROLLMENT})})


def payload_with(**bundle: Any) -> dict[str, Any]:
    return {"device_admin_component_name": "com.example.dpc/.AdminReceiver", "admin_extras_bundle": bundle}


def test_fields_of_a_card() -> None:
    card = output(asset_tag="A-1", user="sam@example.com", time_zone="Europe/Berlin").card
    assert (card.host, card.asset_tag, card.user, card.wifi_ssid) == ("tablet-01", "A-1", "sam@example.com", "Bench")
    assert card.tokens == [
        {
            "description": "enrollment token for a user's device (userDevice)",
            "validity": "until Thursday, 26 November 2026, 23:30 UTC+01:00 (Europe/Berlin)",
            "expires_at": "2026-11-26T22:30:00Z",
        }
    ]
    assert card.expires_at == "2026-11-26T22:30:00Z"
    assert json.loads(card.payload)["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"] == {
        "enrollment": "enrollment-token"
    }
    assert card.svg.startswith("<svg ")


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "until Thursday, 26 November 2026, 22:30 UTC"),
        ("Asia/Kolkata", "until Friday, 27 November 2026, 04:00 UTC+05:30 (Asia/Kolkata)"),
        ("America/New_York", "until Thursday, 26 November 2026, 17:30 UTC-05:00 (America/New_York)"),
    ],
)
def test_times_are_in_the_configured_time_zone(zone: str, text: str) -> None:
    assert output(time_zone=zone).card.tokens[0]["validity"] == text


FOREVER = {"seconds": 315_576_000_000, "nanos": 0}
WITHOUT_EXPIRY = {name: value for name, value in ENROLLMENT.items() if name != "expires_at"}


def test_userless_token_that_expires_after_the_year_9999() -> None:
    enrollment = {**WITHOUT_EXPIRY, "enrollment_token_type": "userlessDevice", "duration": FOREVER}
    card = output(facts={"device_tokens_enrollment": enrollment}).card
    assert card.tokens == [
        {
            "description": "enrollment token for a device without a user (userlessDevice)",
            "validity": "beyond the year 9999",
            "expires_at": None,
        }
    ]
    assert card.expires_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"duration": None},
        {"duration": "315576000000s"},
        {"duration": {"seconds": 60, "nanos": 0}},
        {"duration": {"seconds": 60, "nanos": 0}, "issued_at": "9999-12-31T23:59:59Z"},
        {"duration": FOREVER, "issued_at": None},
    ],
)
def test_unknown_expiry_is_shown_as_unknown(change: dict[str, Any]) -> None:
    card = output(facts={"device_tokens_enrollment": {**WITHOUT_EXPIRY, **change}}).card
    [token] = card.tokens
    assert (token["validity"], token["expires_at"], card.expires_at) == ("for an unknown time", None, None)
    assert "for an unknown time" in to_csv([card.as_dict()])
    assert "9999" not in to_csv([card.as_dict()])


def test_card_lists_only_tokens_in_the_payload() -> None:
    facts = {"device_tokens_enrollment": ENROLLMENT, "device_tokens_user_auth": USER_AUTH}
    none = output(facts=facts, payload=payload_with(other="x"), require_token=False).card
    assert none.tokens == []
    assert none.expires_at is None
    url = "https://example.com/?token=auth-token"
    card = output(facts=facts, payload=payload_with(deep={"url": url})).card
    assert card.tokens == [
        {
            "description": "authentication token of user u1",
            "validity": "once, within minutes of Thursday, 26 November 2026, 21:30 UTC",
            "expires_at": "2026-11-26T22:30:00Z",
        }
    ]
    assert card.expires_at == "2026-11-26T22:30:00Z", "one hour after it was issued"
    both = output(facts=facts, payload=payload_with(a="enrollment-token", b="auth-token")).card
    assert [str(token["description"]).split()[0] for token in both.tokens] == ["enrollment", "authentication"]
    assert both.expires_at == "2026-11-26T22:30:00Z"


def test_code_expires_with_its_first_token() -> None:
    enrollment = {**ENROLLMENT, "expires_at": "2026-11-26T21:45:00Z"}
    facts = {"device_tokens_enrollment": enrollment, "device_tokens_user_auth": USER_AUTH}
    card = output(facts=facts, payload=payload_with(a="enrollment-token", b="auth-token")).card
    assert card.expires_at == "2026-11-26T21:45:00Z"


@pytest.mark.parametrize("fact", [None, {}, {"token": None}, "text"])
def test_payload_without_a_token(fact: Any) -> None:
    facts = {"device_tokens_enrollment": fact, "device_tokens_user_auth": fact}
    assert output(facts=facts, payload=payload_with(a="b"), require_token=False).card.tokens == []


def test_token_alone_is_enough() -> None:
    """Everything else in a fact is optional."""
    facts = {"device_tokens_enrollment": {"token": "a-token"}, "device_tokens_user_auth": {"token": "another"}}
    card = output(facts=facts, payload=payload_with(a="a-token", b="another")).card
    assert [(token["description"], token["validity"], token["expires_at"]) for token in card.tokens] == [
        ("enrollment token", "for an unknown time", None),
        ("authentication token", "once, within minutes", None),
    ]
    assert card.user is None


@pytest.mark.parametrize(
    "change",
    [
        {"enrollment_token_type": "x"},
        {"expires_at": "soon"},
        {"expires_at": 5},
        {"expires_at": "2026-11-26T22:30:00"},
        {"expires_at": "9999-12-31T22:30:00Z"},
    ],
)
def test_malformed_fact_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EmmError, match="'device_tokens_enrollment' has a value that the role device_tokens would not"):
        output(facts={"device_tokens_enrollment": {**ENROLLMENT, **change}}, time_zone="Asia/Tokyo")


@pytest.mark.parametrize("token", ['with "quotes"', "mit Ümlaut", "back\\slash"])
def test_token_with_json_escapes_is_found(token: str) -> None:
    facts = {"device_tokens_enrollment": {**ENROLLMENT, "token": token}}
    assert len(output(facts=facts, payload=payload_with(a=token)).card.tokens) == 1
    assert output(facts=facts, payload=payload_with(a=token[1:]), require_token=False).card.tokens == []


def test_vaulted_values_are_decrypted() -> None:
    """As in ansible-core 2.18."""

    class Encrypted:
        __ENCRYPTED__ = True

        def __str__(self) -> str:
            return "enrollment-token"

    facts = {"device_tokens_enrollment": {**ENROLLMENT, "token": Encrypted()}}
    card = output(facts=facts, payload=payload_with(a=[Encrypted()]), asset_tag=Encrypted()).card
    assert card.asset_tag == "enrollment-token"
    assert len(card.tokens) == 1


@pytest.mark.parametrize(
    ("facts", "user"),
    [
        ({}, None),
        ({"device_tokens_user_auth": USER_AUTH}, "u1"),
        (
            {
                "device_tokens_enrollment": {
                    **ENROLLMENT,
                    "google_authentication_options": {"required_account_email": "sam@example.com"},
                },
                "device_tokens_user_auth": USER_AUTH,
            },
            "sam@example.com",
        ),
    ],
)
def test_user_defaults_to_the_user_of_the_tokens(facts: dict[str, Any], user: str | None) -> None:
    assert output(facts={"device_tokens_enrollment": ENROLLMENT, **facts}).card.user == user
    assert output(facts={"device_tokens_enrollment": ENROLLMENT, **facts}, user="kim").card.user == "kim"


def test_files_of_a_host() -> None:
    assert list(output().files) == ["tablet-01.payload.json", "tablet-01.qr.svg"]
    every = output("a/b", outputs=list(OUTPUTS), image_format="png")
    assert list(every.files) == [
        "a%2Fb.payload.json",
        "a%2Fb.qr.png",
        "a%2Fb.zero-touch.json",
        "a%2Fb.nfc.properties",
        "a%2Fb.ndef",
    ]
    assert every.replaces == ["a%2Fb.qr.svg"]
    assert every.files["a%2Fb.payload.json"].decode() == every.card.payload
    assert every.files["a%2Fb.qr.png"].startswith(b"\x89PNG")
    bundle = {"android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE": {"enrollment": "enrollment-token"}}
    assert json.loads(every.files["a%2Fb.zero-touch.json"]) == bundle
    assert b'_WIFI_SSID="Bench"\n' in every.files["a%2Fb.nfc.properties"]
    assert every.files["a%2Fb.ndef"].endswith(every.files["a%2Fb.nfc.properties"])
    assert output(outputs=["sheet"]).files == {}
    assert output(outputs=["sheet"]).replaces == []
    assert output(outputs=["qr_code"]).replaces == ["tablet-01.qr.png"]


@pytest.mark.parametrize("column", ["host", "asset_tag", "user"])
def test_formula_is_refused_only_for_labels(column: str) -> None:
    variables: dict[str, Any] = {"host": "tablet-01", "asset_tag": "A-1", "user": "u1", column: "=1"}
    with pytest.raises(EmmError, match="is '=1', which a spreadsheet program may take for a formula"):
        output(variables["host"], asset_tag=variables["asset_tag"], user=variables["user"], outputs=["sheet", "labels"])
    others = [output for output in OUTPUTS if output != "labels"]
    card = output(variables.pop("host"), outputs=others, **variables).card
    assert "=1" in (card.host, card.asset_tag, card.user)


def test_formula_in_a_token_description_is_refused() -> None:
    facts = {"device_tokens_user_auth": {**USER_AUTH, "user_id": "a;=1"}}
    payload = payload_with(a="auth-token")
    assert output(facts=facts, payload=payload).card.tokens
    with pytest.raises(EmmError, match="The description of the tokens is 'authentication token of user a;=1', which"):
        output(facts=facts, payload=payload, outputs=["labels"], user="sam")


def test_sheet_of_a_card() -> None:
    assert output().sheet.as_dict() == {
        "directory": "/staging",
        "name": "sheet",
        "title": "Devices to enroll",
        "paper": "A4",
        "template": "sheet.html.j2",
        "parts": ["sheet"],
    }
    assert output(outputs=["labels", "nfc"]).sheet.parts == ["labels"]
    assert output(outputs=["labels", "nfc"]).sheet.template == ""
    assert output(directory="/staging/../staging//").sheet == output().sheet
    assert output(outputs=["labels", "sheet"]).sheet == output(outputs=["sheet", "qr_code", "labels"]).sheet


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"directory": None}, "provisioning_sheet_directory"),
        ({"directory": "x"}, "provisioning_sheet_directory: The directory 'x' cannot be used: its path must begin"),
        ({"payload": "text"}, "provisioning_sheet_payload"),
        ({"payload": {}}, "provisioning_sheet_payload: Option 'device_admin_component_name' is required"),
        (
            {"payload": {**VALID["payload"], "wifi_sid": "x"}},
            r"provisioning_sheet_payload: There is no option 'wifi_sid' \(did you mean 'wifi_ssid'\?\)",
        ),
        ({"payload": payload_with(a="x" * 3000)}, "The payload has 3,.* Shorten or remove .*: a \\(3,"),
        (
            {"payload": payload_with(a="b")},
            "provisioning_sheet_payload contains no token of the host, neither .* Put one into",
        ),
        ({"outputs": ["picture"]}, "provisioning_sheet_outputs .*picture"),
        ({"asset_tag": 10}, "'provisioning_sheet_asset_tag' is 10, but it must be a string, .* Quote it"),
        ({"user": 1.1}, "'provisioning_sheet_user' is 1.1, but it must be a string, .* Quote it"),
        ({"paper": "A5"}, "provisioning_sheet_paper .*A5"),
        ({"time_zone": "Berlin"}, "Option 'provisioning_sheet_time_zone' is 'Berlin', but it must be a time zone"),
        (
            {"payload": payload_with(a={"b": "enrollment-token"}), "outputs": ["nfc"]},
            "provisioning_sheet_payload: The entry 'a' of 'admin_extras_bundle' does not fit into an NFC record",
        ),
    ],
)
def test_invalid_variables_are_refused(tmp_path: Path, variables: dict[str, Any], message: str) -> None:
    with pytest.raises(EmmError, match=message):
        output(**variables)
    with pytest.raises(EmmError, match=message):
        check(tmp_path, **variables)


def check(directory: Path, /, **variables: Any) -> tuple[Sheet, Card] | None:
    """Check a host with variables without their prefix, with valid defaults."""
    given = {**VALID, "directory": str(directory), **variables}
    facts = {"device_tokens_enrollment": ENROLLMENT}
    return check_host("tablet-01", {**{f"provisioning_sheet_{name}": given[name] for name in given}, **facts})


@pytest.mark.parametrize("image_format", ["svg", "png"])
def test_valid_host_passes_the_check_without_a_file(tmp_path: Path, image_format: str) -> None:
    variables: dict[str, Any] = {"outputs": list(OUTPUTS), "image_format": image_format}
    made = output(directory=str(tmp_path), **variables)
    assert check(tmp_path, **variables) == (made.sheet, dataclasses.replace(made.card, svg=""))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["tablet-01.qr.svg", "tablet-01.payload.json", "sheet.html"])
def test_files_of_others_are_found_by_the_check(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(
        EmmError, match=f"provisioning_sheet_directory: The file '.*/{name}' was not written by the role"
    ):
        check(tmp_path)
    (tmp_path / name).rename(tmp_path / f"other-{name}")
    assert check(tmp_path) is not None


def test_check_reports_all_reasons(tmp_path: Path) -> None:
    payload = {**payload_with(a="b"), "locale": "german", "wifi_sid": "x"}
    with pytest.raises(EmmError) as caught:
        check(tmp_path, paper="A5", payload=payload)
    paper, locale, sid = caught.value.reasons()
    assert "provisioning_sheet_paper" in paper
    assert locale.startswith("provisioning_sheet_payload: Option 'locale' is 'german'")
    assert sid.startswith("provisioning_sheet_payload: There is no option 'wifi_sid'")
    with pytest.raises(EmmError) as caught:
        check(tmp_path, directory="relative", time_zone="Berlin")
    directory, zone = caught.value.reasons()
    assert "provisioning_sheet_directory" in directory
    assert "provisioning_sheet_time_zone" in zone


def test_missing_payload_is_one_reason(tmp_path: Path) -> None:
    with pytest.raises(EmmError) as caught:
        check(tmp_path, payload=None, directory="")
    assert caught.value.reasons() == [
        "Not set, but required: 'provisioning_sheet_directory', 'provisioning_sheet_payload'."
    ]


def test_missing_parts_are_no_reason_in_a_partial_check() -> None:
    check_partially({"provisioning_sheet_payload": {"wifi_security_type": "WPA"}, "device_tokens_enrollment": {}})
    check_partially({"provisioning_sheet_payload": "text"})
    check_partially(
        {"provisioning_sheet_payload": {"com.example.A": 1}, "provisioning_sheet_extra_keys": "com.example.A"}
    )
    given = {"provisioning_sheet_payload": {"locale": "german"}, "provisioning_sheet_paper": "A5"}
    with pytest.raises(EmmError) as caught:
        check_partially(given)
    paper, locale = caught.value.reasons()
    assert "A5" in paper
    assert locale.startswith("provisioning_sheet_payload: Option 'locale' is 'german'")


def test_check_mode_tokens_have_no_times() -> None:
    facts = {
        "device_tokens_enrollment": {**ENROLLMENT, "issued_at": None, "expires_at": None},
        "device_tokens_user_auth": {**USER_AUTH, "issued_at": None},
    }
    card = output(facts=facts, payload=payload_with(a="enrollment-token", b="auth-token")).card
    assert [token["validity"] for token in card.tokens] == ["for an unknown time", "once, within minutes"]
    assert card.expires_at is None


@pytest.mark.parametrize("name", ["asset_tag", "user", "name", "title", "template"])
def test_surrogates_are_refused(name: str) -> None:
    """Otherwise, the whole sheet could not be written."""
    with pytest.raises(EmmError, match=f"The value of '{name}' on the card contains a surrogate"):
        output(**dict[str, Any]({name: "a\ud800"}))
    with pytest.raises(EmmError, match="The value of 'host' on the card contains a surrogate"):
        output("a\ud800")
    facts = {"device_tokens_user_auth": {**USER_AUTH, "user_id": "a\ud800"}}
    with pytest.raises(EmmError, match="The value of 'user' on the card contains a surrogate"):
        output(facts=facts, payload=payload_with(token="auth-token"))


@pytest.mark.parametrize("odd", [5, ["u1"], {"a": "b"}, True])
def test_user_that_is_not_a_string_is_ignored(odd: Any) -> None:
    google = {"google_authentication_options": {"required_account_email": odd}}
    facts = {"device_tokens_enrollment": {**ENROLLMENT, **google}, "device_tokens_user_auth": {"user_id": odd}}
    assert output(facts=facts).card.user is None
