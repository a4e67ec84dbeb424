# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Errors that google-auth gets for requests that could not be sent."""

from __future__ import annotations

from unittest.mock import Mock

import google.auth.exceptions
import pytest
import requests
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.transport import Request


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://169.254.169.254", google.auth.exceptions.TransportError),
        ("http://169.254.169.254/computeMetadata/v1/", google.auth.exceptions.RefreshError),
        ("https://oauth2.googleapis.com/token", google.auth.exceptions.RefreshError),
    ],
)
def test_connection_errors_stop_google_auth_except_in_metadata_detection(url: str, expected: type[Exception]) -> None:
    """google-auth would retry other requests several times."""
    session = Mock(request=Mock(side_effect=requests.ConnectionError("nobody listens")))
    with pytest.raises(google.auth.exceptions.GoogleAuthError) as raised:
        Request(session)(url)
    assert isinstance(raised.value, expected)
