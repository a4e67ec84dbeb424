# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Many tokens at a time, over one connection pool: whatever fails, what was minted is returned.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._tokens import (
    AuthenticationTokenRequest,
    TokenRequest,
)

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client

CONCURRENCY_MAX = 100
REPORT_EVERY = 5.0  # seconds
Outcome: TypeAlias = "dict[str, Any] | EmmError"  # the resource, or what went wrong


@dataclass(frozen=True)
class Progress:
    """How far a batch is: of ``total`` tokens, how many were minted and how many failed."""

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
    """Mint a token for each request, ``concurrency`` at a time: the resource or what went wrong, in the same order.

    ``report`` is called every ``REPORT_EVERY`` seconds. Raises ``CredentialsError``, before anything is minted, if
    there is no access token to be had.
    """
    if not requests:
        return []
    client.authorize()  # once for all, and before all
    executor = ThreadPoolExecutor(min(concurrency, len(requests)))
    try:
        outcomes = [executor.submit(_mint, client, request) for request in requests]
        _watch(outcomes, report)
        return [outcome.result() for outcome in outcomes]
    finally:
        executor.shutdown(cancel_futures=True)  # where this thread was interrupted, by a time limit for example


def describe_failures(requests: Sequence[TokenRequest], outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The failures among the outcomes, as result fields: index, user, message and what the server said."""
    return [
        {"index": index, **_identify(request), "message": str(outcome), **outcome.details()}
        for index, (request, outcome) in enumerate(zip(requests, outcomes, strict=True))
        if isinstance(outcome, EmmError)
    ]


def _identify(request: TokenRequest) -> Mapping[str, str]:
    return {"id": request.user_id} if isinstance(request, AuthenticationTokenRequest) else {}


def _mint(client: Client, request: TokenRequest) -> Outcome:
    try:
        return _attempt(client, request)
    except EmmError as error:
        return error


def _attempt(client: Client, request: TokenRequest) -> dict[str, Any]:
    """Mint one token. Raises nothing but ``EmmError``, for the other tokens must not be lost over it."""
    try:
        return request.mint(client)
    except EmmError:
        raise
    except Exception as error:  # not its text, which may have a token
        kind = type(error).__name__
        raise EmmError(
            f"Something unexpected went wrong ({kind}). The request may have been carried out all the same."
        ) from error


def _watch(outcomes: Sequence[Future[Outcome]], report: Callable[[Progress], None]) -> None:
    """Wait for all outcomes, and report now and then."""
    while True:
        done, pending = wait(outcomes, REPORT_EVERY)
        if not pending:
            return
        failed = sum(isinstance(outcome.result(), EmmError) for outcome in done)
        report(Progress(len(outcomes), len(done) - failed, failed))
