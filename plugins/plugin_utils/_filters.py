# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Turns functions of the collection into filters.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ansible.errors import AnsibleFilterError
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class SafeFilterError(AnsibleFilterError):
    """An error whose text contains no secret."""


def as_filter(name: str, function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Wrap a function to raise ``SafeFilterError``, with the name of the filter, instead of ``EmmError``."""

    @functools.wraps(function)
    def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except EmmError as error:
            # Without the cause, whose text Ansible would repeat.
            raise SafeFilterError(f"The {name} filter: {error}") from None

    return run
