# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The trusted CA certificates.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl

from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import CA_VARIABLES

with contextlib.suppress(ImportError):  # reported by find_missing_library; this file must still be importable then
    import requests
    from urllib3.util.ssl_ import create_urllib3_context

_TRUST_STORES_MAX = 8  # in the cache of a process


def load_trust_stores() -> None:
    """Load the default trust stores, so that processes forked from this one do not have to."""
    for find in (trusted_by_environment, trusted_by_default):
        with contextlib.suppress(Exception):  # reported when connecting; requests may be missing
            path = find()
            if path:
                trust_store(path)


def trusted_by_environment() -> str | None:
    """The file or directory of certificates from the environment."""
    return next(filter(None, map(os.environ.get, CA_VARIABLES)), None)


def trusted_by_default() -> str:
    """The file of certificates that ``requests`` trusts."""
    return str(requests.utils.DEFAULT_CA_BUNDLE_PATH)


def trust_store(path: str) -> ssl.SSLContext:
    """The TLS context that trusts the certificates in a file or directory. Raises ``OSError``.

    It is created once, by this process or by one that it was forked from, because loading a typical file takes ten
    times as long as the rest of a connection. A file that has changed is loaded again.
    """
    status = os.stat(path)
    return _load_trust_store(path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@functools.lru_cache(_TRUST_STORES_MAX)
def _load_trust_store(path: str, *_state: int) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    if os.path.isdir(path):
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context
