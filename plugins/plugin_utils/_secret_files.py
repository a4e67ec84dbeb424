# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Files with secrets, in a directory that the user names.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

_LIST = ".provisioning_sheet"  # of the files that were written, one name a line
_MODE = 0o600
_LONGEST = 180  # bytes of a name; file systems have 255, of which endings take some
_CHUNK = 1 << 20  # bytes that are overwritten at a time


class SecretFiles:
    """The files that the role has written into a directory, which nobody else can read."""

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory).expanduser()
        self._list = self._directory / _LIST

    def path(self, name: str) -> str:
        """The path of a file with a name."""
        return str(self._directory / name)

    def write_all(self, files: Mapping[str, bytes]) -> bool:
        """Have files with these contents by name; whether any was not there like that before.

        Raises ``EmmError`` if one cannot be written, or if everybody could put another one in its place.
        """
        with self._reporting():
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._directory.stat().st_mode & stat.S_IWOTH:
                raise EmmError(f"The directory '{self._directory}' is no place for secrets: everybody can write to it.")
            return sum(self._write(name, content) for name, content in files.items()) > 0

    def _write(self, name: str, content: bytes) -> bool:
        path = self._directory / name
        if _holds(path, content):
            return False
        # Before there is such a file, so that it is found even if this process is killed.
        if name not in self._names():
            self._append(name)
        new = self._directory / _unfinished(name)
        with _open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
            os.fchmod(file, _MODE)
            _put(file, content)
        os.replace(new, path)
        return True

    def present(self) -> list[str]:
        """The names of the files that are there."""
        with self._reporting():
            names = [file for name in self._names() for file in (name, _unfinished(name))]
            return [name for name in names if _is_regular(self._directory / name)]

    def shred(self) -> None:
        """Overwrite all files that are there, and remove them. Raises ``EmmError``."""
        with self._reporting():
            for name in self.present():
                path = self._directory / name
                # The task of another host may be at it, too.
                with contextlib.suppress(FileNotFoundError), _open(path, os.O_WRONLY) as file:
                    _overwrite(file)
                path.unlink(missing_ok=True)
            self._list.unlink(missing_ok=True)

    def _names(self) -> list[str]:
        """What is on the list. A name leads out of the directory only if somebody has put it there."""
        try:
            names = self._list.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [name for name in names if name and "/" not in name]

    def _append(self, name: str) -> None:
        with _open(self._list, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
            _put(file, f"{name}\n".encode())  # at once, so that processes do not get in each other's way

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self._directory
            raise EmmError(f"The file or directory '{where}' cannot be used: {error.strerror}.") from error


def file_name(host: str, ending: str) -> str:
    """The name of a host's file: that of the host as far as a file may have it, and different for different hosts."""
    kept = "".join(char if char.isalnum() or char in "-_." else urllib.parse.quote(char, safe="") for char in host)
    if kept.startswith("."):
        kept = f"%2E{kept[1:]}"
    if len(kept.encode()) > _LONGEST:
        start = kept.encode()[: _LONGEST - 33].decode(errors="ignore")
        kept = f"{start}%{hashlib.sha256(host.encode()).hexdigest()[:32]}"
    return kept + ending


def _unfinished(name: str) -> str:
    return f".{name}.new"


def _holds(path: Path, content: bytes) -> bool:
    return (
        _is_regular(path)
        and stat.S_IMODE(path.lstat().st_mode) == _MODE
        and path.lstat().st_size == len(content)
        and path.read_bytes() == content
    )


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _open(path: Path, flags: int) -> Iterator[int]:
    """A file, and not what a link in its place leads to."""
    file = os.open(path, flags | os.O_NOFOLLOW, _MODE)
    try:
        yield file
    finally:
        os.close(file)


def _put(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _overwrite(file: int) -> None:
    rest = os.fstat(file).st_size
    while rest > 0:
        _put(file, os.urandom(min(rest, _CHUNK)))
        rest -= _CHUNK
    os.fsync(file)
