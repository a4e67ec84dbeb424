# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.playbooks import Ansible


@pytest.fixture
def directory(ansible: Ansible) -> Path:
    """The directory for the files of the role. It does not exist yet."""
    return ansible.directory / "staging" / "today"
