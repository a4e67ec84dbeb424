# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""From credentials to an Authorization header, with an access token that is shared where it can be.

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
from ansible_collections.emm.android_enterprise.plugins.module_utils._secrets import register_secrets

if TYPE_CHECKING:
    import google.auth.credentials


_FRESH = 60.0  # seconds after its exchange in which an access token is not what is wrong when the server refuses it
_EARLIER = 225.0  # seconds before its expiry from which on an access token is not used any more; as in google-auth
_Made: TypeAlias = "tuple[Any, float | None]"  # a value that JSON has, and when it expires (seconds since the epoch)


class AccessTokens(Protocol):
    """Where access tokens outlive an ``Authorizer``, so that others need not get them again."""

    def get(self, key: str, taker: str, make: Callable[[], _Made], is_good: Callable[[Any], bool], /) -> Any:
        """What is under a key if it is good, or else what ``make`` returns, which is kept until it expires.

        Who asks for what somebody else is about to make waits for it, or for the ``EmmError`` that it ends with.
        """

    def forget(self, key: str, value: Any, /) -> None:
        """Have the next one who asks make it, if it is still this one that is there."""


class _Unshared:
    """Access tokens that are for one ``Authorizer`` only."""

    def get(self, _key: str, _taker: str, make: Callable[[], _Made], _is_good: Callable[[Any], bool], /) -> Any:
        return make()[0]

    def forget(self, key: str, value: Any, /) -> None:
        """There is nobody else who would get it."""


@dataclass(frozen=True)
class _Access:
    """What an exchange has come to. It is shared as JSON."""

    headers: Mapping[str, str]
    account: str | None  # the e-mail address, where it is known
    expires: float | None  # seconds since the epoch

    @property
    def is_valid(self) -> bool:
        return self.expires is None or time.time() < self.expires - _EARLIER

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


class Authorizer:
    """Credentials together with the connection they are exchanged over. Threads may share it."""

    def __init__(
        self,
        options: AuthOptions,
        session: Session,
        access_tokens: AccessTokens | None = None,
        taker: str = "",
    ) -> None:
        """Load and send nothing yet. ``taker`` is the name under which access tokens are asked for."""
        self._options = options
        self._request = Request(session)
        self._credentials: google.auth.credentials.Credentials | None = None  # loaded when they are needed
        self._access: _Access | None = None
        self._exchanges = options.auth_kind != "accesstoken"
        self._exchanged_at = float("-inf")
        self._failure: EmmError | None = None
        self._lock = threading.Lock()
        self._taker = taker
        self._shared: AccessTokens = access_tokens if access_tokens and self._exchanges else _Unshared()
        # A failure is for those only who would try the very same, and would say the same of it.
        self.fingerprint = options.fingerprint()
        self._key = json.dumps([self.fingerprint, session.fingerprint, sorted(options.sources.items())])

    @property
    def account(self) -> str | None:
        """The e-mail address of the service account the requests are made as, where it is known."""
        return self._access.account if self._access else None

    @property
    def access_token(self) -> str | None:
        """The access token in use, for keeping it out of messages."""
        return self._access.token if self._access else None

    @property
    def has_failed(self) -> bool:
        """Whether there was no access token to be had; it is not tried again."""
        return self._failure is not None

    def header(self) -> dict[str, str]:
        """The Authorization header for a request, from a fresh exchange where needed. Raises ``EmmError``.

        After a failure there is no other try: the other requests of a batch fail for the same reason.
        """
        with self._lock:
            if self._failure:
                raise self._failure
            try:
                if self._access is None or not self._access.is_valid:
                    self._access = self._obtain()
            except EmmError as error:
                self._failure = error
                raise
            return dict(self._access.headers)

    def renew(self, header: Mapping[str, str]) -> bool:
        """Whether it makes sense to ask for another header, when the server did not accept this one.

        That is so if its access token was not fresh, but somebody else's for example; it is forgotten then.
        """
        with self._lock:
            if self._access is None or self._access.headers != header:
                return True  # another thread was faster
            if not self._exchanges or time.monotonic() - self._exchanged_at < _FRESH:
                return False
            self._shared.forget(self._key, asdict(self._access))
            self._access = None
            return True

    def _obtain(self) -> _Access:
        value = self._shared.get(self._key, self._taker, self._make, lambda value: _Access(**value).is_valid)
        return _Access(**value)

    def _make(self) -> _Made:
        """Exchange the credentials: for the values of an ``_Access``, and until when others may have it."""
        access = self._exchange()
        # Without an expiry, nobody can tell whether it will do for others.
        return asdict(access), access.expires or 0.0

    def _exchange(self) -> _Access:
        headers: dict[str, str] = {}
        try:
            credentials = self._credentials = self._credentials or load(self._options, self._request)
            if self._exchanges:
                self._refresh(credentials)
            credentials.apply(headers)
        except EmmError:
            raise
        except Exception as error:  # google-auth stumbles over odd answers with all kinds of errors of Python's own
            raise translate(error, self._request.answer) from None  # not with the cause, which may quote an answer
        if not is_access_token(credentials.token):
            raise CredentialsError("The authorization server's response has no usable access token.")
        register_secrets([credentials.token])
        expiry = credentials.expiry and credentials.expiry.replace(tzinfo=timezone.utc).timestamp()
        return _Access(headers, _account_of(credentials), expiry)

    def _refresh(self, credentials: google.auth.credentials.Credentials) -> None:
        # Not before_request(): it also looks up, at yet another host, in which regions the account may act, as does
        # refresh() of versions 2.41 to 2.49 with this variable. This API has no regions. The variable goes for good,
        # since this process is the task's own, and threads must not see it come and go.
        os.environ.pop(TRUST_BOUNDARY, None)
        self._request.answer = None
        credentials.refresh(self._request)
        self._exchanged_at = time.monotonic()


def _account_of(credentials: google.auth.credentials.Credentials) -> str | None:
    account = getattr(credentials, "service_account_email", None)
    return account if isinstance(account, str) and "@" in account else None
