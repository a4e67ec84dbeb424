# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Mints many tokens in parallel, over one connection pool. Tokens are returned even if others fail.

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
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

CONCURRENCY_MAX = 100
REPORT_EVERY = 5.0  # seconds
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
Outcome: TypeAlias = "dict[str, Any] | EmmError"  # the resource, or the error


class TokenRequest(Protocol):
    """A request for one token."""

    def identity(self) -> Mapping[str, str]:
        """What distinguishes the request from the others of a task, as result fields."""

    def preview(self) -> dict[str, Any]:
        """The structure of the result, without a token, for check mode."""

    def mint(self, client: Client) -> dict[str, Any]:
        """Mint the token and return the module's result. Raises ``EmmError``."""


@dataclass(frozen=True)
class Progress:
    """The progress of a batch: of ``total`` tokens, how many were minted and how many failed."""

    total: int
    minted: int
    failed: int


def check_concurrency(concurrency: int) -> int:
    """The option's value. Raises ``OptionError``."""
    if not 1 <= concurrency <= CONCURRENCY_MAX:
        raise OptionError("concurrency", concurrency, f"it must be from 1 to {CONCURRENCY_MAX}")
    return concurrency


def mint_all(
    client: Client,
    requests: Sequence[TokenRequest],
    *,
    concurrency: int,
    report: Callable[[Progress], None],
) -> list[Outcome]:
    """Mint a token for each request, ``concurrency`` at a time. Returns resources or errors, in the same order.

    ``report`` is called every ``REPORT_EVERY`` seconds, unless there is only one request. Raises ``EmmError``, before
    anything is minted, if there is no access token, or if no thread can be started.

    If this thread is interrupted, for example by a time limit, requests in flight end on their own, and no other
    starts. The function does not wait for them. The caller closes the client, so that they are not retried.
    """
    if not requests:
        return []
    client.authorize()  # once, before all requests
    batch = _Batch(client, requests)
    try:
        batch.start(min(concurrency, len(requests)))
        return batch.wait(report)
    finally:
        batch.stop()


def mint_in_turn(client: Client, requests: Sequence[TokenRequest]) -> list[Outcome]:
    """Mint a token for each request, one after the other, up to the first failure. The rest have no outcome."""
    outcomes: list[Outcome] = []
    for request in requests:
        try:
            outcomes += mint_all(client, [request], concurrency=1, report=lambda progress: None)
        except EmmError as error:
            outcomes.append(error)
        if isinstance(outcomes[-1], EmmError):
            break
    return outcomes


def describe_failures(requests: Sequence[TokenRequest], outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The failures among the outcomes, as result fields: index, user, message and details from the response."""
    return [
        {"index": index, **request.identity(), "message": str(outcome), **outcome.details()}
        for index, (request, outcome) in enumerate(zip(requests, outcomes, strict=True))
        if isinstance(outcome, EmmError)
    ]


class _Batch:
    """The requests, which threads take one after the other, and their outcomes."""

    def __init__(self, client: Client, requests: Sequence[TokenRequest]) -> None:
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
                        f"Nothing was minted because no thread could be started ({reason}). Check the limits of this "
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
            outcome = _returnable(_mint(self._client, request))
            with self._lock:
                self._outcomes[index] = outcome
                if len(self._outcomes) == self._total:
                    self._complete.set()

    def _next(self) -> tuple[int, TokenRequest] | None:
        with self._lock:
            return None if self._stopped else next(self._todo, None)


def _mint(client: Client, request: TokenRequest) -> Outcome:
    try:
        return _attempt(client, request)
    except EmmError as error:
        return error


def _attempt(client: Client, request: TokenRequest) -> dict[str, Any]:
    """Mint one token. Raises only ``EmmError``, so that other tokens are not lost."""
    try:
        return request.mint(client)
    except EmmError:
        raise
    except BaseException as error:  # without its text and traceback, which may contain a token
        kind = type(error).__name__
        raise EmmError(f"Unexpected error ({kind}). The request may have been carried out all the same.") from None


def _returnable(outcome: Outcome) -> Outcome:
    """An outcome that can be returned: the whole result is lost if a part cannot be encoded as JSON in UTF-8."""
    content: Any
    if isinstance(outcome, EmmError):
        content, carried_out = [str(outcome), outcome.details()], "may have been carried out all the same"
    else:
        content, carried_out = outcome, "was carried out, and a token may exist"
    try:
        _JSON.encode(content).encode()
    except (ValueError, TypeError, RecursionError) as error:
        kind = type(error).__name__
        return EmmError(f"The response contains something that cannot be returned ({kind}). The request {carried_out}.")
    return outcome
