# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The shared cache, with processes that are forked from the test process, like those of Ansible."""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
import types
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth import authorizer as authorizer_module
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.authorizer import Authorizer
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError, EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run import shared_cache as shared_module
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.shared_cache import (
    SharedCache,
    ValueWithExpiry,
)

from tests.unit.plugins.module_utils.authorization import AuthorizationServer

FORK = multiprocessing.get_context("fork")
LONG = 30.0  # seconds; for operations that must succeed even on a busy machine
LATER = 4_000_000_000.0  # seconds since the epoch
FAILURE = CredentialsError("No.", likely_cause="Reasons.", http_status=403, reason="forbidden", status="DENIED")
CREATES = "creates"  # the message of a requester that starts to create the value
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the forked processes need no other thread


class Requester:
    """A process that requests a value. If it has to create the value, it waits for ``create``."""

    def __init__(self, shared: SharedCache, key: str, name: str) -> None:
        self.said, self._says = FORK.Pipe(duplex=False)
        self._hears, self._tell = FORK.Pipe(duplex=False)
        self.process: BaseProcess = FORK.Process(target=self._run, args=(shared, key, name))
        self.process.start()
        assert self.hear() == "requests"

    def hear(self) -> Any:
        """Its next message: that it creates the value, or its result."""
        assert self.said.poll(LONG)
        return self.said.recv()

    def create(self, what: Any) -> Any:
        """Make it create a value or raise an exception. Returns its result."""
        self._tell.send(what)
        return self.hear()

    def end(self) -> None:
        self.process.kill()
        self.process.join(LONG)

    def _run(self, shared: SharedCache, key: str, name: str) -> None:
        signal.signal(signal.SIGALRM, self._interrupt)
        got: Any
        try:
            self._says.send("requests")
            got = shared.get(key, name, self._create)
        except (EmmError, TimeoutError, KeyboardInterrupt) as error:
            got = error
        self._says.send(got)

    def _create(self) -> ValueWithExpiry:
        self._says.send(CREATES)
        what = self._hears.recv()
        if isinstance(what, BaseException):
            raise what
        return what, LATER

    def _interrupt(self, *_signal: object) -> None:
        raise TimeoutError("the time limit of the task")


Start = Callable[..., Requester]


@pytest.fixture
def shared() -> SharedCache:
    return SharedCache()


@pytest.fixture
def start(shared: SharedCache) -> Iterator[Start]:
    """Starts requesters, and ends them after the test."""
    started: list[Requester] = []

    def start(key: str = "key") -> Requester:
        started.append(Requester(shared, key, f"requester {len(started)}"))
        return started[-1]

    yield start
    for requester in started:
        requester.end()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock for the expiry of values."""
    now = [1000.0]
    monkeypatch.setattr(shared_module, "time", types.SimpleNamespace(time=lambda: now[0]))
    return now


def creates(value: Any, expires: float | None = LATER) -> Callable[[], ValueWithExpiry]:
    return lambda: (value, expires)


def fails() -> ValueWithExpiry:
    raise FAILURE


def must_not_create() -> ValueWithExpiry:
    raise AssertionError("the value should be cached")


def test_first_requester_creates_the_value_and_the_others_wait(start: Start, shared: SharedCache) -> None:
    first = start()
    assert first.hear() == CREATES
    others = [start() for dummy in range(3)]
    of_another_key = start("another key")
    assert of_another_key.hear() == CREATES
    assert of_another_key.create("another value") == "another value"
    assert first.create({"token": "value"}) == {"token": "value"}
    assert [requester.hear() for requester in others] == [{"token": "value"}] * 3
    assert shared.get("key", "late", must_not_create) == {"token": "value"}
    assert shared.get("another key", "late", must_not_create) == "another value"


def test_waiting_requesters_get_the_same_failure(start: Start, shared: SharedCache) -> None:
    first = start()
    assert first.hear() == CREATES
    others = [start() for dummy in range(3)]
    got = [first.create(FAILURE), *(requester.hear() for requester in others)]
    with pytest.raises(EmmError) as late:
        shared.get("key", "late", must_not_create)
    for failure in (*got, late.value):
        assert isinstance(failure, EmmError)
        assert failure.message == "No."
        assert failure.likely_cause == "Reasons."
        assert failure.details() == {"http_status": 403, "reason": "forbidden", "status": "DENIED"}


@pytest.mark.parametrize("end", ["an exception", "killed"])
def test_next_requester_creates_the_value_after_an_interruption(start: Start, end: str) -> None:
    first = start()
    assert first.hear() == CREATES
    others = [start() for dummy in range(2)]
    if end == "killed":
        first.end()
    else:
        assert isinstance(first.create(KeyboardInterrupt()), KeyboardInterrupt)
    [turn] = wait([requester.said for requester in others], LONG)
    others.sort(key=lambda requester: requester.said is not turn)
    assert others[0].hear() == CREATES
    assert [others[0].create("value"), others[1].hear()] == ["value", "value"]


def test_time_limit_ends_the_wait(start: Start) -> None:
    first = start()
    assert first.hear() == CREATES
    second, third = start(), start()
    assert not second.said.poll(0.1)
    os.kill(second.process.pid or 0, signal.SIGALRM)
    assert isinstance(second.hear(), TimeoutError)
    assert [first.create("value"), third.hear()] == ["value", "value"]


def test_value_is_shared_with_all_requesters(shared: SharedCache) -> None:
    assert [
        shared.get("key", name, create)
        for name, create in (("a", creates(1)), ("b", must_not_create), ("a", must_not_create))
    ] == [1] * 3


def test_once_per_requester_returns_a_value_only_once() -> None:
    """A requester that comes again creates the next value, also for later requesters."""
    shared = SharedCache(once_per_requester=True)
    turns = [
        ("a", creates(1)),
        ("b", must_not_create),
        ("a", creates(2)),
        ("c", must_not_create),
        ("b", must_not_create),
        ("b", creates(3)),
    ]
    assert [shared.get("key", name, create) for name, create in turns] == [1, 1, 2, 2, 2, 3]


def test_requester_tries_again_after_a_failure(shared: SharedCache) -> None:
    for name, create in (
        ("a", fails),
        ("b", must_not_create),
        ("a", fails),
        ("b", must_not_create),
        ("c", must_not_create),
    ):
        with pytest.raises(EmmError, match="No"):
            shared.get("key", name, create)
    assert shared.get("key", "b", creates("value")) == "value"
    assert shared.get("key", "d", must_not_create) == "value"


@pytest.mark.parametrize(("lasts", "passed", "expected"), [(60.0, 59, "No"), (60.0, 60, None), (None, 9999, "No")])
def test_failure_is_shared_for_its_lifetime(
    now: list[float], lasts: float | None, passed: float, expected: str | None
) -> None:
    shared = SharedCache(failure_lifetime=lasts)
    with pytest.raises(EmmError, match="No"):
        shared.get("key", "a", fails)
    now[0] += passed
    if expected:
        with pytest.raises(EmmError, match=expected):
            shared.get("key", "b", must_not_create)
    else:
        assert shared.get("key", "b", creates("value")) == "value"


def test_other_exceptions_keep_the_old_value() -> None:
    shared = SharedCache(once_per_requester=True)
    assert shared.get("key", "a", creates("value")) == "value"

    def ends() -> ValueWithExpiry:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shared.get("key", "a", ends)
    assert shared.get("key", "b", must_not_create) == "value"
    assert shared.get("key", "a", creates("another value")) == "another value"


@pytest.mark.parametrize(("expires", "passed"), [(1010.0, 10), (1010.0, 9), (None, 9999), (0.0, 0)])
def test_expired_value_is_created_again(
    shared: SharedCache, now: list[float], expires: float | None, passed: float
) -> None:
    assert shared.get("key", "a", creates("old", expires)) == "old"
    now[0] += passed
    is_valid = expires is None or now[0] < expires
    assert shared.get("key", "b", creates("new")) == ("old" if is_valid else "new")


def test_invalid_value_is_created_again(shared: SharedCache) -> None:
    assert shared.get("key", "a", creates(1), lambda value: value > 1) == 1
    assert shared.get("key", "b", creates(2), lambda value: value > 1) == 2
    assert shared.get("key", "c", must_not_create) == 2
    with pytest.raises(EmmError):
        shared.get("failing", "a", fails)
    with pytest.raises(EmmError):
        shared.get("failing", "b", must_not_create, lambda value: False)


def test_forgotten_value_is_created_again(shared: SharedCache) -> None:
    shared.forget("key", "value")
    assert shared.get("key", "a", creates({"token": "value"})) == {"token": "value"}
    shared.forget("key", {"token": "another"})
    shared.forget("another key", {"token": "value"})
    assert shared.get("key", "a", must_not_create) == {"token": "value"}
    shared.forget("key", {"token": "value"})
    assert shared.get("key", "a", creates("new")) == "new"


def test_failure_cannot_be_forgotten(shared: SharedCache) -> None:
    with pytest.raises(EmmError):
        shared.get("key", "a", fails)
    shared.forget("key", None)
    with pytest.raises(EmmError):
        shared.get("key", "b", must_not_create)


@pytest.mark.parametrize("value", [None, False, 0, "", "text\nwith lines", [1, {"a": None}], {"ключ": "\udcff"}])
@pytest.mark.parametrize("key", ["", "key", "ключ", "\udcff", "two\nlines of | text"])
def test_all_json_values_and_keys_can_be_shared(shared: SharedCache, key: str, value: object) -> None:
    assert shared.get(key, key, creates(value)) == value
    assert shared.get(key, "another", must_not_create) == value
    assert shared.get(f"{key}.", key, creates("of another key")) == "of another key"
    shared.forget(key, value)
    assert shared.get(key, key, creates("new")) == "new"


def test_oldest_entries_are_dropped() -> None:
    shared = SharedCache(1000)
    for key in "abc":
        shared.get(key, "", creates(key * 200))
    shared.get("a", "", creates("A" * 200), lambda value: value.isupper())
    shared.get("d", "", creates("d" * 200))
    assert [shared.get(key, "", creates("gone")) for key in "acd"] == ["A" * 200, "c" * 200, "d" * 200]
    assert shared.get("b", "", creates("gone")) == "gone", "the oldest"


@pytest.mark.parametrize(("room", "is_shared"), [(-1, False), (0, True)])
def test_too_large_value_is_not_shared(room: int, is_shared: bool) -> None:
    size = len(b"d" * 32 + b"|" + b"d" * 16 + b' {"value": "xxxx", "expires": null}\n')
    shared = SharedCache(size + room)
    assert shared.get("key", "", creates("xxxx", None)) == "xxxx"
    assert shared.get("key", "", creates("again", None)) == ("xxxx" if is_shared else "again")


def test_entry_has_room_for_many_requesters() -> None:
    shared = SharedCache(once_per_requester=True)
    names = [f"host-{number}" for number in range(500)]
    assert shared.get("key", "first", creates(1)) == 1
    assert [shared.get("key", name, must_not_create) for name in names] == [1] * len(names)
    assert shared.get("key", names[250], creates(2)) == 2


def test_only_memory_from_before_the_fork_is_shared(shared: SharedCache) -> None:
    def ask() -> None:
        says.send((shared.get("key", "child", must_not_create), SharedCache().get("key", "child", creates("its own"))))

    shared.get("key", "parent", creates("value"))
    said, says = FORK.Pipe(duplex=False)
    process = FORK.Process(target=ask)
    process.start()
    assert said.poll(LONG)
    assert said.recv() == ("value", "its own")
    process.join(LONG)


class KillingMemory(mmap.mmap):
    """Memory that kills the process after a number of writes."""

    left = 9999

    def __setitem__(self, place: Any, value: Any) -> None:
        if KillingMemory.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        KillingMemory.left -= 1
        super().__setitem__(place, value)


@pytest.mark.parametrize("left", [0, 1])
def test_process_killed_while_writing_leaves_memory_consistent(monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    monkeypatch.setattr(mmap, "mmap", KillingMemory)
    shared = SharedCache()
    shared.get("before", "", creates("value"))

    def write() -> None:
        KillingMemory.left = left
        shared.get("key", "", creates("lost"))

    process = FORK.Process(target=write)
    process.start()
    process.join(LONG)
    assert process.exitcode == -signal.SIGKILL
    assert shared.get("before", "", must_not_create) == "value"
    assert shared.get("key", "", creates("made again")) == "made again"
    assert shared.get("before", "", must_not_create) == "value"


def test_locks_work_without_memfd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    shared = SharedCache()
    first = Requester(shared, "key", "first")
    assert first.hear() == CREATES
    second = Requester(shared, "key", "second")
    assert first.create("value") == "value"
    assert second.hear() == "value"
    for requester in (first, second):
        requester.end()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> AuthorizationServer:
    server = AuthorizationServer()
    monkeypatch.setattr(authorizer_module, "load", server.load)
    return server


def authorizer(shared: SharedCache, requester: str) -> Authorizer:
    options = AuthOptions.from_options({"service_account_email": "emm@project.iam.gserviceaccount.com"}, {})
    connection = ConnectionOptions("https://www.googleapis.com", timeout=1, retries=0, ca_path=None)
    return Authorizer(
        options, Session(connection, rate_limited_prefix="https://www.googleapis.com/"), shared, requester
    )


def test_access_tokens_are_shared(shared: SharedCache, server: AuthorizationServer) -> None:
    [first, *others] = [authorizer(shared, name) for name in "abc"]
    headers = [user.header() for user in (first, *others)]
    assert headers == [{"authorization": "Bearer token-1"}] * 3
    assert server.exchanges == 1
    assert others[0].renew(headers[0]), "also if another requester got it"
    assert others[1].renew(headers[0])
    assert [user.header() for user in others] == [{"authorization": "Bearer token-2"}] * 2


def test_failed_exchange_is_shared(shared: SharedCache, server: AuthorizationServer) -> None:
    server.broken = True
    for dummy in range(3):
        failures = []
        for name in "abc":
            with pytest.raises(EmmError, match="invalid_grant") as failure:
                authorizer(shared, name).header()
            failures.append((str(failure.value), failure.value.details()))
        assert len(set(map(repr, failures))) == 1
    assert server.exchanges == 3, "one for each round of requests"
    server.broken = False
    assert [authorizer(shared, name).header() for name in "abc"] == [{"authorization": "Bearer token-4"}] * 3
