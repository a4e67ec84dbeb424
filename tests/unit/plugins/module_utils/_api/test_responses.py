# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Quota errors in response bodies. Other responses are tested over real connections and by the fuzzer."""

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.responses import is_over_quota


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}', True),
        (b'{"error": {"errors": [{"reason": "forbidden"}, {"reason": "quotaExceeded"}]}}', True),
        (b'{"error": {"errors": [{"reason": "forbidden"}]}}', False),
        (b'{"error": {"errors": "quotaExceeded"}}', False),
        (b'{"error": "quotaExceeded"}', False),
        (b"<html>quotaExceeded</html>", False),
        (b"", False),
    ],
)
def test_is_over_quota(body: bytes, expected: bool) -> None:
    assert is_over_quota(body) is expected
