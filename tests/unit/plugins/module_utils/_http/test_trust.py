# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The trust stores that are loaded in advance."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import trust
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.trust import trust_store


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the trust stores that would be loaded."""
    loaded: list[str] = []
    monkeypatch.setattr(trust, "trust_store", loaded.append)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return loaded


def test_trust_stores_are_loaded_in_advance(monkeypatch: pytest.MonkeyPatch, loaded: list[str]) -> None:
    trust.load_trust_stores()
    assert loaded == [requests.utils.DEFAULT_CA_BUNDLE_PATH]
    monkeypatch.setenv("SSL_CERT_FILE", "/named")
    trust.load_trust_stores()
    assert loaded[1:] == ["/named", requests.utils.DEFAULT_CA_BUNDLE_PATH]


@pytest.mark.usefixtures("loaded")
def test_invalid_trust_store_is_ignored_in_advance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The connection that needs it reports the error."""
    monkeypatch.setattr(trust, "trust_store", trust_store)
    bad = tmp_path / "bad"
    bad.write_text("garbage", encoding="utf-8")
    for path in ("/does/not/exist", str(bad)):
        monkeypatch.setenv("CURL_CA_BUNDLE", path)
        trust.load_trust_stores()
    monkeypatch.delattr(trust, "requests")
    trust.load_trust_stores()
