# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A sample of the connection options, end to end. tests/operation tests all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import MintEach
from tests.emulator.process import Emulator


@pytest.mark.usefixtures("both_ways")
def test_connection_options_take_effect(mint_each: MintEach, emulator: Emulator, tmp_path: Path) -> None:
    """A retry, a certificate authority and a proxy of the environment, in one play."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key["token_uri"] = "https://oauth2.googleapis.com/token"
    (tmp_path / "key.json").write_text(json.dumps(key), encoding="utf-8")
    emulator.fail({"path": "enrollmentTokens", "status": 503})
    url, ca_file = emulator.address.https_url, emulator.address.ca_file
    through_proxy = {
        "api_url": "https://www.googleapis.com",
        "service_account_file": str(tmp_path / "key.json"),
        "ca_path": ca_file,
    }
    results = mint_each(
        {"retries": 1},
        {"api_url": url},
        {"api_url": url, "ca_path": ca_file},
        through_proxy,
        environment={"HTTPS_PROXY": emulator.address.proxy_url},
    )
    assert [result["failed"] for result in results] == [False, True, False, False]
    assert "certificate verify failed" in results[1]["msg"].lower()
    assert [request["status"] for request in emulator.mints()] == [503, 200, 200, 200]
    assert emulator.proxied() == ["oauth2.googleapis.com:443", "www.googleapis.com:443"]


def test_no_option_disables_verification(mint_each: MintEach, emulator: Emulator) -> None:
    url = emulator.address.https_url
    for result in mint_each({"api_url": url, "validate_certs": False}, {"api_url": url, "verify": False}):
        assert "Unsupported parameters" in result["msg"]
    assert emulator.journal() == []
