# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The user authentication token module, run by ansible-playbook against the emulator."""

from __future__ import annotations

import pytest

from tests.operation.test_user_auth_token import test_minted_token_provisions_one_device

pytestmark = pytest.mark.usefixtures("both_ways")
# Run these here as well: end to end, in process and as a module.
__all__ = ["test_minted_token_provisions_one_device"]
