# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The user authentication token module, run by ansible-playbook against the emulator."""

from __future__ import annotations

import pytest

from tests.operation.test_user_auth_token import (
    test_bad_input_is_refused_before_anything_is_sent,
    test_check_mode_shows_the_structure_and_sends_nothing,
    test_mints_a_token_that_provisions_one_device,
    test_only_emm_managed_accounts_have_tokens,
)

pytestmark = pytest.mark.usefixtures("both_ways")
# These run here as well, end to end and both ways.
__all__ = [
    "test_bad_input_is_refused_before_anything_is_sent",
    "test_check_mode_shows_the_structure_and_sends_nothing",
    "test_mints_a_token_that_provisions_one_device",
    "test_only_emm_managed_accounts_have_tokens",
]
