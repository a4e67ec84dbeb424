# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils import _python

from tests import old_pythons

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
COMPILE = "import sys; [compile(open(path, 'rb').read(), path, 'exec') for path in sys.argv[1:]]"


@pytest.mark.parametrize("name", old_pythons.NAMES)
def test_files_before_the_version_check_compile_on_old_pythons(name: str) -> None:
    python = old_pythons.find(name)
    if python is None:
        pytest.skip(f"{name} is not installed")
    files = [PLUGINS / "module_utils" / "_python.py", *PLUGINS.glob("modules/android_enterprise_*_token.py")]
    assert len(files) == 3
    subprocess.run([python, "-c", COMPILE, *map(str, files)], check=True)


def test_new_python_passes_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    _python.require_python()
    assert capsys.readouterr() == ("", "")


def test_old_python_fails_the_module_with_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_python, "OLDEST", (99, 1))
    with pytest.raises(SystemExit) as ending:
        _python.require_python()
    assert ending.value.code == 1
    result = json.loads(capsys.readouterr().out)
    assert result["failed"]
    assert " need Python 99.1 or newer on the machine that they run on" in result["msg"]
    assert f". This is {platform.python_version()} ({sys.executable})." in result["msg"]
