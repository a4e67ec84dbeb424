# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""How requests leave this machine: one place for TLS, proxies, timeouts, retries and redirects.

The Play EMM API and the OAuth endpoints are reached through the same ``Session``, so the connection options hold for
both.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import io
import ipaddress
import os
import random
import ssl
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError, TransportError
from ansible_collections.emm.android_enterprise.plugins.module_utils._rate import RateLimiter
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import quote_foreign

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3.exceptions
    from requests import Session as RequestsSession
    from urllib3.util.retry import Retry
except ImportError:  # _module.py reports missing libraries; this file must still be importable then
    if not TYPE_CHECKING:
        RequestsSession = Retry = object

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

USER_AGENT = "emm.android_enterprise/0.2.0"
RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})
BACKOFF_FIRST = 0.5  # seconds; Google's usage page names 0.5 s, 1 s, 2 s for jobs that a person waits for
BACKOFF_MAX = 16.0  # seconds
RETRY_AFTER_MAX = 60.0  # seconds; the API's quota is counted by the minute
RETRIES_MAX = 10
TIMEOUT_MAX = 600  # seconds
ANSWER_MAX = 64 * 1024  # bytes; the API's own answers have a few hundred
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_METADATA_HOSTS = ("metadata.google.internal", "169.254.169.254")
_METADATA_VARIABLES = ("GCE_METADATA_HOST", "GCE_METADATA_IP")  # how google-auth is told of another one


@dataclass(frozen=True)
class ConnectionOptions:
    """The options of the ``connection`` documentation fragment, checked."""

    api_url: str
    timeout: float  # seconds, for one attempt
    retries: int
    ca_path: str | None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> ConnectionOptions:
        """Check the options. Raises ``OptionError``."""
        if not 1 <= options["timeout"] <= TIMEOUT_MAX:
            raise OptionError("timeout", options["timeout"], f"it must be from 1 to {TIMEOUT_MAX} seconds")
        if not 0 <= options["retries"] <= RETRIES_MAX:
            raise OptionError("retries", options["retries"], f"it must be from 0 to {RETRIES_MAX}")
        ca_path = options["ca_path"]
        if ca_path is not None and not os.path.exists(ca_path):
            raise OptionError("ca_path", ca_path, "there is no such file or directory")
        return cls(_check_api_url(options["api_url"]), options["timeout"], options["retries"], ca_path)


class Session(RequestsSession):
    """A ``requests`` session that obeys the connection options. Threads may share it."""

    def __init__(self, options: ConnectionOptions, once: str, connections: int = 1) -> None:
        """``once`` is the URL prefix whose requests must not be repeated when their answer got lost on the way.

        Such a request may have created something; a token request to an OAuth endpoint, on the other hand, has not.
        The rate limit is for these requests too. ``connections`` is how many of them are kept open.
        """
        super().__init__()
        self._once = once
        self._limiter = RateLimiter()
        self._proxies: dict[str, dict[str, str]] = {}  # by host
        self._timeout = options.timeout
        self._trusted = options.ca_path or next(filter(None, map(os.environ.get, _CA_VARIABLES)), True)
        self.headers["User-Agent"] = USER_AGENT
        # Or requests would replace the Authorization header with an entry of ~/.netrc, and look for proxies each time,
        # which takes a fifth of the time of a request.
        self.trust_env = False
        self.mount("https://", _adapter(options, read=None))
        self.mount("http://", _adapter(options, read=None))
        self.mount(once, _adapter(options, read=False, limiter=self._limiter, connections=connections))
        for host in _metadata_hosts():
            # google-auth asks for the root to see whether there is a metadata server at all, in short tries of its own.
            self.mount(f"http://{host}/", requests.adapters.HTTPAdapter(max_retries=0))
            self.mount(f"http://{host}/computeMetadata/", _adapter(options, read=None))

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and read the answer, whatever its status. All methods of the session end here.

        A redirect is an answer like any other: it is not followed, since the request carries credentials.
        Raises ``TransportError`` for an insecure URL, and the exceptions of ``requests``.
        """
        url = request.url or ""
        local = _is_local(url)
        if not local and not url.startswith("https://"):
            raise TransportError(
                f"Refused to send credentials to {url}: plain http is only for this machine itself, https for all else."
            )
        kwargs["proxies"] = {} if local else self._proxies_for(url)
        kwargs["timeout"] = min(kwargs.get("timeout") or self._timeout, self._timeout)
        kwargs["verify"] = self._trusted
        kwargs["allow_redirects"] = False
        kwargs["stream"] = True  # the body is read here, against the clock
        response = (
            self._send_in_turn(request, **kwargs) if url.startswith(self._once) else super().send(request, **kwargs)
        )
        response.raw = io.BytesIO(_read(response, kwargs["timeout"]))
        return response

    def _send_in_turn(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self._limiter.wait()
        refused = False
        try:
            response = super().send(request, **kwargs)
            refused = response.status_code == 429
            return response
        finally:
            self._limiter.settle(refused)

    def _proxies_for(self, url: str) -> dict[str, str]:
        """The proxies that the environment names for a host, by scheme."""
        host = urllib.parse.urlsplit(url).netloc
        if host not in self._proxies:
            self._proxies[host] = requests.utils.get_environ_proxies(url)
        return self._proxies[host]

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No answer is a redirect; ``requests`` would look into its target even if it is not to follow it."""


def _read(response: requests.Response, timeout: float) -> bytes:
    """The body of an answer, which has to be complete within ``timeout`` seconds; no more than ``ANSWER_MAX`` of it."""
    deadline = time.monotonic() + timeout
    body = bytearray()
    response.raw.enforce_content_length = True  # urllib3 1 takes half an answer for a whole one otherwise
    try:
        for piece in pieces(response.raw):
            body += piece
            if len(body) >= ANSWER_MAX:
                break
            if time.monotonic() > deadline:
                raise requests.exceptions.ReadTimeout("The answer was not complete in time", response=response)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error, response=response) from error
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error, response=response) from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error, response=response) from error
    finally:
        response.raw.close()
    return bytes(body)


def pieces(raw: Any) -> Iterator[bytes]:
    """A body as it arrives, so that a server that sends a byte now and then does not get its time anew for each."""
    if hasattr(raw, "read1"):
        return iter(lambda: raw.read1(ANSWER_MAX, decode_content=True), b"")
    stream: Iterator[bytes] = raw.stream(1, decode_content=True)  # urllib3 1
    return stream


def _adapter(
    options: ConnectionOptions, read: bool | None, limiter: RateLimiter | None = None, connections: int = 1
) -> requests.adapters.HTTPAdapter:
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
        limiter=limiter,
    )
    return requests.adapters.HTTPAdapter(max_retries=retry, pool_maxsize=connections)


class BoundedRetry(Retry):
    """``urllib3``'s policy with the backoff that Google asks for and an end that does not depend on the server.

    Waits are ``BACKOFF_FIRST`` doubled at each retry, each plus or minus half of itself at random. ``Retry-After`` is
    obeyed up to ``RETRY_AFTER_MAX``. No retry starts later than ``time_limit`` seconds after the first failure, but for
    one that has to wait for others. What the server says of its quota goes to the ``limiter``, where there is one, for
    all threads to obey; one that has less time left than it is told to wait for gives up.
    """

    def __init__(
        self,
        *args: Any,
        time_limit: float,
        deadline: float | None = None,
        limiter: RateLimiter | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.time_limit = time_limit
        self.deadline = deadline
        self.limiter = limiter

    def new(self, **kw: Any) -> BoundedRetry:
        deadline = self.deadline or time.monotonic() + self.time_limit
        return super().new(time_limit=self.time_limit, deadline=deadline, limiter=self.limiter, **kw)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> BoundedRetry:
        if isinstance(error, urllib3.exceptions.ProxyError) and not _is_of_the_proxy(error):
            # urllib3 blames the proxy too when a connection through it breaks after the request was sent.
            error = urllib3.exceptions.ProtocolError("Connection aborted.", error.original_error)
        wait = None if response is None else self._stated_wait(response)
        if self.limiter:
            self._tell_limiter(self.limiter, wait, refused=response is not None and response.status == 429)
        # With too little left, the next step raises what it raises after the last retry.
        policy = self if self._remaining() > (wait or 0) else self.new(total=0)
        return super(BoundedRetry, policy).increment(method, url, response, error, *args, **kwargs)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        super().sleep(response)
        if self.limiter:
            self.limiter.wait()

    def _tell_limiter(self, limiter: RateLimiter, wait: float | None, *, refused: bool) -> None:
        limiter.settle(refused)
        if refused and wait is None:
            wait = self._backoff(len(self.history) + 1)
        limiter.pause(wait or 0.0)

    def get_backoff_time(self) -> float:
        return self._backoff(len(self.history))

    def _backoff(self, retry: int) -> float:
        wait: float = BACKOFF_FIRST * 2 ** (retry - 1)
        return min(wait * random.uniform(0.5, 1.5), BACKOFF_MAX, self._remaining())

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        wait = self._stated_wait(response)
        return None if wait is None else min(wait, self._remaining())

    def _stated_wait(self, response: BaseHTTPResponse) -> float | None:
        try:
            wait = super().get_retry_after(response)
        except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
            wait = None
        return None if wait is None else min(wait, RETRY_AFTER_MAX)

    def _remaining(self) -> float:
        return self.time_limit if self.deadline is None else max(0.0, self.deadline - time.monotonic())


_MALFORMED: tuple[type[Exception], ...] = ()  # what requests raises for a URL or a header that it cannot use
if RequestsSession is not object:
    _MALFORMED = (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidHeader,
    )


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
        ("the answer cannot be used", (requests.exceptions.ContentDecodingError,)),
        ("the request could not be made", _MALFORMED),
    )
    kind = next((text for text, types in kinds if any(isinstance(cause, types) for cause in causes)), None)
    detail = quote_foreign(str(causes[-1]) or type(causes[-1]).__name__, *secrets)
    return f"{kind or 'the connection failed'} ({detail})"


def was_never_sent(error: Exception) -> bool:
    """Whether it is certain that the server did not get the request.

    That is, it could not be formed, or there was no connection, or no proxy or certificate that would do.
    """
    if not isinstance(error, requests.exceptions.RequestException) or isinstance(error, _MALFORMED):
        return True
    causes = list(_causes(error))
    no_connection = (urllib3.exceptions.ConnectTimeoutError, ssl.SSLCertVerificationError)
    return any(
        isinstance(cause, no_connection)
        or (isinstance(cause, urllib3.exceptions.ProxyError) and _is_of_the_proxy(cause))
        for cause in causes
    )


def _is_of_the_proxy(error: urllib3.exceptions.ProxyError) -> bool:
    """Whether a failure that urllib3 blames on a proxy is one of reaching it, or of its refusal to connect."""
    original = error.original_error
    refused = str(original).startswith("Tunnel connection failed")
    return refused or isinstance(original, urllib3.exceptions.ConnectTimeoutError)


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
    """Whether a URL is of this machine or its metadata server: there, plain http is acceptable and a proxy is not."""
    parts = urllib.parse.urlsplit(url)
    return parts.netloc in _metadata_hosts() or _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_api_url(url: str) -> str:
    """The URL as ``requests`` will write it, without a trailing slash. Raises ``OptionError``."""
    if "@" in url:
        # Not the value: it holds a password.
        raise OptionError("api_url", quote_foreign(url), "it must not contain a user name or a password")
    try:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise OptionError("api_url", url, "it must start with https:// and a host name")
        parts.hostname.encode("idna")  # or an impossible name is only found out when the connection is made
        # The retry policies go by the beginning of the URL, so it has to be the one that is really used.
        canonical = requests.Request("POST", url).prepare().url or ""
    except (ValueError, requests.exceptions.RequestException) as error:
        raise OptionError("api_url", url, f"it is not a URL: {quote_foreign(str(error))}") from error
    if parts.query or parts.fragment:
        raise OptionError("api_url", url, "it must not have a query or a fragment")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise OptionError(
            "api_url", url, "http:// is accepted for loopback addresses only (localhost, 127.0.0.1, ::1); use https://"
        )
    return canonical.rstrip("/")
