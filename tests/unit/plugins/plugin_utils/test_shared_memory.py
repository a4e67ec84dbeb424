# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Memory that processes share, with processes that are forked from the one of the tests, as Ansible's are."""

from __future__ import annotations

import json
import multiprocessing
import types
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from typing import TypeVar

import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _shared_memory
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import AccessTokens, HandOut

FORK = multiprocessing.get_context("fork")
LATER = 4_000_000_000.0  # seconds since the epoch
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


@pytest.fixture
def tokens() -> AccessTokens:
    return AccessTokens()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which access tokens expire."""
    now = [1000.0]
    monkeypatch.setattr(_shared_memory, "time", types.SimpleNamespace(time=lambda: now[0]))
    return now


def test_access_tokens(tokens: AccessTokens) -> None:
    assert tokens.get("a") is None
    tokens.put("a", "token of a", LATER)
    tokens.put("b", "token of b", LATER + 0.5)
    assert tokens.get("a") == ("token of a", LATER)
    assert tokens.get("b") == ("token of b", LATER + 0.5)
    assert tokens.get("c") is None


def test_an_access_token_takes_the_place_of_another(tokens: AccessTokens) -> None:
    for token in ("first", "a second one that is longer", "3rd"):
        tokens.put("a", token, LATER)
        assert tokens.get("a") == (token, LATER)


def test_an_access_token_that_was_taken_back(tokens: AccessTokens) -> None:
    tokens.put("a", "token", LATER)
    tokens.put("a", "", 0)
    assert tokens.get("a") == ("", 0)


def test_expired_access_tokens_are_dropped(tokens: AccessTokens, now: list[float]) -> None:
    tokens.put("a", "token", 1010)
    tokens.put("b", "token", 1020)
    now[0] = 1010
    tokens.put("c", "token", 1030)
    assert [tokens.get(key) for key in "abc"] == [None, ("token", 1020), ("token", 1030)]


def test_the_oldest_access_tokens_give_way() -> None:
    tokens = AccessTokens(256)
    for key in "abac":
        tokens.put(key, key * 60, LATER)
    assert tokens.get("b") is not None
    tokens.put("d", "d" * 60, LATER)
    assert [key for key in "abcd" if tokens.get(key)] == ["a", "c", "d"], "b was there for longest"
    tokens.put("e", "e" * 150, LATER)
    assert [key for key in "abcde" if tokens.get(key)] == ["e"]
    tokens.put("f", "f" * 300, LATER)
    assert not [key for key in "abcdef" if tokens.get(key)], "there never is room for it"


def test_an_access_token_that_just_fits() -> None:
    size = len(json.dumps({"a": ["token", LATER]}))
    tight = AccessTokens(size)
    tight.put("a", "token", LATER)
    assert tight.get("a") is None
    fitting = AccessTokens(size + 1)
    fitting.put("a", "token", LATER)
    assert fitting.get("a") == ("token", LATER)


def test_access_tokens_are_shared(tokens: AccessTokens) -> None:
    fork(lambda: tokens.put("a", "token", LATER))
    assert tokens.get("a") == ("token", LATER)
    assert fork(lambda: tokens.get("a")) == ("token", LATER)


class Guest:
    """A process that enters where it finds the access tokens, and leaves when it is told to."""

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens
        self.said, self._says = FORK.Pipe(duplex=False)
        self._hears, self._tell = FORK.Pipe(duplex=False)
        self.process: BaseProcess = FORK.Process(target=self._run)
        self.process.start()
        assert self.hear() == "waits"

    def hear(self, seconds: float = 10) -> str | None:
        return str(self.said.recv()) if self.said.poll(seconds) else None

    def leave(self) -> None:
        self._tell.send("leave")

    def die(self) -> None:
        self.process.kill()
        self.process.join()

    def _run(self) -> None:
        self._says.send("waits")
        with self._tokens:
            self._says.send("is in")
            self._hears.recv()
        self._says.send("is out")


@pytest.fixture
def guests(tokens: AccessTokens) -> Iterator[Callable[[], Guest]]:
    """Makes guests, and sees them off."""
    made: list[Guest] = []

    def make() -> Guest:
        made.append(Guest(tokens))
        return made[-1]

    yield make
    for guest in made:
        guest.leave()
        guest.process.join(10)


@pytest.mark.parametrize("end", [Guest.leave, Guest.die])
def test_access_tokens_are_for_one_process_at_a_time(guests: Callable[[], Guest], end: Callable[[Guest], None]) -> None:
    first = guests()
    assert first.hear() == "is in"
    second = guests()
    assert second.hear(0.03) is None
    end(first)
    assert second.hear() == "is in"


def test_a_process_that_has_left_lets_this_one_in(tokens: AccessTokens, guests: Callable[[], Guest]) -> None:
    guest = guests()
    assert guest.hear() == "is in"
    guest.leave()
    assert guest.hear() == "is out"
    with tokens:
        second = guests()
        assert second.hear(0.03) is None
    assert second.hear() == "is in"


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
