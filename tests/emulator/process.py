# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Start the emulator as a separate process, and use its controls."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from tests.emulator.server import Address

_REPOSITORY = Path(__file__).resolve().parents[2]


class Emulator(AbstractContextManager["Emulator"]):
    """A running emulator. Use it as a context manager."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.emulator", "--json", "--directory", str(directory), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_REPOSITORY)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The emulator did not start (exit status {self._process.wait()}).")
        self.address = Address(**json.loads(line))
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy between the tests and the controls

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def journal(self, path: str = "") -> list[dict[str, Any]]:
        """The recorded requests whose path contains ``path``."""
        entries: list[dict[str, Any]] = self._get("journal")
        return [entry for entry in entries if path in entry["path"]]

    def mints(self) -> list[dict[str, Any]]:
        """The recorded requests for a token."""
        return [
            entry
            for entry in self.journal("/androidenterprise/v1/")
            if entry["path"].endswith(("/enrollmentTokens", "/authenticationToken"))
        ]

    def tokens(self, kind: str = "") -> list[dict[str, Any]]:
        """The minted tokens in order, of one kind (``enrollment``, ``user_auth``) or all."""
        tokens: list[dict[str, Any]] = self._get("tokens")
        return [token for token in tokens if kind in token["type"]]

    def proxied(self) -> list[str]:
        """The hosts that were requested through the proxy."""
        hosts: list[str] = self._get("proxied")
        return hosts

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Call the API as the enterprise's service account. ``path`` is the part after the enterprise's ID."""
        url = f"{self.address.url}/androidenterprise/v1/enterprises/{self.address.enterprise_id}{path}"
        headers = {"Authorization": f"Bearer {self.access_token()}"}
        response: dict[str, Any] = self._session.request(method, url, json=body, headers=headers).json()
        return response

    def redeem(self, token: str, account: str | None = None) -> dict[str, Any]:
        """Use a token as a device would. Return the enrolled device, or ``{"refused": reason, "message": ...}``."""
        response = self._session.post(self._control("devices"), json={"token": token, "account": account})
        result: dict[str, Any] = response.json()
        return result

    def access_token(self, **options: Any) -> str:
        """A valid access token of the enterprise's service account."""
        token: str = self._post("access_tokens", options)["access_token"]
        return token

    def fail(self, *faults: dict[str, Any]) -> None:
        """Activate faults, in place of the previous ones."""
        self._post("faults", list(faults))

    def add_enterprise(self, **enterprise: Any) -> None:
        self._post("enterprises", enterprise)

    def change_settings(self, **settings: Any) -> None:
        self._post("settings", settings)

    def advance_clock(self, seconds: float) -> None:
        self._post("clock", {"advance": seconds})

    def revoke(self, *accounts: str) -> None:
        self._post("revoked", list(accounts))

    def reset(self) -> None:
        self._post("reset", None)

    def _control(self, name: str) -> str:
        return f"{self.address.url}/emulator/{name}"

    def _get(self, name: str) -> Any:
        response = self._session.get(self._control(name))
        response.raise_for_status()
        return response.json()

    def _post(self, name: str, content: Any) -> Any:
        response = self._session.post(self._control(name), json=content)
        response.raise_for_status()
        return response.json()
