# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Keys, certificates and credential files, generated at each start and readable only by their owner."""

from __future__ import annotations

import json
import os
import secrets
import ssl
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.emulator.store import BUILDER_ACCOUNT, STAGING_ACCOUNT

_HOSTS = ("localhost", "127.0.0.1", "::1", "*.googleapis.com", "*.emulator.test")


class Files:
    """Writes the files into ``directory``. ``token_uri`` is the token endpoint in the service account keys."""

    def __init__(self, directory: Path, token_uri: str) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self.public_keys: dict[str, rsa.RSAPublicKey] = {}
        self.refresh_token = secrets.token_urlsafe(32)
        self.subject_token = secrets.token_urlsafe(32)
        self.service_account_file = self._write_service_account("service_account.json", STAGING_ACCOUNT, token_uri)
        self.builder_file = self._write_service_account("builder.json", BUILDER_ACCOUNT, token_uri)
        self.gcloud_login_file = self._write_gcloud_login()
        self.workload_identity_file = self._write_workload_identity()
        self.ca_file = directory / "ca.pem"
        self.tls = self._make_certificates()

    def _write_service_account(self, name: str, account: str, token_uri: str) -> Path:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public_keys[account] = key.public_key()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return self._write_json(
            name,
            {
                "type": "service_account",
                "project_id": "emulator",
                "private_key_id": secrets.token_hex(20),
                "private_key": pem,
                "client_email": account,
                "client_id": str(secrets.randbelow(10**21)),
                "token_uri": token_uri,
            },
        )

    def _write_gcloud_login(self) -> Path:
        """The file that ``gcloud auth application-default login`` writes."""
        return self._write_json(
            "gcloud_login.json",
            {
                "type": "authorized_user",
                "client_id": "emulator.apps.googleusercontent.com",
                "client_secret": secrets.token_urlsafe(16),
                "refresh_token": self.refresh_token,
            },
        )

    def _write_workload_identity(self) -> Path:
        """Workload identity federation, with the workload's own token in a file."""
        subject_token_file = self._directory / "subject_token"
        _write(subject_token_file, self.subject_token)
        pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/bench/providers/emulator"
        return self._write_json(
            "workload_identity.json",
            {
                "type": "external_account",
                "audience": pool,
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": "https://sts.googleapis.com/v1/token",
                "credential_source": {"file": str(subject_token_file)},
            },
        )

    def _make_certificates(self) -> ssl.SSLContext:
        authority = trustme.CA()
        _write(self.ca_file, authority.cert_pem.bytes().decode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*_HOSTS).configure_cert(context)
        return context

    def _write_json(self, name: str, content: dict[str, Any]) -> Path:
        path = self._directory / name
        _write(path, json.dumps(content, indent=2))
        return path


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
