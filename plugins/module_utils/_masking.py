# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Keeps secrets out of Ansible's output, with the means of each version of ansible-core.

Version 2.22 and newer replace registered secrets in all output of a run. For older versions, secrets are removed from
the result.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from ansible.module_utils.common.parameters import remove_values

try:
    from ansible.module_utils.secrets import register_secrets as _register
except ImportError:  # before ansible-core 2.22
    _register = None


def register_secrets(secrets: Iterable[object]) -> None:
    """Register secrets with Ansible, if it can mask them. Values that are not strings are ignored."""
    if _register:
        _register([secret for secret in secrets if secret and isinstance(secret, str)])


def without_secrets(result: dict[str, Any], secrets: AbstractSet[str]) -> dict[str, Any]:
    """A result without secrets."""
    if _register:
        register_secrets(secrets)
        return result
    return dict(remove_values(result, secrets))
