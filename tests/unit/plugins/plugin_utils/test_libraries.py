# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Optional libraries."""

from __future__ import annotations

import json
import shlex
import sys

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library


def test_installed_library_is_returned() -> None:
    assert library("json", "anything") is json


def test_missing_library_is_named() -> None:
    with pytest.raises(EmmError) as caught:
        library("no_such_module_at_all", "Nothing")
    assert str(caught.value) == (
        f"The Python library Nothing is not installed in the Python environment of ansible-core, {sys.executable}. "
        f"Install it with: {shlex.quote(sys.executable)} -m pip install Nothing"
    )
