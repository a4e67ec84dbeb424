# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The HTTP client of the Google Play EMM API. It takes calls and returns decoded resources, or raises typed errors.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import ApiResponse, Effect
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.causes import (
    Causes,
    likely_cause,
    refine_likely_cause,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.responses import (
    ErrorEnvelope,
    NotJsonError,
    decode,
    is_over_quota,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import Clocks, now, read_date
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.authorizer import AccessTokens, Authorizer
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    ApiError,
    TransportError,
    UnusableResponseError,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.failures import explain
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.session import Session
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import may_have_been_carried_out
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize

with contextlib.suppress(ImportError):  # reported by find_missing_library; this file must still be importable then
    import requests

_SERVICE_PATH = "/androidenterprise/v1/"
_TITLE = re.compile(r"</?title[^<>]{0,100}>", re.IGNORECASE)


class Client:
    """Connections to the API, with credentials. Use one client for all calls, and close it afterwards.

    Thread-safe.
    """

    def __init__(
        self,
        connection: ConnectionOptions,
        auth: AuthOptions,
        connections: int = 1,
        access_tokens: AccessTokens | None = None,
        is_wanted: Callable[[], bool] = lambda: True,
        requester: str = "",
    ) -> None:
        """Load and send nothing yet.

        ``connections`` is the number of connections to keep open. ``access_tokens`` is a cache of access tokens, and
        ``requester`` is the name to request them with. No request is sent or retried if ``is_wanted`` returns false.
        """
        self._base = connection.api_url + _SERVICE_PATH
        self._session = Session(
            connection,
            rate_limited_prefix=self._base,
            connections=connections,
            is_wanted=is_wanted,
            is_over_quota=is_over_quota,
        )
        self._authorizer = Authorizer(auth, self._session, access_tokens, requester)
        self.clock_difference: str | None = None  # set if a response shows that the clocks differ

    def close(self) -> None:
        """Close all connections. After that, no request is sent or retried, not even by other threads."""
        self._session.close()

    def authorize(self) -> None:
        """Get an access token now, if there is none yet. Raises ``EmmError``, also for unusable credentials."""
        self._authorizer.header()

    @property
    def fingerprint(self) -> str:
        """A digest that is equal for equal credentials and API URLs. It does not reveal the credentials."""
        return f"{self._base} {self._authorizer.fingerprint}"

    @property
    def is_refused_an_access_token(self) -> bool:
        """Whether getting an access token has failed, so that no further call can succeed."""
        return self._authorizer.has_failed

    def call(
        self,
        method: str,
        *path: str,
        effect: Effect,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        may_be_empty: bool = False,
        causes: Causes = (),
    ) -> ApiResponse:
        """Call a method of the API. Each part of the path is percent-encoded.

        Without ``body``, no request body is sent. An empty response is an error unless it ``may_be_empty``. ``causes``
        are likely causes of errors of this call.

        Raises ``EmmError``: ``TransportError`` if no response arrived, ``ApiError`` if the response is an error or not
        a JSON object, and others if there is no access token.
        """
        url = self._base + "/".join(urllib.parse.quote(part, safe="") for part in path)
        if query:
            url += f"?{urllib.parse.urlencode(query)}"
        authorization = self._authorizer.header()
        sent_at = now()
        response = self._send(method, url, body, effect, authorization)
        if response.status_code == 401 and self._authorizer.renew(authorization):
            sent_at = now()
            response = self._send(method, url, body, effect, self._authorizer.header())
        clocks = Clocks(sent_at, now(), read_date(response.headers.get("Date")))
        self.clock_difference = self.clock_difference or clocks.difference
        try:
            resource = self._decode(f"{method} {url}", response, effect, may_be_empty=may_be_empty)
        except ApiError as error:
            refine_likely_cause(error, causes)
            raise
        return ApiResponse(f"{method} {url}", effect, response.status_code, resource, clocks)

    def _send(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None,
        effect: Effect,
        authorization: Mapping[str, str],
    ) -> requests.Response:
        headers = {"Accept": "application/json", **authorization}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            return self._session.request(method, url, data=data, headers=headers, repeatable=effect.repeatable)
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            message = f"{method} {url}: {explain(error, self._authorizer.access_token)}."
            if may_have_been_carried_out():
                message = effect.describe_lost(message)
            raise TransportError(message) from None  # without the cause, which may quote a response

    def _decode(
        self, call: str, response: requests.Response, effect: Effect, *, may_be_empty: bool
    ) -> Mapping[str, Any]:
        """The resource in a response. Raises ``ApiError``."""
        code = response.status_code
        content: Any = None
        flaw = None
        if may_be_empty and 200 <= code < 300 and not response.content:
            return {}
        try:
            content = decode(response.content)
        except NotJsonError as error:
            flaw = str(error)
        if not 200 <= code < 300:
            raise self._error(call, response, content, flaw)
        if not isinstance(content, Mapping):
            message = (
                f"{call}: the response (HTTP {code}) is {self._describe(response, content, flaw)}, not a JSON object. "
                "Check that it is the Play EMM API that responds at this address."
            )
            raise UnusableResponseError(effect.describe_carried_out(message), http_status=code)
        if "error" in content:
            message = f"{call}: the server reported success (HTTP {code}) together with an error."
            raise UnusableResponseError(effect.describe_carried_out(message), http_status=code)
        return content

    def _error(self, call: str, response: requests.Response, content: object, flaw: str | None) -> ApiError:
        """The error for an unsuccessful response, from Google's envelope if it has one."""
        code = response.status_code
        envelope = ErrorEnvelope.of(content)
        if envelope is None:
            problem = f"and {self._describe(response, content, flaw)}"
            if "Location" in response.headers and 300 <= code < 400:
                target = self._quote(response.headers["Location"])
                problem = f"and a redirect to {target}, which is not followed because the request carries credentials"
            return ApiError(f"{call}: the server responded with HTTP {code} {problem}.", http_status=code)
        reason, cause = likely_cause(code, envelope, self._authorizer.account)
        reason, status, message = (
            self._quote(text) if text else None for text in (reason, envelope.status, envelope.message)
        )
        codes = ", ".join(filter(None, (reason, status)))
        codes = f" ({codes})" if codes else ""
        return ApiError(
            f"{call}: the server responded with HTTP {code}{codes}: {(message or 'no message').rstrip('.')}.",
            likely_cause=cause,
            http_status=code,
            reason=reason,
            status=status,
            server_message=message or "",
        )

    def _quote(self, text: str) -> str:
        return sanitize(text, self._authorizer.access_token)

    def _describe(self, response: requests.Response, content: object, flaw: str | None) -> str:
        """Describe a body for a message. For an HTML page, only its title is quoted."""
        if not response.content.strip():
            return "an empty body"
        if flaw is None:
            return f"JSON of type {type(content).__name__}"
        _before, *title = _TITLE.split(response.content.decode(errors="replace"), maxsplit=2)
        if len(title) == 2:
            text = self._quote(html.unescape(title[0]))
            return f"an HTML page titled {text!r}"
        kind = self._quote(response.headers.get("Content-Type", "").partition(";")[0])
        return "an HTML page" if kind == "text/html" else f"a body that is {flaw} ({kind or 'without a Content-Type'})"
