# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Files of one's own, in a directory that is open.

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
_CHUNK = 1 << 20  # bytes that are overwritten at a time
# Not what a link leads to, and without waiting for the other end of a FIFO.
_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class OwnFiles:
    """The regular files of the process's user that have no name but one, in a directory.

    Nothing else is read, written, overwritten or removed. All methods raise ``OSError``, also if something else is in
    the place of a file.
    """

    def __init__(self, directory: int) -> None:
        self._directory = directory

    def names(self) -> list[str]:
        """The names of whatever is in the directory."""
        return sorted(os.listdir(self._directory))

    def has(self, name: str) -> bool:
        """Whether there is a file."""
        try:
            status = os.stat(name, dir_fd=self._directory, follow_symlinks=False)
        except FileNotFoundError:
            return False
        _check(status, name)
        return True

    def read(self, name: str) -> bytes:
        """What is in a file."""
        with self.opened(name, os.O_RDONLY) as file, open(file, "rb", closefd=False) as stream:
            return stream.read()

    def holds(self, name: str, content: bytes) -> bool:
        """Whether there is a file with a content that nobody else can read."""
        try:
            with self.opened(name, os.O_RDONLY) as file, open(file, "rb", closefd=False) as stream:
                return stat.S_IMODE(os.fstat(file).st_mode) == _MODE and stream.read() == content
        except FileNotFoundError:
            return False

    def create(self, name: str, content: bytes) -> None:
        """Have a new file, which is on the disk when it is done."""
        with self.opened(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
            os.fchmod(file, _MODE)
            _put(file, content)
            os.fsync(file)

    def append(self, name: str, block: bytes) -> None:
        """Add a block to a file, in one piece even while other processes do so, and on the disk when it is done.

        Where there is room for a part of it only, that part stays.
        """
        with self.opened(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
            # Not the rest of it, before which there may be another process's block by then.
            while os.write(file, block) < len(block):
                pass  # the next one is what says why
            os.fsync(file)
        self.sync()

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, even if there is another one of that name."""
        os.replace(old, new, src_dir_fd=self._directory, dst_dir_fd=self._directory)

    def shred(self, name: str) -> None:
        """Overwrite and remove a file that nobody renames meanwhile."""
        with self.opened(name, os.O_RDONLY) as file:
            os.fchmod(file, _MODE)
        with self.opened(name, os.O_WRONLY) as file:
            _overwrite(file)
            os.unlink(name, dir_fd=self._directory)

    def sync(self) -> None:
        """Have the names of the files on the disk, where the file system lets a process ask for that."""
        try:
            os.fsync(self._directory)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise

    @contextlib.contextmanager
    def locked(self, name: str, how: int) -> Iterator[int]:
        """Hold a file, which is made if it is not there, so that other processes wait for it."""
        with self.opened(name, os.O_RDWR | os.O_CREAT) as file:
            fcntl.flock(file, how)
            yield file

    @contextlib.contextmanager
    def opened(self, name: str, flags: int) -> Iterator[int]:
        """A file; it is looked at before, since to open a device can have an effect, and after."""
        self.has(name)
        file = os.open(name, flags | _SAFELY, _MODE, dir_fd=self._directory)
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


def _put(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _overwrite(file: int) -> None:
    rest = os.fstat(file).st_size
    while rest > 0:
        _put(file, os.urandom(min(rest, _CHUNK)))
        rest -= _CHUNK
    os.fsync(file)
