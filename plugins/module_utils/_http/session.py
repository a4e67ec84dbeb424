# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The HTTP session: one place for TLS, proxies, timeouts, retries and redirects.

The Play EMM API and the OAuth endpoints are reached through the same ``Session``, so the connection options apply to
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
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.metadata_hosts import metadata_hosts
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions, is_loopback
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.retry import RETRY_STATUSES, BoundedRetry
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.trust import (
    trusted_by_default,
    trusted_by_environment,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import (
    Adapter,
    InvalidResponseError,
    begin_request,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize
from ansible_collections.emm.android_enterprise.plugins.module_utils._version import VERSION

try:
    import requests
    import requests.utils
    import urllib3.exceptions
    import urllib3.util
    from requests import Session as RequestsSession
except ImportError:  # reported by find_missing_library; this file must still be importable then
    if not TYPE_CHECKING:
        RequestsSession = object


USER_AGENT = f"emm.android_enterprise/{VERSION}"


class Session(RequestsSession):
    """A ``requests`` session with the connection options. Thread-safe."""

    def __init__(
        self,
        options: ConnectionOptions,
        rate_limited_prefix: str,
        connections: int = 1,
        is_wanted: Callable[[], bool] = lambda: True,
        is_over_quota: Callable[[bytes], bool] = lambda body: False,
    ) -> None:
        """``rate_limited_prefix`` is the URL prefix of the requests that count towards the API's quota.

        The rate limit applies to them only. None of them is sent if ``is_wanted`` returns false, or after ``close``.
        ``is_over_quota`` tells from the body of a response with status 403 whether it means the same as 429.
        ``connections`` is the number of connections to keep open.
        """
        super().__init__()
        self.fingerprint = options.fingerprint()
        self._closed = False
        self._rate_limited_prefix = rate_limited_prefix
        self._limiter = RateLimiter(is_wanted=lambda: not self._closed and is_wanted())
        self._proxies: dict[str, dict[str, str]] = {}  # by host
        self._timeout = options.timeout
        self._trusted = options.ca_path or trusted_by_environment() or trusted_by_default()
        self.headers["User-Agent"] = USER_AGENT
        self.headers["Accept-Encoding"] = "identity"  # responses are small, and compressed ones could contain anything
        # Otherwise, requests would replace the Authorization header with an entry of ~/.netrc, and look up the proxies
        # each time, which takes a fifth of the time of a request.
        self.trust_env = False
        # It is added only once, even with several sessions.
        logging.getLogger("urllib3.connectionpool").addFilter(_redact_log_record)
        self.mount("https://", _adapter(options))
        self.mount("http://", _adapter(options))
        self.mount(
            rate_limited_prefix,
            _adapter(options, connections, limiter=self._limiter, is_over_quota=is_over_quota),
        )
        for host in metadata_hosts():
            # google-auth requests the root to detect a metadata server, with short retries of its own.
            self.mount(f"http://{host}/", Adapter(max_retries=0))
            self.mount(f"http://{host}/computeMetadata/", _adapter(options))

    def request(self, *args: Any, repeatable: bool = True, **kwargs: Any) -> requests.Response:
        """As in ``requests``. A request that is not ``repeatable`` is not retried if its response is lost."""
        begin_request(repeatable=repeatable)
        return super().request(*args, **kwargs)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and read the response, whatever its status. All methods of the session call this one.

        A redirect is returned like any other response. It is not followed, because the request carries credentials.
        Raises ``TransportError`` for an insecure URL, and the exceptions of ``requests``.
        """
        url = request.url or ""
        local = _is_local(url)
        if not local and not url.startswith("https://"):
            raise TransportError(
                f"Refused to send credentials to {sanitize(url)}: plain HTTP is allowed for this machine only. "
                "Use https."
            )
        kwargs["proxies"] = {} if local else self._proxies_for(url)
        kwargs["timeout"] = min(kwargs.get("timeout") or self._timeout, self._timeout)
        kwargs["verify"] = self._trusted
        kwargs["allow_redirects"] = False
        kwargs["stream"] = True  # so that errors in the body are raised here, too
        if url.startswith(self._rate_limited_prefix):
            return self._send_rate_limited(request, **kwargs)
        return self._send_and_read(request, **kwargs)

    def close(self) -> None:
        """Close all connections. Requests that wait for their turn or for a retry are not sent any more."""
        self._closed = True
        super().close()

    def _send_rate_limited(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self._limiter.wait()
        try:
            return self._send_and_read(request, **kwargs)
        finally:
            self._limiter.record_result(refused=False)  # no effect if the retry policy has recorded it

    def _send_and_read(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and read the whole response."""
        response = super().send(request, **kwargs)
        response.raw = io.BytesIO(_read_body(response))
        return response

    def _proxies_for(self, url: str) -> dict[str, str]:
        """The proxies from the environment for a host, by scheme."""
        host = urllib.parse.urlsplit(url).netloc
        if host not in self._proxies:
            proxies = requests.utils.get_environ_proxies(url)
            _check_proxy(requests.utils.select_proxy(url, proxies))
            self._proxies[host] = proxies
        return self._proxies[host]

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Ignore redirects. ``requests`` would parse the target even if it must not follow it."""


def _redact_log_record(record: logging.LogRecord) -> bool:
    """Redact a line of urllib3's log, which contains URLs. Within Ansible, it goes to Ansible's log file."""
    record.msg, record.args = sanitize(record.getMessage()), ()
    return True


def _check_proxy(url: str | None) -> None:
    """Raise ``TransportError`` for a proxy URL without a host, for which ``requests`` raises arbitrary errors."""
    if url is None:
        return
    with contextlib.suppress(urllib3.exceptions.LocationParseError):
        if urllib3.util.parse_url(url if "://" in url else f"http://{url}").host:
            return
    raise TransportError(  # without the URL, which may contain a password
        "The proxy in the environment variable HTTPS_PROXY or ALL_PROXY is not a valid URL, such as "
        "http://proxy.example.com:3128."
    )


def _read_body(response: requests.Response) -> bytes:
    """The body of a response. Raises the exceptions of ``requests``."""
    response.raw.enforce_content_length = True  # otherwise, urllib3 1 accepts a truncated response
    body: bytes | None = None
    try:
        if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
            raise requests.exceptions.ContentDecodingError(
                InvalidResponseError("it is compressed, although no compression was requested")
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


def _adapter(options: ConnectionOptions, connections: int = 1, **policy: Any) -> Adapter:
    """A connection pool with the retry policy."""
    retry = BoundedRetry(
        total=options.retries,
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
    """Whether a URL is that of this machine or its metadata server: plain HTTP is allowed, and no proxy is used."""
    parts = urllib.parse.urlsplit(url)
    return parts.netloc in metadata_hosts() or is_loopback(parts.hostname or "")
