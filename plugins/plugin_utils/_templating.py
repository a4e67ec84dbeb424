# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Templates variables and keywords. Error messages do not reveal their values.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import SafeFilterError

_UNDEFINED = re.compile(r"'[\w.]+' is undefined")
_MISSING = re.compile(r"has no attribute '(\w+)'")


def templated(name: str, value: Any, templar: Templar) -> Any:
    """Template the value of a variable or a keyword for a host. Raises ``EmmError``."""
    try:
        return templar.template(value)
    except AnsibleError as error:
        raise EmmError(f"The value of '{name}' cannot be templated: {_reason(error, str(value))}") from error


def is_omitted(error: EmmError) -> bool:
    """Whether a value could not be templated because it is ``omit``, as in ansible-core 2.19 and newer."""
    return type(error.__cause__).__name__ == "AnsibleValueOmittedError"


def without_omitted(value: Any, omitted: Any) -> Any:
    """A value without the entries that are ``omit``, which ansible-core 2.18 leaves in it."""
    if isinstance(value, Mapping):
        return {key: without_omitted(entry, omitted) for key, entry in value.items() if entry != omitted}
    return value


def _reason(error: AnsibleError, source: str) -> str:
    """The part of an error message that names a variable. The rest may contain a value, and so a secret.

    An attribute is only named if it is in the source, because its name may be the value of a variable. Errors of this
    collection's filters contain no secrets.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, SafeFilterError):
            return str(cause.message)
    undefined = _UNDEFINED.search(str(error))
    if undefined:
        return undefined[0]
    missing = _MISSING.search(str(error))
    if missing:
        named = any(form in source for form in (f".{missing[1]}", f"['{missing[1]}']"))
        return missing[0] if named else "it looks up something that does not exist"
    if any("vault" in type(cause).__name__.lower() for cause in causes):
        return "a value in it cannot be decrypted"
    return type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or getattr(error, "orig_exc", None)
