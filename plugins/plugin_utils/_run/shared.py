# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Shares values between the processes of an Ansible run: the first one makes a value, the others wait for it.

Ansible runs each task for each host in a process of its own, forked from the main process. Memory that was mapped
before the fork is shared by all of them. It is not backed by a file, so that no secret is written to disk. A process
that was not forked from the main process has its own memory and shares nothing.

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

Kept: TypeAlias = "tuple[Any, float | None]"  # a JSON value, and when it expires (seconds since the epoch)
_Entries: TypeAlias = dict[bytes, bytes]  # by digest of the key: digests of the takers, a space, JSON
_NAME = 32  # bytes, of the digest of a key


class Shared:
    """Values by key, shared by processes. Not thread-safe."""

    def __init__(self, size: int = 1024 * 1024, *, once_each: bool = False, failures_last: float | None = None) -> None:
        """``size`` is in bytes. If there is no room left, the oldest entries are dropped.

        With ``once_each``, each taker gets a value only once, as is always the case for failures. ``failures_last`` is
        the number of seconds for which others get a failure. If it is None, they get it without a time limit.
        """
        self._memory = _Memory(size)
        self._locks = _Locks()
        self._once_each = once_each
        self._failures_last = failures_last

    def get(
        self, key: str, taker: str, make: Callable[[], Kept], is_good: Callable[[Any], bool] = lambda value: True
    ) -> Any:
        """The value of a key. The first caller makes it, while other callers for the same key wait.

        If that fails with an ``EmmError``, the others get the same failure. ``taker`` identifies the caller. A taker
        that has already had the entry makes a new one, and so does one that finds an expired value, or one that is not
        good. After any other exception, nothing is kept, and the next caller makes the value.
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
        """Drop a value, so that the next caller makes a new one, unless it was replaced already."""
        name = _digest(key, _NAME)
        with self._changed() as entries:
            dummy, entry = _read(entries.get(name))
            if entry and "value" in entry and entry["value"] == value:
                del entries[name]

    def _take(self, name: bytes, mark: bytes, is_good: Callable[[Any], bool]) -> dict[str, Any] | None:
        """The entry of a name, if there is one for this taker. The taker is added to it."""
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
            entries.pop(name, None)  # otherwise, it would keep the age of the old entry
            entries[name] = mark + b" " + json.dumps(entry).encode()

    @contextlib.contextmanager
    def _changed(self) -> Iterator[_Entries]:
        """The entries, for modification. The oldest one is first."""
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
    """A digest of a text, with ``length`` hexadecimal digits. The text may contain surrogates."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=length // 2).hexdigest().encode()


class _Memory:
    """Bytes that processes share. They are replaced atomically, even if the writing process is killed.

    There are two halves, preceded by one byte that says which half is current.
    """

    _LENGTH = struct.Struct("<Q")

    def __init__(self, size: int) -> None:
        self.size = size
        self._memory = mmap.mmap(-1, 1 + 2 * (self._LENGTH.size + size))  # the system only allocates what is used

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
        """Where the bytes of a half begin, after their length."""
        return 1 + half * (self._LENGTH.size + self.size) + self._LENGTH.size


class _Locks:
    """Numbered locks, each held by one process at a time, on an empty file without a name.

    The system releases the locks of a process that ends.
    """

    def __init__(self) -> None:
        if hasattr(os, "memfd_create"):  # which needs no writable directory
            self._file = os.memfd_create("locks")
        else:
            self._file, path = tempfile.mkstemp()
            os.unlink(path)

    @contextlib.contextmanager
    def held(self, number: int) -> Iterator[None]:
        """Hold a lock for the duration of the context."""
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, number)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)


# Ansible imports the action plugins of a play in the process from which it forks the processes of the tasks. All tasks
# therefore share what is imported with the plugins, such as this file. If a strategy does not import the plugins first,
# each process has its own.
ACCESS_TOKENS = Shared(failures_last=60.0)
