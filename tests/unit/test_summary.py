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
    facts = {"device_tokens_enrollment": {"token": "enrollment-token", **token}, "device_tokens_refusal": None}
    assert row({"device_tokens__minted": {"facts": facts}}) == f"a enrollment {shown}"


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({"device_tokens__minted": {"facts": {"device_tokens_refusal": "no"}}}, "a refused see below"),
        (
            {"stage_devices__check": {"reasons": ["no"]}, "device_tokens__minted": {"skipped": True}},
            "a refused see below",
        ),
        ({"device_tokens__minted": {"facts": {"device_tokens_refusal": None}}}, "a none none was requested"),
        ({}, "a unknown see below"),
    ],
)
def test_hosts_without_a_token_of_this_run(variables: dict[str, Any], shown: str) -> None:
    """A token of an earlier run is not shown."""
    earlier = {"device_tokens_enrollment": {"token": "earlier"}}
    assert row({**earlier, **variables}) == shown


def row(variables: dict[str, Any]) -> str:
    """The row of a host, with single blanks."""
    template = jinja2.Environment(trim_blocks=True, autoescape=False).from_string(TEMPLATE.read_text(encoding="utf-8"))
    [dummy, shown] = template.render(ansible_play_hosts_all=["a"], hostvars={"a": variables}).strip().split("\n")
    return " ".join(shown.split())
