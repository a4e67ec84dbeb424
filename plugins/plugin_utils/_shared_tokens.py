# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Access tokens in memory that all processes of one run of Ansible share, and nobody else.

Ansible runs each task for each host in a process of its own, forked from one that lives as long as the run. Memory that
is mapped in the latter, before they are forked, is the same in all of them. No file is behind it.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import tempfile
import time

_SIZE = 64 * 1024  # bytes; an access token has up to 2,048
_Entries = dict[str, tuple[str, float]]


class SharedTokens:
    """An ``AccessTokenCache``. Make it in the process from which the others are forked."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIZE)
        # A lock on an empty file that has no name: the system releases it when its owner dies, whatever the reason.
        self._lock = tempfile.TemporaryFile()  # open for as long as this object lives

    def __enter__(self) -> SharedTokens:
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        return self

    def __exit__(self, *exception: object) -> None:
        fcntl.lockf(self._lock, fcntl.LOCK_UN)

    def get(self, key: str) -> tuple[str, float] | None:
        """The access token under a key, and when it expires (seconds since the epoch)."""
        return self._read().get(key)

    def put(self, key: str, token: str, expires: float) -> None:
        """Keep an access token, in place of one that is there under the same key, for as long as there is room."""
        now = time.time()
        entries: _Entries = {name: entry for name, entry in self._read().items() if entry[1] > now and name != key}
        entries[key] = (token, expires)
        content = json.dumps(entries).encode()
        while len(content) >= _SIZE:
            del entries[next(iter(entries))]  # the oldest
            content = json.dumps(entries).encode()
        self._memory[: len(content) + 1] = content + b"\0"

    def _read(self) -> _Entries:
        content = self._memory[: self._memory.find(b"\0")]
        return {name: (token, expires) for name, (token, expires) in json.loads(content or b"{}").items()}


# Ansible imports the action plugins of a play in the process that the tasks' processes are forked from; so this is
# shared by all of them. Where that is not so, each process has its own, and tokens live as long as that.
SHARED_TOKENS = SharedTokens()
