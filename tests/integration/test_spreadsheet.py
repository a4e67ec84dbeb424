# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A spreadsheet as an inventory."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.emm.android_enterprise.plugins.inventory.csv import EXAMPLES

from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY, Ansible
from tests.integration.sheets import hosts_on

EXAMPLE = REPOSITORY / "examples" / "spreadsheet"
GUIDE = REPOSITORY / "docs" / "docsite" / "rst" / "guide_spreadsheet.rst"
BOTH_COLUMNS = "Device,Asset Tag\none,A-1\ntwo,A-2\n"
CONFIG = {
    "plugin": "emm.android_enterprise.csv",
    "path": "devices.csv",
    "host": "Device",
    "columns": {"Asset Tag": "provisioning_sheet_asset_tag"},
}


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a controller with Ansible's own setting for inventories."""
    return {name: value for name, value in environment.items() if name != "ANSIBLE_INVENTORY_ENABLED"}


def write(directory: Path, content: str | bytes, **changes: Any) -> Path:
    """Write a CSV file and its configuration. Returns the path of the configuration."""
    data = content.encode() if isinstance(content, str) else content
    (directory / "devices.csv").write_bytes(data)
    path = directory / "devices.csv.yml"
    path.write_text(yaml.safe_dump({**CONFIG, **changes}), encoding="utf-8")
    return path


def listed(environment: dict[str, str], source: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ansible-inventory."""
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "--inventory", str(source), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def plain(value: Any) -> Any:
    """A value from ansible-inventory, without the marks of what must not be used as a template."""
    if isinstance(value, dict):
        return value["__ansible_unsafe"] if "__ansible_unsafe" in value else {k: plain(v) for k, v in value.items()}
    return value


def hostvars(environment: dict[str, str], source: Path) -> dict[str, Any]:
    """The variables of each host of an inventory."""
    process = listed(environment, source, "--list")
    assert process.returncode == 0, process.stderr
    found: dict[str, Any] = plain(json.loads(process.stdout)["_meta"]["hostvars"])
    return found


def test_example_and_guide_stage_the_devices(ansible: Ansible, environment: dict[str, str], emulator: Emulator) -> None:
    """The guide shows the files of the example, and its commands work."""
    shutil.copytree(REPOSITORY / "examples", ansible.directory / "examples")
    guide = GUIDE.read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^\.\. code-block:: (\w+)\n\n((?:(?: {4}.*)?\n)+)", guide, re.MULTILINE))
    assert textwrap.dedent(blocks["text"]).strip() == (EXAMPLE / "devices.csv").read_text(encoding="utf-8").strip()
    shown = yaml.safe_load(textwrap.dedent(blocks["yaml"]))
    assert shown == yaml.safe_load((EXAMPLE / "devices.csv.yml").read_text(encoding="utf-8"))
    commands = re.findall(r"^    \$ (.*)$", guide, re.MULTILINE)
    assert len(commands) == 3
    variables = {"BENCH_WIFI_PASSWORD": "correct horse", "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
    minted = []
    for command in commands:
        process = subprocess.run(
            command.split(),
            cwd=ansible.directory,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stdout + process.stderr
        minted.append(len(emulator.tokens()))
    assert minted == [0, 0, 10]
    sheet = ansible.directory / "android-staging" / "sheet.html"
    assert hosts_on(sheet) == [f"tablet-0{number}" for number in range(1, 7)] + [
        f"kiosk-0{number}" for number in range(1, 5)
    ]
    html = sheet.read_text(encoding="utf-8")
    assert all(text in html for text in ("A-1003", "Ada Costa", "K-2004"))
    kinds = [issued["request"]["enrollmentTokenType"] for issued in emulator.tokens()]
    assert (kinds.count("userDevice"), kinds.count("userlessDevice")) == (6, 4)


def test_example_of_the_plugin(environment: dict[str, str], tmp_path: Path) -> None:
    rows = ["Asset Tag,Serial,User ID,Department", "A1,R1,100000000000000000001,Sales", "A2,R2,,Sales"]
    (tmp_path / "devices.csv").write_text("\n".join(rows), encoding="utf-8")
    source = tmp_path / "devices.csv.yml"
    source.write_text(EXAMPLES, encoding="utf-8")
    assert hostvars(environment, source)["tablet-A2"] == {
        "Department": "Sales",
        "device_serial_number": "R2",
        "provisioning_sheet_asset_tag": "A2",
        "provisioning_sheet_user": "Sales, A2",
    }
    groups = json.loads(listed(environment, source, "--list").stdout)
    assert groups["department_Sales"]["hosts"] == ["tablet-A1", "tablet-A2"]
    assert groups["tablets"]["hosts"] == ["tablet-A1"]


def test_groups_and_limit(environment: dict[str, str]) -> None:
    graph = listed(environment, EXAMPLE / "devices.csv.yml", "--graph").stdout
    assert "|--@tablets:" in graph
    assert len(re.findall(r"--kiosk-0\d", graph)) == 4
    limited = listed(environment, EXAMPLE / "devices.csv.yml", "--list", "--limit", "kiosks").stdout
    assert json.loads(limited)["_meta"]["hostvars"].keys() == {f"kiosk-0{number}" for number in range(1, 5)}
    assert listed(environment, EXAMPLE / "devices.csv.yml", "--graph", "--limit", "kiosks").returncode == 0


def test_cells_are_text_and_never_templates(ansible: Ansible, environment: dict[str, str], tmp_path: Path) -> None:
    cells = {"a": "{{ 1 + 1 }}", "b": "012", "c": "on", "d": "{% raw %}", "e": "[1]"}
    source = write(tmp_path, f"Device,{','.join(cells)}\none,{','.join(cells.values())}\ntwo,,,,,\n", columns={})
    shown = "{{ [a, b, c, d, e] | join(' ') | b64encode }}"
    play = {
        "hosts": "one",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.debug": {"msg": shown}}, {"ansible.builtin.debug": {"msg": "{{ a }}"}}],
    }
    run = ansible.play([play], "--inventory", str(source), environment=environment)
    first, second = (result["msg"] for result in run.of("ansible.builtin.debug"))
    assert first == "e3sgMSArIDEgfX0gMDEyIG9uIHslIHJhdyAlfSBbMV0="
    assert second == "{{ 1 + 1 }}"
    assert hostvars(environment, source) == {"one": {"Device": "one", **cells}, "two": {"Device": "two"}}


def test_constructed_variables_groups_and_names(environment: dict[str, str], tmp_path: Path) -> None:
    source = write(
        tmp_path,
        BOTH_COLUMNS,
        host="tablet-{{ provisioning_sheet_asset_tag | lower }}",
        compose={"provisioning_sheet_user": "'user of ' ~ provisioning_sheet_asset_tag"},
        groups={"first": "provisioning_sheet_asset_tag == 'A-1'"},
        keyed_groups=[{"key": "Device", "prefix": "called"}],
    )
    found = hostvars(environment, source)
    assert found.keys() == {"tablet-a-1", "tablet-a-2"}
    assert found["tablet-a-2"] == {
        "Device": "two",
        "provisioning_sheet_asset_tag": "A-2",
        "provisioning_sheet_user": "user of A-2",
    }
    groups = json.loads(listed(environment, source, "--list").stdout)
    assert groups["first"]["hosts"] == ["tablet-a-1"]
    assert groups["called_two"]["hosts"] == ["tablet-a-2"]


@pytest.mark.parametrize(
    ("content", "changes", "reason"),
    [
        (
            BOTH_COLUMNS,
            {"columns": {}},
            "The column 'Asset Tag' is not a name of a variable. Map it to one, or to nothing",
        ),
        (BOTH_COLUMNS, {"host": "Name"}, "host: There is no column 'Name'. The columns are: Device, Asset Tag."),
        (BOTH_COLUMNS, {"host": "{{ nothing }}"}, "Row 2: the name of the host, {{ nothing }}, cannot be made"),
        (BOTH_COLUMNS, {"path": "other.csv"}, "The file cannot be read: No such file or directory"),
        ("Device,Asset Tag\none,1\n,2\n", {}, "Row 3 has no host."),
        ("Device,Asset Tag\none,1\n\none,2\n", {}, "The host 'one' stands in row 2 and in row 4."),
        (b"PK\x03\x04", {}, "It is an .xlsx or .ods workbook, not a CSV file."),
        (BOTH_COLUMNS, {"strict": True, "compose": {"x": "nothing.x"}}, "Could not set x for host one"),
    ],
)
def test_mistakes_are_errors(
    environment: dict[str, str], tmp_path: Path, content: str | bytes, changes: dict[str, Any], reason: str
) -> None:
    environment["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "true"
    process = listed(environment, write(tmp_path, content, **changes), "--list")
    assert process.returncode != 0
    assert reason in " ".join(process.stderr.split())
