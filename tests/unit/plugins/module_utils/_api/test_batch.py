# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Batches of requests, with a client that sends nothing."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api import batch
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import (
    Outcome,
    Progress,
    Request,
    Success,
    check_concurrency,
    describe_failures,
    run_all,
    run_in_turn,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import CHANGE, READ, ApiResponse, Effect
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import Clocks
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    ApiError,
    EmmError,
    OptionError,
    TransportError,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)


class Stub(Client):
    """A client that returns a token named after the user, or fails for the given users."""

    def __init__(self, failing: Collection[str] = (), before: Callable[[str], object] = lambda user: None) -> None:
        """``before`` is called before each response."""
        self.calls: list[str] = []
        self._failing = failing
        self._before = before

    def call(self, method: str, *path: str, effect: Effect, **_options: Any) -> ApiResponse:
        user = path[3]
        self.calls.append(user)
        self._before(user)
        if user in self._failing:
            raise ApiError(f"POST {user}: no.", http_status=403, reason="forbidden", status="PERMISSION_DENIED")
        moment = datetime(2026, 7, 29, tzinfo=timezone.utc)
        return ApiResponse(method, effect, 200, {"token": f"token-of-{user}"}, Clocks(moment, moment, moment))


def requests(count: int) -> list[AuthenticationTokenRequest]:
    return [AuthenticationTokenRequest("LC1", f"u{number}") for number in range(count)]


def mint(client: Client, count: int, concurrency: int) -> tuple[list[Outcome], list[Progress]]:
    """The outcomes of ``count`` requests, and the progress reports."""
    reports: list[Progress] = []
    return run_all(client, requests(count), concurrency=concurrency, report=reports.append), reports


def limit_threads(monkeypatch: pytest.MonkeyPatch, count: int, error: Exception) -> None:
    """Let only ``count`` threads start."""

    class Thread(threading.Thread):
        number = 0

        def start(self) -> None:
            Thread.number += 1
            if Thread.number > count:
                raise error
            super().start()

    monkeypatch.setattr(threading, "Thread", Thread)


def unexpected(progress: Progress) -> None:
    raise AssertionError(progress)


@pytest.mark.parametrize("kind", [RuntimeError, MemoryError, KeyboardInterrupt, SystemExit])
def test_unexpected_error_affects_only_one_token(kind: type[BaseException]) -> None:
    def before(user: str) -> None:
        if user == "u1":
            raise kind("with a secret in it")

    outcomes, dummy = mint(Stub(before=before), 3, concurrency=1)
    assert [isinstance(outcome, EmmError) for outcome in outcomes] == [False, True, False]
    assert kind.__name__ in str(outcomes[1])
    assert "carried out all the same" in str(outcomes[1])
    assert isinstance(outcomes[1], EmmError)
    assert "secret" not in "".join(traceback.format_exception(outcomes[1]))


@dataclass(frozen=True)
class RequestStub:
    """A request with the given result."""

    result: Any
    effect: Effect = CHANGE

    def identity(self) -> dict[str, str]:
        return {}

    def preview(self, _client: Client) -> Success:
        return Success({})

    def run(self, _client: Client) -> Success:
        if isinstance(self.result, EmmError):
            raise self.result
        return Success({"name": self.result})


def test_run_in_turn_stops_at_the_first_failure() -> None:
    failure = EmmError("refused")
    first, second = Success({"name": "a"}), Success({"name": "b"})
    assert run_in_turn(Stub(), [RequestStub("a"), RequestStub("b")]) == [first, second]
    assert run_in_turn(Stub(), [RequestStub("a"), RequestStub(failure), RequestStub("b")]) == [first, failure]


def test_run_in_turn_keeps_earlier_outcomes_if_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_threads(monkeypatch, 1, MemoryError())
    outcomes = run_in_turn(Stub(), [RequestStub("a"), RequestStub("b"), RequestStub("c")])
    assert outcomes[0] == Success({"name": "a"})
    assert [str(outcome)[:37] for outcome in outcomes[1:]] == ["No request was sent because no thread"]


def test_failures_of_a_request_that_only_reads_have_no_consequence() -> None:
    unencodable, unreadable = ApiError("It failed."), RequestStub("\ud800", READ)
    unencodable.message = "It\ud800failed."
    outcomes = run_all(Stub(), [RequestStub(unencodable, READ), unreadable], concurrency=1, report=unexpected)
    assert {str(outcome) for outcome in outcomes} == {
        "The response contains something that cannot be returned (UnicodeEncodeError)."
    }


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize("odd", ["a\ud800b", {"a": ["\udfff"]}, {"\ud800": 1}, b"bytes", float("nan"), {1, 2}, ENDLESS])
def test_result_that_cannot_be_encoded_fails_alone(odd: Any) -> None:
    outcomes = run_all(
        Stub(), [RequestStub("good"), RequestStub(odd), RequestStub("good")], concurrency=2, report=unexpected
    )
    assert outcomes[0] == outcomes[2] == Success({"name": "good"})
    assert str(outcomes[1]).endswith("). The request was carried out all the same.")
    assert json.dumps(str(outcomes[1]), ensure_ascii=False).encode()


def test_error_that_cannot_be_encoded_is_replaced() -> None:
    error = ApiError("It failed.")
    error.message, error.reason = "It\ud800failed.", "\udfff"
    requests: list[Request] = [RequestStub(error), RequestStub("good")]
    outcomes = run_all(Stub(), requests, concurrency=2, report=unexpected)
    [failure] = describe_failures(requests, outcomes)
    assert "may have been carried out" in failure["message"]
    assert json.dumps(failure, ensure_ascii=False).encode()
    assert outcomes[1] == Success({"name": "good"})


def test_outcomes_are_in_the_order_of_the_requests() -> None:
    later = threading.Event()

    def before(user: str) -> None:
        if user == "u0":
            assert later.wait(10)  # so that it is minted last
        if user == "u19":
            later.set()

    client = Stub(failing={"u3", "u7"}, before=before)
    outcomes, reports = mint(client, 20, concurrency=4)
    expected = [f"token-of-u{number}" for number in range(20)]
    expected[3], expected[7] = "POST u3: no.", "POST u7: no."
    assert [str(outcome) if isinstance(outcome, EmmError) else outcome.resource["token"] for outcome in outcomes] == (
        expected
    )
    assert sorted(client.calls) == sorted(f"u{number}" for number in range(20)), "each once"
    assert not reports, "the batch was short"


@pytest.mark.parametrize("concurrency", [1, 3, 100])
def test_concurrency_limits_parallel_requests(concurrency: int) -> None:
    together = min(concurrency, 12)
    gate = threading.Barrier(together, timeout=10)
    lock = threading.Lock()
    in_flight = 0
    most = 0

    def before(_user: str) -> None:
        nonlocal in_flight, most
        with lock:
            in_flight += 1
            most = max(most, in_flight)
        gate.wait()
        with lock:
            in_flight -= 1

    outcomes, dummy = mint(Stub(before=before), 12, concurrency)
    assert not any(isinstance(outcome, EmmError) for outcome in outcomes)
    assert most == together


def test_empty_batch_has_no_outcomes() -> None:
    assert mint(Stub(), 0, concurrency=5) == ([], [])


def test_progress_of_a_long_batch_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "REPORT_EVERY", 0.01)
    reported = threading.Event()
    reports = []

    def before(user: str) -> None:
        if user == "u3":
            assert reported.wait(10)

    def report(progress: Progress) -> None:
        reports.append(progress)
        if progress.succeeded + progress.failed == 3:
            reported.set()

    outcomes = run_all(Stub(failing={"u1"}, before=before), requests(4), concurrency=4, report=report)
    assert len(outcomes) == 4
    assert reports[-1] == Progress(total=4, succeeded=2, failed=1)


def test_single_token_has_no_progress_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "REPORT_EVERY", 0.001)
    outcomes, reports = mint(Stub(before=lambda user: time.sleep(0.05)), 1, concurrency=1)
    assert (len(outcomes), reports) == (1, [])


def test_interruption_ends_the_batch_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "REPORT_EVERY", 0.001)
    in_flight = threading.Barrier(3, timeout=10)
    go_on = threading.Event()
    threads = []

    def before(_user: str) -> None:
        threads.append(threading.current_thread())
        in_flight.wait()
        assert go_on.wait(10)

    def interrupt(_progress: Progress) -> None:
        in_flight.wait()
        raise TimeoutError

    client = Stub(before=before)
    with pytest.raises(TimeoutError):
        run_all(client, requests(50), concurrency=2, report=interrupt)
    assert [thread.is_alive() and thread.daemon for thread in threads] == [True, True], (
        "the process does not wait for them either"
    )
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert sorted(client.calls) == ["u0", "u1"], "no further request starts"


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()])
@pytest.mark.parametrize("started", [0, 1, 3])
def test_batch_uses_the_threads_that_could_be_started(
    monkeypatch: pytest.MonkeyPatch, started: int, error: Exception
) -> None:
    limit_threads(monkeypatch, started, error)
    client = Stub()
    if started:
        outcomes, dummy = mint(client, 20, concurrency=10)
        assert [outcome.resource["token"] for outcome in outcomes if isinstance(outcome, Success)] == [
            f"token-of-u{number}" for number in range(20)
        ]
    else:
        with pytest.raises(EmmError, match=r"^No request was sent.*\((can't|MemoryError)"):
            mint(client, 20, concurrency=10)
        assert client.calls == []


def test_failures_are_described() -> None:
    enrollment = EnrollmentTokenRequest("LC1", "userDevice", None, {})
    users = requests(3)
    outcomes: list[Outcome] = [
        Success({"token": "t"}),
        ApiError("It failed.", likely_cause="the weather.", http_status=403, reason="forbidden"),
        TransportError("No response."),
        TransportError("No response either."),
    ]
    assert describe_failures([*users, enrollment], outcomes) == [
        {
            "index": 1,
            "id": "u1",
            "message": "It failed. Likely cause: the weather.",
            "http_status": 403,
            "reason": "forbidden",
        },
        {"index": 2, "id": "u2", "message": "No response."},
        {"index": 3, "message": "No response either."},
    ]
    assert describe_failures(users[:1], outcomes[:1]) == []


@pytest.mark.parametrize("good", [1, 10, 100])
def test_valid_concurrency_is_accepted(good: int) -> None:
    assert check_concurrency(good) == good


@pytest.mark.parametrize("bad", [-1, 0, 101])
def test_concurrency_out_of_range_is_refused(bad: int) -> None:
    with pytest.raises(OptionError, match=f"^Option 'concurrency' is {bad}, but it must be from 1 to 100.$"):
        check_concurrency(bad)
