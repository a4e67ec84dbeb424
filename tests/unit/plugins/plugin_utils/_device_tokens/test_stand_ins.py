# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What stands in for the facts of a host before its tokens are minted."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.stand_ins import stand_in, stand_ins

GOOGLE = {"authentication_requirement": "required"}
FIELDS = {
    "enrollment": EnrollmentTokenRequest("LC1", "userDevice", None, GOOGLE).expected(),
    "user_auth": AuthenticationTokenRequest("LC1", "u1").preview(Mock()).resource,
}


@pytest.mark.parametrize("kind", FIELDS)
def test_stand_in_has_all_fields_of_a_token(kind: str) -> None:
    fact = stand_in(kind, FIELDS[kind])
    assert {**fact, "token": None, "issued_at": None, "expires_at": None} == {**FIELDS[kind], "expires_at": None}
    assert fact["token"].startswith(f"check-mode-{kind}0")
    assert len(fact["token"]) == 64
    assert fact["issued_at"] < fact.get("expires_at", "9")


def test_stand_ins_have_the_fields_of_both_kinds() -> None:
    facts = stand_ins(FIELDS)
    assert facts["device_tokens_enrollment"].keys() >= FIELDS["enrollment"].keys()
    assert facts["device_tokens_user_auth"].keys() == FIELDS["user_auth"].keys()
