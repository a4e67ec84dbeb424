# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What stage_devices checks before the first token is minted."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, user
from tests.integration.playbooks import Ansible, Run
from tests.integration.sheets import devices, refused_on, with_payload

PLAYBOOK = "emm.android_enterprise.stage_devices"
ENTERPRISES = "/androidenterprise/v1/enterprises/"
# The variables of a device, and all reasons that are said.
MISTAKES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "forgotten-password": (
        with_payload(wifi_password="{{ lookup('env', 'NOT_SET') }}"),
        ["Option 'wifi_password' has an invalid value (not shown here): it must be a non-empty string."],
    ),
    "wrong-locale": (with_payload(locale="Deutsch"), ["Option 'locale' is 'Deutsch', but it must be a language and"]),
    "undefined-variable": (
        with_payload(wifi_ssid="{{ bnech_ssid }}"),
        ["The value of 'provisioning_sheet_payload' cannot be templated: 'bnech_ssid' is undefined"],
    ),
    "blank-answer": (
        {"device_tokens_enrollment_token_type": ""},
        ["device_tokens_enrollment_token_type is not set, but device_tokens_kinds contains 'enrollment'"],
    ),
    "relative-directory": (
        {"provisioning_sheet_directory": "staging"},
        ["provisioning_sheet_directory: The directory 'staging' cannot be used: its path must begin"],
    ),
    "no-directory": (
        {"provisioning_sheet_directory": "/dev/null/staging"},
        ["provisioning_sheet_directory: The file or directory '/dev/null/staging' cannot be used: Not a directory"],
    ),
    "large-payload": (with_payload(admin_extras_bundle={"a": "x" * 3000}), ["The payload has 3,"]),
    "no-token": (with_payload(admin_extras_bundle={"a": "b"}), ["provisioning_sheet_payload contains no token of the"]),
    "wrong-template": ({"provisioning_sheet_template": "nothing.j2"}, ["There is no file 'nothing.j2'"]),
    "broken-template": ({"provisioning_sheet_template": "{{ broken_template }}"}, ["line 1, UndefinedError"]),
    "wrong-enterprise": (
        {"device_tokens_enterprise_id": "LC04"},
        ["HTTP 404 (notFound, NOT_FOUND): No enterprise was found for the given enterprise id. Likely cause: the"],
    ),
    "several": (
        {
            **with_payload(locale="Deutsch", wifi_ssid="{{ bnech_ssid }}", time_zone="Berlin"),
            "device_tokens_duration": "12x",
            "provisioning_sheet_paper": "A5",
        },
        ["'device_tokens_duration' is '12x'", "'locale' is 'Deutsch'", "'bnech_ssid' is", "time_zone' is 'Berl", "A5"],
    ),
}


def report_of(run: Run) -> list[str]:
    """The lines of what to correct."""
    [result] = [entry["result"] for entry in run.results if entry["task"].startswith("Show what to correct")]
    lines: list[str] = result["msg"]
    return lines


def fleet(directory: Path, *, good: int) -> dict[str, Any]:
    """A device for each mistake, and good ones."""
    template = directory.parent.parent / "broken.j2"
    template.write_text("{{ nonsense.foo }}", encoding="utf-8")
    inventory = devices(good, directory, broken_template=str(template))
    inventory["all"]["hosts"] |= {name: variables for name, (variables, dummy) in MISTAKES.items()}
    return inventory


def test_device_with_a_mistake_fails_alone_with_all_reasons(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    run = ansible.play(PLAYBOOK, inventory=fleet(directory, good=2), environment=environment)
    head, *lines = report_of(run)
    assert head == f"2 of {2 + len(MISTAKES)} devices passed the checks. Nothing will be minted for the others:"
    for name, (dummy, reasons) in MISTAKES.items():
        about = "\n".join(line for line in lines if name in line.partition(":")[0])
        for reason in reasons:
            assert reason in about
            assert reason in run.failures()[name]
    assert run.failures().keys() == MISTAKES.keys()
    assert len(emulator.tokens()) == 2
    assert {*refused_on(directory / "sheet.html")} == MISTAKES.keys()


def test_nothing_is_minted_if_no_device_passes(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    run = ansible.play(PLAYBOOK, inventory=fleet(directory, good=0), environment=environment)
    assert run.returncode == 2
    assert report_of(run)[0].startswith("Nothing was minted, because no device passed the checks.")
    assert len(run.failures()) == 1, "the reasons are said once, not for each device"
    assert "PLAY [Mint tokens for devices]" not in run.output
    assert emulator.tokens() == []
    assert not directory.exists()


SCOPE = {"GCP_SCOPES": "https://www.googleapis.com/auth/cloud-platform"}
DISABLED = json.dumps({"error": {"code": 403, "message": "x", "errors": [{"reason": "accessNotConfigured"}]}})


@pytest.mark.parametrize(
    ("variables", "faults", "reason"),
    [
        ({"PYTHONPATH": "{hidden}"}, [], "The Python library segno is not installed in the Python environment"),
        (
            {"GCP_SERVICE_ACCOUNT_FILE": "{builder}"},
            [],
            "builder@emulator.iam.gserviceaccount.com is not the enterprise",
        ),
        ({"GCP_SERVICE_ACCOUNT_FILE": "/no/such/file"}, [], "cannot be read: No such file or directory"),
        (SCOPE, [], "the scopes of the access token do not include the API's"),
        (
            {},
            [{"path": ENTERPRISES, "status": 403, "body": DISABLED, "times": None}],
            "Play EMM API (androidenterprise",
        ),
        ({}, [{"path": "^/token$", "status": 400, "body": '{"error": "invalid_grant"}'}], "invalid_grant"),
    ],
    ids=["library", "account", "key", "scope", "disabled API", "refused credentials"],
)
def test_mistake_of_the_whole_run_is_said_once(
    ansible: Ansible,
    environment: dict[str, str],
    emulator: Emulator,
    directory: Path,
    variables: dict[str, str],
    faults: list[dict[str, Any]],
    reason: str,
) -> None:
    hidden = ansible.directory / "hidden"
    hidden.mkdir()
    (hidden / "segno.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    values = {"hidden": str(hidden), "builder": emulator.address.builder_file}
    changes = {name: value.format(**values) for name, value in variables.items()}
    emulator.fail(*faults)
    run = ansible.play(PLAYBOOK, inventory=devices(3, directory), environment={**environment, **changes})
    assert run.returncode == 2, run.output
    head, line = report_of(run)
    assert head.startswith("Nothing was minted")
    assert line.startswith("- all devices: ")
    assert reason in line
    assert ("set stage_devices_preflight to false" in line) == ("HTTP 403" in line)
    assert len(run.failures()) == 1
    assert emulator.tokens() == []
    assert not directory.exists()


def test_enterprise_is_requested_once_also_in_check_mode(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    emulator.add_enterprise(id="LC05", name="Other")
    inventory = devices(4, directory)
    inventory["all"]["hosts"]["device-04"]["device_tokens_enterprise_id"] = "LC05"
    run = ansible.play(PLAYBOOK, "--check", inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert report_of(run) == ["All 4 devices passed the checks."]
    requests = [(request["method"], request["path"]) for request in emulator.journal(ENTERPRISES)]
    assert sorted(requests) == [("GET", f"{ENTERPRISES}LC03demo00"), ("GET", f"{ENTERPRISES}LC05")]


@pytest.mark.parametrize(("answer", "requests"), [("false", 0), ("", 1), ("true", 1)])
def test_preflight_can_be_turned_off(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, answer: str, requests: int
) -> None:
    inventory = devices(2, Path())
    inventory["all"]["vars"]["provisioning_sheet_directory"] = ""
    arguments = ["--extra-vars", json.dumps({"stage_devices_preflight": answer})]
    run = ansible.play(PLAYBOOK, *arguments, inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert len([request for request in emulator.journal(ENTERPRISES) if request["method"] == "GET"]) == requests
    assert len(emulator.tokens()) == 2


def test_devices_with_the_same_user_are_named(ansible: Ansible, environment: dict[str, str], directory: Path) -> None:
    inventory = devices(3, directory, device_tokens_kinds=BOTH)
    inventory["all"]["hosts"]["device-03"]["device_tokens_user_id"] = user(1)
    run = ansible.play(PLAYBOOK, "--check", inventory=inventory, environment=environment)
    assert report_of(run) == [
        "All 3 devices passed the checks.",
        f"- device-01, device-03: they have the same user, {user(1)}. Each gets a token of its own.",
    ]


def test_blank_answers_of_a_survey_are_not_set(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    names = ["stage_devices_hosts", "stage_devices_serial", "stage_devices_preflight"]
    names += [f"device_tokens_{name}" for name in ("duration", "enrollment_scope", "cacheable", "no_log", "user_id")]
    names += [f"provisioning_sheet_{name}" for name in ("name", "paper", "require_token", "no_log", "template", "user")]
    answers = {**dict.fromkeys(names, ""), "provisioning_sheet_outputs": "sheet\nlabels\n"}
    run = ansible.play(
        PLAYBOOK, "--extra-vars", json.dumps(answers), inventory=devices(2, directory), environment=environment
    )
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 2
    assert {path.name for path in directory.glob("[!.]*")} == {"sheet.html", "sheet.csv"}
    assert not [issued["token"] for issued in emulator.tokens() if issued["token"] in run.output], (
        "no_log is the default"
    )


def test_answers_may_be_lists(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    """As those of a multiple-choice question."""
    answers = {
        "stage_devices_hosts": ["device-01", "device-03"],
        "stage_devices_serial": [1, 2],
        "device_tokens_kinds": ["enrollment"],
    }
    arguments = ["--extra-vars", json.dumps(answers)]
    run = ansible.play(PLAYBOOK, *arguments, inventory=devices(3, directory), environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 2


def test_good_devices_are_not_refused(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    """What a valid payload may use, and variables that are not set for a device."""
    fields = ["token", "expires_at", "issued_at", "enterprise_id", "enrollment_token_type"]
    bundle = {field: f"{{{{ device_tokens_enrollment.{field} }}}}" for field in fields}
    inventory = devices(3, directory, **with_payload(admin_extras_bundle=bundle))
    inventory["all"]["hosts"]["device-02"]["provisioning_sheet_directory"] = "{{ lookup('env', 'NOT_SET') }}"
    inventory["all"]["hosts"]["device-03"]["device_tokens_user_auth"] = {"token": "of another kind"}
    run = ansible.play(PLAYBOOK, inventory=inventory, environment=environment)
    assert report_of(run) == ["All 3 devices passed the checks."]
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 3


@pytest.mark.parametrize("playbook", [PLAYBOOK, "emm.android_enterprise.shred_sheet"])
def test_pattern_that_matches_no_host_fails(ansible: Ansible, environment: dict[str, str], playbook: str) -> None:
    arguments = ["--extra-vars", "stage_devices_hosts=tablets"]
    run = ansible.play(playbook, *arguments, inventory=devices(2, Path("/d")), environment=environment)
    reason = "The pattern 'tablets' (stage_devices_hosts) matches no host of the inventory."
    assert run.failures() == {"localhost": reason}, run.output
    assert run.returncode == 2


def test_pattern_may_have_several_lines(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    arguments = ["--extra-vars", json.dumps({"stage_devices_hosts": "device-01\ndevice-03\n"})]
    run = ansible.play(PLAYBOOK, *arguments, inventory=devices(3, directory), environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 2
    arguments = ["--extra-vars", "stage_devices_hosts=device-02"]
    run = ansible.play(PLAYBOOK, *arguments, inventory=devices(3, directory), environment=environment)
    assert report_of(run) == ["The device passed the checks."]


@pytest.mark.parametrize("with_sheet", [False, True])
def test_device_that_ansible_loses_is_named(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path, with_sheet: bool
) -> None:
    environment["ANSIBLE_STRATEGY_PLUGINS"] = str(Path(__file__).with_name("strategy_plugins"))
    environment["ANSIBLE_STRATEGY"] = "losing"
    inventory = devices(3, directory)
    if not with_sheet:
        del inventory["all"]["vars"]["provisioning_sheet_directory"]
    run = ansible.play(PLAYBOOK, inventory=inventory, environment=environment)
    assert len(emulator.tokens()) == 2
    assert run.failures().keys() == {"device-02"}, run.output
    assert run.failures()["device-02"].startswith("Ansible has not said whether tokens were minted for this host.")
    assert re.search(r"device-02 +unknown +see below", run.output)
