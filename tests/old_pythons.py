# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Find installed versions of Python that are too old for the collection."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("python2.7", "python3.6", "python3.7", "python3.8", "python3.9")


def find(name: str) -> str | None:
    """The path of an interpreter, in ``PATH`` or in pyenv."""
    return shutil.which(name, path=_path())


@functools.cache
def _path() -> str:
    """The directories to search: all versions in pyenv, then ``PATH``, which has only the active versions of pyenv."""
    directories = [os.environ["PATH"]]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        directories = [*map(str, sorted(Path(root).glob("versions/*/bin"))), *directories]
    return os.pathsep.join(directories)
