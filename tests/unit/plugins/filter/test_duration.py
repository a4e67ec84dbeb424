# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.emm.android_enterprise.plugins.filter.duration import FilterModule

duration = FilterModule().filters()["duration"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("30d", 2_592_000), ("12h", 43_200), ("90m", 5_400), ("3600s", 3_600), ("1h30m", 5_400)]
)
def test_duration_string_is_converted(text: str, seconds: int) -> None:
    assert duration(text) == {"seconds": seconds, "nanos": 0}


@pytest.mark.parametrize("value", [3600, 1.5, None, {"seconds": 1}, ["1h"], True])
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^The duration filter: It requires a string such as '30d'"):
        duration(value)


@pytest.mark.parametrize("text", ["", "30", "99999999d"])
def test_invalid_duration_strings_are_refused(text: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"^The duration filter: It cannot use '{text}'"):
        duration(text)
