# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Provisioning payloads, checksums, QR codes, NFC messages, cards, sheets and label lists."""

from __future__ import annotations

import csv
import hashlib
import html.parser
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jproperties
import ndef
import zxingcpp
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning import checksums
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.nfc import to_message, to_properties
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload import (
    build_payload,
    for_nfc,
    for_zero_touch,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload_options import (
    EXTRAS,
    payload_key,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import (
    CAPACITY,
    QrCode,
    to_json,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.host_output import build_host_output
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.labels import to_csv
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import render
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.fuzz.examples import examples
from tests.fuzz.values import ANY_TEXT, VALUES, changed, outcome

SECRET = "hunter2"
TEMPLATE = Path(__file__).parents[2] / "roles" / "provisioning_sheet" / "templates" / "sheet.html.j2"
CHECKSUM = "gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM"
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
VALID_OPTIONS: dict[str, Any] = {
    "device_admin_component_name": "com.example.dpc/.AdminReceiver",
    "device_admin_package_download_location": f"https://user:{SECRET}@dpc.example.com/dpc.apk?key={SECRET}",
    "device_admin_signature_checksum": CHECKSUM,
    "admin_extras_bundle": {"token": f"{SECRET}-token", "more": {"list": [1, 2]}},
    "locale": "de_DE",
    "time_zone": "Europe/Berlin",
    "local_time": 1_795_000_000_000,
    "wifi_ssid": "Bench",
    "wifi_security_type": "WPA",
    "wifi_password": f"{SECRET}-password",
    "wifi_proxy_host": "proxy",
    "wifi_proxy_port": "8080",
}
OPTIONS = changed(VALID_OPTIONS, tuple(EXTRAS))
HIDDEN = [name for name, extra in EXTRAS.items() if extra.secret or extra.is_url]
LEAKS = st.sampled_from(
    [
        *(f"?{SECRET}", f"?{SECRET}\n", [SECRET], SECRET.encode(), {"a": {"b": [SECRET, 1]}}),
        *(f"ftp://user:{SECRET}@example.com/", f"https://user:{SECRET}@example .com/#{SECRET}", f"//x?key={SECRET}"),
    ]
)
UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SCALARS = UNICODE | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@examples(200)
@given(OPTIONS, st.dictionaries(st.sampled_from(HIDDEN), LEAKS, max_size=1))
def test_payload_is_valid_or_refused(options: dict[str, Any], leaking: dict[str, Any]) -> None:
    options |= leaking
    payload = outcome(EmmError, build_payload, options)
    if isinstance(payload, EmmError):
        assert SECRET not in str(payload)
        return
    assert set(payload) == {payload_key(name) for name in options}
    json.dumps(payload, ensure_ascii=False).encode()
    assert json.loads(to_json(payload)) == payload
    assert to_json(payload).isascii()
    assert build_payload({name: payload[payload_key(name)] for name in options}) == payload
    for part in (for_zero_touch(payload), for_nfc(payload)):
        assert set(part) <= set(payload)


@examples(50)
@given(VALUES)
def test_arbitrary_value_is_refused_as_payload_options(value: Any) -> None:
    assert isinstance(outcome(EmmError, build_payload, value), EmmError)


@examples(100)
@given(st.binary(max_size=70), ANY_TEXT)
def test_only_checksums_are_accepted(content: bytes, text: str) -> None:
    checksums.check(checksums.encode(hashlib.sha256(content).digest()))
    for other in (checksums.encode(content), content.hex(), text, content.decode("latin-1")):
        if not isinstance(outcome(ValueError, checksums.check, other), ValueError):
            assert re.fullmatch(r"[\w-]{43}=?", other, re.ASCII)


@examples(30)
@given(
    st.binary(max_size=200) | st.just(b"PK\x05\x06" + b"\0" * 18) | st.binary().map(lambda rest: b"PK\x03\x04" + rest)
)
def test_arbitrary_file_is_refused_for_a_checksum(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz"
    path.write_bytes(content)
    for checksum in (checksums.package_checksum, checksums.signature_checksum):
        assert isinstance(outcome(EmmError, checksum, str(path)), EmmError)


@examples(25)
@given(UNICODE | st.text("0123456789", max_size=300))
def test_qr_code_reads_back(text: str) -> None:
    """An independent library reads the code from its image."""
    code = QrCode.of(text)
    assert Reader(code.svg()).elements[0][0] == "svg"
    if text:
        formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
        [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.png())), formats)
        assert found.bytes == text.encode()


@examples(25)
@given(st.integers(CAPACITY["L"] + 1, 10_000), ANY_TEXT.filter(bool))
def test_content_beyond_the_capacity_of_a_qr_code_is_refused(size: int, text: str) -> None:
    for content in (text * size, {"a": text * size, "b": {text: size}}):
        assert isinstance(outcome(EmmError, QrCode.of, content), EmmError)


def read_properties(text: str) -> dict[str, str]:
    properties = jproperties.Properties()
    properties.load(text.encode(), "utf-8")
    return {key: value.data for key, value in properties.items()}


@examples(100)
@given(st.dictionaries(UNICODE.filter(bool), SCALARS, max_size=5), st.dictionaries(UNICODE, SCALARS, max_size=5))
def test_nfc_message_reads_back(values: dict[str, Any], bundle: dict[str, Any]) -> None:
    """Independent libraries read the NFC Data Exchange Format and the Java properties."""
    payload = {**values, BUNDLE: bundle}

    def text(value: Any) -> str:
        return json.dumps(value) if isinstance(value, bool) else str(value)

    properties = to_properties(payload)
    message = to_message(properties)
    [record] = ndef.message_decoder(message)
    assert b"".join(ndef.message_encoder([record])) == message
    found = read_properties(record.data.decode())
    assert read_properties(found.pop(BUNDLE)) == {key: text(value) for key, value in bundle.items()}
    assert found == {key: text(value) for key, value in values.items()}


ENROLLMENT = {
    "token": f"{SECRET}-token",
    "enterprise_id": "LC1",
    "enrollment_token_type": "userDevice",
    "duration": {"seconds": 3600, "nanos": 0},
    "issued_at": "2026-11-26T21:30:00Z",
    "expires_at": "2026-11-26T22:30:00Z",
}
USER_AUTH = {"token": f"{SECRET}-auth", "enterprise_id": "LC1", "user_id": "u1", "issued_at": "2026-11-26T21:30:00Z"}
VARIABLES = {
    "provisioning_sheet_directory": "/staging",
    "provisioning_sheet_payload": {
        "device_admin_component_name": "com.example.dpc/.AdminReceiver",
        "wifi_ssid": "Bench",
        "admin_extras_bundle": {"enrollment": f"{SECRET}-token", "auth": f"{SECRET}-auth"},
    },
    "provisioning_sheet_outputs": ["payload", "qr_code", "sheet", "labels", "zero_touch", "nfc"],
    "provisioning_sheet_asset_tag": "A-1",
    "provisioning_sheet_time_zone": "Europe/Berlin",
}
OTHER_VARIABLES = ("name", "title", "user", "paper", "image_format", "template", "require_token")


@examples(75)
@given(
    ANY_TEXT.filter(bool),
    changed(VARIABLES, tuple(f"provisioning_sheet_{name}" for name in OTHER_VARIABLES)),
    changed(ENROLLMENT) | VALUES,
    changed(USER_AUTH) | VALUES,
)
def test_card_is_complete_or_refused(host: str, variables: dict[str, Any], enrollment: Any, user_auth: Any) -> None:
    facts = {"device_tokens_enrollment": enrollment, "device_tokens_user_auth": user_auth}
    made = outcome(EmmError, build_host_output, host, {**facts, **variables})
    if isinstance(made, EmmError):
        assert SECRET not in str(made)
        return
    card = made.card
    assert card.host == host
    assert card.payload == json.dumps(json.loads(card.payload), separators=(",", ":"))
    for token in card.tokens:
        assert all(token[key] and isinstance(token[key], str) for key in ("description", "validity"))
    ends = [token["expires_at"] for token in card.tokens if token["expires_at"]]
    assert (card.expires_at in ends) if ends else card.expires_at is None
    for name, content in made.files.items():
        assert "/" not in name
        assert content
    assert not set(made.files) & set(made.replaces)
    json.dumps([card.as_dict(), made.sheet.as_dict()], ensure_ascii=False).encode()  # Ansible must be able to return it


class Reader(html.parser.HTMLParser):
    """Collects the elements and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


MARKUP = st.sampled_from(
    ["<script>", "</script>", "</title>", "-->", "<!--", '"', "'", "&amp;", "{{ 1 }}", "{% x %}", "]]>"]
)
TEXT = st.lists(ANY_TEXT | MARKUP, min_size=1, max_size=3).map("".join)
OPTIONAL_TEXT = st.none() | TEXT
TOKEN = st.fixed_dictionaries({"description": TEXT, "validity": TEXT, "expires_at": st.none() | TEXT})
CARD = st.fixed_dictionaries(
    {
        "host": TEXT,
        **dict.fromkeys(("asset_tag", "user", "wifi_ssid", "expires_at"), OPTIONAL_TEXT),
        "tokens": st.lists(TOKEN, max_size=2),
        "payload": TEXT,
        "svg": st.just("<svg></svg>"),
    }
)


@examples(50)
@given(st.lists(CARD, min_size=1, max_size=3), TEXT, st.lists(TEXT, max_size=2))
def test_sheet_escapes_all_text(cards: list[Mapping[str, Any]], title: str, missing: list[str]) -> None:
    """The page has the same elements as one with harmless text."""
    sheet = {"title": title, "paper": "A4", "template": str(TEMPLATE)}
    page = Reader(render(sheet, cards, missing))
    harmless = [
        {
            **{key: value and (value if key == "svg" else "x") for key, value in card.items()},
            "tokens": [{key: value and "x" for key, value in token.items()} for token in card["tokens"]],
        }
        for card in cards
    ]
    plain = Reader(render({**sheet, "title": "x"}, harmless, ["x"] * len(missing)))
    assert [tag for tag, attrs in page.elements] == [tag for tag, attrs in plain.elements]
    text = "".join(page.texts)
    for card in cards:
        assert card["host"] in text
    assert title in text


@examples(75)
@given(st.lists(CARD, max_size=3))
def test_label_csv_reads_back(cards: list[Mapping[str, Any]]) -> None:
    head, *rows = csv.reader(io.StringIO(to_csv(cards), newline=""))
    assert len(rows) == len(cards)
    for card, row in zip(cards, rows, strict=True):
        cells = dict(zip(head, row, strict=True))
        for name in ("host", "asset_tag", "user", "expires_at", "payload"):
            assert cells[name] == (card[name] or "")
