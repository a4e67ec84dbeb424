# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The handling of secrets, with and without the masking of ansible-core 2.22."""

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils import _masking


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The registered secrets, as with ansible-core 2.22 and newer."""
    registered: list[str] = []
    monkeypatch.setattr(_masking, "_register", registered.extend)
    return registered


def test_only_strings_are_registered(registered: list[str]) -> None:
    _masking.register_secrets(iter(["secret", "", None, 1, ["secret"]]))
    assert registered == ["secret"]


def test_result_is_unchanged_if_ansible_masks_secrets(registered: list[str]) -> None:
    result = {"msg": "a secret"}
    assert _masking.without_secrets(result, {"secret"}) == {"msg": "a secret"}
    assert registered == ["secret"]


def test_secrets_are_removed_from_the_result_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_masking, "_register", None)
    _masking.register_secrets(["secret"])
    result = _masking.without_secrets({"msg": "a secret", "option": "secret"}, {"secret"})
    assert "secret" not in str(result)
    assert result.keys() == {"msg", "option"}
