# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors
"""Calls other than those that mint: methods, queries, empty responses, and retries according to the effect of a call.

test_faults.py covers calls that mint.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import CHANGE, READ, Effect
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    ApiError,
    TransportError,
    UnusableResponseError,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import retry
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.tokens import MINT

from tests.faulty_server import ALWAYS, STRUCK, FaultyServer, Script, ends, head, resets, response, sends
from tests.unit.plugins.module_utils.faults import MAY_BE_DONE, MAY_EXIST, check_failure, client_for

DONE = "The request was carried out all the same"
NO_CONTENT = sends(head(status="204 No Content"))


class RecordingServer(FaultyServer):
    """A server that records request lines. Every request may trigger the fault."""

    def _user_of(self, line: str) -> str:
        return " ".join(line.split()[:2])

    def _proper_body(self, _asked: str) -> str:
        return '{"id": "1"}'


@contextmanager
def opened(
    script: Script | None = None, *, strikes: int = 1, retries: int = 0
) -> Iterator[tuple[Client, FaultyServer]]:
    """A client for a server that runs the script for the first requests for a user."""
    server = FaultyServer(script, strikes=strikes)
    with closing(server), client_for(f"http://127.0.0.1:{server.port}", retries=retries) as client:
        yield client, server


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BACKOFF_FIRST", 0.001)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("query", "suffix"), [(None, ""), ({"email": "a+b@example.com"}, "?email=a%2Bb%40example.com")]
)
def test_method_and_query_are_sent(method: str, query: dict[str, str] | None, suffix: str) -> None:
    with closing(RecordingServer()) as server, client_for(f"http://127.0.0.1:{server.port}") as client:
        result = client.call(method, "users", "a/b", effect=READ, query=query)
    assert (result.http_status, result.resource) == (200, {"id": "1"})
    assert server.asked == [f"{method} /androidenterprise/v1/users/a%2Fb{suffix}"]


@pytest.mark.parametrize(("method", "effect"), [("GET", READ), ("PUT", CHANGE), ("POST", CHANGE), ("DELETE", CHANGE)])
@pytest.mark.parametrize("script", [ends(), resets()])
def test_repeatable_call_is_retried_if_its_response_is_lost(script: Script, method: str, effect: Effect) -> None:
    with opened(script, retries=1) as (client, server):
        assert client.call(method, "users", STRUCK, "", effect=effect).http_status == 200
    assert server.asked == [STRUCK] * 2


@pytest.mark.parametrize(
    ("effect", "attempts", "consequence"), [(READ, 3, ""), (CHANGE, 3, MAY_BE_DONE), (MINT, 1, MAY_BE_DONE)]
)
def test_lost_response_after_all_retries_is_reported_with_its_consequence(
    effect: Effect, attempts: int, consequence: str
) -> None:
    with opened(ends(), strikes=ALWAYS, retries=2) as (client, server), pytest.raises(TransportError) as failure:
        client.call("POST", "users", STRUCK, "", effect=effect)
    check_failure(failure.value, "without response", consequence)
    assert server.asked == [STRUCK] * attempts


def test_lost_change_is_reported_even_if_the_retry_cannot_connect() -> None:
    def script(connection: socket.socket) -> None:
        server.close()
        ends()(connection)

    server = FaultyServer(script)
    with client_for(f"http://127.0.0.1:{server.port}", retries=1) as client, pytest.raises(TransportError) as failure:
        client.call("PUT", "users", STRUCK, "", effect=CHANGE)
    check_failure(failure.value, "no connection could be made", MAY_BE_DONE)


@pytest.mark.parametrize("script", [NO_CONTENT, sends(response(""))])
def test_empty_response_is_a_success_where_it_is_allowed(script: Script) -> None:
    with opened(script) as (client, dummy):
        assert client.call("DELETE", "users", STRUCK, "", effect=CHANGE, may_be_empty=True).resource == {}


@pytest.mark.parametrize(("effect", "consequence"), [(READ, ""), (CHANGE, DONE), (MINT, MAY_EXIST)])
def test_empty_response_is_an_error_elsewhere(effect: Effect, consequence: str) -> None:
    with opened(NO_CONTENT) as (client, dummy), pytest.raises(UnusableResponseError) as failure:
        client.call("POST", "users", STRUCK, "", effect=effect)
    check_failure(failure.value, "the response (HTTP 204) is an empty body", consequence)


@pytest.mark.parametrize(("status", "error"), [("404 Not Found", ApiError), ("200 OK", UnusableResponseError)])
def test_error_is_an_error_even_if_the_response_may_be_empty(status: str, error: type[ApiError]) -> None:
    script = sends(response('{"error": {"message": "No user was found."}}', status=status))
    with opened(script) as (client, dummy), pytest.raises(error):
        client.call("DELETE", "users", STRUCK, "", effect=CHANGE, may_be_empty=True)


def test_likely_causes_of_a_call_are_reported() -> None:
    script = sends(response('{"error": {"message": "No such user."}}', status="404 Not Found"))
    causes = ((frozenset({404}), "user", "the user was deleted."),)
    with opened(script) as (client, dummy), pytest.raises(ApiError, match="Likely cause: the user was deleted"):
        client.call("GET", "users", STRUCK, "", effect=READ, causes=causes)


def test_unusable_response_has_its_own_status() -> None:
    script = sends(response('{"kind": "androidenterprise#device"}', status="202 Accepted"))
    with opened(script) as (client, dummy):
        result = client.call("PUT", "users", STRUCK, "", effect=CHANGE)
    result.check_kind("androidenterprise#device")
    with pytest.raises(UnusableResponseError) as failure:
        result.check_kind("androidenterprise#user")
    check_failure(failure.value, "'androidenterprise#device' instead of 'androidenterprise#user'", DONE)
    assert failure.value.http_status == 202
