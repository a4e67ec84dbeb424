# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Where the tokens of a host are found."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.lookup import device_tokens_minted
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HandOut

PART = {"enrollment": {"token": "e"}, "missing": []}
OTHER = {"enrollment": {"token": "of another time or host"}, "refusal": "of another time or host"}
SERVED = {"complete": True, "hosts": {}}


@pytest.fixture(autouse=True)
def hand_out(monkeypatch: pytest.MonkeyPatch) -> HandOut:
    """What the lookup plugin looks into, with something for two other hosts."""
    hand_out = HandOut(4096)
    hand_out.publish({"other": OTHER, "third": OTHER})
    monkeypatch.setattr(device_tokens_minted, "HAND_OUT", hand_out)
    return hand_out


def look_up(**variables: Any) -> dict[str, Any]:
    [found] = device_tokens_minted.LookupModule().run([], {"inventory_hostname": "host", **variables})
    return found


def test_what_was_minted_is_found(hand_out: HandOut) -> None:
    hand_out.publish({"host": PART, "other": OTHER})
    assert look_up(device_tokens__minted=SERVED) == PART


def test_what_had_no_room_is_found_in_the_result(hand_out: HandOut) -> None:
    minted = {"complete": True, "hosts": {"host": PART, "other": OTHER}}
    assert look_up(device_tokens__minted=minted) == PART
    hand_out.publish({"host": OTHER})
    assert look_up(device_tokens__minted=minted) == PART


def test_nothing_is_found_for_a_host_that_was_not_served(hand_out: HandOut) -> None:
    assert look_up(device_tokens__minted=SERVED) == {}
    assert look_up(device_tokens__minted={**SERVED, "hosts": {"other": OTHER}}) == {}
    assert look_up() == {}
    hand_out.publish({"host": OTHER})
    assert look_up(device_tokens__minted={"complete": False, "hosts": {}}) == {}, "an old one"
