# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which hosts are on which sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.devices import BOTH, GOOGLE_MANAGED_USER, ODD, Bench, Scenario, is_device
from tests.integration.devices import ROLE as TOKENS
from tests.integration.sheets import ROLE, devices, hosts_on, names_in, play, refused_on

INCLUDE = {"ansible.builtin.include_role": {"name": ROLE}}
INCLUDE_EVEN = {**INCLUDE, "when": f"not ({ODD})"}
# The keywords of a play of the role for at least three hosts, and the numbers of the hosts on each sheet.
WAYS: dict[str, tuple[dict[str, Any], Mapping[str, list[int]]]] = {
    "serial": ({"serial": 2}, {"sheet-0001": [1, 2], "sheet-0003": [3, 4], "sheet-0005": [5]}),
    "reverse-order": (
        {"serial": 2, "order": "reverse_inventory"},
        {"sheet-0004": [5, 4], "sheet-0002": [3, 2], "sheet-0001": [1]},
    ),
    "condition": ({"roles": [{"role": ROLE, "when": ODD}]}, {"sheet": [1, 3]}),
    "include-without-first-host": ({"roles": [], "tasks": [INCLUDE_EVEN]}, {"sheet": [2, 4]}),
    "two-halves": (
        {"roles": [{"role": ROLE, "when": ODD}], "tasks": [INCLUDE_EVEN]},
        {"sheet": [1, 2, 3, 4]},
    ),
    "two-names": (
        {"vars": {"provisioning_sheet_name": f"{{{{ 'odd/1' if {ODD} else 'even' }}}}"}},
        {"odd%2F1": [1, 3], "even": [2, 4]},
    ),
    "two-spellings-of-a-directory": (
        {
            "vars": {
                "provisioning_sheet_directory": f"{{{{ own_directory }}}}/{{{{ '' if {ODD} else '../' ~ scenario }}}}"
            }
        },
        {"sheet": [1, 2, 3]},
    ),
    "run-once": ({"roles": [{"role": ROLE, "run_once": True}]}, {"sheet": [1]}),
    "loop": (
        {
            "roles": [],
            "tasks": [
                {
                    **INCLUDE,
                    "loop": f"{{{{ ['a', 'b', 'a'] if {ODD} else ['b'] }}}}",
                    "vars": {"provisioning_sheet_name": "{{ item }}"},
                }
            ],
        },
        {"a": [1, 3], "b": [1, 2, 3]},
    ),
    "delegated": (
        {"roles": [{"role": ROLE, "delegate_to": "localhost", "delegate_facts": True}]},
        {"sheet": [1, 2, 3]},
    ),
}


def sheets_in(directory: Path) -> dict[str, list[int]]:
    """The numbers of the devices on each sheet, by its name."""
    return {path.stem: [int(host[-2:]) for host in hosts_on(path)] for path in directory.glob("*.html")}


def test_each_sheet_has_the_hosts_of_its_name_and_batch(
    bench: Bench, directory: Path, subtests: pytest.Subtests
) -> None:
    scenarios = {}
    for name, (keywords, sheets) in WAYS.items():
        variables = {
            "scenario": name,
            "own_directory": str(directory / name),
            "provisioning_sheet_outputs": ["sheet"],
            "device_tokens_enrollment": {"token": "t", "enrollment_token_type": "userDevice", "expires_at": None},
        }
        count = max(3, *(number for numbers in sheets.values() for number in numbers))
        inventory = devices(count, directory / name, **variables)
        scenarios[name] = Scenario(inventory, [play(**{"roles": [ROLE], **keywords})])
    outcomes = bench.run(scenarios)
    assert outcomes["serial"].run.returncode == 0, outcomes["serial"].run.output
    for name, (dummy, sheets) in WAYS.items():
        with subtests.test(name):
            assert outcomes[name].failures == {}, outcomes[name].run.output
            assert sheets_in(directory / name) == sheets
            assert names_in(directory / name) == {f"{sheet}.html" for sheet in sheets}


def test_hosts_that_failed_or_came_later(bench: Bench, directory: Path, subtests: pytest.Subtests) -> None:
    failed = devices(5, directory / "failed", device_tokens_kinds=BOTH)
    failed["all"]["hosts"]["device-02"]["device_tokens_user_id"] = GOOGLE_MANAGED_USER
    late = {**INCLUDE, "vars": {"provisioning_sheet_asset_tag": "changed"}, "when": is_device(3)}
    failing = {"ansible.builtin.fail": {"msg": "not yet"}, "when": is_device(2)}
    tasks = [{"block": [failing, INCLUDE], "rescue": [INCLUDE]}, late]
    later = devices(3, directory / "later", provisioning_sheet_asset_tag="first", provisioning_sheet_outputs=["sheet"])
    second_play = play(
        roles=[],
        tasks=[{**INCLUDE, "when": is_device(2)}],
        vars={"provisioning_sheet_title": "Another title"},
    )
    outcomes = bench.run(
        {
            "failed": Scenario(failed, [play(serial=3)]),
            "later": Scenario(later, [play(roles=[TOKENS], tasks=tasks)]),
            "plays": Scenario(devices(2, directory / "plays"), [play(), second_play]),
        }
    )
    with subtests.test("failed hosts are listed on the sheet of their batch"):
        assert outcomes["failed"].failures.keys() == {"device-02"}, outcomes["failed"].run.output
        sheets = [directory / "failed" / f"sheet-{first}.html" for first in ("0001", "0004")]
        assert [refused_on(sheet) for sheet in sheets] == [["failed.device-02"], []]
        assert sheets_in(directory / "failed") == {"sheet-0001": [1, 3], "sheet-0004": [4, 5]}
    with subtests.test("late hosts are added to the sheet"):
        assert outcomes["later"].facts == {}
        assert sheets_in(directory / "later") == {"sheet": [1, 2, 3]}
        html = (directory / "later" / "sheet.html").read_text(encoding="utf-8")
        assert re.findall(r"<dt>Asset tag</dt><dd[^>]*>(\w+)</dd>", html) == ["first", "first", "changed"]
    with subtests.test("the sheet of a later play has no cards of an earlier one"):
        assert outcomes["plays"].failures == {}
        assert sheets_in(directory / "plays") == {"sheet": [2]}


def test_free_strategy_is_refused(bench: Bench, directory: Path) -> None:
    """Its hosts do not wait for each other, so none of them could write a sheet of all."""
    outcomes = bench.run({"free": Scenario(devices(2, directory), [play(strategy="free")])})
    reason = "do not with the strategy 'free'. Use the linear strategy."
    failures = outcomes["free"].failures
    assert {host: reason in text for host, text in failures.items()} == {"device-01": True, "device-02": True}
    assert not directory.exists()
