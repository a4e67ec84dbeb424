# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What of foreign text may stand in a message."""

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import quote_foreign


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\n text\t here ", "plain text here"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        ("authorization: bearer abc", "authorization: bearer [redacted]"),
        ("grant_type=x&assertion=abc&y=z", "grant_type=x&assertion=[redacted]&y=z"),
        ("token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln!", "token [redacted]!"),
        ("token ya29.a0Af_-xyz", "token [redacted]"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nrest", "[redacted] rest"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE cut off", "[redacted]"),
        ("Authorization: Bearer\n  abc", "Authorization: Bearer [redacted]"),
        ("Basic dXNlcjpodW50ZXIy", "Basic [redacted]"),
        ("refresh_token=1-abc&client_secret=xyz", "refresh_token=[redacted]&client_secret=[redacted]"),
        ('{"access_token": "opaque", "x": 1}', '{"access_token": "[redacted]", "x": 1}'),
        ("{'subjectToken': 'opaque'}", "{'subjectToken': '[redacted]'}"),
        ("saw 1//0abc-def and GOCSPX-abc_def", "saw [redacted] and [redacted]"),
        ("to http://user:hun/te@r2@proxy:1 now", "to http://[redacted]@proxy:1 now"),
        ("the hunter2 word", "the [redacted] word"),
        ("x" * 600, "x" * 500 + "..."),
    ],
)
def test_foreign_text(text: str, expected: str) -> None:
    assert quote_foreign(text, "hunter2", None, "") == expected
