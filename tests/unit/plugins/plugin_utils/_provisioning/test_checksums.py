# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Checksums, compared with those of openssl."""

from __future__ import annotations

import base64
import subprocess
import zipfile
from pathlib import Path

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.checksums import (
    check,
    package_checksum,
    signature_checksum,
)

VALID = "gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a certificate in both forms and its key, like those of Android's tools."""
    directory = tmp_path_factory.mktemp("keys")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "10000", "-subj", "/CN=DPC"]
    subprocess.run(
        [*command, "-keyout", "key.pem", "-out", "certificate.pem"], cwd=directory, check=True, capture_output=True
    )
    convert = ["openssl", "x509", "-in", "certificate.pem", "-outform", "DER", "-out", "certificate.der"]
    subprocess.run(convert, cwd=directory, check=True)
    return directory


@pytest.fixture
def apk(tmp_path: Path) -> Path:
    path = tmp_path / "dpc.apk"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("AndroidManifest.xml", b"\x03\x00\x08\x00")
        archive.writestr("classes.dex", b"dex\n035\x00" * 1000)
    return path


def by_openssl(path: Path) -> str:
    """The SHA-256 digest of a file in URL-safe base64, from openssl."""
    script = 'openssl dgst -sha256 -binary "$0" | openssl base64 -A | tr +/ -_ | tr -d ='
    return subprocess.run(["sh", "-c", script, str(path)], check=True, capture_output=True, text=True).stdout


def test_signature_checksum_agrees_with_openssl(keys: Path) -> None:
    expected = by_openssl(keys / "certificate.der")
    assert len(expected) == 43
    assert signature_checksum(str(keys / "certificate.der")) == expected
    assert signature_checksum(str(keys / "certificate.pem")) == expected
    assert signature_checksum((keys / "certificate.pem").read_text()) == expected
    check(expected)


def test_package_checksum_agrees_with_openssl(apk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert package_checksum(str(apk)) == by_openssl(apk)
    check(by_openssl(apk))
    monkeypatch.setenv("HOME", str(apk.parent))
    assert package_checksum("~/dpc.apk") == by_openssl(apk)


def test_invalid_certificates_are_refused(keys: Path, apk: Path) -> None:
    key = (keys / "key.pem").read_text()
    for given in (
        key,
        str(keys / "key.pem"),
        str(apk),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ):
        with pytest.raises(EmmError) as caught:
            signature_checksum(given)
        assert str(caught.value) == "This is not an X.509 certificate in PEM or DER."


def test_several_certificates_are_refused(keys: Path) -> None:
    with pytest.raises(EmmError, match="There are 2 certificates"):
        signature_checksum((keys / "certificate.pem").read_text() * 2)


def test_invalid_packages_are_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.apk"
    page.write_text("<html>Sign in</html>")
    bundle = tmp_path / "bundle.apk"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("base/manifest/AndroidManifest.xml", b"")
    for path in (page, bundle):
        with pytest.raises(EmmError, match=f"The file '{path}' is not an APK file"):
            package_checksum(str(path))


@pytest.mark.parametrize("function", [package_checksum, signature_checksum])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/does/not/exist", "The file '/does/not/exist' cannot be read: No such file or directory"),
        ("/", "cannot be read: Is a directory"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("~nobody-of-that-name/a", "cannot be read: "),
        (5, "The path of a file must be a string, not an integer"),
        (None, "The path of a file must be a string, not null"),
    ],
)
def test_unreadable_files_are_refused(function: object, path: object, reason: str) -> None:
    assert callable(function)
    with pytest.raises(EmmError, match=reason):
        function(path)


@pytest.mark.parametrize("checksum", [VALID, f"{VALID}="])
def test_valid_checksum_is_accepted(checksum: str) -> None:
    check(checksum)


@pytest.mark.parametrize(
    "checksum",
    [
        "",
        VALID[:-1],
        f"{VALID}A",
        f" {VALID}",
        f"{VALID}\n",
        VALID.replace("M", "М"),  # a Cyrillic letter
        base64.urlsafe_b64encode(bytes(20)).decode(),  # of SHA-1
    ],
)
def test_invalid_checksum_is_refused(checksum: str) -> None:
    with pytest.raises(ValueError, match=r"URL-safe base64, 43 characters$"):
        check(checksum)


@pytest.mark.parametrize("checksum", [VALID.replace("_", "/"), f"{VALID[:-1]}N", f"{VALID}=="])
def test_checksum_in_another_base64_form_is_refused_with_a_correction(checksum: str) -> None:
    """It is not URL-safe, has excess bits, or too much padding."""
    with pytest.raises(ValueError, match=rf"43 characters; in that form, this one is '{VALID}'$"):
        check(checksum)


@pytest.mark.parametrize(
    "form",
    [
        "SHA256: {colons}",
        "\t SHA256: {colons}\n",
        "SHA256 Fingerprint={colons}",
        "sha256 Fingerprint={lines}",
        "Signer #1 certificate SHA-256 digest: {bare}",
        "{lines}",
    ],
)
def test_fingerprint_as_tools_print_it_is_refused_with_a_correction(form: str) -> None:
    """As keytool, openssl and apksigner print it, and with line breaks."""
    digest = base64.urlsafe_b64decode(f"{VALID}=")
    colons = digest.hex(":").upper()
    text = form.format(colons=colons, bare=digest.hex(), lines=f"{colons[:48]}\n  {colons[48:]}")
    with pytest.raises(ValueError, match=f"in that form, this one is '{VALID}'$"):
        check(text)


@pytest.mark.parametrize("text", ["SHA1: 00:11", "MD5: 00", "SHA256:", "SHA256: 00:11:22"])
def test_other_fingerprints_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"43 characters$"):
        check(text)


@pytest.mark.parametrize("colons", [False, True])
def test_hexadecimal_digest_is_refused_with_a_correction(colons: bool) -> None:
    digest = base64.urlsafe_b64decode(f"{VALID}=")
    for digits in (digest.hex(":"), digest.hex(":").upper()) if colons else (digest.hex(), digest.hex().upper()):
        with pytest.raises(ValueError, match=f"in that form, this one is '{VALID}'$"):
            check(digits)
