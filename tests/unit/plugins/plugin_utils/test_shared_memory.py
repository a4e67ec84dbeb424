# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Memory that processes share, with processes that are forked from the one of the tests, as Ansible's are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import TypeVar

import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import HandOut

FORK = multiprocessing.get_context("fork")
Result = TypeVar("Result")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # what is forked here needs no other thread


def fork(function: Callable[[], Result]) -> Result:
    """What a function returns in a process of its own."""
    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=lambda: theirs.send(function()))
    process.start()
    theirs.close()
    try:
        assert ours.poll(10)
        result: Result = ours.recv()
    finally:
        process.join(10)
        process.kill()
    return result


def test_nothing_is_handed_out_at_first() -> None:
    assert HandOut().find("a") is None


def test_each_host_finds_its_part() -> None:
    hand_out = HandOut()
    parts = {f"host-{number}": {"token": "t" * number, "number": number} for number in range(100)}
    assert hand_out.publish(parts) == {}
    assert {host: hand_out.find(host) for host in parts} == parts


@pytest.mark.parametrize("part", [None, False, "text", [1, {"a": None}], {"ключ": "значение"}])
def test_a_part_may_be_whatever_json_has(part: object) -> None:
    hand_out = HandOut()
    hand_out.publish({"хост": part})
    assert hand_out.find("хост") == part


@pytest.mark.parametrize("hosts", [0, 1, 2, 9])
def test_other_hosts_find_nothing(hosts: int) -> None:
    hand_out = HandOut()
    hand_out.publish({f"host-{number}": "part" for number in range(hosts)})
    assert {hand_out.find(f"other-{number}") for number in range(50)} == {None}


def test_what_is_handed_out_replaces_what_was() -> None:
    hand_out = HandOut()
    hand_out.publish({"a": "a long part of a", "b": "part of b", "c": "part of c"})
    hand_out.publish({"b": "new"})
    assert [hand_out.find(host) for host in "abc"] == [None, "new", None]
    hand_out.publish({})
    assert [hand_out.find(host) for host in "abc"] == [None, None, None]


def test_where_there_is_no_room_it_is_returned() -> None:
    parts = {host: host * 10 for host in "abcdef"}
    too_long = {"x": "x" * 1000, "y": "y" * 1000}
    hand_out = HandOut(500)
    assert hand_out.publish(parts | too_long) == too_long
    assert {host: hand_out.find(host) for host in "abcdefxy"} == {**parts, "x": None, "y": None}


def test_the_last_byte_may_be_used() -> None:
    size = len('"part"')
    assert HandOut(size).publish({"a": "part"}) == {}
    assert HandOut(size - 1).publish({"a": "part"}) == {"a": "part"}


def test_where_there_is_no_room_at_all() -> None:
    hand_out = HandOut(size=0)
    assert hand_out.publish({"a": "part"}) == {"a": "part"}
    assert hand_out.find("a") is None


def test_where_there_are_more_hosts_than_it_has_places() -> None:
    parts = {host: host * 10 for host in "abcdef"}
    hand_out = HandOut(hosts=4)
    rest = hand_out.publish(parts)
    assert len(rest) == 2
    assert {host: hand_out.find(host) for host in parts} == {**parts, **dict.fromkeys(rest)}
    assert hand_out.publish(rest) == {}


def test_what_is_handed_out_is_shared() -> None:
    hand_out = HandOut()
    fork(lambda: hand_out.publish({"a": "part"}))
    assert hand_out.find("a") == "part"
    assert fork(lambda: hand_out.find("a")) == "part"


def test_only_what_was_there_before_the_fork_is_shared() -> None:
    hand_out = HandOut()
    assert not hand_out.is_shared()
    assert fork(hand_out.is_shared)
    assert not fork(lambda: HandOut().is_shared())
