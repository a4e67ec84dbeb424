# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The checksums that Android uses to verify a DPC that it downloads.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zipfile
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import type_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library

_PEM = "-----BEGIN "
_URL_SAFE = str.maketrans("-_", "+/")
# A digest as keytool, apksigner and openssl print it.
_LABEL = re.compile(r"\s*(?:[\w #]*\bSHA-?256\b[\w ]*[:=])?", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}:?){32}")


def signature_checksum(certificate: object) -> str:
    """The checksum of a signing certificate: a PEM string, or the path of a PEM or DER file. Raises ``EmmError``."""
    pem = isinstance(certificate, str) and _PEM in certificate
    content = str(certificate).encode() if pem else _read(certificate)
    return encode(_fingerprint(content))


def package_checksum(path: object) -> str:
    """The checksum of an APK file. Raises ``EmmError``."""
    content = _read(path)
    # An error page that was saved instead would have a checksum, too.
    if not _is_package(content):
        raise EmmError(f"The file {path!r} is not an APK file.")
    return encode(hashlib.sha256(content).digest())


def encode(digest: bytes) -> str:
    """A digest as Android expects it: URL-safe base64, without padding."""
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def check(checksum: str) -> None:
    """Raise ``ValueError``, with the rule, unless a checksum is a SHA-256 digest in the form of ``encode``."""
    rule = "it must be a SHA-256 digest in URL-safe base64, 43 characters"
    try:
        digits = "".join(_LABEL.sub("", checksum, count=1).split())
        if _HEXADECIMAL.fullmatch(digits):
            digest = bytes.fromhex(digits.replace(":", ""))
        else:
            digest = base64.b64decode(checksum.rstrip("=").translate(_URL_SAFE) + "=", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(rule) from error
    if len(digest) != hashlib.sha256().digest_size:
        raise ValueError(rule)
    if checksum not in (encode(digest), f"{encode(digest)}="):
        raise ValueError(f"{rule}; in that form, this one is {encode(digest)!r}")


def _read(path: object) -> bytes:
    if not isinstance(path, str):
        raise EmmError(f"The path of a file must be a string, not {type_name(path)}.")
    try:
        return Path(path).expanduser().read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EmmError(f"The file {sanitize(path)!r} cannot be read: {reason}.") from error


def _fingerprint(content: bytes) -> bytes:
    """The SHA-256 digest of the only certificate in a file. Errors do not quote the file: it may be a private key."""
    x509 = library("cryptography.x509", "cryptography")
    try:
        pem = _PEM.encode() in content
        found = x509.load_pem_x509_certificates(content) if pem else [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise EmmError("This is not an X.509 certificate in PEM or DER.") from error
    if len(found) != 1:
        raise EmmError(f"There are {len(found)} certificates, but there must be only the one that signs the DPC.")
    return bytes(found[0].fingerprint(library("cryptography.hazmat.primitives.hashes", "cryptography").SHA256()))


def _is_package(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "AndroidManifest.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
