# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The files that the role writes and removes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, GOOGLE_MANAGED_USER, is_device
from tests.integration.playbooks import Ansible
from tests.integration.sheets import (
    BUNDLE,
    EXTRA,
    PAYLOAD,
    ROLE,
    SHEET,
    WIFI_PASSWORD,
    devices,
    hosts_on,
    names_in,
    play,
    refused_on,
    squeezed,
    with_payload,
)


def test_check_mode_checks_everything_and_writes_nothing(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    inventory = devices(3, directory, device_tokens_kinds=BOTH)
    inventory["all"]["hosts"]["device-02"]["provisioning_sheet_payload"] = {**PAYLOAD, "locale": "german"}
    inventory["all"]["hosts"]["device-03"]["provisioning_sheet_outputs"] = ["nfc"]
    run = ansible.play([play()], "--check", inventory=inventory, environment=environment)
    assert run.failures().keys() == {"device-02"}, run.output
    assert "Option 'locale' is 'german'" in run.failures()["device-02"]
    assert [result["changed"] for result in run.of(SHEET, "device-01")] == [True]
    assert emulator.tokens() == []
    assert not directory.exists()


def test_unchanged_files_are_not_written_again_and_only_files_of_the_role_are_shredded(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    include = {"ansible.builtin.include_role": {"name": ROLE}}
    shred = {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": "shred"}}
    plays = [play(tasks=[include])]
    inventory = devices(3, directory)
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


def test_omitted_options_are_not_in_the_payload(ansible: Ansible, environment: dict[str, str], directory: Path) -> None:
    omitted = "{{ nothing | default(omit) }}"
    payload = with_payload(wifi_hidden=omitted, locale=omitted)
    inventory = devices(1, directory, **{**payload, "provisioning_sheet_asset_tag": omitted})
    run = ansible.play([play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    payload = json.loads((directory / "device-01.payload.json").read_text(encoding="utf-8"))
    assert not {f"{EXTRA}WIFI_HIDDEN", f"{EXTRA}LOCALE"} & payload.keys()
    assert "Asset tag" not in (directory / "sheet.html").read_text(encoding="utf-8")


def test_vaulted_values_and_a_custom_template(ansible: Ansible, environment: dict[str, str], directory: Path) -> None:
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


def test_cached_facts_are_used_unless_a_variable_overrides_them(
    ansible: Ansible, environment: dict[str, str], directory: Path, subtests: pytest.Subtests
) -> None:
    """Whether Ansible makes variables of facts or not."""
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
    inventory = devices(3, directory, **with_payload(admin_extras_bundle=bundle))
    setting = {"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.set_fact": facts}]}
    overriding = {
        "ansible.builtin.set_fact": {"device_tokens_enrollment": own},
        "when": is_device(2),
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


def test_stage_devices_writes_one_sheet_of_all_batches_and_shred_sheet_removes_it(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    inventory = devices(4, directory, device_tokens_kinds=BOTH, provisioning_sheet_outputs=["sheet", "labels"])
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
    assert hosts_on(directory / "sheet.html") == ["device-02", "device-03"]
    assert refused_on(directory / "sheet.html") == ["device-01", "device-04"]
    assert [result["msg"] for result in run.of("ansible.builtin.debug", "device-02") if "The files" in str(result)] == [
        [f"The files are in {directory}", "Print sheet.html"]
    ]
    assert names_in(directory) == {"sheet.html", "sheet.csv"}
    playbook = "emm.android_enterprise.shred_sheet"
    run = ansible.play(playbook, inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    assert "Shredded 2 files." in run.output
    assert names_in(directory) == set()
