# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Errors about values that cannot be templated. The rest is tested in plays with many hosts."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._filters import SafeFilterError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import (
    is_omitted,
    templated,
    without_omitted,
)


def caused_by(cause: Exception) -> AnsibleError:
    error = AnsibleError("means: {'key': 'one secret'}")
    error.__cause__ = AnsibleError("one secret, too")
    error.__cause__.__cause__ = cause
    return error


class AnsibleVaultError(AnsibleError):
    """A class whose module differs between versions of ansible-core."""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (caused_by(SafeFilterError("The filter: no such file")), "The filter: no such file"),
        (caused_by(AnsibleVaultError("one secret")), "a value in it cannot be decrypted"),
        (AnsibleUndefinedVariable("means: {'key': 'one secret'}: 'name' is undefined. Again."), "'name' is undefined"),
        (AnsibleUndefinedVariable("'dict object' has no attribute 'name'"), "has no attribute 'name'"),
        (
            AnsibleUndefinedVariable("'dict object' has no attribute 'secret'"),
            "it looks up something that does not exist",
        ),
        (AnsibleError("unexpected end. String: one secret {{"), "AnsibleError"),
    ],
)
def test_template_is_not_quoted_in_errors(error: Exception, message: str) -> None:
    with pytest.raises(EmmError, match=f"^The value of 'module_defaults' cannot be templated: {message}$"):
        templated("module_defaults", "one secret {{ of.name", Mock(template=Mock(side_effect=error)))


def test_omitted_values() -> None:
    """As in ansible-core 2.18, and as in newer versions."""
    given = {"a": "omitted", "b": {"c": "omitted", "d": 1}, "e": ["omitted"]}
    assert without_omitted(given, "omitted") == {"b": {"d": 1}, "e": ["omitted"]}

    class AnsibleValueOmittedError(AnsibleError):
        pass

    for error, omitted in ((AnsibleValueOmittedError("x"), True), (AnsibleError("x"), False)):
        with pytest.raises(EmmError) as caught:
            templated("name", "{{ omit }}", Mock(template=Mock(side_effect=error)))
        assert is_omitted(caught.value) is omitted
