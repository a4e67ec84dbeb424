# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Accesses the user's own files in an open directory.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator

from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_directory import user

_MODE = 0o600
_CHUNK = 1 << 20  # bytes to overwrite at a time
# Do not follow links, and do not wait for the other end of a FIFO.
_SAFE_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class OwnFiles:
    """The regular files in a directory that belong to the current user and have a single hard link.

    Nothing else is read, written, overwritten or removed. All methods raise ``OSError``, also if a name belongs to
    anything else.
    """

    def __init__(self, directory: int) -> None:
        self._directory = directory

    def names(self) -> list[str]:
        """The names of all entries of the directory."""
        return sorted(os.listdir(self._directory))

    def has(self, name: str) -> bool:
        """Whether a file exists."""
        try:
            status = os.stat(name, dir_fd=self._directory, follow_symlinks=False)
        except FileNotFoundError:
            return False
        _check(status, name)
        return True

    def read(self, name: str) -> bytes:
        """The content of a file."""
        with self.opened(name, os.O_RDONLY) as file, open(file, "rb", closefd=False) as stream:
            return stream.read()

    def holds(self, name: str, content: bytes) -> bool:
        """Whether a file exists, has the given content, and cannot be read by anyone else."""
        try:
            with self.opened(name, os.O_RDONLY) as file, open(file, "rb", closefd=False) as stream:
                return stat.S_IMODE(os.fstat(file).st_mode) == _MODE and stream.read() == content
        except FileNotFoundError:
            return False

    def create(self, name: str, content: bytes) -> None:
        """Create a file and sync it to disk."""
        with self.opened(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
            os.fchmod(file, _MODE)
            _write_all(file, content)
            os.fsync(file)

    def append(self, name: str, block: bytes) -> None:
        """Append a block to a file and sync it to disk. The block stays contiguous if other processes append, too.

        If only a part of it fits on the disk, that part stays.
        """
        with self.opened(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
            # Do not append only the rest, because another process may have appended a block in between.
            while os.write(file, block) < len(block):
                pass  # the next write raises the reason
            os.fsync(file)
        self.sync()

    def rename(self, old: str, new: str) -> None:
        """Rename a file, even if the new name exists."""
        os.replace(old, new, src_dir_fd=self._directory, dst_dir_fd=self._directory)

    def shred(self, name: str) -> None:
        """Overwrite and remove a file. It must not be renamed in the meantime."""
        with self.opened(name, os.O_RDONLY) as file:
            os.fchmod(file, _MODE)
        with self.opened(name, os.O_WRONLY) as file:
            _overwrite(file)
            os.unlink(name, dir_fd=self._directory)

    def sync(self) -> None:
        """Sync the directory to disk, if the file system supports it."""
        try:
            os.fsync(self._directory)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise

    @contextlib.contextmanager
    def locked(self, name: str, how: int) -> Iterator[int]:
        """Lock a file for the duration of the context. It is created if it does not exist."""
        with self.opened(name, os.O_RDWR | os.O_CREAT) as file:
            fcntl.flock(file, how)
            yield file

    @contextlib.contextmanager
    def opened(self, name: str, flags: int) -> Iterator[int]:
        """Open a file. It is checked before, because opening a device can have an effect, and after."""
        self.has(name)
        file = os.open(name, flags | _SAFE_FLAGS, _MODE, dir_fd=self._directory)
        try:
            _check(os.fstat(file), name)
            yield file
        finally:
            os.close(file)


def _check(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PermissionError(None, "it is not a regular file", name)
    if status.st_uid != os.geteuid():
        raise PermissionError(None, f"it belongs to {user(status.st_uid)}", name)
    if status.st_nlink > 1:
        raise PermissionError(None, "it has another hard link", name)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _overwrite(file: int) -> None:
    rest = os.fstat(file).st_size
    while rest > 0:
        _write_all(file, os.urandom(min(rest, _CHUNK)))
        rest -= _CHUNK
    os.fsync(file)
