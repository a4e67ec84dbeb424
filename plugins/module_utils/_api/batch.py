# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs many requests in parallel, over one connection pool. What succeeds is returned even if other requests fail.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import Effect
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

CONCURRENCY_MAX = 100
REPORT_EVERY = 5.0  # seconds
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Success:
    """The outcome of a request that was carried out: its resource, as results contain it, and whether it changed."""

    resource: dict[str, Any]
    changed: bool = True


Outcome: TypeAlias = "Success | EmmError"


class Request(Protocol):
    """A request for one resource. It may take several calls of the API."""

    @property
    def effect(self) -> Effect:
        """The effect of the whole request, for messages about unexpected errors."""

    def identity(self) -> Mapping[str, str]:
        """What distinguishes the request from the others of a task, as result fields."""

    def preview(self, client: Client) -> Success:
        """What ``run`` would return, for check mode. It may read, but changes nothing. Raises ``EmmError``."""

    def run(self, client: Client) -> Success:
        """Carry out the request. Raises ``EmmError``."""


@dataclass(frozen=True)
class Progress:
    """The progress of a batch: of ``total`` requests, how many succeeded and how many failed."""

    total: int
    succeeded: int
    failed: int


def check_concurrency(concurrency: int) -> int:
    """The option's value. Raises ``OptionError``."""
    if not 1 <= concurrency <= CONCURRENCY_MAX:
        raise OptionError("concurrency", concurrency, f"it must be from 1 to {CONCURRENCY_MAX}")
    return concurrency


def run_all(
    client: Client,
    requests: Sequence[Request],
    *,
    concurrency: int,
    report: Callable[[Progress], None],
) -> list[Outcome]:
    """Run the requests, ``concurrency`` at a time. Returns their outcomes in the same order.

    ``report`` is called every ``REPORT_EVERY`` seconds, unless there is only one request. Raises ``EmmError``, before
    any request is run, if no thread can be started.

    If this thread is interrupted, for example by a time limit, requests in flight end on their own, and no other
    starts. The function does not wait for them. The caller closes the client, so that they are not retried.
    """
    if not requests:
        return []
    batch = _Batch(client, requests)
    try:
        batch.start(min(concurrency, len(requests)))
        return batch.wait(report)
    finally:
        batch.stop()


def run_in_turn(client: Client, requests: Sequence[Request]) -> list[Outcome]:
    """Run the requests one after the other, up to the first failure. The rest have no outcome."""
    outcomes: list[Outcome] = []
    for request in requests:
        try:
            outcomes += run_all(client, [request], concurrency=1, report=lambda progress: None)
        except EmmError as error:
            outcomes.append(error)
        if isinstance(outcomes[-1], EmmError):
            break
    return outcomes


def describe_failures(requests: Sequence[Request], outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The failures among the outcomes, as result fields: index, user, message and details from the response."""
    return [
        {"index": index, **request.identity(), "message": str(outcome), **outcome.details()}
        for index, (request, outcome) in enumerate(zip(requests, outcomes, strict=True))
        if isinstance(outcome, EmmError)
    ]


class _Batch:
    """The requests, which threads take one after the other, and their outcomes."""

    def __init__(self, client: Client, requests: Sequence[Request]) -> None:
        self._client = client
        self._todo = iter(enumerate(requests))
        self._total = len(requests)
        self._outcomes: dict[int, Outcome] = {}
        self._lock = threading.Lock()
        self._complete = threading.Event()
        self._stopped = False

    def start(self, count: int) -> None:
        """Start ``count`` threads, or as many as the system allows. Raises ``EmmError`` if it allows none."""
        for number in range(count):
            try:
                # Not a thread pool: at exit, a process waits for the threads of a pool, whatever ended it.
                threading.Thread(target=self._work, daemon=True).start()
            except (RuntimeError, MemoryError) as error:
                if number == 0:
                    reason = str(error) or type(error).__name__
                    raise EmmError(
                        f"No request was sent because no thread could be started ({reason}). Check the limits of this "
                        "user or container on processes and memory."
                    ) from error
                return

    def wait(self, report: Callable[[Progress], None]) -> list[Outcome]:
        """Wait for all outcomes and return them. Report progress until then."""
        while not self._complete.wait(REPORT_EVERY):
            if self._total > 1:
                report(self._progress())
        return [self._outcomes[index] for index in range(self._total)]

    def _progress(self) -> Progress:
        outcomes = self._outcomes.copy().values()
        failed = sum(isinstance(outcome, EmmError) for outcome in outcomes)
        return Progress(self._total, len(outcomes) - failed, failed)

    def stop(self) -> None:
        """Stop all threads from starting another request."""
        self._stopped = True

    def _work(self) -> None:
        while (numbered := self._next()) is not None:
            index, request = numbered
            outcome = _returnable(request, _run(self._client, request))
            with self._lock:
                self._outcomes[index] = outcome
                if len(self._outcomes) == self._total:
                    self._complete.set()

    def _next(self) -> tuple[int, Request] | None:
        with self._lock:
            return None if self._stopped else next(self._todo, None)


def _run(client: Client, request: Request) -> Outcome:
    try:
        return _attempt(client, request)
    except EmmError as error:
        return error


def _attempt(client: Client, request: Request) -> Success:
    """Run one request. Raises only ``EmmError``, so that the outcomes of others are not lost."""
    try:
        return request.run(client)
    except EmmError:
        raise
    except BaseException as error:  # without its text and traceback, which may contain a secret
        kind = type(error).__name__
        raise EmmError(request.effect.describe_lost(f"Unexpected error ({kind}).")) from None


def _returnable(request: Request, outcome: Outcome) -> Outcome:
    """An outcome that can be returned: the whole result is lost if a part cannot be encoded as JSON in UTF-8."""
    content: Any
    if isinstance(outcome, EmmError):
        content, describe = [str(outcome), outcome.details()], request.effect.describe_lost
    else:
        content, describe = outcome.resource, request.effect.describe_carried_out
    try:
        _JSON.encode(content).encode()
    except (ValueError, TypeError, RecursionError) as error:
        return EmmError(describe(f"The response contains something that cannot be returned ({type(error).__name__})."))
    return outcome
