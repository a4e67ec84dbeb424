# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The connection options, checked.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import os
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize

with contextlib.suppress(ImportError):  # reported by find_missing_library; this file must still be importable then
    import requests


RETRIES_MAX = 10
TIMEOUT_MAX = 600  # seconds
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class ConnectionOptions:
    """The options of the ``connection`` documentation fragment, checked."""

    api_url: str
    timeout: float  # seconds, for one step of an attempt
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

    def fingerprint(self) -> str:
        """A digest that is equal for equal connection settings. It does not reveal a password in them."""
        environment = {
            name: value for name, value in os.environ.items() if name in CA_VARIABLES or name.lower().endswith("_proxy")
        }
        values = [self.timeout, self.retries, self.ca_path, sorted(environment.items())]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_api_url(url: str) -> str:
    """The URL as ``requests`` sends it, without a trailing slash. Raises ``OptionError``."""
    shown = sanitize(url) if set(url) & set("@?#") else url  # it may contain a password or a token
    if "@" in url:
        raise OptionError("api_url", shown, "it must not contain a user name or a password")
    try:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise OptionError("api_url", shown, "it must start with https:// and a host name")
        parts.hostname.encode("idna")  # otherwise, an invalid name is only found when connecting
        # Retry policies are chosen by URL prefix, so this must be the URL that is really used.
        canonical = requests.Request("POST", url).prepare().url or ""
    except (ValueError, requests.exceptions.RequestException) as error:
        raise OptionError("api_url", shown, f"it is not a URL: {sanitize(str(error))}") from error
    if parts.query or parts.fragment:
        raise OptionError("api_url", shown, "it must not have a query or a fragment")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise OptionError(
            "api_url",
            shown,
            "http:// is accepted for loopback addresses only (localhost, 127.0.0.1, ::1); use https://",
        )
    return canonical.rstrip("/")
