# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Describes network failures.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator

from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import (
    InvalidResponseError,
    may_have_been_sent,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize

try:
    import requests
    import urllib3.exceptions
    from urllib3.util.ssl_match_hostname import CertificateError
except ImportError:  # reported by find_missing_library; this file must still be importable then
    pass

# The rest is the proxy's own text, which may be anything.
_TUNNEL_FAILURE = re.compile(r"^(Tunnel connection failed: \d{3}) .*", re.DOTALL)
_OBJECT_PREFIX = re.compile(r"^(?:<[^<>]*>|\w+\([^()]*\)): ")  # urllib3's prefix, which names the object concerned


def explain(error: Exception, *secrets: str | None) -> str:
    """Describe a network failure in one clause, with its innermost cause, on which the user can act.

    ``error`` is an exception of ``requests``, or one that wraps it.
    """
    causes = list(causes_of(error))
    kinds: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
        ("the response is invalid", (InvalidResponseError,)),
        ("the TLS connection failed", (urllib3.exceptions.SSLError, requests.exceptions.SSLError)),
        ("the proxy could not be used", (urllib3.exceptions.ProxyError,)),
        ("no connection could be made", (urllib3.exceptions.ConnectTimeoutError,)),
        ("no response arrived in time", (urllib3.exceptions.ReadTimeoutError, requests.exceptions.ReadTimeout)),
        ("the response was cut short", (http.client.IncompleteRead,)),
    )
    kind = next((text for text, types in kinds if any(isinstance(cause, types) for cause in causes)), None)
    if kind is None:
        kind = "the connection failed" if may_have_been_sent() else "the request could not be made"
    return f"{kind} ({sanitize(_describe(causes[-1]), *secrets)})"


def _describe(cause: BaseException) -> str:
    """The text of an exception if it cannot contain a part of a response, or else the name of its class.

    Exceptions of parsers quote what cannot be parsed, which may be a token.
    """
    safe_types = (  # texts of the system, of the libraries about connections, and of this collection
        OSError,  # includes the exceptions of requests
        InvalidResponseError,
        urllib3.exceptions.LocationValueError,
        urllib3.exceptions.ResponseError,
        urllib3.exceptions.TimeoutError,
    )
    if isinstance(cause, http.client.IncompleteRead):
        return "it ended before its last byte"
    if isinstance(cause, CertificateError):
        return "its certificate is not valid for this host"
    text = str(cause.args[-1] if isinstance(cause, urllib3.exceptions.HTTPError) and cause.args else cause)
    text = _TUNNEL_FAILURE.sub(r"\1", _OBJECT_PREFIX.sub("", text))
    return (text if isinstance(cause, safe_types) else "") or type(cause).__name__


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those nested in it. requests and urllib3 keep them in ``reason`` or in the arguments."""
    while error is not None:
        yield error
        inner = [getattr(error, "reason", None), getattr(error, "original_error", None), *error.args]
        error = next((cause for cause in inner if isinstance(cause, BaseException) and cause is not error), None)
