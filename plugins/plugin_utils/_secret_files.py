# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Files with secrets, in a directory that the user names.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

_LIST = ".provisioning_sheet"  # of the files that were written, one name a line
_MODE = 0o600
_LONGEST = 180  # bytes of a name; file systems have 255, of which endings take some
_CHUNK = 1 << 20  # bytes that are overwritten at a time


class SecretFiles:
    """The files that the role has written into a directory, which nobody else can read.

    Their names are on a list in a file beside them, so that no other file is ever removed. All methods raise
    ``EmmError`` where the directory or a file in it cannot be used.
    """

    def __init__(self, directory: str) -> None:
        try:
            self._directory = Path(directory).expanduser()
        except RuntimeError as error:
            raise EmmError(f"The directory '{directory}' cannot be used: {error}.") from error
        if not self._directory.is_absolute() or "\0" in directory:
            raise EmmError(f"The directory '{directory}' cannot be used: its path has to begin with '/' or '~'.")
        self._directory = Path(os.path.realpath(self._directory))  # one path, however it is written
        self._list = self._directory / _LIST

    def path(self, name: str = "") -> str:
        """The path of a file with a name, or of the directory."""
        return str(self._directory / name)

    def write_all(
        self, files: Mapping[str, bytes], *, in_place_of: Iterable[str] = (), check_mode: bool = False
    ) -> bool:
        """Have files with these contents by name, and none of those that they take the place of.

        Returns whether that was not so before. In check mode, it stays as it was.
        """
        with self._reporting():
            if check_mode and not self._directory.exists():
                _check_ancestor(self._directory)
                return bool(files)
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check()
            with contextlib.nullcontext() if check_mode else self._locked(fcntl.LOCK_SH):
                listed = set(self._names())
                changed = [name for name, content in files.items() if not _holds(self._directory / name, content)]
                stale = [name for name in in_place_of if name in listed and _is_regular(self._directory / name)]
                self._check_owner([name for name in changed if name not in listed])
                if not check_mode:
                    # Before there are such files, so that they are found even if this process is killed.
                    self._append([name for name in files if name not in listed])
                    for name in changed:
                        self._write(name, files[name])
                    for name in stale:
                        _shred(self._directory / name)
            return bool(changed or stale)

    def _check(self) -> None:
        if self._directory.stat().st_mode & stat.S_IWOTH:
            raise EmmError(
                f"The directory '{self._directory}' is no place for secrets: everybody can write to it. "
                "Use one with the mode 0700."
            )
        _check_ancestor(self._directory)

    def _check_owner(self, names: Iterable[str]) -> None:
        """Files that are not on the list are somebody's, and not ours to replace."""
        for name in names:
            if _is_regular(self._directory / name):
                raise EmmError(
                    f"There is a file '{self._directory / name}' that the role provisioning_sheet has not written. "
                    "Remove it, or use another directory."
                )

    def was_used(self) -> bool:
        """Whether the role has ever written into the directory."""
        with self._reporting():
            return self._list.exists()

    def present(self) -> list[str]:
        """The names of the files that are there."""
        with self._reporting():
            names = [file for name in self._names() for file in (name, _unfinished(name))]
            return [name for name in names if _is_regular(self._directory / name)]

    def shred(self) -> list[str]:
        """Overwrite and remove all files that are there, even if one of them cannot be; the names."""
        with self._reporting():
            return self._shred_all() if self._list.exists() else []

    def _shred_all(self) -> list[str]:
        with self._locked(fcntl.LOCK_EX):
            names = self.present()
            resisting = {}
            for name in names:
                try:
                    _shred(self._directory / name)
                except FileNotFoundError:
                    pass  # somebody else was faster
                except OSError as error:
                    resisting[name] = error.strerror
            if resisting:
                reasons = ", ".join(f"{name} ({reason})" for name, reason in resisting.items())
                raise EmmError(f"Of the files in '{self._directory}', these are still there: {reasons}.")
            os.truncate(self._list, 0)
            return names

    def _write(self, name: str, content: bytes) -> None:
        path, new = self._directory / name, self._directory / _unfinished(name)
        if _is_regular(new) and new.lstat().st_uid == os.geteuid():
            _shred(new)  # of a process that was killed
        new.unlink(missing_ok=True)  # if it is somebody else's, they may have it open
        with _open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
            os.fchmod(file, _MODE)
            _put(file, content)
        if _is_regular(path):
            with _held(path) as overwrite:
                os.replace(new, path)
                overwrite()
        else:
            os.replace(new, path)

    def _names(self) -> list[str]:
        """What is on the list. A name leads out of the directory only if somebody has put it there."""
        try:
            names = self._list.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except FileNotFoundError:
            return []
        return [name for name in dict.fromkeys(names) if name and "/" not in name]

    def _append(self, names: Sequence[str]) -> None:
        if names:
            with _open(self._list, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
                # At once, so that processes do not get in each other's way.
                _put(file, "".join(f"{name}\n" for name in names).encode())

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Have the list, so that nobody shreds what is being written, nor writes what is being shredded."""
        with _open(self._list, os.O_RDWR | os.O_CREAT) as file:
            fcntl.flock(file, how)
            yield

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


def _check_ancestor(directory: Path) -> None:
    """Raises ``OSError`` if a directory, or the nearest one above it that there is, cannot be written to."""
    nearest = next(path for path in (directory, *directory.parents) if path.exists())
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(directory))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(nearest))


def _shred(path: Path) -> None:
    with _held(path) as overwrite:
        overwrite()
        path.unlink()


@contextlib.contextmanager
def _held(path: Path) -> Iterator[Callable[[], None]]:
    """Hold a file: what overwrites it, even when it has lost its name by then.

    It does nothing if the file has another name, under which somebody wants to keep it.
    """
    with _open(path, os.O_RDONLY) as file:
        only_name = os.fstat(file).st_nlink == 1
        if only_name:
            os.fchmod(file, _MODE)
    if not only_name:
        yield lambda: None
        return
    with _open(path, os.O_WRONLY) as file:
        yield lambda: _overwrite(file)


def _overwrite(file: int) -> None:
    rest = os.fstat(file).st_size
    while rest > 0:
        _put(file, os.urandom(min(rest, _CHUNK)))
        rest -= _CHUNK
    os.fsync(file)
