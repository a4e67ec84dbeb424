# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What http.client may do to a reader. The rest is tested over real connections."""

from __future__ import annotations

import socket
from typing import Any
from unittest import mock

from ansible_collections.emm.android_enterprise.plugins.module_utils._wire import _Reader, _Source


def test_a_reader_may_be_closed_twice() -> None:
    """By then, the connection may be at work for the next request."""
    connection: Any = mock.Mock()
    with socket.socket() as unused:
        reader = _Reader(_Source(unused, connection), connection)
    reader.close()
    reader.close()
    connection.close_unless_at_rest.assert_called_once_with()
