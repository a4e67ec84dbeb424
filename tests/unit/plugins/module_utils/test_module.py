# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The check whether the output of a module still has a reader. The rest is tested by running modules."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._module import has_reader


def test_pipe_has_a_reader_until_its_other_end_is_closed() -> None:
    reader, writer = os.pipe()
    assert has_reader(writer)
    os.write(writer, bytes(1000))
    assert has_reader(writer), "even if it has not read yet"
    os.close(reader)
    assert not has_reader(writer)
    os.close(writer)


def test_socket_has_a_reader_until_its_other_end_is_closed() -> None:
    reader, writer = socket.socketpair()
    with writer:
        assert has_reader(writer.fileno())
        reader.close()
        assert not has_reader(writer.fileno())


def test_file_always_has_a_reader(tmp_path: Path) -> None:
    with (tmp_path / "output").open("w") as file:
        assert has_reader(file.fileno())
    with Path(os.devnull).open("w") as file:
        assert has_reader(file.fileno())
