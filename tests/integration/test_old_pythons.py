# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The modules under a version of Python that Ansible supports, but the collection does not."""

from __future__ import annotations

import subprocess

import pytest
from ansible import constants

from tests import old_pythons
from tests.integration.playbooks import ENROLLMENT, USER_AUTH, Ansible

VERSION = "import sys; print('.'.join(map(str, sys.version_info[:3])))"


@pytest.fixture
def old_python() -> str:
    """The oldest installed one of those that Ansible runs modules with."""
    supported = constants.config.get_config_value("INTERPRETER_PYTHON_FALLBACK")
    found = [path for name in old_pythons.NAMES if name in supported and (path := old_pythons.find(name))]
    if not found:
        pytest.skip("no Python is installed that Ansible supports, but the modules do not")
    return found[0]


def test_old_python_is_refused_with_the_required_version(ansible: Ansible, old_python: str) -> None:
    variables = {"ansible_python_interpreter": old_python}
    tasks = [{action: {}, "vars": variables} for action in (ENROLLMENT, USER_AUTH)]
    version = subprocess.run([old_python, "-c", VERSION], capture_output=True, text=True, check=True).stdout.strip()
    for result in ansible.tasks(*tasks):
        assert result["failed"]
        assert result["msg"] == (
            "The modules of emm.android_enterprise need Python 3.10 or newer on the machine that they run on, which is "
            f"usually the controller. This is {version} ({old_python}). Delegate the task to localhost, or set "
            "ansible_python_interpreter."
        )
