# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What all tests of faults do: they mint over a client, and look at what has come of it."""

from __future__ import annotations

import contextlib
import threading
import traceback
from collections.abc import Iterator

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Outcome, mint_all
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)

AT_LEAST = 30.0  # seconds; for what has to be done in time, however busy the machine is
SOON = 0.5  # seconds; for what is not done in time, whatever the machine does
SECRET = "hunter2"  # part of all that no text may have
MAY_EXIST = "a token may exist all the same"
MAY_BE_DONE = "may have been carried out all the same"
ACCESS_TOKEN = AuthOptions.from_options({"access_token": f"{SECRET}-access"}, {})


@contextlib.contextmanager
def client_of(
    url: str,
    *,
    timeout: float = AT_LEAST,
    retries: int = 0,
    ca_path: str | None = None,
    auth: AuthOptions = ACCESS_TOKEN,
) -> Iterator[Client]:
    """A client that sends its requests to a server."""
    client = Client(ConnectionOptions(url, timeout, retries, ca_path), auth)
    try:
        yield client
    finally:
        client.close()


def mint(client: Client, users: int = 4, after_first: threading.Event | None = None) -> list[Outcome]:
    """What comes of tokens for users u0, u1 and so on, one after the other and on one connection if that will do.

    ``after_first`` is waited for before the second one: what arrives later than that, nobody could tell apart.
    """
    first, *others = [AuthenticationTokenRequest("LC1", user) for user in names(users)]
    outcomes = mint_all(client, [first], concurrency=1, report=lambda progress: None)
    if after_first:
        assert after_first.wait(AT_LEAST)
    return outcomes + mint_all(client, others, concurrency=1, report=lambda progress: None)


def names(users: int = 4) -> list[str]:
    """The users that tokens are minted for."""
    return [f"u{number}" for number in range(users)]


def tokens(outcomes: list[Outcome]) -> list[str]:
    """The tokens. Each outcome has to be one."""
    for outcome in outcomes:
        assert not isinstance(outcome, EmmError), str(outcome)
    return [outcome["token"] for outcome in outcomes if not isinstance(outcome, EmmError)]


def own(users: int = 4) -> list[str]:
    """The tokens that there have to be, if each user has the own one."""
    return [f"token-of-{user}" for user in names(users)]


def check_failure(outcome: object, reason: str, consequence: str = "") -> None:
    """Hold a failure against its reason and what may have come of it all the same; it has no secret in any text."""
    assert isinstance(outcome, EmmError), "it should have failed"
    assert reason in str(outcome)
    if consequence:
        assert str(outcome).endswith(f"{consequence}.")
    else:
        assert "all the same" not in str(outcome)
    assert SECRET not in "".join(traceback.format_exception(outcome))
