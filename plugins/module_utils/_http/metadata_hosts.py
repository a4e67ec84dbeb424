# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The addresses of Google Cloud's metadata server, which issues access tokens to machines.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import os
import urllib.parse

_HOSTS = ("metadata.google.internal", "169.254.169.254")
_VARIABLES = ("GCE_METADATA_HOST", "GCE_METADATA_IP")  # which google-auth reads for another host


def metadata_host() -> str:
    """The host of Google Cloud's metadata server."""
    return os.environ.get("GCE_METADATA_HOST") or _HOSTS[0]


def is_metadata_root(url: str) -> bool:
    """Whether a URL is the one that google-auth requests to detect a metadata server."""
    parts = urllib.parse.urlsplit(url)
    return parts.netloc in metadata_hosts() and parts.path in ("", "/")


def metadata_hosts() -> list[str]:
    overriding = [os.environ[name] for name in _VARIABLES if os.environ.get(name)]
    return [*_HOSTS, *overriding]
