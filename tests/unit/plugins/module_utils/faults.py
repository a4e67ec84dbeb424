# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Helpers of the tests of faults: mint with a client, and check the outcomes."""

from __future__ import annotations

import contextlib
import threading
import traceback
from collections.abc import Iterator

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Outcome, Success, run_all
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)

LONG = 30.0  # seconds; for operations that must succeed even on a busy machine
SHORT = 0.5  # seconds; for operations that must time out
SECRET = "hunter2"  # part of everything that no text may contain
MAY_EXIST = "a token may exist all the same"
MAY_BE_DONE = "may have been carried out all the same"
ACCESS_TOKEN = AuthOptions.from_options({"access_token": f"{SECRET}-access"}, {})


@contextlib.contextmanager
def client_for(
    url: str,
    *,
    timeout: float = LONG,
    retries: int = 0,
    ca_path: str | None = None,
    auth: AuthOptions = ACCESS_TOKEN,
) -> Iterator[Client]:
    """A client for a server."""
    client = Client(ConnectionOptions(url, timeout, retries, ca_path), auth)
    try:
        yield client
    finally:
        client.close()


def mint(client: Client, users: int = 4, after_first: threading.Event | None = None) -> list[Outcome]:
    """The outcomes for users u0, u1 and so on, minted one after the other, on one connection if possible.

    ``after_first`` is awaited before the second request. Data that arrives later cannot be detected.
    """
    client.authorize()
    first, *others = [AuthenticationTokenRequest("LC1", user) for user in user_ids(users)]
    outcomes = run_all(client, [first], concurrency=1, report=lambda progress: None)
    if after_first:
        assert after_first.wait(LONG)
    return outcomes + run_all(client, others, concurrency=1, report=lambda progress: None)


def user_ids(users: int = 4) -> list[str]:
    """The users for whom tokens are minted."""
    return [f"u{number}" for number in range(users)]


def tokens(outcomes: list[Outcome]) -> list[str]:
    """The tokens of the outcomes, none of which may be a failure."""
    for outcome in outcomes:
        assert not isinstance(outcome, EmmError), str(outcome)
    return [outcome.resource["token"] for outcome in outcomes if isinstance(outcome, Success)]


def expected_tokens(users: int = 4) -> list[str]:
    """The expected tokens: each user has their own."""
    return [f"token-of-{user}" for user in user_ids(users)]


def check_failure(outcome: object, reason: str, consequence: str = "") -> None:
    """Check the reason and the consequence in the text of a failure, and that it contains no secret."""
    assert isinstance(outcome, EmmError), "it should have failed"
    assert reason in str(outcome)
    if consequence:
        assert str(outcome).endswith(f"{consequence}.")
    else:
        assert "all the same" not in str(outcome)
    assert SECRET not in "".join(traceback.format_exception(outcome))
