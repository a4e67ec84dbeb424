# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Sheets and payloads, printed on paper and read back by other programs."""

from __future__ import annotations

import csv
import json
import re
import stat
from pathlib import Path
from typing import Any

import jproperties
import ndef
import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.host_output import build_host_output
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import render
from PIL import Image

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH
from tests.integration.playbooks import REPOSITORY, Ansible
from tests.integration.printing import Page, print_out, read_codes
from tests.integration.sheets import BUNDLE, EXTRA, PAYLOAD, devices, name_of, play, squeezed

TEMPLATE = REPOSITORY / "roles" / "provisioning_sheet" / "templates" / "sheet.html.j2"
# Names that are hard to print, to put into a file's name, or to tell from a template, markup or the end of a line.
NAMES = ["مكتب-٣", "电脑-五", "Ünïcødé & <b>Söhne</b>", "a/b \"c\" 'd'", "лаборатория 🧪", "x" * 200]


def test_printed_codes_enroll_the_devices(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    outputs = ["payload", "qr_code", "sheet", "labels", "zero_touch", "nfc"]
    inventory = devices(
        4,
        directory,
        device_tokens_kinds=BOTH,
        device_tokens_duration="12h",
        provisioning_sheet_outputs=outputs,
        provisioning_sheet_image_format="png",
        provisioning_sheet_time_zone="Europe/Berlin",
        # A value that looks like a template is a value.
        provisioning_sheet_asset_tag="A-{{ inventory_hostname }}-{{ '{' ~ '{ nothing }' ~ '}' }}",
    )
    hosts = inventory["all"]["hosts"]
    for name, variables in zip(NAMES, list(hosts.values()) * 2, strict=False):
        hosts[name] = variables
    run = ansible.play([play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output

    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
    payloads = {}
    for path in directory.glob("*.payload.json"):
        payload = json.loads(path.read_text(encoding="utf-8"))
        payloads[name_of(payload)] = payload
        stem = str(path).removesuffix(".payload.json")
        [code] = read_codes(Image.open(f"{stem}.qr.png"))
        assert code.text == path.read_text(encoding="utf-8")
        zero_touch = json.loads(Path(f"{stem}.zero-touch.json").read_text(encoding="utf-8"))
        assert zero_touch == {name: payload[name] for name in (f"{EXTRA}LOCALE", f"{EXTRA}TIME_ZONE", BUNDLE)}
        [record] = ndef.message_decoder(Path(f"{stem}.ndef").read_bytes())
        assert record.data == Path(f"{stem}.nfc.properties").read_bytes()
        assert read_nfc(record.data) == {**payload, f"{EXTRA}WIFI_SSID": '"Prüfstand 电"'}
    assert payloads.keys() == hosts.keys()
    with (directory / "sheet.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    assert {label["host"]: json.loads(label["payload"]) for label in labels} == payloads
    assert [label["asset_tag"] for label in labels] == [f"A-{host}-{{{{ nothing }}}}" for host in hosts]

    pages = print_out(directory / "sheet.html", ansible.directory)
    printed = [payload for page in pages for payload in page.codes()]
    assert printed == [payloads[host] for host in hosts], "all codes, in the order of the inventory"
    assert_cards_are_whole(pages)
    assert not any(page.has_colors() for page in pages)
    text = squeezed("".join(page.text for page in pages))
    by_token = {token["token"]: token for token in emulator.tokens("enrollment")}
    for payload in printed:
        issued = by_token[payload[BUNDLE]["com.example.dpc.ENROLLMENT_TOKEN"]]
        assert issued["devices"] == []
        assert emulator.redeem(issued["token"])["enterpriseId"] == emulator.address.enterprise_id
    assert sum(len(token["devices"]) for token in emulator.tokens()) == len(hosts)
    assert text.count(squeezed("enrollment token for a user's device (userDevice)")) == len(hosts)
    assert text.count(squeezed("(Europe/Berlin)")) == len(hosts)


def read_nfc(record: bytes) -> dict[str, Any]:
    """Read a record as Android does: Java properties in UTF-8, and further ones in the value of the bundle."""
    properties = properties_in(record.decode())
    return {**properties, BUNDLE: properties_in(str(properties[BUNDLE]))}


def properties_in(text: str) -> dict[str, Any]:
    properties = jproperties.Properties()
    properties.load(text.encode(), "utf-8")
    return {name: value.data for name, value in properties.items()}


def assert_cards_are_whole(pages: list[Page]) -> None:
    """Each page has the names of the codes on it. Only names in Latin script are compared: a PDF has them in order."""
    assert len(pages) > 1
    for page in pages:
        on_the_page = [name_of(payload) for payload in page.codes()]
        plain = [name for name in on_the_page if name.startswith("device-")]
        assert re.findall(r"^device-\d+", page.text, re.MULTILINE) == plain
        assert page.text.count("Asset tag") == page.text.count("Enrolled") == len(on_the_page)
        assert page.text.count("until ") == len(on_the_page)


def sheet_of(count: int, expires_at: str = "2999-01-01T00:00:00Z", asset_tag: str = "A", **sheet: Any) -> str:
    """A sheet as the role makes it, with tokens that expire at a given time."""
    cards = []
    for number in range(1, count + 1):
        host = f"device-{number:02d}"
        bundle = {"com.example.dpc.ENROLLMENT_TOKEN": "token", "com.example.dpc.HOST": host}
        fact = {
            "token": "token",
            "enrollment_token_type": "userlessDevice",
            "expires_at": expires_at if number % 2 else "2999-01-01T00:00:00Z",
        }
        variables = {
            "provisioning_sheet_directory": "/",
            "provisioning_sheet_template": str(TEMPLATE),
            "provisioning_sheet_payload": {**PAYLOAD, "admin_extras_bundle": bundle},
            "provisioning_sheet_asset_tag": asset_tag,
            "device_tokens_enrollment": fact,
        }
        output = build_host_output(host, variables)
        cards.append(output.card.as_dict())
    return render({**output.sheet.as_dict(), **sheet}, cards, [])


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_cards_are_whole_on_paper_of_both_sizes(tmp_path: Path, paper: str, size: tuple[int, int]) -> None:
    page = tmp_path / "sheet.html"
    # The text of a card is higher than its code, and could be split at the end of a page.
    page.write_text(sheet_of(9, paper=paper, asset_tag="A " * 600), encoding="utf-8")
    pages = print_out(page, tmp_path)
    assert [printed.size for printed in pages] == [pytest.approx(size, abs=1)] * len(pages)
    assert_cards_are_whole(pages)
    printed = [name_of(payload) for page in pages for payload in page.codes()]
    assert printed == [f"device-{number:02d}" for number in range(1, 10)]
    assert all(f"{number} / {len(pages)}" in page.text for number, page in enumerate(pages, 1))


def test_expired_cards_have_no_code_when_the_sheet_is_opened_late(tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    page.write_text(sheet_of(4, expires_at="2026-01-01T00:00:00Z"), encoding="utf-8")
    pages = print_out(page, tmp_path)
    text = "".join(page.text for page in pages)
    assert text.count("EXPIRED") == 2
    assert "2 of 4 expired. Mint new tokens" in text
    assert [name_of(payload) for page in pages for payload in page.codes()] == ["device-02", "device-04"]
    page.write_text(sheet_of(4), encoding="utf-8")
    assert "xpired" not in "".join(page.text for page in print_out(page, tmp_path)).replace("EXPIRED", "expired")
