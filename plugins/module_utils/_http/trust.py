# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The trusted CA certificates.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import os

from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import CA_VARIABLES
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.wire import trust_store

with contextlib.suppress(ImportError):  # _module.py reports missing libraries; this file must still be importable then
    import requests


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
