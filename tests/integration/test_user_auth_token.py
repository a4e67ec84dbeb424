# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The user authentication token module, run by ansible-playbook against the emulator."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.conftest import Mint
from tests.emulator.process import Emulator
from tests.integration.playbooks import USER_AUTH, Ansible

pytestmark = pytest.mark.usefixtures("both_ways")
USER = "100000000000000000001"
GOOGLE_MANAGED_USER = "200000000000000000001"


def test_mints_a_token_that_provisions_one_device(mint: Mint, emulator: Emulator) -> None:
    result = mint(user_id=USER)
    assert result["changed"] is True
    token = result["authentication_token"]
    assert set(token) == {"token", "enterprise_id", "user_id", "issued_at"}
    assert token["user_id"] == USER
    assert token["issued_at"] == emulator.tokens()[0]["issued"]
    assert datetime.fromisoformat(token["issued_at"]).tzinfo is not None
    enrolled = emulator.redeem(token["token"])
    assert enrolled["userId"] == USER
    assert emulator.redeem(token["token"])["refused"] == "used"


def test_check_mode_shows_the_structure_and_sends_nothing(mint: Mint, emulator: Emulator) -> None:
    result = mint(user_id=USER, check=True)
    assert result["changed"] is True
    assert result["authentication_token"] == {
        "token": None,
        "enterprise_id": emulator.address.enterprise_id,
        "user_id": USER,
        "issued_at": None,
    }
    assert emulator.journal() == []


def test_bad_input_is_refused_before_anything_is_sent(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator
) -> None:
    refused = ["", "..", "a/b", "\ufeffa"]  # the unit tests have more
    results = ansible.tasks(
        *({USER_AUTH: {"enterprise_id": "LC03demo00", "user_id": user}} for user in refused), environment=environment
    )
    for result, user in zip(results, refused, strict=True):
        assert result["failed"]
        assert f"Option 'user_id' is {user!r}" in result["msg"]
    assert emulator.journal() == []


def test_only_emm_managed_accounts_have_tokens(mint: Mint) -> None:
    result = mint(user_id=GOOGLE_MANAGED_USER)
    assert (result["http_status"], result["reason"], result["status"]) == (403, "forbidden", "PERMISSION_DENIED")
    assert "EMM-managed accounts only" in result["msg"]
