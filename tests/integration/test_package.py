# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The tarball has the right contents, and the collection works once it is installed from it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.emulator.process import Emulator
from tests.integration.devices import fleet
from tests.integration.playbooks import ENROLLMENT, REPOSITORY, USER_AUTH, Ansible

LOCAL_FILES = [
    "service_account.json",
    "notes.txt",
    ".env",
    "plugins/modules/__pycache__/x.cpython-311.pyc",
    "key.yml",
    "examples/my_site.yml",
]


def copy_checkout(target: Path) -> None:
    """Copy all files that git tracks or does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target / name)


def version() -> str:
    galaxy = yaml.safe_load((REPOSITORY / "galaxy.yml").read_text(encoding="utf-8"))
    return str(galaxy["version"])


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tarball built from a checkout with local files."""
    checkout = tmp_path_factory.mktemp("checkout")
    copy_checkout(checkout)
    for name in LOCAL_FILES:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("local", encoding="utf-8")
    output = tmp_path_factory.mktemp("output")
    command = ["ansible-galaxy", "collection", "build", "--output-path", str(output), str(checkout)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    [path] = output.iterdir()
    return path


@pytest.fixture
def installed(tarball: Path, ansible: Ansible, emulator: Emulator) -> dict[str, str]:
    """The environment of a controller on which the tarball is the only installed collection."""
    collections = ansible.directory / "collections"
    environment = ansible.environment(ANSIBLE_COLLECTIONS_PATH=str(collections), **emulator.address.environment())
    command = [
        "ansible-galaxy",
        "collection",
        "install",
        "--offline",
        "--collections-path",
        str(collections),
        str(tarball),
    ]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    return environment


def test_tarball_contains_the_collection_and_no_local_files(tarball: Path) -> None:
    assert tarball.name == f"emm-android_enterprise-{version()}.tar.gz"
    with tarfile.open(tarball) as archive:
        names = {member.name for member in archive if member.isfile()}
    assert names >= {
        "CHANGELOG.md",
        "CHANGELOG.rst",
        "LICENSE",
        "MANIFEST.json",
        "README.md",
        "meta/execution-environment.yml",
        "meta/runtime.yml",
        "playbooks/stage_devices.yml",
        "playbooks/templates/stage_devices_summary.j2",
        "plugins/action/provisioning_sheet.py",
        "plugins/filter/duration.py",
        "plugins/modules/android_enterprise_enrollment_token.py",
        "plugins/modules/android_enterprise_user_auth_token.py",
        "requirements.txt",
        "roles/device_tokens/README.md",
        "roles/device_tokens/meta/argument_specs.yml",
        "roles/device_tokens/tasks/main.yml",
        "roles/provisioning_sheet/templates/sheet.html.j2",
    }
    assert not names & set(LOCAL_FILES)
    tops = {name.partition("/")[0] for name in names}
    assert tops <= {
        "CHANGELOG.md",
        "CHANGELOG.rst",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "MAINTAINERS.md",
        "SECURITY.md",
        "FILES.json",
        "LICENSE",
        "MANIFEST.json",
        "README.md",
        "changelogs",
        "docs",
        "examples",
        "meta",
        "playbooks",
        "plugins",
        "requirements.txt",
        "roles",
    }
    # The list of files to pack must include all files that Ansible loads.
    tracked = subprocess.run(
        ["git", "ls-files", "meta", "playbooks", "plugins", "roles", "docs", "examples"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert set(tracked) <= names


def test_documentation_is_available_once_installed(installed: dict[str, str]) -> None:
    for kind, name in (
        ("module", ENROLLMENT),
        ("module", USER_AUTH),
        ("filter", "emm.android_enterprise.duration"),
        ("filter", "emm.android_enterprise.package_checksum"),
        ("filter", "emm.android_enterprise.provisioning_payload"),
        ("filter", "emm.android_enterprise.qr_code"),
        ("filter", "emm.android_enterprise.signature_checksum"),
        ("role", "emm.android_enterprise.device_tokens"),
        ("role", "emm.android_enterprise.provisioning_sheet"),
    ):
        command = ["ansible-doc", "--json", "--type", kind, name]
        process = subprocess.run(command, env=installed, check=True, capture_output=True, text=True, timeout=120)
        assert json.loads(process.stdout)[name]


def test_modules_and_playbook_run_once_installed(
    ansible: Ansible, emulator: Emulator, installed: dict[str, str]
) -> None:
    enterprise = {"enterprise_id": "LC03demo00"}
    results = ansible.tasks(
        {ENROLLMENT: {**enterprise, "enrollment_token_type": "userDevice"}},
        {USER_AUTH: {**enterprise, "user_id": "100000000000000000001"}},
        environment=installed,
    )
    assert [result["failed"] for result in results] == [False, False]
    sheet = {
        "provisioning_sheet_directory": str(ansible.directory / "staging"),
        "provisioning_sheet_payload": {"device_admin_component_name": "com.example.dpc/.AdminReceiver"},
        "provisioning_sheet_require_token": False,
    }
    inventory = fleet(2, device_tokens_kinds=["enrollment", "user_auth"], **sheet)
    run = ansible.play("emm.android_enterprise.stage_devices", inventory=inventory, environment=installed)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == 2 + 4
    assert (ansible.directory / "staging" / "sheet.html").exists()


def test_version_is_the_same_everywhere() -> None:
    library = (REPOSITORY / "plugins" / "module_utils" / "_version.py").read_text(encoding="utf-8")
    assert f'VERSION = "{version()}"' in library
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"emm-android_enterprise-(\S+)\.tar\.gz", readme) == [version()]


def test_requirements_are_the_same_everywhere() -> None:
    """In requirements.txt, which execution environments use, and in the documentation of the plugins."""
    text = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    required = {line for line in text.splitlines() if line and not line.startswith("#")}
    documented = [
        requirement
        for path in REPOSITORY.glob("plugins/*/*.py")
        for requirement in re.findall(
            r"^requirements:\n((?:  - .*\n)+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    ]
    lines = {line.removeprefix("  - ") for block in documented for line in block.splitlines()}
    assert {re.sub(", .*", "", line) for line in lines} - {"python >= 3.10"} == required
