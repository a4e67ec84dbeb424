# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Checks options by an argument specification.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError


def validated(spec: Mapping[str, dict[str, Any]], options: Mapping[Any, Any]) -> dict[str, Any]:
    """The options, converted and with defaults. Raises ``EmmError`` if they do not match the specification."""
    validation = ArgumentSpecValidator(spec).validate(options)
    if validation.error_messages:
        raise EmmError("; ".join(validation.error_messages))
    return dict(validation.validated_parameters)
