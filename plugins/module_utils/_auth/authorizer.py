# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Turns credentials into an Authorization header. Access tokens are shared if possible.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timezone
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.failures import translate
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.loading import load
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    TRUST_BOUNDARY,
    AuthOptions,
    is_access_token,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.transport import Request
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError, EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session
from ansible_collections.emm.android_enterprise.plugins.module_utils._masking import register_secrets

if TYPE_CHECKING:
    import google.auth.credentials


_RENEWABLE_AGE = 60.0  # seconds; if the server refuses an access token that is newer, a renewal would not help
_EXPIRY_MARGIN = 225.0  # seconds before its expiry at which an access token is no longer used; as in google-auth
_ValueWithExpiry: TypeAlias = "tuple[Any, float | None]"  # a JSON value, and when it expires (seconds since the epoch)


class AccessTokens(Protocol):
    """A cache in which access tokens outlive an ``Authorizer``, for others to use."""

    def get(
        self, key: str, requester: str, create: Callable[[], _ValueWithExpiry], is_valid: Callable[[Any], bool], /
    ) -> Any:
        """The value of a key if it is valid, or else the result of ``create``, which is kept until it expires.

        A caller that requests a value that another one is creating waits for it, or for its ``EmmError``.
        """

    def forget(self, key: str, value: Any, /) -> None:
        """Drop a value, so that the next caller creates a new one, unless it was replaced already."""


class _NoCache:
    """No cache: access tokens are used by one ``Authorizer`` only."""

    def get(
        self, _key: str, _requester: str, create: Callable[[], _ValueWithExpiry], _is_valid: Callable[[Any], bool], /
    ) -> Any:
        return create()[0]

    def forget(self, key: str, value: Any, /) -> None:
        """Do nothing: the value is not kept."""


@dataclass(frozen=True)
class _AccessToken:
    """The result of an exchange. It is shared as JSON."""

    headers: Mapping[str, str]
    account: str | None  # the e-mail address, if known
    expires: float | None  # seconds since the epoch

    @property
    def is_valid(self) -> bool:
        return self.expires is None or time.time() < self.expires - _EXPIRY_MARGIN

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


class Authorizer:
    """Credentials and the session that they are exchanged over. Thread-safe."""

    def __init__(
        self,
        options: AuthOptions,
        session: Session,
        access_tokens: AccessTokens | None = None,
        requester: str = "",
    ) -> None:
        """Load and send nothing yet. ``requester`` is the name to request access tokens with."""
        self._options = options
        self._request = Request(session)
        self._credentials: google.auth.credentials.Credentials | None = None  # loaded on demand
        self._access_token: _AccessToken | None = None
        self._is_exchanged = options.auth_kind != "accesstoken"
        self._exchanged_at = float("-inf")
        self._failure: EmmError | None = None
        self._lock = threading.Lock()
        self._requester = requester
        self._cache: AccessTokens = access_tokens if access_tokens and self._is_exchanged else _NoCache()
        # The sources are part of the key, because a failure is shared, too, and its message names them.
        self.fingerprint = options.fingerprint()
        self._key = json.dumps([self.fingerprint, session.fingerprint, sorted(options.sources.items())])

    @property
    def account(self) -> str | None:
        """The e-mail address of the service account that sends the requests, if known."""
        return self._access_token.account if self._access_token else None

    @property
    def access_token(self) -> str | None:
        """The access token in use, to redact it in messages."""
        return self._access_token.token if self._access_token else None

    @property
    def has_failed(self) -> bool:
        """Whether getting an access token has failed. This is not retried."""
        return self._failure is not None

    def header(self) -> dict[str, str]:
        """The Authorization header for a request, from a new exchange if needed. Raises ``EmmError``.

        A failure is final: the other requests of a batch fail for the same reason.
        """
        with self._lock:
            if self._failure:
                raise self._failure
            try:
                if self._access_token is None or not self._access_token.is_valid:
                    self._access_token = self._get_access_token()
            except EmmError as error:
                self._failure = error
                raise
            return dict(self._access_token.headers)

    def renew(self, header: Mapping[str, str]) -> bool:
        """Whether a new header may help after the server has refused this one.

        This is the case if its access token was not new, but shared, for example. It is dropped then.
        """
        with self._lock:
            if self._access_token is None or self._access_token.headers != header:
                return True  # another thread was faster
            if not self._is_exchanged or time.monotonic() - self._exchanged_at < _RENEWABLE_AGE:
                return False
            self._cache.forget(self._key, asdict(self._access_token))
            self._access_token = None
            return True

    def _get_access_token(self) -> _AccessToken:
        value = self._cache.get(
            self._key, self._requester, self._exchange_for_cache, lambda value: _AccessToken(**value).is_valid
        )
        return _AccessToken(**value)

    def _exchange_for_cache(self) -> _ValueWithExpiry:
        """Exchange the credentials. Returns the values of an ``_AccessToken``, and until when others can use it."""
        access_token = self._exchange()
        # Without an expiry, it is not shared, because its validity is unknown.
        return asdict(access_token), access_token.expires or 0.0

    def _exchange(self) -> _AccessToken:
        headers: dict[str, str] = {}
        try:
            credentials = self._credentials = self._credentials or load(self._options, self._request)
            if self._is_exchanged:
                self._refresh(credentials)
            credentials.apply(headers)
        except EmmError:
            raise
        except Exception as error:  # google-auth raises arbitrary Python errors for malformed responses
            raise translate(
                error, self._request.last_response
            ) from None  # without the cause, which may quote a response
        if not is_access_token(credentials.token):
            raise CredentialsError("The authorization server's response has no usable access token.")
        register_secrets([credentials.token])
        expiry = credentials.expiry and credentials.expiry.replace(tzinfo=timezone.utc).timestamp()
        return _AccessToken(headers, _service_account_email(credentials), expiry)

    def _refresh(self, credentials: google.auth.credentials.Credentials) -> None:
        # Not before_request(): it also looks up, at another host, in which regions the account may act, as does
        # refresh() of versions 2.41 to 2.49 with this variable. This API has no regions. The variable is removed for
        # good, because the process belongs to the task, and other threads must not see it change.
        os.environ.pop(TRUST_BOUNDARY, None)
        self._request.last_response = None
        credentials.refresh(self._request)
        self._exchanged_at = time.monotonic()


def _service_account_email(credentials: google.auth.credentials.Credentials) -> str | None:
    account = getattr(credentials, "service_account_email", None)
    return account if isinstance(account, str) and "@" in account else None
