# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How requests leave this machine: one place for TLS, proxies, timeouts, retries and redirects.

The Play EMM API and the OAuth endpoints are reached through the same ``Http`` object, so the connection options hold
for both.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import ipaddress
import os
import random
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    OptionError,
    TransportError,
    quote_foreign,
)

if TYPE_CHECKING:
    import requests
    import requests.adapters
    import urllib3.exceptions
    from urllib3.response import BaseHTTPResponse
    from urllib3.util.retry import Retry
else:
    try:
        import requests
        import requests.adapters
        import urllib3.exceptions
        from urllib3.util.retry import Retry
    except ImportError:  # _module.py reports missing libraries; this file must still be importable then
        Retry = object

USER_AGENT = "emm.android_enterprise/0.1.0"
RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})
BACKOFF_FIRST = 0.5  # seconds; Google's usage page names 0.5 s, 1 s, 2 s for jobs that a person waits for
BACKOFF_MAX = 16.0  # seconds
RETRY_AFTER_MAX = 60.0  # seconds; the API's quota is counted by the minute
RETRIES_MAX = 10
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_METADATA_HOSTS = ("metadata.google.internal", "169.254.169.254")
_METADATA_VARIABLES = ("GCE_METADATA_HOST", "GCE_METADATA_IP")  # how google-auth is told of another one


@dataclass(frozen=True)
class ConnectionOptions:
    """The options of the C(connection) documentation fragment, checked."""

    api_url: str
    timeout: float  # seconds, for one attempt
    retries: int
    ca_path: str | None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> ConnectionOptions:
        """Check the options. Raises ``OptionError``."""
        if options["timeout"] < 1:
            raise OptionError("timeout", options["timeout"], "it must be at least 1 second")
        if not 0 <= options["retries"] <= RETRIES_MAX:
            raise OptionError("retries", options["retries"], f"it must be from 0 to {RETRIES_MAX}")
        ca_path = options["ca_path"]
        if ca_path is not None and not os.path.exists(ca_path):
            raise OptionError("ca_path", ca_path, "there is no such file or directory")
        return cls(_check_api_url(options["api_url"]), options["timeout"], options["retries"], ca_path)


class Http:
    """A ``requests`` session that obeys the connection options.

    It has the part of the interface of ``requests.Session`` that google-auth's transport uses.
    """

    def __init__(self, options: ConnectionOptions, once: str) -> None:
        """``once`` is the URL prefix whose requests must not be repeated when their answer got lost on the way.

        Such a request may have created something; a token request to an OAuth endpoint, on the other hand, has not.
        """
        self._timeout = options.timeout
        self._verify = options.ca_path or next(filter(None, map(os.environ.get, _CA_VARIABLES)), True)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        # An authentication of its own, or requests would replace the Authorization header with a ~/.netrc entry.
        self._session.auth = lambda request: request
        self._mount("https://", options, read=None)
        self._mount("http://", options, read=None)
        self._mount(once, options, read=False)
        for host in _metadata_hosts():
            # google-auth asks for the root to see whether there is a metadata server at all, in short tries of its own.
            self._session.mount(f"http://{host}/", requests.adapters.HTTPAdapter(max_retries=0))
            self._mount(f"http://{host}/computeMetadata/", options, read=None)

    def _mount(self, prefix: str, options: ConnectionOptions, read: bool | None) -> None:
        retry = BoundedRetry(
            total=options.retries,
            read=read,
            other=0,
            redirect=False,
            allowed_methods=None,
            status_forcelist=RETRY_STATUSES,
            raise_on_status=False,
            time_limit=options.timeout * (options.retries + 1),
        )
        self._session.mount(prefix, requests.adapters.HTTPAdapter(max_retries=retry))

    def request(
        self,
        method: str,
        url: str,
        data: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> requests.Response:
        """Send a request and read the answer, whatever its status.

        A redirect is an answer like any other: it is not followed, since the request carries credentials.
        Raises ``TransportError`` for an insecure URL and the exceptions of ``requests``.
        """
        local = _is_local(url)
        if not url.startswith("https://") and not local:
            raise TransportError(
                f"Refused to send credentials to {url}: plain http is only for this machine itself, https for all else."
            )
        return self._session.request(
            method,
            url,
            data=data,
            headers=dict(headers or {}),
            timeout=min(timeout or self._timeout, self._timeout),
            allow_redirects=False,
            verify=self._verify,
            proxies={"http": None, "https": None, "all": None} if local else None,  # type: ignore[dict-item]
            **kwargs,
        )

    def get_adapter(self, url: str) -> requests.adapters.BaseAdapter:
        """The adapter for a URL, for google-auth's mutual TLS."""
        return self._session.get_adapter(url)

    def mount(self, prefix: str, adapter: requests.adapters.BaseAdapter) -> None:
        """Use an adapter for a URL prefix, for google-auth's mutual TLS."""
        self._session.mount(prefix, adapter)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


class BoundedRetry(Retry):
    """``urllib3``'s policy with the backoff that Google asks for and an end that does not depend on the server.

    Waits are ``BACKOFF_FIRST`` doubled at each retry, each plus or minus half of itself at random. ``Retry-After`` is
    obeyed up to ``RETRY_AFTER_MAX``. No retry starts later than ``time_limit`` seconds after the first failure.
    """

    def __init__(self, *args: Any, time_limit: float, deadline: float | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_limit = time_limit
        self.deadline = deadline

    def new(self, **kw: Any) -> BoundedRetry:
        deadline = self.deadline or time.monotonic() + self.time_limit
        return super().new(time_limit=self.time_limit, deadline=deadline, **kw)

    def increment(self, *args: Any, **kwargs: Any) -> Retry:
        if self._remaining() <= 0:
            return super(BoundedRetry, self.new(total=0)).increment(*args, **kwargs)  # raises: no more retries
        return super().increment(*args, **kwargs)

    def get_backoff_time(self) -> float:
        wait = BACKOFF_FIRST * 2 ** (len(self.history) - 1)
        return min(wait * random.uniform(0.5, 1.5), BACKOFF_MAX, self._remaining())

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            wait = super().get_retry_after(response)
        except urllib3.exceptions.InvalidHeader:
            wait = None
        return None if wait is None else min(wait, RETRY_AFTER_MAX, self._remaining())

    def _remaining(self) -> float:
        return self.time_limit if self.deadline is None else max(0.0, self.deadline - time.monotonic())


def explain(error: Exception, *secrets: str | None) -> str:
    """What went wrong on the way, in one clause with the innermost cause, which is what a person can act on.

    ``error`` is an exception of ``requests``, or one that wraps it.
    """
    causes = list(_causes(error))
    kinds: tuple[tuple[str, tuple[type[Exception], ...]], ...] = (
        ("the proxy could not be used", (urllib3.exceptions.ProxyError,)),
        ("the TLS connection failed", (urllib3.exceptions.SSLError, requests.exceptions.SSLError)),
        ("no answer came in time", (urllib3.exceptions.ReadTimeoutError, requests.exceptions.ReadTimeout)),
        ("no connection could be made", (urllib3.exceptions.ConnectTimeoutError,)),
        ("the answer was cut short", (requests.exceptions.ChunkedEncodingError,)),
    )
    kind = next((text for text, types in kinds if any(isinstance(cause, types) for cause in causes)), None)
    detail = quote_foreign(str(causes[-1]) or type(causes[-1]).__name__, *secrets)
    return f"{kind or 'the connection failed'} ({detail})"


def was_never_sent(error: Exception) -> bool:
    """Whether it is certain that the server did not get the request, because there was no connection to send it on."""
    no_connection = (
        urllib3.exceptions.ConnectTimeoutError,  # and its subclasses: refused, no such host
        urllib3.exceptions.ProxyError,
        urllib3.exceptions.SSLError,
        requests.exceptions.SSLError,
    )
    return any(isinstance(cause, no_connection) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and the ones nested in it: requests and urllib3 keep them in ``reason`` or among the arguments."""
    while error is not None:
        yield error
        inner = [getattr(error, "reason", None), getattr(error, "original_error", None), *error.args]
        error = next((cause for cause in inner if isinstance(cause, BaseException) and cause is not error), None)


def metadata_host() -> str:
    """The host of Google's metadata server, from which a machine in Google's cloud gets its tokens."""
    return os.environ.get("GCE_METADATA_HOST") or _METADATA_HOSTS[0]


def is_metadata_root(url: str) -> bool:
    """Whether a URL is the one that google-auth asks for in search of a metadata server."""
    parts = urllib.parse.urlsplit(url)
    return parts.netloc in _metadata_hosts() and parts.path in ("", "/")


def _metadata_hosts() -> list[str]:
    overriding = [os.environ[name] for name in _METADATA_VARIABLES if os.environ.get(name)]
    return [*_METADATA_HOSTS, *overriding]


def _is_local(url: str) -> bool:
    """Whether a URL is of this machine or its link: there, plain http is acceptable and a proxy is not."""
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    return parts.netloc in _metadata_hosts() or _is_loopback(host) or _is_link_local(host)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_link_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False


def _check_api_url(url: str) -> str:
    """The URL without a trailing slash. Raises ``OptionError``."""
    try:
        parts = urllib.parse.urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise OptionError("api_url", url, f"it is not a URL: {error}") from error
    if parts.username is not None or parts.password is not None:
        # Not the value: it holds a password.
        raise OptionError("api_url", f"{parts.scheme}://...@{host}", "it must not contain a user name or a password")
    if parts.scheme not in ("http", "https") or not host:
        raise OptionError("api_url", url, "it must start with https:// and a host name")
    if parts.query or parts.fragment:
        raise OptionError("api_url", url, "it must not have a query or a fragment")
    if parts.scheme == "http" and not _is_loopback(host):
        raise OptionError(
            "api_url", url, "http:// is accepted for loopback addresses only (localhost, 127.0.0.1, ::1); use https://"
        )
    return url.rstrip("/")
