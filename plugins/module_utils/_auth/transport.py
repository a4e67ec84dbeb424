# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Sends the requests of ``google-auth`` over the session of the API's client.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.failures import Unavailable
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.secrets import register_request
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.metadata_hosts import is_metadata_root
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.retry import RETRY_STATUSES

try:
    import google.auth.exceptions
    import google.auth.transport
    from google.auth.transport.requests import Request as GoogleRequest
except ImportError:  # reported by find_missing_library; this file must still be importable then
    if not TYPE_CHECKING:
        GoogleRequest = object


class Request(GoogleRequest):
    """google-auth's transport, with a single retry policy.

    The session has already retried what makes sense. google-auth would start over several times, unless the error is of
    a type that it does not expect. Only its search for a metadata server needs the original error.

    ``last_response`` is the last response.
    """

    last_response: google.auth.transport.Response | None = None

    def __call__(
        self, url: str, method: str = "GET", body: bytes | None = None, *args: Any, **kwargs: Any
    ) -> google.auth.transport.Response:
        register_request(body)
        try:
            response: google.auth.transport.Response = super().__call__(url, method, body, *args, **kwargs)
        except google.auth.exceptions.TransportError as error:
            if is_metadata_root(url):
                raise
            raise google.auth.exceptions.RefreshError(*error.args) from error
        self.last_response = response
        if response.status in RETRY_STATUSES:
            raise google.auth.exceptions.RefreshError(Unavailable(url, response))
        return response
