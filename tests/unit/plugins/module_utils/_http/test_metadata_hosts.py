# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The addresses of Google Cloud's metadata server."""

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.metadata_hosts import (
    is_metadata_root,
    metadata_host,
)


@pytest.fixture(autouse=True)
def _no_metadata_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GCE_METADATA_HOST", raising=False)
    monkeypatch.delenv("GCE_METADATA_IP", raising=False)


def test_environment_overrides_the_metadata_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert metadata_host() == "metadata.google.internal"
    assert is_metadata_root("http://169.254.169.254")
    assert not is_metadata_root("http://metadata-proxy:8080/")
    monkeypatch.setenv("GCE_METADATA_HOST", "metadata-proxy:8080")
    assert metadata_host() == "metadata-proxy:8080"
    assert is_metadata_root("http://metadata-proxy:8080/")
    assert not is_metadata_root("http://metadata-proxy:8080/computeMetadata/v1/")
