# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Versions of Python that are too old for the collection, as far as they are installed."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("python2.7", "python3.6", "python3.7", "python3.8", "python3.9")


def find(name: str) -> str | None:
    """Where an interpreter is, on the path or in pyenv."""
    return shutil.which(name, path=_path())


@functools.cache
def _path() -> str:
    """The path, after what pyenv has, since that only lets those be found on the path that are switched on."""
    directories = [os.environ["PATH"]]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        directories = [*map(str, sorted(Path(root).glob("versions/*/bin"))), *directories]
    return os.pathsep.join(directories)
