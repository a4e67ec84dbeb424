# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Memory that all processes of one run of Ansible share, and nobody else.

Ansible runs each task for each host in a process of its own, forked from one that lives as long as the run. Memory that
is mapped in the latter, before they are forked, is the same in all of them. No file is behind it, so that no secret in
it gets to a disk.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import mmap
import os
import struct
import tempfile
from collections.abc import Mapping
from typing import Any


class _Lock:
    """Keeps other processes out, on an empty file without a name. The system releases it when its owner dies."""

    def __init__(self) -> None:
        self._file, path = tempfile.mkstemp()
        os.unlink(path)

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(self, *exception: object) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)


class HandOut:
    """What there is for each host, left by one process for another one to find.

    It begins with a table of hosts (digest of the name, where the part begins, how long it is); a host is in the first
    free place from the one on that its digest says. The parts follow.
    """

    _ENTRY = struct.Struct("<16sQQ")
    _FREE = bytes(16)

    def __init__(self, size: int = 64 * 1024 * 1024, hosts: int = 64 * 1024) -> None:
        """``size`` is the room for parts in bytes; the system only provides what is used of it."""
        self._hosts = hosts
        self._parts = hosts * self._ENTRY.size  # where they begin
        self._memory = mmap.mmap(-1, self._parts + size)
        self._lock = _Lock()
        self._made_in = os.getpid()

    def is_shared(self) -> bool:
        """Whether this process got it from the one that it was forked from, and the others may have, too."""
        return os.getpid() != self._made_in

    def publish(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        """Replace what is there by a part for each host. Returns those for which there is no room."""
        rest = {}
        position = self._parts
        with self._lock:
            self._memory[: self._parts] = bytes(self._parts)
            for host, part in parts.items():
                digest = _digest(host)
                encoded = json.dumps(part).encode()
                place = self._place(digest)
                if place is None or position + len(encoded) > len(self._memory):
                    rest[host] = part
                    continue
                self._memory[position : position + len(encoded)] = encoded
                self._ENTRY.pack_into(self._memory, place, digest, position, len(encoded))
                position += len(encoded)
        return rest

    def find(self, host: str) -> Any:
        """A host's part, or nothing."""
        with self._lock:
            place = self._place(_digest(host))
            dummy, position, length = (self._FREE, 0, 0) if place is None else self._entry(place)
            return json.loads(self._memory[position : position + length]) if length else None

    def _place(self, digest: bytes) -> int | None:
        """Where the entry of a host is, or is to be; nothing if the table is full."""
        first = int.from_bytes(digest, "little")
        for step in range(self._hosts):
            place = (first + step) % self._hosts * self._ENTRY.size
            if self._entry(place)[0] in (digest, self._FREE):
                return place
        return None

    def _entry(self, place: int) -> tuple[bytes, int, int]:
        digest, position, length = self._ENTRY.unpack_from(self._memory, place)
        return digest, position, length


def _digest(host: str) -> bytes:
    return hashlib.blake2b(host.encode(), digest_size=16).digest()


# Ansible imports the action plugins of a play in the process that the tasks' processes are forked from, so this is
# shared by all of them. Where another strategy does not, each process has its own.
HAND_OUT = HandOut()
