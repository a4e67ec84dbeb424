# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Access tokens: how they are used, shared and renewed."""

from __future__ import annotations

import time
import types
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth import authorizer as authorizer_module
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.authorizer import (
    AccessTokens,
    Authorizer,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.loading import load
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    AuthOptions,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session

from tests.unit.plugins.module_utils.authorization import AuthorizationServer, Cache

EMAIL = "emm@project.iam.gserviceaccount.com"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> AuthorizationServer:
    """The server at which all credentials are exchanged, except access tokens."""
    server = AuthorizationServer()
    monkeypatch.setattr(
        authorizer_module,
        "load",
        lambda options, request: (load if options.auth_kind == "accesstoken" else server.load)(options, request),
    )
    return server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock for the age of an access token."""
    now = [1000.0]
    monkeypatch.setattr(authorizer_module, "time", types.SimpleNamespace(monotonic=lambda: now[0], time=time.time))
    return now


OPTIONS = AuthOptions.from_options({"service_account_email": EMAIL}, {})
OTHER_OPTIONS = AuthOptions.from_options({"service_account_email": f"x{EMAIL}"}, {})


CONNECTION = ConnectionOptions("https://www.googleapis.com", timeout=1, retries=0, ca_path=None)


def authorizer(
    options: AuthOptions = OPTIONS, cache: AccessTokens | None = None, connection: ConnectionOptions = CONNECTION
) -> Authorizer:
    return Authorizer(options, Session(connection, rate_limited_prefix="https://www.googleapis.com/"), cache)


def token(authorizer: Authorizer) -> str:
    """The access token in its header."""
    [(name, value)] = authorizer.header().items()
    assert name.lower() == "authorization"
    return value.removeprefix("Bearer ")


def test_access_token_is_used_while_it_is_valid(server: AuthorizationServer) -> None:
    alone = authorizer()
    assert server.exchanges == 0
    assert [token(alone), token(alone)] == ["token-1"] * 2
    assert alone.access_token == "token-1"
    server.lifetime = 0
    assert token(authorizer()) == "token-2", "each has its own without a cache"


def test_credentials_are_not_loaded_if_an_access_token_is_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing a key is the slowest part of minting a token."""
    monkeypatch.delattr(authorizer_module, "load")
    cache = Cache()
    cache.fill("shared", lifetime=3600)
    shared = authorizer(cache=cache)
    assert token(shared) == "shared"
    assert shared.access_token == "shared"
    assert shared.account is None


def test_credentials_are_loaded_once(server: AuthorizationServer) -> None:
    server.lifetime = 0
    used = authorizer()
    assert [token(used) for dummy in range(3)] == ["token-1", "token-2", "token-3"]
    assert server.loaded == 1


def test_invalid_key_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Session, "send")
    key = {"type": "service_account", "client_email": EMAIL, "private_key": "cut off", "token_uri": "https://x.test/"}
    failing = authorizer(AuthOptions.from_options({"service_account_contents": key}, {}), Cache())
    assert (failing.account, failing.access_token, failing.has_failed) == (None, None, False)
    for dummy in range(2):
        with pytest.raises(CredentialsError, match="private key in option 'service_account_contents' cannot be used"):
            failing.header()
    assert failing.has_failed


def test_cache_shares_account_and_quota_project(server: AuthorizationServer) -> None:
    """Messages name the account, and requests name the quota project."""
    server.account = EMAIL
    server.quota_project = "paying"
    cache = Cache()
    first, second = authorizer(cache=cache), authorizer(cache=cache)
    assert first.header() == second.header() == {"authorization": "Bearer token-1", "x-goog-user-project": "paying"}
    assert first.account == second.account == EMAIL
    assert server.loaded == 1


@pytest.mark.parametrize(
    ("connection", "environment", "source", "same"),
    [
        ({"api_url": "https://play.example.com"}, {"LANG": "C"}, "same", True),
        ({"timeout": 2}, {}, "same", False),
        ({"retries": 1}, {}, "same", False),
        ({"ca_path": "/ca.pem"}, {}, "same", False),
        ({}, {"HTTPS_PROXY": "http://proxy.example.com"}, "same", False),
        ({}, {"no_proxy": "example.com"}, "same", False),
        ({}, {"SSL_CERT_FILE": "/ca.pem"}, "same", False),
        ({}, {}, "environment", False),
    ],
)
@pytest.mark.usefixtures("server")
def test_cache_is_shared_only_with_equal_settings(
    monkeypatch: pytest.MonkeyPatch, connection: dict[str, Any], environment: dict[str, str], source: str, same: bool
) -> None:
    for name in ("HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    cache = Cache()
    assert token(authorizer(cache=cache)) == "token-1"
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    options = OPTIONS if source == "same" else AuthOptions.from_options({}, {"GCP_SERVICE_ACCOUNT_EMAIL": EMAIL})
    other = authorizer(options, cache, replace(CONNECTION, **connection))
    assert token(other) == ("token-1" if same else "token-2")


def test_connection_fingerprint_reveals_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2@proxy.example.com")
    assert "hunter2" not in CONNECTION.fingerprint()


def test_expired_access_token_is_replaced(server: AuthorizationServer) -> None:
    server.lifetime = 0
    alone = authorizer()
    assert [token(alone), token(alone)] == ["token-1", "token-2"]


def test_threads_wait_for_one_exchange(server: AuthorizationServer) -> None:
    server.on_exchange = lambda: time.sleep(0.01)
    shared = authorizer(cache=Cache())
    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(token, [shared] * 4)) == ["token-1"] * 4


@pytest.mark.usefixtures("server")
def test_access_token_is_cached() -> None:
    cache = Cache()
    assert [token(authorizer(cache=cache)) for dummy in range(3)] == ["token-1"] * 3
    value, expires = next(iter(cache.entries.values()))
    assert expires == value["expires"] == pytest.approx(time.time() + 3600, abs=60)
    assert token(authorizer(OTHER_OPTIONS, cache)) == "token-2", "of other credentials"
    assert token(authorizer(cache=cache)) == "token-1"


@pytest.mark.usefixtures("server")
def test_authorizer_keeps_its_access_token() -> None:
    cache = Cache()
    first = authorizer(cache=cache)
    assert token(first) == "token-1"
    cache.fill("another", lifetime=3600)
    assert token(first) == "token-1"


@pytest.mark.parametrize(
    ("lifetime", "expected"),
    [(3600, "cached"), (300, "cached"), (220, "token-1"), (60, "token-1"), (0, "token-1"), (-60, "token-1")],
)
@pytest.mark.usefixtures("server")
def test_cached_access_token_is_replaced_shortly_before_it_expires(lifetime: float, expected: str) -> None:
    cache = Cache()
    cache.fill("cached", lifetime)
    assert token(authorizer(cache=cache)) == expected
    assert token(authorizer(cache=cache)) == expected, "its replacement is cached"


def test_access_token_without_expiry_is_not_cached(server: AuthorizationServer) -> None:
    server.lifetime = None
    cache = Cache()
    assert [token(authorizer(cache=cache)) for dummy in range(2)] == ["token-1", "token-2"]
    assert not cache.entries


def test_invalid_access_token_is_not_cached(server: AuthorizationServer) -> None:
    server.prefix = "not a token"
    cache = Cache()
    with pytest.raises(CredentialsError, match="has no usable access token"):
        authorizer(cache=cache).header()
    assert not cache.entries


def test_access_token_from_the_task_is_not_cached() -> None:
    cache = Cache()
    given = AuthOptions.from_options({"access_token": "given"}, {})
    assert token(authorizer(given, cache)) == "given"
    assert not cache.entries


def test_failed_exchange_is_not_repeated(server: AuthorizationServer) -> None:
    server.broken = True
    cache = Cache()
    failing = authorizer(cache=cache)
    for dummy in range(3):
        with pytest.raises(CredentialsError, match="invalid_grant"):
            failing.header()
    assert server.exchanges == 1
    assert not cache.is_creating
    assert not cache.entries
    server.broken = False
    with pytest.raises(CredentialsError, match="invalid_grant"):
        failing.header()
    assert token(authorizer(cache=cache)) == "token-2", "another authorizer tries again"


@pytest.mark.usefixtures("server")
def test_fresh_access_token_is_not_renewed(clock: list[float]) -> None:
    cache = Cache()
    used = authorizer(cache=cache)
    header = used.header()
    for dummy in range(2):
        clock[0] += 29
        assert not used.renew(header)
    assert used.header() == header
    assert token(authorizer(cache=cache)) == "token-1", "it is still cached"


@pytest.mark.parametrize("cache", [None, Cache()])
@pytest.mark.usefixtures("server")
def test_older_access_token_is_renewed(clock: list[float], cache: Cache | None) -> None:
    used = authorizer(cache=cache)
    header = used.header()
    clock[0] += 61
    assert used.renew(header)
    assert token(used) == "token-2"
    assert not used.renew(used.header()), "it is fresh now"


def test_cached_access_token_is_renewed(server: AuthorizationServer) -> None:
    cache = Cache()
    cache.fill("revoked", lifetime=3600)
    used = authorizer(cache=cache)
    assert token(used) == "revoked"
    assert used.renew(used.header())
    assert not cache.is_creating
    assert token(authorizer(cache=cache)) == "token-1", "it is no longer cached"
    assert token(used) == "token-1"
    assert server.exchanges == 1


@pytest.mark.usefixtures("server")
def test_only_one_thread_renews_the_access_token(clock: list[float]) -> None:
    shared = authorizer()
    header = shared.header()
    clock[0] += 61
    assert shared.renew(header)
    assert token(shared) == "token-2"
    assert shared.renew(header), "already renewed"
    assert token(shared) == "token-2"


def test_access_token_from_the_task_is_not_renewed() -> None:
    given = authorizer(AuthOptions.from_options({"access_token": "given"}, {}))
    assert not given.renew(given.header())
    assert token(given) == "given"


@pytest.mark.usefixtures("server")
def test_access_token_renewed_by_another_process_is_kept() -> None:
    cache = Cache()
    cache.fill("revoked", lifetime=3600)
    used = authorizer(cache=cache)
    header = used.header()
    cache.fill("newer", lifetime=3600)
    assert used.renew(header)
    assert token(used) == "newer"
