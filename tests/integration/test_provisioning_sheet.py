# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The role provisioning_sheet: from the facts of hosts to what devices scan, as files and on paper."""

from __future__ import annotations

import csv
import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jproperties
import ndef
import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.card import build_host_output
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import render
from PIL import Image

from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY, Ansible
from tests.integration.printing import Page, print_out, read_codes
from tests.integration.test_role import BOTH, GOOGLE_MANAGED_USER, assert_no_secret, fleet

TOKENS = "emm.android_enterprise.device_tokens"
ROLE = "emm.android_enterprise.provisioning_sheet"
CARD = "emm.android_enterprise.provisioning_card"
SHEET = "emm.android_enterprise.provisioning_sheet"
TEMPLATE = REPOSITORY / "roles" / "provisioning_sheet" / "templates" / "sheet.html.j2"
EXTRA = "android.app.extra.PROVISIONING_"
BUNDLE = f"{EXTRA}ADMIN_EXTRAS_BUNDLE"
WIFI_PASSWORD = "correct horse battery"
PAYLOAD = {
    "device_admin_component_name": "com.example.dpc/.AdminReceiver",
    "device_admin_package_download_location": "https://dpc.example.com/dpc.apk",
    "device_admin_signature_checksum": "gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM",
    "wifi_ssid": "Prüfstand 电",
    "wifi_security_type": "WPA",
    "wifi_password": WIFI_PASSWORD,
    "locale": "de_DE",
    "time_zone": "Europe/Berlin",
    "admin_extras_bundle": {
        "com.example.dpc.ENROLLMENT_TOKEN": "{{ device_tokens_enrollment.token }}",
        "com.example.dpc.HOST": "{{ inventory_hostname }}",
    },
}
# Names that are hard to print, to put into a file's name, or to tell from a template, markup or the end of a line.
NAMES = ["مكتب-٣", "电脑-五", "Ünïcødé & <b>Söhne</b>", "a/b \"c\" 'd'", "лаборатория 🧪", "x" * 200]


@pytest.fixture
def directory(ansible: Ansible) -> Path:
    return ansible.directory / "staging" / "today"


def bench(count: int, directory: Path, **variables: Any) -> dict[str, Any]:
    """An inventory of devices, with all that the role needs of variables."""
    common = {
        "provisioning_sheet_directory": str(directory),
        "provisioning_sheet_payload": PAYLOAD,
        "provisioning_sheet_asset_tag": "A-{{ inventory_hostname }}",
    }
    return fleet(count, **{**common, **variables})


def play(**more: Any) -> dict[str, Any]:
    """A play with both roles."""
    return {"hosts": "all", "gather_facts": False, "roles": [TOKENS, ROLE], **more}


def name_of(payload: dict[str, Any]) -> str:
    return str(payload[BUNDLE]["com.example.dpc.HOST"])


def names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir() if not path.name.startswith(".provisioning_sheet")}


def squeezed(text: str) -> str:
    """Text without what a line break may add to it or take from it, in a PDF or in a warning."""
    return re.sub(r"[\s\ufffe\u200b\u00ad-]", "", text)


# --- From hosts to paper


def test_a_batch_comes_out_of_a_printer_and_enrolls_its_devices(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    outputs = ["payload", "qr_code", "sheet", "labels", "zero_touch", "nfc"]
    inventory = bench(
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
    assert not any(page.has_colours() for page in pages)
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
    """What Android makes of a record: Java properties in UTF-8, and others in the value for the bundle."""
    properties = properties_in(record.decode())
    return {**properties, BUNDLE: properties_in(str(properties[BUNDLE]))}


def properties_in(text: str) -> dict[str, Any]:
    properties = jproperties.Properties()
    properties.load(text.encode(), "utf-8")
    return {name: value.data for name, value in properties.items()}


def assert_cards_are_whole(pages: list[Page]) -> None:
    """The names on each page are those of the codes on it; those in Latin script, which a PDF has in order."""
    assert len(pages) > 1
    for page in pages:
        on_the_page = [name_of(payload) for payload in page.codes()]
        plain = [name for name in on_the_page if name.startswith("device-")]
        assert re.findall(r"^device-\d+", page.text, re.MULTILINE) == plain
        assert page.text.count("Asset tag") == page.text.count("Enrolled") == len(on_the_page)
        assert page.text.count("until ") == len(on_the_page)


def sheet_of(count: int, expires_at: str = "2999-01-01T00:00:00Z", asset_tag: str = "A", **sheet: Any) -> str:
    """A sheet as the role makes it, for tokens that were minted at another time."""
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
        made = build_host_output(host, variables)
        cards.append(made.card.as_dict())
    return render({**made.sheet.as_dict(), **sheet}, cards, [])


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_paper_of_both_sizes(tmp_path: Path, paper: str, size: tuple[int, int]) -> None:
    page = tmp_path / "sheet.html"
    # The text of a card is higher than its code, and could be torn apart at the end of a page.
    page.write_text(sheet_of(9, paper=paper, asset_tag="A " * 600), encoding="utf-8")
    pages = print_out(page, tmp_path)
    assert [printed.size for printed in pages] == [pytest.approx(size, abs=1)] * len(pages)
    assert_cards_are_whole(pages)
    printed = [name_of(payload) for page in pages for payload in page.codes()]
    assert printed == [f"device-{number:02d}" for number in range(1, 10)]
    assert all(f"{number} / {len(pages)}" in page.text for number, page in enumerate(pages, 1))


def test_what_has_expired_is_marked_when_the_sheet_is_opened_late(tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    page.write_text(sheet_of(4, expires_at="2026-01-01T00:00:00Z"), encoding="utf-8")
    pages = print_out(page, tmp_path)
    text = "".join(page.text for page in pages)
    assert text.count("EXPIRED") == 2
    assert "2 of 4 expired. Mint new tokens" in text
    assert [name_of(payload) for page in pages for payload in page.codes()] == ["device-02", "device-04"]
    page.write_text(sheet_of(4), encoding="utf-8")
    assert "xpired" not in "".join(page.text for page in print_out(page, tmp_path)).replace("EXPIRED", "expired")


# --- The role


def test_what_is_wrong_with_a_host_is_its_own_reason(
    ansible: Ansible, environment: dict[str, str], directory: Path, subtests: pytest.Subtests
) -> None:
    signature = "{{ '/no/dpc.pem' | emm.android_enterprise.signature_checksum }}"
    mistakes: list[tuple[dict[str, Any], str]] = [
        (with_payload(wifi_sid="x"), "There is no option 'wifi_sid' (did you mean 'wifi_ssid'?)"),
        (with_payload(wifi_password="secret"), "a WPA password must have 8 to 63 characters"),
        (with_payload(wifi_password="{{ nothing }}"), "cannot be templated: 'nothing' is undefined"),
        (
            with_payload(device_admin_signature_checksum=signature),
            "The signature_checksum filter: The file '/no/dpc.pem' cannot be read: No such file or directory.",
        ),
        ({"device_tokens_kinds": []}, "cannot be templated: 'device_tokens_enrollment' is undefined"),
        ({"provisioning_sheet_payload": None}, "provisioning_sheet_payload"),
        (
            with_payload(admin_extras_bundle={"token": "secret"}),
            "provisioning_sheet_payload contains no token of the host. Put it into the admin_extras_bundle",
        ),
        (
            with_payload(admin_extras_bundle={"comment": "secret" * 500}),
            "more than the 2,953 that one QR code holds. Shorten or remove its largest entries: comment (3,",
        ),
        ({"device_tokens_kinds": BOTH, "device_tokens_user_id": GOOGLE_MANAGED_USER}, "EMM-managed accounts only"),
        (
            {"provisioning_sheet_directory": "/dev/null/x"},
            "provisioning_sheet_directory: The file or directory '/dev/null/x' cannot be used: Not a directory",
        ),
        ({"provisioning_sheet_template": "none.j2"}, "provisioning_sheet_template: There is no file 'none.j2'."),
        (
            {"provisioning_sheet_title": "Others"},
            "but the sheet of 'device-01' has the same name, and its title is 'Devices to enroll' and not 'Others'.",
        ),
    ]
    inventory = bench(len(mistakes) + 2, directory, device_tokens_on_failure="continue", provisioning_sheet_papr="A4")
    hosts = list(inventory["all"]["hosts"])
    for host, (change, dummy) in zip(hosts[1:], mistakes, strict=False):
        inventory["all"]["hosts"][host].update(change)
    run = ansible.play([play()], inventory=inventory, environment=environment)
    assert run.returncode == 2, run.output
    failures = run.failures()
    for host, (change, fragment) in zip(hosts[1:], mistakes, strict=False):
        with subtests.test(change=change):
            assert fragment in failures[host]
            assert fragment in run.output.replace('\\"', '"')
    assert failures.keys() == set(hosts[1:-1])
    assert "secret" not in run.output
    assert WIFI_PASSWORD not in run.output
    warning = "has no variable 'provisioning_sheet_papr' (did you mean 'provisioning_sheet_paper'?)"
    assert squeezed(run.output).count(squeezed(warning)) == 1
    html = (directory / "sheet.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(.*)</h2>", html) == [hosts[0], hosts[-1]]
    assert re.findall(r"<bdi>(.*?)</bdi>", html) == hosts[1:-1]
    assert names_in(directory) >= {"sheet.html", f"{hosts[0]}.payload.json", f"{hosts[-1]}.payload.json"}


def with_payload(**options: Any) -> dict[str, Any]:
    return {"provisioning_sheet_payload": {**PAYLOAD, **options}}


@pytest.mark.parametrize("refused", [False, True])
def test_no_secret_is_printed_or_logged(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path, refused: bool
) -> None:
    """At the highest verbosity, in the log file, and in what callbacks are given."""
    inventory = bench(2, directory, provisioning_sheet_outputs=["payload", "qr_code", "sheet", "labels", "nfc"])
    if refused:
        payload = {**PAYLOAD, "wifi_proxy_port": 5}
        inventory["all"]["hosts"]["device-02"]["provisioning_sheet_payload"] = payload
    log = ansible.directory / "ansible.log"
    environment = {**environment, "ANSIBLE_LOG_PATH": str(log)}
    run = ansible.play([play()], "-vvvv", "--diff", inventory=inventory, environment=environment)
    assert run.returncode == (2 if refused else 0), run.output
    for text in (run.output, log.read_text(encoding="utf-8"), json.dumps(run.results)):
        assert len(text) > 1000
        assert WIFI_PASSWORD not in text
        assert_no_secret(text, emulator)
    assert str(directory / "sheet.html") in run.output


def test_check_mode_checks_all_and_writes_nothing(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    inventory = bench(3, directory, device_tokens_kinds=BOTH)
    inventory["all"]["hosts"]["device-02"]["provisioning_sheet_payload"] = {**PAYLOAD, "locale": "german"}
    inventory["all"]["hosts"]["device-03"]["provisioning_sheet_outputs"] = ["nfc"]
    run = ansible.play([play()], "--check", inventory=inventory, environment=environment)
    assert run.failures().keys() == {"device-02"}, run.output
    assert "Option 'locale' is 'german'" in run.failures()["device-02"]
    assert [result["changed"] for result in run.of(SHEET, "device-01")] == [True]
    assert emulator.tokens() == []
    assert not directory.exists()


def test_again_and_then_shredded(ansible: Ansible, environment: dict[str, str], directory: Path) -> None:
    """A file that is there already is left alone. Only what the role has written is removed."""
    include = {"ansible.builtin.include_role": {"name": ROLE}}
    shred = {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": "shred"}}
    plays = [play(tasks=[include])]
    inventory = bench(3, directory)
    run = ansible.play(plays, inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert [result["changed"] for result in run.of(SHEET, "device-01")] == [True, False]
    assert len(names_in(directory)) == 3 * 2 + 1
    (directory / "notes.txt").write_text("mine", encoding="utf-8")
    shredding = {"hosts": "all", "gather_facts": False, "tasks": [shred]}
    run = ansible.play([shredding], "--check", inventory=inventory, environment=environment)
    assert all(result["changed"] for result in run.of(SHEET))
    assert len(names_in(directory)) == 3 * 2 + 2
    run = ansible.play([shredding], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    [files] = [result["files"] for result in run.of(SHEET) if result["changed"]]
    assert len(files) == 3 * 2 + 1
    assert str(directory / "sheet.html") in files
    assert names_in(directory) == {"notes.txt"}
    assert "contains no files that" not in run.output
    arguments = ["--extra-vars", f"provisioning_sheet_directory={directory.parent}/tomorrow"]
    run = ansible.play([shredding], *arguments, inventory=inventory, environment=environment)
    warning = (
        f"The directory '{directory.parent}/tomorrow' contains no files that the role provisioning_sheet has written."
    )
    assert squeezed(warning) in squeezed(run.output)
    assert not (directory.parent / "tomorrow").exists()


@pytest.mark.parametrize("roles", [[TOKENS, ROLE], [ROLE]])
def test_a_password_in_the_inventory_is_not_shown_where_something_else_is_undefined(
    ansible: Ansible, environment: dict[str, str], directory: Path, roles: list[str]
) -> None:
    """Some versions of ansible-core show what stands around a value that cannot be templated."""
    inventory = bench(2, directory, device_tokens_kinds=BOTH, device_tokens_on_failure="continue")
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    bundle = {"token": "{{ device_tokens_user_auth.token }}"}
    inventory["all"]["vars"].update(with_payload(admin_extras_bundle=bundle))
    run = ansible.play([play(roles=roles)], "-vvvv", inventory=inventory, environment=environment)
    assert run.returncode == 2
    assert WIFI_PASSWORD not in run.output
    reason = (
        "EMM-managed accounts only" if TOKENS in roles else "cannot be templated: 'device_tokens_user_auth' is unde"
    )
    assert reason in run.failures()["device-02"]


def test_hosts_that_failed_before_are_named_on_the_sheet(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    inventory = bench(5, directory, device_tokens_kinds=BOTH)
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    run = ansible.play([play(serial=3)], inventory=inventory, environment=environment)
    assert run.failures().keys() == {"device-02"}, run.output
    sheets = [(directory / f"sheet-{first}.html").read_text() for first in ("0001", "0004")]
    assert [re.findall(r"<bdi>(.*?)</bdi>", sheet) for sheet in sheets] == [["device-02"], []]
    assert [re.findall(r"<h2[^>]*>device-0(\d)</h2>", sheet) for sheet in sheets] == [["1", "3"], ["4", "5"]]


def test_a_host_that_comes_later_gets_onto_the_sheet_and_drops_no_other(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    include = {"ansible.builtin.include_role": {"name": ROLE}}
    late = {**include, "vars": {"provisioning_sheet_asset_tag": "changed"}, "when": "inventory_hostname == 'device-03'"}
    failing = {"ansible.builtin.fail": {"msg": "not yet"}, "when": "inventory_hostname == 'device-02'"}
    tasks = [{"block": [failing, include], "rescue": [include]}, late]
    inventory = bench(3, directory, provisioning_sheet_asset_tag="first", provisioning_sheet_outputs=["sheet"])
    run = ansible.play([play(roles=[TOKENS], tasks=tasks)], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    html = (directory / "sheet.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>device-0(\d)</h2>", html) == ["1", "2", "3"]
    assert re.findall(r"<dt>Asset tag</dt><dd[^>]*>(\w+)</dd>", html) == ["first", "first", "changed"]


def test_only_the_first_host_fails_if_the_sheet_cannot_be_written(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    """The others do not try again, one after the other."""
    template = ansible.directory / "own.html.j2"
    template.write_text("{{ 1 / 0 }}", encoding="utf-8")
    inventory = bench(3, directory, provisioning_sheet_template=str(template))
    run = ansible.play([play()], "--forks", "1", inventory=inventory, environment=environment)
    [(host, reason)] = run.failures().items()
    assert host == "device-01", run.output
    assert reason == f"The template '{template}' cannot be used: line 1, ZeroDivisionError."
    assert names_in(directory) == {f"device-0{n}.{ending}" for n in (1, 2, 3) for ending in ("payload.json", "qr.svg")}


def test_cards_of_a_play_before_are_over(ansible: Ansible, environment: dict[str, str], directory: Path) -> None:
    include = {"ansible.builtin.include_role": {"name": ROLE}, "when": "inventory_hostname == 'device-02'"}
    title = {"provisioning_sheet_title": "Another one"}
    plays = [play(), play(roles=[], tasks=[include], vars=title)]
    run = ansible.play(plays, inventory=bench(2, directory), environment=environment)
    assert run.returncode == 0, run.output
    html = (directory / "sheet.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(.*)</h2>", html) == ["device-02"]


def test_what_is_omitted_is_not_there(ansible: Ansible, environment: dict[str, str], directory: Path) -> None:
    omitted = "{{ nothing | default(omit) }}"
    payload = with_payload(wifi_hidden=omitted, locale=omitted)
    inventory = bench(1, directory, **{**payload, "provisioning_sheet_asset_tag": omitted})
    run = ansible.play([play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    payload = json.loads((directory / "device-01.payload.json").read_text(encoding="utf-8"))
    assert not {f"{EXTRA}WIFI_HIDDEN", f"{EXTRA}LOCALE"} & payload.keys()
    assert "Asset tag" not in (directory / "sheet.html").read_text(encoding="utf-8")


ODD = "inventory_hostname[-1] in '13579'"


@pytest.mark.parametrize(
    ("how", "sheets"),
    [
        pytest.param({"serial": 2}, {"sheet-0001": [1, 2], "sheet-0003": [3, 4], "sheet-0005": [5]}, id="serial"),
        pytest.param({"roles": [TOKENS, {"role": ROLE, "when": ODD}]}, {"sheet": [1, 3, 5]}, id="condition"),
        pytest.param(
            {
                "roles": [TOKENS],
                "tasks": [{"ansible.builtin.include_role": {"name": ROLE}, "when": f"not ({ODD})"}],
            },
            {"sheet": [2, 4]},
            id="include-without-the-first",
        ),
        pytest.param(
            {"vars": {"provisioning_sheet_name": f"{{{{ 'odd/1' if {ODD} else 'even' }}}}"}},
            {"odd%2F1": [1, 3, 5], "even": [2, 4]},
            id="names",
        ),
        pytest.param(
            {"vars": {"provisioning_sheet_directory": f"{{{{ today }}}}{{{{ '/' if {ODD} else '/../today' }}}}"}},
            {"sheet": [1, 2, 3, 4, 5]},
            id="one-directory-in-two-ways",
        ),
        pytest.param({"roles": [TOKENS, {"role": ROLE, "run_once": True}]}, {"sheet": [1]}, id="run-once"),
        pytest.param(
            {
                "roles": [TOKENS, {"role": ROLE, "when": ODD}],
                "tasks": [{"ansible.builtin.include_role": {"name": ROLE}, "when": f"not ({ODD})"}],
            },
            {"sheet": [1, 2, 3, 4, 5]},
            id="one-half-after-the-other",
        ),
        pytest.param(
            {
                "roles": [TOKENS],
                "tasks": [
                    {
                        "ansible.builtin.include_role": {"name": ROLE},
                        "loop": f"{{{{ ['a', 'b', 'a'] if {ODD} else ['b'] }}}}",
                        "vars": {"provisioning_sheet_name": "{{ item }}"},
                    }
                ],
            },
            {"a": [1, 3, 5], "b": [1, 2, 3, 4, 5]},
            id="loop",
        ),
        pytest.param(
            {"roles": [TOKENS, {"role": ROLE, "delegate_to": "localhost", "delegate_facts": True}]},
            {"sheet": [1, 2, 3, 4, 5]},
            id="delegated",
        ),
        pytest.param(
            {"serial": 2, "order": "reverse_inventory"},
            {"sheet-0004": [5, 4], "sheet-0002": [3, 2], "sheet-0001": [1]},
            id="the-last-first",
        ),
    ],
)
def test_the_hosts_on_each_sheet(
    ansible: Ansible,
    environment: dict[str, str],
    directory: Path,
    how: dict[str, Any],
    sheets: dict[str, list[int]],
) -> None:
    inventory = bench(5, directory, provisioning_sheet_outputs=["sheet"], today=str(directory))
    run = ansible.play([play(**how)], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    found = {
        path.stem: re.findall(r"<h2[^>]*>device-0(\d)</h2>", path.read_text()) for path in directory.glob("*.html")
    }
    assert found == {name: [str(number) for number in numbers] for name, numbers in sheets.items()}
    assert names_in(directory) == {f"{name}.html" for name in sheets}


def test_hosts_that_go_at_their_own_pace_have_no_sheet(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    run = ansible.play([play(strategy="free", post_tasks=[])], inventory=bench(2, directory), environment=environment)
    reason = "do not with the strategy 'free'. Use the linear strategy."
    assert {host: reason in text for host, text in run.failures().items()} == {"device-01": True, "device-02": True}
    assert not directory.exists()


def test_the_playbook_ends_with_one_sheet_of_all_waves(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    inventory = bench(4, directory, device_tokens_kinds=BOTH, provisioning_sheet_outputs=["sheet", "labels"])
    hosts = inventory["all"]["hosts"]
    hosts["device-01"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    hosts["device-04"]["device_tokens_enrollment_token_type"] = "none"
    arguments = ["--extra-vars", "stage_devices_serial=1"]
    playbook = "emm.android_enterprise.stage_devices"
    run = ansible.play(playbook, *arguments, inventory=inventory, environment=environment)
    failures = run.failures()
    assert failures.keys() == {"device-01", "device-04"}, run.output
    assert "EMM-managed accounts only" in failures["device-01"]
    assert "value of device_tokens_enrollment_token_type must be one of" in failures["device-04"]
    html = (directory / "sheet.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(.*)</h2>", html) == ["device-02", "device-03"]
    assert re.findall(r"<bdi>(.*?)</bdi>", html) == ["device-01", "device-04"]
    assert [result["msg"] for result in run.of("ansible.builtin.debug", "device-02") if "The files" in str(result)] == [
        [f"The files are in {directory}", "Print sheet.html"]
    ]
    assert names_in(directory) == {"sheet.html", "sheet.csv"}
    playbook = "emm.android_enterprise.shred_sheet"
    run = ansible.play(playbook, inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert "Shredded 2 files." in run.output
    assert names_in(directory) == set()


def test_values_from_a_vault_and_a_template_of_ones_own(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    password = ansible.directory / "password"
    password.write_text("open sesame", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ansible-vault")), "encrypt_string", "--vault-password-file"]
    encrypted = subprocess.run(
        [*command, str(password), WIFI_PASSWORD], env=environment, check=True, capture_output=True, text=True
    ).stdout
    template = ansible.directory / "own.html.j2"
    template.write_text("{{ title }}: {{ cards | map(attribute='host') | join(', ') }}", encoding="utf-8")
    inventory = ansible.directory / "hosts.yml"
    inventory.write_text(
        f"""
all:
  vars:
    provisioning_sheet_directory: {directory}
    provisioning_sheet_template: {template}
    provisioning_sheet_require_token: "false"
    provisioning_sheet_payload:
      device_admin_component_name: com.example.dpc/.AdminReceiver
      wifi_ssid: Bench
      wifi_security_type: WPA
      wifi_password: {encrypted.replace(chr(10), chr(10) + "  ")}
  hosts:
    one:
    two:
""",
        encoding="utf-8",
    )
    arguments = ["--inventory", str(inventory), "--vault-password-file", str(password)]
    run = ansible.play([play(roles=[ROLE])], *arguments, environment=environment)
    assert run.returncode == 0, run.output
    assert (directory / "sheet.html").read_text(encoding="utf-8") == "Devices to enroll: one, two"
    payload = json.loads((directory / "one.payload.json").read_text(encoding="utf-8"))
    assert payload[f"{EXTRA}WIFI_PASSWORD"] == WIFI_PASSWORD


def test_facts_in_the_cache_are_found_where_they_are_no_variables(
    ansible: Ansible, environment: dict[str, str], directory: Path, subtests: pytest.Subtests
) -> None:
    """And where they are. A variable of the host's own comes before them, whatever it was set with."""
    environment = {
        **environment,
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(ansible.directory / "facts"),
    }
    token = {"token": "cached", "enrollment_token_type": "userDevice", "expires_at": None}
    facts = {
        "device_tokens_enrollment": token,
        "device_tokens_user_auth": {"token": "in the cache", "user_id": "u1", "issued_at": None},
        "device_tokens_refusal": "{{ 'refused in the cache' if inventory_hostname == 'device-03' else '' }}",
        "cacheable": True,
    }
    own = {**token, "token": "own"}
    bundle = {"a": "{{ device_tokens_enrollment.token }}", "b": "{{ device_tokens_user_auth.token }}"}
    inventory = bench(3, directory, **with_payload(admin_extras_bundle=bundle))
    setting = {"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.set_fact": facts}]}
    overriding = {
        "ansible.builtin.set_fact": {"device_tokens_enrollment": own},
        "when": "inventory_hostname == 'device-02'",
    }
    run = ansible.play([setting], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    for variables in ("true", "false"):
        with subtests.test(variables=variables):
            more = {"ANSIBLE_INJECT_FACT_VARS": variables, "ANSIBLE_JINJA2_NATIVE": variables}
            roles = [play(roles=[ROLE], pre_tasks=[overriding])]
            run = ansible.play(roles, inventory=inventory, environment={**environment, **more})
            assert run.failures() == {"device-03": "refused in the cache"}, run.output
            html = (directory / "sheet.html").read_text(encoding="utf-8")
            assert html.count("authentication token of user u1") == html.count("for an unknown time") == 2
            payloads = [json.loads(path.read_text()) for path in sorted(directory.glob("*.payload.json"))]
            assert [payload[BUNDLE] for payload in payloads] == [
                {"a": "cached", "b": "in the cache"},
                {"a": "own", "b": "in the cache"},
            ]
            for path in directory.iterdir():
                path.unlink()


def test_without_its_libraries_every_host_says_which(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    hidden = ansible.directory / "hidden"
    hidden.mkdir()
    (hidden / "segno.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    environment = {**environment, "PYTHONPATH": str(hidden)}
    run = ansible.play([play()], inventory=bench(2, directory), environment=environment)
    reason = "The Python library segno is not installed in the Python environment of ansible-core."
    assert run.failures() == dict.fromkeys(["device-01", "device-02"], reason), run.output
