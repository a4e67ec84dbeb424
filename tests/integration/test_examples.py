# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The examples in the documentation run as they stand."""

from __future__ import annotations

import importlib
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY, Ansible
from tests.integration.test_role import user

PLUGINS = [
    "modules.android_enterprise_enrollment_token",
    "modules.android_enterprise_user_auth_token",
    "filter.duration",
]
PAGES = ["README.md", "roles/device_tokens/README.md", "docs/docsite/rst/guide_user.rst"]
INVENTORY: dict[str, Any] = {
    "devices": {
        "vars": {"device_tokens_enterprise_id": "LC03demo00", "device_tokens_enrollment_token_type": "userDevice"},
        "children": {"tablets": {"hosts": {"tablet-01": {"device_tokens_user_id": user(1)}}}},
    }
}


@pytest.fixture
def variables(emulator: Emulator) -> str:
    """What the examples take from the reader."""
    key = Path(emulator.address.service_account_file)
    return json.dumps(
        {"emm_service_account_file": str(key), "vault_emm_service_account": key.read_text(encoding="utf-8")}
    )


@pytest.mark.parametrize("plugin", PLUGINS)
def test_of_plugins(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, variables: str, plugin: str
) -> None:
    examples = importlib.import_module(f"ansible_collections.emm.android_enterprise.plugins.{plugin}").EXAMPLES
    play = {"hosts": "localhost", "gather_facts": False, "tasks": yaml.safe_load(examples)}
    run = ansible.play([play], "--extra-vars", variables, environment=environment)
    assert run.returncode == 0, run.output
    assert len(emulator.tokens()) == examples.count("emm.android_enterprise.android_enterprise_")


def examples_of(page: str) -> list[list[dict[str, Any]]]:
    """The YAML blocks of a page, be it Markdown or reStructuredText."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"^\.\. code-block:: yaml\n\n((?:(?: {4}.*)?\n)+)", text, re.MULTILINE)
    return [yaml.safe_load(textwrap.dedent(block)) for block in blocks]


@pytest.mark.parametrize("page", PAGES)
def test_of_pages(ansible: Ansible, environment: dict[str, str], emulator: Emulator, variables: str, page: str) -> None:
    examples = examples_of(page)
    assert examples
    for example in examples:
        emulator.reset()
        is_playbook = "hosts" in example[0]
        plays = example if is_playbook else [{"hosts": "devices", "gather_facts": False, "tasks": example}]
        run = ansible.play(plays, "--extra-vars", variables, inventory=INVENTORY, environment=environment)
        assert run.returncode == 0, run.output
        assert emulator.tokens()
