# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The service accounts of a machine in Google Cloud, whose access tokens come from its metadata server.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.metadata_hosts import metadata_host

try:
    import google.auth.transport
    from google.auth.credentials import Credentials as GoogleCredentials
except ImportError:  # reported by find_missing_library; this file must still be importable then
    if not TYPE_CHECKING:
        GoogleCredentials = object


class MachineAccount(GoogleCredentials):
    """One of the service accounts of this machine, by its e-mail address.

    google-auth's own class accepts an address, too, but since 2.45 it gets the default account's token nevertheless.
    """

    def __init__(self, email: str, scopes: Sequence[str]) -> None:
        super().__init__()
        self.service_account_email = email
        self._scopes = scopes

    def refresh(self, request: Callable[..., google.auth.transport.Response]) -> None:
        account = urllib.parse.quote(self.service_account_email, safe="@")
        path = f"computeMetadata/v1/instance/service-accounts/{account}/token"
        query = urllib.parse.urlencode({"scopes": ",".join(self._scopes)})
        url = f"http://{metadata_host()}/{path}?{query}"
        response = request(url, headers={"Metadata-Flavor": "Google"})
        if response.status != 200:
            raise CredentialsError(
                f"No access token: the metadata server responded with HTTP {response.status} for "
                f"{self.service_account_email}."
            )
        content = json.loads(response.data)
        self.token = content["access_token"]
        # google-auth compares it with times without a time zone.
        self.expiry = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(seconds=content["expires_in"])
