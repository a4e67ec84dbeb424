# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What a client makes of whatever a server does to a request: its own token, or a reason."""

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
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import TokenRequest
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

from tests.faulty_server import answer
from tests.fuzz.examples import examples
from tests.fuzz.http_answers import (
    ACCESS_TOKEN,
    AUTHENTICATION,
    ENROLLMENT,
    OWN_TOKEN,
    SECRET,
    UNREADABLE,
    Kind,
    Strike,
    contents,
    delays,
    mistakes,
)
from tests.fuzz.striking_server import LONG, Exchange, StrikingServer
from tests.fuzz.values import outcome

SOON = 0.2  # seconds; for a client that is not going to get more
NEXT = "token-of-the-next-request"


@dataclass(frozen=True)
class Pair:
    """A request that is struck, and the next one, of another kind."""

    struck: TokenRequest
    kind: Kind
    following: TokenRequest
    following_kind: Kind


_GOOGLE = {"authentication_requirement": "required", "required_account_email": "sam@example.com"}
_AUTHENTICATION = AuthenticationTokenRequest("LC1", "u1")
_ENROLLMENT = EnrollmentTokenRequest("LC1", "userDevice", None, _GOOGLE)
PAIRS = {
    "authentication": Pair(_AUTHENTICATION, AUTHENTICATION, _ENROLLMENT, ENROLLMENT),
    "enrollment": Pair(_ENROLLMENT, ENROLLMENT, _AUTHENTICATION, AUTHENTICATION),
}
pairs = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)


class Clock:
    """Goes by itself only while somebody sleeps, for a ``Retry-After`` is not to be waited for here."""

    now = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(scope="module", autouse=True)
def _nobody_waits() -> Iterator[None]:
    def limiter(**options: Any) -> RateLimiter:
        clock = Clock()
        return RateLimiter(clock=clock.read, sleep=clock.sleep, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "RateLimiter", limiter)
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[StrikingServer]:
    with closing(StrikingServer()) as server:
        yield server


@contextmanager
def client_of(server: StrikingServer, timeout: float) -> Iterator[Client]:
    options = ConnectionOptions(f"http://127.0.0.1:{server.port}", timeout, 0, None)
    with closing(Client(options, AuthOptions.from_options({"access_token": ACCESS_TOKEN}, {}))) as client:
        yield client


def check(result: dict[str, Any] | EmmError, strike: Strike) -> None:
    """The token is what the server has said, byte for byte; no text has a secret, and all of them can be printed."""
    if isinstance(result, EmmError):
        check_error(result)
        return
    json.dumps(result, ensure_ascii=False).encode()
    assert SECRET not in result["token"]
    literally = rb'"token"\s*:\s*"' + re.escape(json.dumps(result["token"])[1:-1]).encode() + b'"'
    assert result["token"] == OWN_TOKEN or re.search(literally, strike.everything), "the server has said no such thing"


def check_error(error: EmmError) -> None:
    text = "".join(traceback.format_exception(error))
    assert SECRET not in text
    said = [str(error), *map(str, error.details().values())]
    assert all(map(str.isprintable, said))
    assert max(map(len, said)) < 2000
    if isinstance(error, TransportError):  # where the answer could not be read, nothing of it is quoted
        assert not any(part in text for part in (UNREADABLE, "androidenterprise#"))


@pairs
@pytest.mark.parametrize("answers", [mistakes, contents, delays])
@examples(300)
@given(data=st.data())
def test_an_answer(server: StrikingServer, pair: Pair, answers: Callable[[Kind], Any], data: st.DataObject) -> None:
    """What comes of it; and the next request of the same client gets what belongs to it."""
    strike = data.draw(answers(pair.kind))
    server.exchange = Exchange(strike, answer(json.dumps({**pair.following_kind.own, "token": NEXT})))
    with client_of(server, LONG) as client:
        with server.exchange.struck():
            result = outcome(EmmError, pair.struck.mint, client)
        assert server.exchange.requests == 1
        check(result, strike)
        if answers is contents and not isinstance(result, EmmError):
            assert "error" not in json.loads(strike.said.decode("utf-8-sig"))
        following = outcome(EmmError, pair.following.mint, client)
        assert not isinstance(following, EmmError), str(following)
        assert following["token"] == NEXT
        assert server.exchange.requests == 2


@pairs
@examples(30)
@given(data=st.data(), drop=st.sampled_from([b"", b" ", b"x", b"0", b"\r\n", b"X: y\r\n", b"HTTP/1.1 103 -\r\n\r\n"]))
def test_an_answer_that_may_not_end(server: StrikingServer, pair: Pair, data: st.DataObject, drop: bytes) -> None:
    """The client stops waiting by itself."""
    strike = dataclasses.replace(data.draw(mistakes(pair.kind)), end="stays")
    server.exchange = Exchange(strike, b"", drop)
    with client_of(server, SOON) as client, server.exchange.struck():
        result = outcome(EmmError, pair.struck.mint, client)
    assert server.exchange.requests == 1
    assert not server.exchange.lost_patience
    check(result, strike)
