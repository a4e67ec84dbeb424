# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Where the tokens of a host are found."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.lookup import device_tokens_minted
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HandOut

MINTED = {"enrollment": {"token": "e"}, "user_auth": {"token": "u"}}
OTHER = {"enrollment": {"token": "of another time or host"}, "refusal": "of another time or host"}
TERMS = ["user_auth", "enrollment", "refusal"]
EXPECTED = [{"token": "u"}, {"token": "e"}, None]


@pytest.fixture(autouse=True)
def hand_out(monkeypatch: pytest.MonkeyPatch) -> HandOut:
    """What the lookup plugin looks into, with something for two other hosts."""
    hand_out = HandOut(4096)
    hand_out.publish({"other": OTHER, "third": OTHER})
    monkeypatch.setattr(device_tokens_minted, "HAND_OUT", hand_out)
    return hand_out


def look_up(terms: list[str], **variables: Any) -> list[Any]:
    return device_tokens_minted.LookupModule().run(terms, {"inventory_hostname": "host", **variables})


SERVED = {"complete": True, "hosts": {}}


def test_what_was_minted_is_found(hand_out: HandOut) -> None:
    hand_out.publish({"host": MINTED, "other": OTHER})
    assert look_up(TERMS, device_tokens__minted=SERVED) == EXPECTED
    assert look_up(["enrollment"], device_tokens__minted=SERVED) == EXPECTED[1:2]
    assert look_up([], device_tokens__minted=SERVED) == []


def test_what_had_no_room_is_found_in_the_result(hand_out: HandOut) -> None:
    hosts = {"host": MINTED, "other": OTHER}
    assert look_up(TERMS, device_tokens__minted={"complete": True, "hosts": hosts}) == EXPECTED
    hand_out.publish({"host": OTHER})
    assert look_up(TERMS, device_tokens__minted={"complete": True, "hosts": hosts}) == EXPECTED


def test_why_a_host_was_refused(hand_out: HandOut) -> None:
    hand_out.publish({"host": {"refusal": "because", "missing": ["enrollment"]}})
    found = look_up(["refusal", "missing", "enrollment"], device_tokens__minted=SERVED)
    assert found == ["because", ["enrollment"], None]


def test_nothing_is_found_for_a_host_that_was_not_served(hand_out: HandOut) -> None:
    nothing = [None, None, None, False]
    assert look_up([*TERMS, "served"], device_tokens__minted=SERVED) == nothing
    assert look_up([*TERMS, "served"], device_tokens__minted={**SERVED, "hosts": {"other": OTHER}}) == nothing
    assert look_up([*TERMS, "served"]) == nothing
    hand_out.publish({"host": OTHER})
    assert look_up([*TERMS, "served"], device_tokens__minted={"complete": False, "hosts": {}}) == nothing, "an old one"


def test_a_host_that_wanted_nothing_was_served(hand_out: HandOut) -> None:
    hand_out.publish({"host": {}})
    assert look_up([*TERMS, "served"], device_tokens__minted=SERVED) == [None, None, None, True]
