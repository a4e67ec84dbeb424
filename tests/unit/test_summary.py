# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The validity of tokens in the summary of stage_devices. The rest of the summary is tested with the role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest

TEMPLATE = Path(__file__).parents[2] / "playbooks" / "templates" / "stage_devices_summary.j2"
DURATION = {"seconds": 60, "nanos": 0}


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ({"duration": DURATION, "expires_at": "2026-11-27T12:00:00Z"}, "****oken until 2026-11-27T12:00:00Z"),
        ({"duration": DURATION}, "****oken beyond the year 9999"),
        ({}, "****oken for an unknown time"),
        ({"token": None, "duration": DURATION, "expires_at": None}, "none (check mode)"),
    ],
)
def test_validity_of_tokens_is_shown(token: dict[str, Any], shown: str) -> None:
    facts = {"device_tokens_enrollment": {"token": "enrollment-token", **token}}
    template = jinja2.Environment(trim_blocks=True, autoescape=False).from_string(TEMPLATE.read_text(encoding="utf-8"))
    [dummy, row] = template.render(ansible_play_hosts_all=["a"], hostvars={"a": facts}).strip().split("\n")
    assert " ".join(row.split()) == f"a enrollment {shown}"
