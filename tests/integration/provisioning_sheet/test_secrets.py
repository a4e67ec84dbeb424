# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""No secret in what the role prints, logs, or gives to callbacks."""

from __future__ import annotations

import json
from pathlib import Path

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, GOOGLE_MANAGED_USER, Bench, Scenario, assert_no_secret
from tests.integration.devices import ROLE as TOKENS
from tests.integration.playbooks import Ansible
from tests.integration.sheets import PAYLOAD, ROLE, WIFI_PASSWORD, devices, play, with_payload


def test_tokens_and_passwords_are_not_printed_or_logged(
    bench: Bench, ansible: Ansible, environment: dict[str, str], emulator: Emulator, directory: Path
) -> None:
    """At the highest verbosity and with ``--diff``, whether all hosts get a card or one is refused."""
    outputs = {"provisioning_sheet_outputs": ["payload", "qr_code", "sheet", "labels", "nfc"]}
    refused = devices(2, directory / "refused", **outputs)
    refused["all"]["hosts"]["device-02"]["provisioning_sheet_payload"] = {**PAYLOAD, "wifi_proxy_port": 5}
    log = ansible.directory / "ansible.log"
    environment["ANSIBLE_LOG_PATH"] = str(log)
    scenarios = {
        "written": Scenario(devices(2, directory / "written", **outputs), [play()]),
        "refused": Scenario(refused, [play()]),
    }
    outcomes = bench.run(scenarios, "-vvvv", "--diff")
    assert [set(outcome.failures) for outcome in outcomes.values()] == [set(), {"device-02"}]
    output = outcomes["written"].run.output
    results = json.dumps([outcome.run.results for outcome in outcomes.values()])
    for text in (output, log.read_text(encoding="utf-8"), results):
        assert len(text) > 1000
        assert WIFI_PASSWORD not in text
        assert_no_secret(text, emulator)
    for name in scenarios:
        assert str(directory / name / "sheet.html") in output


def test_password_is_not_printed_if_another_variable_is_undefined(bench: Bench, directory: Path) -> None:
    """Some versions of ansible-core show what stands around a value that cannot be templated."""
    bundle = {"token": "{{ device_tokens_user_auth.token }}"}
    inventory = devices(
        2,
        directory,
        device_tokens_kinds=BOTH,
        device_tokens_on_failure="continue",
        **with_payload(admin_extras_bundle=bundle),
    )
    inventory["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    with_tokens = Scenario(inventory, [play(roles=[TOKENS, ROLE])])
    # One host does not run the role, because Ansible ends a run if all hosts of a play have failed.
    without_tokens = Scenario(
        inventory, [play(roles=[{"role": ROLE, "when": "inventory_hostname is search('device-02')"}])]
    )
    outcomes = bench.run({"without": without_tokens, "with": with_tokens}, "-vvvv")
    assert WIFI_PASSWORD not in outcomes["with"].run.output
    assert "EMM-managed accounts only" in outcomes["with"].failures["device-02"]
    undefined = "cannot be templated: 'device_tokens_user_auth' is unde"
    assert undefined in outcomes["without"].failures["device-02"]
