# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Whatever a server sends, the client returns the token of its own request, or an error."""

from __future__ import annotations

import dataclasses
import json
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Outcome, Request
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import session
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.faulty_server import response
from tests.fuzz.examples import examples
from tests.fuzz.fuzzing_server import LONG, Exchange, FuzzingServer
from tests.fuzz.http_responses import (
    ACCESS_TOKEN,
    AUTHENTICATION,
    ENROLLMENT,
    INVALID_HTTP,
    OWN_TOKEN,
    SECRET,
    FuzzedResponse,
    Kind,
    corrupted_responses,
    delayed_responses,
    unexpected_bodies,
)
from tests.fuzz.values import outcome

SOON = 0.2  # seconds, the timeout for a response that does not end
NEXT = "token-of-the-next-request"


@dataclass(frozen=True)
class Pair:
    """A request with a fuzzed response, and the next request, which is for the other kind of token."""

    first: Request
    first_kind: Kind
    second: Request
    second_kind: Kind


_GOOGLE = {"authentication_requirement": "required", "required_account_email": "sam@example.com"}
_AUTHENTICATION = AuthenticationTokenRequest("LC1", "u1")
_ENROLLMENT = EnrollmentTokenRequest("LC1", "userDevice", None, _GOOGLE)
PAIRS = {
    "authentication": Pair(_AUTHENTICATION, AUTHENTICATION, _ENROLLMENT, ENROLLMENT),
    "enrollment": Pair(_ENROLLMENT, ENROLLMENT, _AUTHENTICATION, AUTHENTICATION),
}
pairs = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)


class Clock:
    """A simulated clock that advances only on ``sleep``, so that ``Retry-After`` takes no time."""

    now = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(scope="module", autouse=True)
def _simulated_clock() -> Iterator[None]:
    def limiter(**options: Any) -> RateLimiter:
        clock = Clock()
        return RateLimiter(clock=clock.read, sleep=clock.sleep, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "RateLimiter", limiter)
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[FuzzingServer]:
    with closing(FuzzingServer()) as server:
        yield server


@contextmanager
def client_of(server: FuzzingServer, timeout: float) -> Iterator[Client]:
    options = ConnectionOptions(f"http://127.0.0.1:{server.port}", timeout, 0, None)
    with closing(Client(options, AuthOptions.from_options({"access_token": ACCESS_TOKEN}, {}))) as client:
        yield client


def check(result: Outcome, fuzzed: FuzzedResponse) -> None:
    """Check an error, or that a token occurs in the response byte for byte and contains no secret."""
    if isinstance(result, EmmError):
        check_error(result)
        return
    json.dumps(result.resource, ensure_ascii=False).encode()
    token = result.resource["token"]
    assert SECRET not in token
    literally = rb'"token"\s*:\s*"' + re.escape(json.dumps(token)[1:-1]).encode() + b'"'
    assert token == OWN_TOKEN or re.search(literally, fuzzed.everything), "the server sent no such token"


def check_error(error: EmmError) -> None:
    """Check that an error contains no secret, and that its texts are printable and of limited length."""
    text = "".join(traceback.format_exception(error))
    assert SECRET not in text
    texts = [str(error), *map(str, error.details().values())]
    assert all(map(str.isprintable, texts))
    assert max(map(len, texts)) < 2000
    if isinstance(error, TransportError):  # no part of an unreadable response is quoted
        assert not any(part in text for part in (INVALID_HTTP, "androidenterprise#"))


@pairs
@pytest.mark.parametrize("responses", [corrupted_responses, unexpected_bodies, delayed_responses])
@examples(150)
@given(data=st.data())
def test_request_yields_its_own_token_or_an_error(
    server: FuzzingServer, pair: Pair, responses: Callable[[Kind], Any], data: st.DataObject
) -> None:
    """After any response, the next request of the same client also yields its own token."""
    fuzzed = data.draw(responses(pair.first_kind))
    server.exchange = Exchange(fuzzed, response(json.dumps({**pair.second_kind.own, "token": NEXT})))
    with client_of(server, LONG) as client:
        with server.exchange.first_request():
            result = outcome(EmmError, pair.first.run, client)
        assert server.exchange.requests == 1
        check(result, fuzzed)
        if responses is unexpected_bodies and not isinstance(result, EmmError):
            assert "error" not in json.loads(fuzzed.body.decode("utf-8-sig"))
        second = outcome(EmmError, pair.second.run, client)
        assert not isinstance(second, EmmError), str(second)
        assert second.resource["token"] == NEXT
        assert server.exchange.requests == 2


@pairs
@examples(30)
@given(data=st.data(), drop=st.sampled_from([b"", b" ", b"x", b"0", b"\r\n", b"X: y\r\n", b"HTTP/1.1 103 -\r\n\r\n"]))
def test_client_stops_waiting_for_an_endless_response(
    server: FuzzingServer, pair: Pair, data: st.DataObject, drop: bytes
) -> None:
    fuzzed = dataclasses.replace(data.draw(corrupted_responses(pair.first_kind)), end="stays")
    server.exchange = Exchange(fuzzed, b"", drop)
    with client_of(server, SOON) as client, server.exchange.first_request():
        result = outcome(EmmError, pair.first.run, client)
    assert server.exchange.requests == 1
    assert not server.exchange.lost_patience
    check(result, fuzzed)
