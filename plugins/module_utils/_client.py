# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The HTTP client of the Google Play EMM API: a call in, a decoded resource or a typed error out.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import email.utils
import html
import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import (
    AccessTokenCache,
    AuthOptions,
    Authorizer,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import ApiError, TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import (
    ConnectionOptions,
    Session,
    explain,
    was_never_sent,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import quote_foreign

with contextlib.suppress(ImportError):  # _module.py reports missing libraries; this file must be importable then
    import requests

_SERVICE_PATH = "/androidenterprise/v1/"


@dataclass(frozen=True)
class Answer:
    """What a ``call`` returned: the decoded ``resource``, and the server's clock when it answered (UTC)."""

    call: str
    resource: Mapping[str, Any]
    date: datetime


class Client:
    """Connections to the API, with credentials. Use it for as many calls as there are; close it afterwards.

    Threads may share it.
    """

    def __init__(
        self,
        connection: ConnectionOptions,
        auth: AuthOptions,
        connections: int = 1,
        cache: AccessTokenCache | None = None,
    ) -> None:
        """Load the credentials. Raises ``CredentialsError``; sends no request to the API.

        ``connections`` is how many of them are kept open; ``cache`` is where access tokens are looked for.
        """
        self._base = connection.api_url + _SERVICE_PATH
        self._session = Session(connection, once=self._base, connections=connections)
        self._authorizer = Authorizer(auth, self._session, cache)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def authorize(self) -> None:
        """Get an access token now, if there is none yet. Raises ``CredentialsError``."""
        self._authorizer.header()

    @property
    def is_refused_an_access_token(self) -> bool:
        """Whether there was none to be had, so that no call will succeed any more."""
        return self._authorizer.has_failed

    def post(self, *path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Call ``POST <path>``, each part of which is percent-encoded; without ``body``, no request body is sent.

        Raises ``CredentialsError`` when there is no access token to be had, ``TransportError`` when no answer arrived,
        and ``ApiError`` when the answer is an error or not a JSON object.
        """
        url = self._base + "/".join(urllib.parse.quote(part, safe="") for part in path)
        authorization = self._authorizer.header()
        response = self._send(url, body, authorization)
        if response.status_code == 401 and self._authorizer.renew(authorization):
            response = self._send(url, body, self._authorizer.header())
        return self._decode(f"POST {url}", response)

    def _send(self, url: str, body: Mapping[str, Any] | None, authorization: Mapping[str, str]) -> requests.Response:
        headers = {"Accept": "application/json", **authorization}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            return self._session.request("POST", url, data=data, headers=headers)
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            lost = "" if was_never_sent(error) else " The request may have been carried out all the same."
            raise TransportError(f"POST {url}: {explain(error, self._authorizer.access_token)}.{lost}") from error

    def _decode(self, call: str, response: requests.Response) -> Answer:
        code = response.status_code
        try:
            content = response.json()
        except (ValueError, RecursionError):
            content = None
        if not 200 <= code < 300:
            raise self._error(call, response, content)
        if not isinstance(content, Mapping):
            raise ApiError(
                f"{call}: the answer (HTTP {code}) is {self._describe(response, content)}, not a JSON object. "
                "Is something other than the Play EMM API answering at this address?",
                http_status=code,
            )
        return Answer(call, content, _server_date(response))

    def _error(self, call: str, response: requests.Response, content: object) -> ApiError:
        """The error of a response that is not a success, from Google's envelope where it has one."""
        code = response.status_code
        envelope = content.get("error") if isinstance(content, Mapping) else None
        if not isinstance(envelope, Mapping):
            said = f"with {self._describe(response, content)}"
            if "Location" in response.headers and 300 <= code < 400:
                target = self._quote(response.headers["Location"])
                said = f"with a redirect to {target}, which is not followed because the request carries credentials"
            return ApiError(f"{call}: the server answered HTTP {code} {said}.", http_status=code)
        details = envelope.get("errors")
        first = details[0] if isinstance(details, list) and details and isinstance(details[0], Mapping) else {}
        reason, status, message = (
            self._quote(text) if isinstance(text, str) and text else None
            for text in (first.get("reason"), envelope.get("status"), envelope.get("message"))
        )
        named = ", ".join(filter(None, (reason, status)))
        named = f" ({named})" if named else ""
        return ApiError(
            f"{call}: the server answered HTTP {code}{named}: {(message or 'no message').rstrip('.')}.",
            likely_cause=_likely_cause(code, self._authorizer.account),
            http_status=code,
            reason=reason,
            status=status,
            server_message=message or "",
        )

    def _quote(self, text: str) -> str:
        return quote_foreign(text, self._authorizer.access_token)

    def _describe(self, response: requests.Response, content: object) -> str:
        """What kind of thing a body is, for a message; of a page only its title, since the rest is noise."""
        if not response.content.strip():
            return "an empty body"
        if content is not None:
            return f"JSON of type {type(content).__name__}"
        title = re.search(r"<title[^>]*>(.*?)</title>", response.text, re.DOTALL | re.IGNORECASE)
        if title:
            text = self._quote(html.unescape(title.group(1)))
            return f"an HTML page titled {text!r}"
        kind = self._quote(response.headers.get("Content-Type", "").partition(";")[0])
        return "an HTML page" if kind == "text/html" else f"a body that is not JSON ({kind or 'of no stated type'})"


def _server_date(response: requests.Response) -> datetime:
    """When the server answered, by its own clock; by ours if it does not say."""
    try:
        date = email.utils.parsedate_to_datetime(response.headers["Date"])
        return date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (KeyError, ValueError, TypeError, OverflowError):
        return datetime.now(timezone.utc)


def _likely_cause(code: int, account: str | None) -> str | None:
    """The likely cause of an error that says the same for every call."""
    return {
        401: "the access token has expired, or was not issued for this API.",
        403: f"{account or 'the caller'} is not the enterprise's service account, the Play EMM API is not enabled in "
        "its project, or the token's scopes do not include the API's.",
        429: "the EMM's quota of 60,000 requests a minute was still exceeded after all retries.",
    }.get(code)
