# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Invalid variables of a host, sheets that cannot be written, and missing libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.devices import BOTH, GOOGLE_MANAGED_USER
from tests.integration.playbooks import Ansible
from tests.integration.sheets import (
    WIFI_PASSWORD,
    devices,
    hosts_on,
    names_in,
    play,
    refused_on,
    squeezed,
    with_payload,
)


def test_host_with_an_invalid_variable_fails_alone_with_its_own_reason(
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
            "provisioning_sheet_payload contains no token of the host, neither device_tokens_enrollment",
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
    inventory = devices(len(mistakes) + 2, directory, device_tokens_on_failure="continue", provisioning_sheet_papr="A4")
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
    assert hosts_on(directory / "sheet.html") == [hosts[0], hosts[-1]]
    assert refused_on(directory / "sheet.html") == hosts[1:-1]
    assert names_in(directory) >= {"sheet.html", f"{hosts[0]}.payload.json", f"{hosts[-1]}.payload.json"}


def test_only_the_first_host_fails_if_a_sheet_cannot_be_written(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    """The others do not try again, one after the other."""
    template = ansible.directory / "own.html.j2"
    template.write_text("{{ 1 / 0 }}", encoding="utf-8")
    inventory = devices(3, directory, provisioning_sheet_template=str(template))
    run = ansible.play([play()], "--forks", "1", inventory=inventory, environment=environment)
    [(host, reason)] = run.failures().items()
    assert host == "device-01", run.output
    assert reason == f"The template '{template}' cannot be used: line 1, ZeroDivisionError."
    assert names_in(directory) == {f"device-0{n}.{ending}" for n in (1, 2, 3) for ending in ("payload.json", "qr.svg")}


def test_without_a_library_every_host_fails_with_its_name(
    ansible: Ansible, environment: dict[str, str], directory: Path
) -> None:
    hidden = ansible.directory / "hidden"
    hidden.mkdir()
    (hidden / "segno.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    environment = {**environment, "PYTHONPATH": str(hidden)}
    run = ansible.play([play()], inventory=devices(2, directory), environment=environment)
    reason = "The Python library segno is not installed in the Python environment of ansible-core, "
    assert {host: text.startswith(reason) for host, text in run.failures().items()} == {
        "device-01": True,
        "device-02": True,
    }, run.output
