# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The commands of the README run without changes, in a fresh copy of the checkout and an empty home directory."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY, Ansible
from tests.integration.test_package import copy_checkout

TEST_COMMAND = "make test"


def commands() -> list[str]:
    """The lines of the README's console blocks."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def borrow_environment(checkout: Path) -> None:
    """Set up .venv as "make" does, but with the packages of this environment. The collection in it is the copy."""
    (checkout / ".venv" / "collections" / "ansible_collections" / "emm").mkdir(parents=True)
    for name in ("bin", "lib", "pyvenv.cfg"):
        (checkout / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    collection = checkout / ".venv" / "collections" / "ansible_collections" / "emm" / "android_enterprise"
    collection.symlink_to(checkout)
    (checkout / ".venv" / "installed").touch()


def test_readme_commands_run(ansible: Ansible, emulator: Emulator, tmp_path: Path) -> None:
    lines = [line for line in commands() if line != TEST_COMMAND]
    assert len(lines) == len(commands()) - 1
    checkout = tmp_path / "checkout"
    copy_checkout(checkout)
    borrow_environment(checkout)
    shutil.copy(emulator.address.service_account_file, tmp_path / "emm-service-account.json")
    environment = ansible.environment(ANDROID_ENTERPRISE_API_URL=emulator.address.url)
    for name in ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_HOME", "ANSIBLE_CALLBACKS_ENABLED", "ANSIBLE_CALLBACK_PLUGINS"):
        del environment[name]
    environment["PATH"] = f"{Path(sys.prefix) / 'bin'}:{environment['PATH']}"
    process = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", "\n".join(lines)],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=400,
        check=False,
    )
    assert process.returncode == 0, process.stdout
    # The playbook runs for the whole inventory, in check mode, for the tablets, and for the whole inventory in batches.
    assert len(emulator.tokens()) == 5 + 0 + 3 + 5
    assert not [issued["token"] for issued in emulator.tokens() if issued["token"] in process.stdout]
    # "make demo" shows the masked tokens of its devices, and creates a sheet of them.
    sheet = (checkout / ".cache" / "demo" / "sheet.html").read_text(encoding="utf-8")
    assert f"- The files are in {checkout}/.cache/demo\n    - Print sheet.html\n" in process.stdout
    assert f"The files are in {tmp_path}/android-staging" in process.stdout
    assert f"Shredded {5 * 2 + 1} files." in process.stdout
    for host in ("tablet-01", "tablet-02", "tablet-03", "kiosk-01", "kiosk-02"):
        assert f'<h2 dir="auto">{host}</h2>' in sheet
        assert re.search(rf"^ *- {host} +enrollment +\*\*\*\*\S{{4}} +until 20", process.stdout, re.MULTILINE)


def test_ci_script_runs_the_demo_and_the_tests() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert {"make demo", TEST_COMMAND} <= set(script.splitlines())


def test_workflow_and_hook_run_only_makefile_targets() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z -]*):(?! export)", makefile, re.MULTILINE))
    targets = {target for names in targets for target in names.split()}
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    [job] = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make ${{ matrix.target }}"]
    # The parts of "make test", as parallel jobs.
    parts = {"lint", "sanity", "tests", "molecule"}
    assert {"demo", *parts, "test-matrix"} == set(job["strategy"]["matrix"]["target"]) <= targets
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    [repository] = hooks["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == ["make quick"]
    assert "quick" in targets
