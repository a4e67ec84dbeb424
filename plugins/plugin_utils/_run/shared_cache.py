# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A cache that the processes of an Ansible run share: the first one creates a value, the others wait for it.

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

ValueWithExpiry: TypeAlias = "tuple[Any, float | None]"  # a JSON value, and when it expires (seconds since the epoch)
_Entries: TypeAlias = dict[bytes, bytes]  # by digest of the key: digests of the requesters, a space, JSON
_DIGEST_LENGTH = 32  # bytes, of the digest of a key


class SharedCache:
    """Values by key, shared by processes. Not thread-safe."""

    def __init__(
        self, size: int = 1024 * 1024, *, once_per_requester: bool = False, failure_lifetime: float | None = None
    ) -> None:
        """``size`` is in bytes. If there is no room left, the oldest entries are dropped.

        With ``once_per_requester``, each requester gets a value only once, as is always the case for failures.
        ``failure_lifetime`` is the number of seconds for which others get a failure. If it is None, there is no limit.
        """
        self._memory = _Memory(size)
        self._locks = _Locks()
        self._once_per_requester = once_per_requester
        self._failure_lifetime = failure_lifetime

    def get(
        self,
        key: str,
        requester: str,
        create: Callable[[], ValueWithExpiry],
        is_valid: Callable[[Any], bool] = lambda value: True,
    ) -> Any:
        """The value of a key. The first caller creates it, while other callers for the same key wait.

        If that fails with an ``EmmError``, the others get the same failure. ``requester`` identifies the caller. A
        requester that has already got the entry creates a new one, and so does one that finds an expired or invalid
        value. After any other exception, nothing is stored, and the next caller creates the value.
        """
        name, requester_mark = _digest(key, _DIGEST_LENGTH), b"|" + _digest(requester, 16)
        with self._locks.held(1 + int(name[:15], 16)):
            entry = self._find(name, requester_mark, is_valid)
            if entry is None:
                return self._create(name, requester_mark, create)
        if "failure" in entry:
            raise EmmError(**entry["failure"])
        return entry["value"]

    def forget(self, key: str, value: Any) -> None:
        """Drop a value, so that the next caller creates a new one, unless it was replaced already."""
        name = _digest(key, _DIGEST_LENGTH)
        with self._modified_entries() as entries:
            dummy, entry = _parse(entries.get(name))
            if entry and "value" in entry and entry["value"] == value:
                del entries[name]

    def _find(self, name: bytes, requester_mark: bytes, is_valid: Callable[[Any], bool]) -> dict[str, Any] | None:
        """The entry of a name, if there is one for this requester. The requester is added to it."""
        with self._modified_entries() as entries:
            requesters, entry = _parse(entries.get(name))
            if entry is None or (entry["expires"] is not None and entry["expires"] <= time.time()):
                return None
            only_once = self._once_per_requester or "failure" in entry
            if (only_once and requester_mark in requesters) or ("value" in entry and not is_valid(entry["value"])):
                return None
            if only_once:
                entries[name] = requester_mark + entries[name]
            return entry

    def _create(self, name: bytes, requester_mark: bytes, create: Callable[[], ValueWithExpiry]) -> Any:
        try:
            value, expires = create()
        except EmmError as error:
            failure = {"message": error.message, "likely_cause": error.likely_cause, **error.details()}
            until = None if self._failure_lifetime is None else time.time() + self._failure_lifetime
            self._store(name, requester_mark, {"failure": failure, "expires": until})
            raise
        self._store(name, requester_mark, {"value": value, "expires": expires})
        return value

    def _store(self, name: bytes, requester_mark: bytes, entry: dict[str, Any]) -> None:
        with self._modified_entries() as entries:
            entries.pop(name, None)  # otherwise, it would keep the age of the old entry
            entries[name] = requester_mark + b" " + json.dumps(entry).encode()

    @contextlib.contextmanager
    def _modified_entries(self) -> Iterator[_Entries]:
        """The entries. Changes to them are stored at the end of the context. The oldest entry is first."""
        with self._locks.held(0):
            before = self._memory.read()
            entries = {line[:_DIGEST_LENGTH]: line[_DIGEST_LENGTH:] for line in before.splitlines()}
            yield entries
            lines = [name + rest for name, rest in entries.items()]
            room = self._memory.size - sum(len(line) + 1 for line in lines)
            while room < 0:
                room += len(lines.pop(0)) + 1
            after = b"\n".join(lines)
            if after != before:
                self._memory.write(after)


def _parse(line: bytes | None) -> tuple[bytes, dict[str, Any] | None]:
    """The requesters of an entry, and the entry itself."""
    if line is None:
        return b"", None
    requesters, dummy, content = line.partition(b" ")
    return requesters, json.loads(content)


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
ACCESS_TOKENS = SharedCache(failure_lifetime=60.0)
