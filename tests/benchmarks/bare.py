# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Mint a token for each user with a minimal script, for comparison: ``python bare.py ENTERPRISE USERS``.

``USERS`` is a JSON file. The script takes its settings from the environment variables of the collection.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import google.auth.transport.requests
import requests
from google.oauth2 import service_account
from requests.adapters import HTTPAdapter

CONCURRENCY = 50  # the default of the modules
SCOPE = "https://www.googleapis.com/auth/androidenterprise"


def main() -> None:
    enterprise, users = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))["user_ids"]
    base = os.environ["ANDROID_ENTERPRISE_API_URL"]
    session = requests.Session()
    session.mount(base, HTTPAdapter(pool_maxsize=CONCURRENCY))
    credentials = service_account.Credentials.from_service_account_file(
        os.environ["GCP_SERVICE_ACCOUNT_FILE"], scopes=[SCOPE]
    )
    credentials.refresh(google.auth.transport.requests.Request(session))
    session.headers["Authorization"] = f"Bearer {credentials.token}"

    def mint(user: str) -> str:
        url = f"{base}/androidenterprise/v1/enterprises/{enterprise}/users/{user}/authenticationToken"
        response = session.post(url)
        response.raise_for_status()
        token: str = response.json()["token"]
        return token

    with ThreadPoolExecutor(CONCURRENCY) as executor:
        json.dump(list(executor.map(mint, users)), sys.stdout)


if __name__ == "__main__":
    main()
