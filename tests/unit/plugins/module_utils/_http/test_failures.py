# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Descriptions of failures, for all versions of the libraries. The rest is tested over real connections."""

from __future__ import annotations

import http.client

import pytest
import requests
import urllib3.exceptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.failures import explain
from urllib3.util.ssl_match_hostname import CertificateError

REFUSED = "Failed to establish a new connection: [Errno 111] Connection refused"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            urllib3.exceptions.SSLError(CertificateError("hostname 'a' doesn't match 'hunter2'")),
            "the TLS connection failed (its certificate is not valid for this host)",
        ),
        (
            urllib3.exceptions.ConnectTimeoutError(object(), "Connection to a timed out."),
            "no connection could be made (Connection to a timed out.)",
        ),
        *(
            (urllib3.exceptions.ConnectTimeoutError(f"{made}: {REFUSED}"), f"no connection could be made ({REFUSED})")
            for made in ("<Connection object at 0x7f>", "Connection(host='a', port=1)")
        ),
    ],
)
def test_failures_are_explained(error: Exception, expected: str) -> None:
    assert explain(requests.ConnectionError(error)) == expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (http.client.BadStatusLine("hunter2"), "(BadStatusLine)"),
        (ValueError("invalid literal: hunter2"), "(ValueError)"),
        (http.client.IncompleteRead(b"hunter2"), "the response was cut short (it ended before its last byte)"),
    ],
)
def test_parser_messages_are_not_quoted(cause: Exception, expected: str) -> None:
    said = explain(requests.ConnectionError(urllib3.exceptions.ProtocolError(f"aborted: {cause}", cause)))
    assert said.endswith(expected)
    assert "hunter2" not in said
