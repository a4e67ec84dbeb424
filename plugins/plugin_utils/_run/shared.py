# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What the processes of one run of Ansible share: the first one gets it, the others wait.

Ansible runs each task for each host in a process of its own, forked from one that lives as long as the run. Memory that
is mapped in the latter, before they are forked, is the same in all of them. No file on a disk is behind it, so that no
secret in it gets there. A process that was not forked from it has memory of its own, and shares nothing.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import mmap
import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

Kept: TypeAlias = "tuple[Any, float | None]"  # a value that JSON has, and when it expires (seconds since the epoch)
_Entries: TypeAlias = dict[bytes, bytes]  # by digest of the key: the digests of its takers, a space, JSON
_NAME = 32  # bytes, of the digest of a key


class Shared:
    """Values by key. Processes may share it, but not the threads of one process."""

    def __init__(self, size: int = 1024 * 1024, *, once_each: bool = False, failures_last: float | None = None) -> None:
        """``size`` is in bytes; when there is no room left, the oldest entries give way.

        With ``once_each``, a value is for each taker only once, as a failure always is. ``failures_last`` is for how
        many seconds others get a failure, if not for ever.
        """
        self._memory = _Memory(size)
        self._locks = _Locks()
        self._once_each = once_each
        self._failures_last = failures_last

    def get(
        self, key: str, taker: str, make: Callable[[], Kept], is_good: Callable[[Any], bool] = lambda value: True
    ) -> Any:
        """The value under a key. The first one who asks makes it, while others who ask for the same one wait.

        Where that fails with an ``EmmError``, the others get the same failure. ``taker`` is who asks: one who has had
        what is there makes another one. So does one who finds an expired value, or one that is not good. With any other
        exception, nothing is kept, and it is the next one's turn.
        """
        name, mark = _digest(key, _NAME), b"|" + _digest(taker, 16)
        with self._locks.held(1 + int(name[:15], 16)):
            entry = self._take(name, mark, is_good)
            if entry is None:
                return self._make(name, mark, make)
        if "failure" in entry:
            raise EmmError(**entry["failure"])
        return entry["value"]

    def forget(self, key: str, value: Any) -> None:
        """Have the next one who asks make a new value, if it is still this one that is there."""
        name = _digest(key, _NAME)
        with self._changed() as entries:
            dummy, entry = _read(entries.get(name))
            if entry and "value" in entry and entry["value"] == value:
                del entries[name]

    def _take(self, name: bytes, mark: bytes, is_good: Callable[[Any], bool]) -> dict[str, Any] | None:
        """The entry of a name, if there is one for this taker, who is noted with it."""
        with self._changed() as entries:
            takers, entry = _read(entries.get(name))
            if entry is None or (entry["expires"] is not None and entry["expires"] <= time.time()):
                return None
            once = self._once_each or "failure" in entry
            if (once and mark in takers) or ("value" in entry and not is_good(entry["value"])):
                return None
            if once:
                entries[name] = mark + entries[name]
            return entry

    def _make(self, name: bytes, mark: bytes, make: Callable[[], Kept]) -> Any:
        try:
            value, expires = make()
        except EmmError as error:
            failure = {"message": error.message, "likely_cause": error.likely_cause, **error.details()}
            until = None if self._failures_last is None else time.time() + self._failures_last
            self._keep(name, mark, {"failure": failure, "expires": until})
            raise
        self._keep(name, mark, {"value": value, "expires": expires})
        return value

    def _keep(self, name: bytes, mark: bytes, entry: dict[str, Any]) -> None:
        with self._changed() as entries:
            entries.pop(name, None)  # or it would be as old as the one before
            entries[name] = mark + b" " + json.dumps(entry).encode()

    @contextlib.contextmanager
    def _changed(self) -> Iterator[_Entries]:
        """The entries, to be changed. The oldest one is first."""
        with self._locks.held(0):
            before = self._memory.read()
            entries = {line[:_NAME]: line[_NAME:] for line in before.splitlines()}
            yield entries
            lines = [name + rest for name, rest in entries.items()]
            room = self._memory.size - sum(len(line) + 1 for line in lines)
            while room < 0:
                room += len(lines.pop(0)) + 1
            after = b"\n".join(lines)
            if after != before:
                self._memory.write(after)


def _read(line: bytes | None) -> tuple[bytes, dict[str, Any] | None]:
    """The takers of an entry, and the entry itself."""
    if line is None:
        return b"", None
    takers, dummy, content = line.partition(b" ")
    return takers, json.loads(content)


def _digest(text: str, length: int) -> bytes:
    """So many hexadecimal digits for a text, of whatever characters it is."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=length // 2).hexdigest().encode()


class _Memory:
    """Bytes that processes share. Others take their place in one step, whenever a process that writes them is killed.

    There are two halves, and before them one byte that says which one of them is read.
    """

    _LENGTH = struct.Struct("<Q")

    def __init__(self, size: int) -> None:
        self.size = size
        self._memory = mmap.mmap(-1, 1 + 2 * (self._LENGTH.size + size))  # the system only provides what is used of it

    def read(self) -> bytes:
        start = self._start(self._memory[0])
        [length] = self._LENGTH.unpack_from(self._memory, start - self._LENGTH.size)
        return self._memory[start : start + length]

    def write(self, content: bytes) -> None:
        other = 1 - self._memory[0]
        start = self._start(other)
        self._LENGTH.pack_into(self._memory, start - self._LENGTH.size, len(content))
        self._memory[start : start + len(content)] = content
        self._memory[0] = other

    def _start(self, half: int) -> int:
        """Where the bytes of a half begin, after their number."""
        return 1 + half * (self._LENGTH.size + self.size) + self._LENGTH.size


class _Locks:
    """Locks by number, each for one process at a time, on an empty file without a name.

    The system releases them when their owner dies.
    """

    def __init__(self) -> None:
        if hasattr(os, "memfd_create"):  # for which there need be no directory that can be written to
            self._file = os.memfd_create("locks")
        else:
            self._file, path = tempfile.mkstemp()
            os.unlink(path)

    @contextlib.contextmanager
    def held(self, number: int) -> Iterator[None]:
        """Hold a lock for as long as the context lasts."""
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, number)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)


# Ansible imports the action plugins of a play in the process that the tasks' processes are forked from. What those
# import with them, as this file, is shared by all tasks. Where another strategy does not, each process has its own.
ACCESS_TOKENS = Shared(failures_last=60.0)
