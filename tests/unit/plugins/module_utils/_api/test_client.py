# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Access tokens that the API rejects, and the clocks of a response.

The rest is tested over real connections.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from ansible_collections.emm.android_enterprise.plugins.module_utils._api import client as client_module
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import READ
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth import authorizer
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import ApiError, CredentialsError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session

from tests.unit.plugins.module_utils.authorization import AuthorizationServer, Cache

OPTIONS = AuthOptions.from_options({"service_account_email": "emm@project.iam.gserviceaccount.com"}, {})


class Api:
    """An API that accepts some access tokens, and records those that it receives."""

    def __init__(self) -> None:
        self.accepted = {"token-1", "token-2"}
        self.seen: list[str] = []
        self.headers: dict[str, str] = {}
        self.takes = timedelta()  # by the clock of this machine
        self.now = datetime(2026, 11, 27, 12, tzinfo=timezone.utc)

    def request(self, method: str, url: str, *, headers: dict[str, str], **_options: Any) -> requests.Response:
        assert (method, url) == ("POST", "https://www.googleapis.com/androidenterprise/v1/enterprises/LC1/a%2Fb")
        [header] = [value for name, value in headers.items() if name.lower() == "authorization"]
        token = header.removeprefix("Bearer ")
        self.seen.append(token)
        self.now += self.takes
        response = requests.Response()
        response.headers.update(self.headers)
        response.status_code = 200 if token in self.accepted else 401
        response.raw = io.BytesIO(json.dumps({"for": token}).encode())
        return response


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api()
    monkeypatch.setattr(Session, "request", lambda session, *args, **kwargs: api.request(*args, **kwargs))
    monkeypatch.setattr(client_module, "now", lambda: api.now)
    return api


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> AuthorizationServer:
    server = AuthorizationServer()
    monkeypatch.setattr(authorizer, "load", server.load)
    return server


@pytest.fixture
def cache() -> Cache:
    """A cache with an access token that was valid when it was stored."""
    cache = Cache()
    cache.fill("cached", lifetime=3600)
    return cache


@pytest.fixture
def client(cache: Cache) -> Iterator[Client]:
    client = Client(ConnectionOptions("https://www.googleapis.com", 1, 0, None), OPTIONS, access_tokens=cache)
    yield client
    client.close()


def test_cached_access_token_is_used(client: Client, api: Api, server: AuthorizationServer) -> None:
    api.accepted = {"cached"}
    client.authorize()
    assert client.call("POST", "enterprises", "LC1", "a/b", effect=READ).resource == {"for": "cached"}
    assert api.seen == ["cached"]
    assert server.exchanges == 0


def test_rejected_cached_access_token_is_renewed(
    client: Client, api: Api, server: AuthorizationServer, cache: Cache
) -> None:
    for dummy in range(2):
        assert client.call("POST", "enterprises", "LC1", "a/b", effect=READ).resource == {"for": "token-1"}
    assert api.seen == ["cached", "token-1", "token-1"]
    assert server.exchanges == 1
    assert cache.tokens() == ["token-1"]


def test_rejected_fresh_access_token_is_not_renewed(client: Client, api: Api, cache: Cache) -> None:
    cache.fill("cached", lifetime=0)
    api.accepted = set()
    with pytest.raises(ApiError, match="HTTP 401"):
        client.call("POST", "enterprises", "LC1", "a/b", effect=READ)
    assert api.seen == ["token-1"]


def test_access_token_is_renewed_only_once(client: Client, api: Api, server: AuthorizationServer) -> None:
    api.accepted = set()
    for dummy in range(2):
        with pytest.raises(ApiError, match="HTTP 401"):
            client.call("POST", "enterprises", "LC1", "a/b", effect=READ)
    assert api.seen == ["cached", "token-1", "token-1"]
    assert server.exchanges == 1


def test_failed_renewal_is_reported(client: Client, api: Api, server: AuthorizationServer) -> None:
    server.broken = True
    for dummy in range(2):
        with pytest.raises(CredentialsError, match="invalid_grant"):
            client.call("POST", "enterprises", "LC1", "a/b", effect=READ)
    assert api.seen == ["cached"]
    assert server.exchanges == 1


def test_authorize_gets_the_access_token_in_advance(
    client: Client, api: Api, server: AuthorizationServer, cache: Cache
) -> None:
    cache.fill("cached", lifetime=0)
    client.authorize()
    assert (server.exchanges, api.seen) == (1, [])
    client.authorize()
    client.call("POST", "enterprises", "LC1", "a/b", effect=READ)
    assert server.exchanges == 1


def test_clocks_cover_only_the_accepted_request(client: Client, api: Api) -> None:
    """The rejected request before it does not count."""
    sent_at = api.now
    api.takes = timedelta(seconds=20)
    server_time = sent_at + timedelta(seconds=35)
    api.headers = {"Date": format_datetime(server_time, usegmt=True)}
    clocks = client.call("POST", "enterprises", "LC1", "a/b", effect=READ).clocks
    assert api.seen == ["cached", "token-1"]
    assert (clocks.sent_at, clocks.received_at) == (sent_at + api.takes, sent_at + 2 * api.takes)
    assert clocks.server_time == server_time
    assert client.clock_difference is None


def test_clock_difference_is_kept(client: Client, api: Api) -> None:
    for hours in (3, 2, 0):
        api.headers = {"Date": format_datetime(api.now + timedelta(hours=hours), usegmt=True)}
        client.call("POST", "enterprises", "LC1", "a/b", effect=READ)
    assert client.clock_difference is not None
    assert "The server's clock is 3 hours ahead of that of this machine" in client.clock_difference


def test_fingerprint_depends_on_credentials_and_api_url() -> None:
    def fingerprint(token: str, url: str) -> str:
        return Client(
            ConnectionOptions(url, 1, 0, None), AuthOptions.from_options({"access_token": token}, {})
        ).fingerprint

    first, *others = [
        fingerprint(token, url)
        for token, url in (("one", "http://a"), ("one", "http://a"), ("two", "http://a"), ("one", "http://b"))
    ]
    assert [other == first for other in others] == [True, False, False]
