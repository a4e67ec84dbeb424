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


def test_what_was_minted_for_the_host_alone(hand_out: HandOut) -> None:
    own = {"hosts": {"host": MINTED}}
    assert look_up(TERMS, device_tokens__own=own) == EXPECTED
    hand_out.publish({"host": OTHER})
    assert look_up(TERMS, device_tokens__own=own, device_tokens__batch={"hosts": {"host": OTHER}}) == EXPECTED


def test_what_was_minted_for_all_and_handed_out(hand_out: HandOut) -> None:
    hand_out.publish({"host": MINTED, "other": OTHER})
    assert look_up(TERMS) == EXPECTED
    skipped = {"changed": False, "skipped": True}
    assert look_up(TERMS, device_tokens__own=skipped, device_tokens__batch={"complete": True, "hosts": {}}) == EXPECTED
    assert look_up(TERMS, device_tokens__batch={"hosts": {"other": OTHER}}) == EXPECTED


def test_what_was_minted_for_all_and_had_no_room() -> None:
    batch = {"complete": True, "hosts": {"host": MINTED, "other": OTHER}}
    assert look_up(TERMS, device_tokens__own={"skipped": True}, device_tokens__batch=batch) == EXPECTED


def test_why_a_host_was_refused(hand_out: HandOut) -> None:
    hand_out.publish({"host": {"refusal": "because"}})
    assert look_up(["refusal", "enrollment"]) == ["because", None]
    assert look_up(["refusal"]) == ["because"]
    assert look_up([]) == []


def test_nothing_was_minted() -> None:
    assert look_up(TERMS) == [None, None, None]
    assert look_up(["enrollment"], device_tokens__own={"hosts": {"host": {}}}) == [None]
    assert look_up(["enrollment"], device_tokens__own={"hosts": {"other": OTHER}}) == [None]
