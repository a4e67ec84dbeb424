# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""How requests leave this machine: one place for TLS, proxies, timeouts, retries and redirects.

The Play EMM API and the OAuth endpoints are reached through the same ``Session``, so the connection options hold for
both.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import io
import logging
import urllib.parse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.metadata_server import metadata_hosts
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions, is_loopback
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.retry import RETRY_STATUSES, BoundedRetry
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.trust import (
    trusted_by_default,
    trusted_by_environment,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import (
    Adapter,
    IrregularAnswer,
    nothing_was_sent_yet,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import quote_foreign
from ansible_collections.emm.android_enterprise.plugins.module_utils._version import VERSION

try:
    import requests
    import requests.utils
    import urllib3.exceptions
    import urllib3.util
    from requests import Session as RequestsSession
except ImportError:  # _module.py reports missing libraries; this file must still be importable then
    if not TYPE_CHECKING:
        RequestsSession = object


USER_AGENT = f"emm.android_enterprise/{VERSION}"


class Session(RequestsSession):
    """A ``requests`` session that obeys the connection options. Threads may share it."""

    def __init__(
        self,
        options: ConnectionOptions,
        once: str,
        connections: int = 1,
        is_wanted: Callable[[], bool] = lambda: True,
        is_over_quota: Callable[[bytes], bool] = lambda body: False,
    ) -> None:
        """``once`` is the URL prefix whose requests must not be repeated when their answer got lost on the way.

        Such a request may have created something; a token request to an OAuth endpoint, on the other hand, has not.
        The rate limit is for these requests too: none of them is sent when ``is_wanted`` says no, or after ``close``,
        and ``is_over_quota`` says of the body of an answer with status 403 whether it means what 429 does.
        ``connections`` is how many of them are kept open.
        """
        super().__init__()
        self.fingerprint = options.fingerprint()
        self._closed = False
        self._once = once
        self._limiter = RateLimiter(is_wanted=lambda: not self._closed and is_wanted())
        self._proxies: dict[str, dict[str, str]] = {}  # by host
        self._timeout = options.timeout
        self._trusted = options.ca_path or trusted_by_environment() or trusted_by_default()
        self.headers["User-Agent"] = USER_AGENT
        self.headers["Accept-Encoding"] = "identity"  # answers are small, and what is compressed could be anything
        # Or requests would replace the Authorization header with an entry of ~/.netrc, and look for proxies each time,
        # which takes a fifth of the time of a request.
        self.trust_env = False
        logging.getLogger("urllib3.connectionpool").addFilter(_redact)  # once, however many sessions there are
        self.mount("https://", _adapter(options))
        self.mount("http://", _adapter(options))
        self.mount(once, _adapter(options, connections, read=False, limiter=self._limiter, is_over_quota=is_over_quota))
        for host in metadata_hosts():
            # google-auth asks for the root to see whether there is a metadata server at all, in short tries of its own.
            self.mount(f"http://{host}/", Adapter(max_retries=0))
            self.mount(f"http://{host}/computeMetadata/", _adapter(options))

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and read the answer, whatever its status. All methods of the session end here.

        A redirect is an answer like any other: it is not followed, since the request carries credentials.
        Raises ``TransportError`` for an insecure URL, and the exceptions of ``requests``.
        """
        nothing_was_sent_yet()
        url = request.url or ""
        local = _is_local(url)
        if not local and not url.startswith("https://"):
            raise TransportError(
                f"Refused to send credentials to {quote_foreign(url)}: plain HTTP is allowed for this machine only. "
                "Use https."
            )
        kwargs["proxies"] = {} if local else self._proxies_for(url)
        kwargs["timeout"] = min(kwargs.get("timeout") or self._timeout, self._timeout)
        kwargs["verify"] = self._trusted
        kwargs["allow_redirects"] = False
        kwargs["stream"] = True  # what goes wrong with the body is raised here, in the same way
        if url.startswith(self._once):
            return self._send_in_turn(request, **kwargs)
        return self._exchange(request, **kwargs)

    def close(self) -> None:
        """Close all connections. What waits for its turn, or to be tried again, is not sent any more."""
        self._closed = True
        super().close()

    def _send_in_turn(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self._limiter.wait()
        try:
            return self._exchange(request, **kwargs)
        finally:
            self._limiter.settle(refused=False)  # unless the retry policy has seen a refusal, which it settles itself

    def _exchange(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request, and read the whole answer."""
        response = super().send(request, **kwargs)
        response.raw = io.BytesIO(_read(response))
        return response

    def _proxies_for(self, url: str) -> dict[str, str]:
        """The proxies that the environment names for a host, by scheme."""
        host = urllib.parse.urlsplit(url).netloc
        if host not in self._proxies:
            proxies = requests.utils.get_environ_proxies(url)
            _check_proxy(requests.utils.select_proxy(url, proxies))
            self._proxies[host] = proxies
        return self._proxies[host]

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No answer is a redirect; ``requests`` would look into its target even if it is not to follow it."""


def _redact(record: logging.LogRecord) -> bool:
    """Redact a line of urllib3's log, which has addresses in it. Within Ansible, it goes to Ansible's log file."""
    record.msg, record.args = quote_foreign(record.getMessage()), ()
    return True


def _check_proxy(url: str | None) -> None:
    """Raise ``TransportError`` for a proxy without a host, over which ``requests`` stumbles with any kind of error."""
    if url is None:
        return
    with contextlib.suppress(urllib3.exceptions.LocationParseError):
        if urllib3.util.parse_url(url if "://" in url else f"http://{url}").host:
            return
    raise TransportError(  # without the URL, which may hold a password
        "The proxy in the environment variable HTTPS_PROXY or ALL_PROXY is not a valid URL, such as "
        "http://proxy.example.com:3128."
    )


def _read(response: requests.Response) -> bytes:
    """The body of an answer. Raises the exceptions of ``requests``."""
    response.raw.enforce_content_length = True  # urllib3 1 takes half an answer for a whole one otherwise
    body: bytes | None = None
    try:
        if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
            raise requests.exceptions.ContentDecodingError(
                IrregularAnswer("it is compressed, although no compression was requested")
            )
        body = response.raw.data
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error, response=response) from error
    except urllib3.exceptions.SSLError as error:
        raise requests.exceptions.SSLError(error, response=response) from error
    except (urllib3.exceptions.HTTPError, ValueError) as error:  # ValueError for a chunk of negative size
        raise requests.exceptions.ChunkedEncodingError(error, response=response) from error
    finally:
        response.raw.close()
    return body or b""


def _adapter(options: ConnectionOptions, connections: int = 1, read: bool | None = None, **policy: Any) -> Adapter:
    """A connection pool with the retry policy; ``read`` is False where a lost answer must not be asked for again."""
    retry = BoundedRetry(
        total=options.retries,
        read=read,
        other=0,
        redirect=False,
        allowed_methods=None,
        status_forcelist=RETRY_STATUSES,
        raise_on_status=False,
        time_limit=options.timeout * (options.retries + 1),
        **policy,
    )
    return Adapter(max_retries=retry, pool_maxsize=connections)


def _is_local(url: str) -> bool:
    """Whether a URL is of this machine or its metadata server: there, plain http is acceptable and a proxy is not."""
    parts = urllib.parse.urlsplit(url)
    return parts.netloc in metadata_hosts() or is_loopback(parts.hostname or "")
