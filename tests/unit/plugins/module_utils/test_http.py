# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which hosts count as this machine, and proxies. The rest is tested over real connections."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.emm.android_enterprise.plugins.module_utils import _http
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import TransportError


@pytest.fixture(autouse=True)
def _no_metadata_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GCE_METADATA_HOST", raising=False)
    monkeypatch.delenv("GCE_METADATA_IP", raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://play.example.com/",
        "http://10.0.0.1/",
        "http://169.254.7.7/",
        "http://[fe80::1]/",
        "http://[2001:db8::1]/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://metadata.google.internal.example.com/",
        "ftp://example.com/",
    ],
)
def test_plain_http_to_others_is_refused(url: str) -> None:
    options = _http.ConnectionOptions("https://www.googleapis.com", 1, 0, None)
    with pytest.raises(TransportError, match="plain http"):
        _http.Session(options, once="https://www.googleapis.com/").request("GET", url)


def test_the_metadata_server_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _http.metadata_host() == "metadata.google.internal"
    assert _http.is_metadata_root("http://169.254.169.254")
    assert not _http.is_metadata_root("http://metadata-proxy:8080/")
    monkeypatch.setenv("GCE_METADATA_HOST", "metadata-proxy:8080")
    assert _http.metadata_host() == "metadata-proxy:8080"
    assert _http.is_metadata_root("http://metadata-proxy:8080/")
    assert not _http.is_metadata_root("http://metadata-proxy:8080/computeMetadata/v1/")


def test_the_environment_is_asked_for_proxies_once_for_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send(*_arguments: Any, **kwargs: Any) -> requests.Response:
        asked.append(kwargs["proxies"].get("https"))
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "send", send)
    options = _http.ConnectionOptions("https://www.googleapis.com", timeout=5, retries=0, ca_path=None)
    session = _http.Session(options, once="https://www.googleapis.com/")
    monkeypatch.setenv("NO_PROXY", "oauth2.googleapis.com")
    for proxy, url in (
        ("http://first.example:3128", "https://www.googleapis.com/one"),
        ("http://first.example:3128", "https://oauth2.googleapis.com/token"),
        ("http://second.example:3128", "https://www.googleapis.com/another"),
        ("http://second.example:3128", "https://sts.googleapis.com/v1/token"),
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(requests.ConnectionError):
            session.request("POST", url)
    assert asked == ["http://first.example:3128", None, "http://first.example:3128", "http://second.example:3128"]
