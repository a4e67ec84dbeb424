# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Imports libraries that only parts of the collection need.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import functools
import importlib
import shlex
import sys
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError


class MissingLibraryError(EmmError):
    """A library is not installed on the controller."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"The Python library {package} is not installed in the Python environment of ansible-core, "
            f"{sys.executable}. Install it with: {shlex.quote(sys.executable)} -m pip install {package}"
        )


@functools.cache
def library(module: str, package: str) -> Any:
    """Import a module of a package. Raises ``EmmError`` if the package is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingLibraryError(package) from error
