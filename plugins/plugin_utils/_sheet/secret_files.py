# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Files with secrets, in a directory that the user names.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.own_files import OwnFiles
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_directory import SecretDirectory

_LIST = ".provisioning_sheet"  # of the files that were written
_LOCK = ".provisioning_sheet.lock"  # of who gives files their names
# What ends a name on the list, and is in none. What a full disk has cut off has no end, and is no name.
_END = "/"
# A file that is not finished, or that another one has taken the place of: to be found by the name of the file that it
# is for, even if the process is killed, and different in each process.
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{16}\.(?:new|old)", re.DOTALL)
_LONGEST = 180  # bytes of a name; file systems have 255, of which endings take some


@dataclass(frozen=True)
class _Changes:
    """Files to be written, by name, and names of those to be shredded, and to be put on the list."""

    files: Mapping[str, bytes]
    stale: Sequence[str]
    unlisted: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.files or self.stale)


class SecretFiles:
    """The files that the role has written into a directory, which nobody else can read.

    Their names are on a list in a file beside them, so that no other file is ever removed. All methods raise
    ``EmmError`` where the directory or a file in it cannot be used.
    """

    def __init__(self, directory: str) -> None:
        self._directory = SecretDirectory(directory)

    def path(self, name: str = "") -> str:
        """The path of a file with a name, or of the directory."""
        return str(self._directory.path / name)

    def remarks(self) -> list[str]:
        """What the user does not expect of the directory, or should change."""
        with self._reporting():
            return list(self._directory.remarks())

    def write_all(
        self, files: Mapping[str, bytes], *, in_place_of: Iterable[str] = (), check_mode: bool = False
    ) -> bool:
        """Have files with these contents by name, and none of those that they take the place of.

        Each of them is there as a whole, or as it was before. Returns whether that was not so before. In check mode,
        it stays as it was.
        """
        with self._reporting():
            if check_mode:
                return self._would_write(files, in_place_of)
            self._directory.make()
            with self._directory.opened() as directory:
                here = OwnFiles(directory)
                # Writers hold it together: nobody shreds what is being written, nor writes what is being shredded.
                with here.locked(_LIST, fcntl.LOCK_SH):
                    changes = self._changes(here, files, in_place_of)
                    # Before there are such files, so that they are found even if this process is killed.
                    _enter(here, changes.unlisted)
                    _replace(here, changes)
            return bool(changes)

    def _would_write(self, files: Mapping[str, bytes], in_place_of: Iterable[str]) -> bool:
        with self._opened() as here:
            self._directory.check_writable()
            return bool(self._changes(here, files, in_place_of) if here else files)

    def _changes(self, here: OwnFiles, files: Mapping[str, bytes], in_place_of: Iterable[str]) -> _Changes:
        """What there is to do. Files that are not on the list are somebody's, and not ours to replace."""
        changed = {name: content for name, content in files.items() if not here.holds(name, content)}
        existing = [name for name in changed if here.has(name)]
        listed = _listed(here)  # after that, since another process may have written such a file just before
        for name in existing:
            if name not in listed:
                raise EmmError(
                    f"The file '{self.path(name)}' was not written by the role provisioning_sheet. "
                    "Remove it, or use another directory."
                )
        stale = [name for name in in_place_of if name in listed and here.has(name)]
        return _Changes(changed, stale, [name for name in files if name not in listed])

    def was_used(self) -> bool:
        """Whether the role has ever written into the directory."""
        with self._reporting(), self._opened() as here:
            return here is not None and here.has(_LIST)

    def present(self) -> list[str]:
        """The names of the files that are there."""
        with self._reporting(), self._opened() as here:
            return _present(here) if here else []

    def shred(self) -> list[str]:
        """Overwrite and remove all files that are there, even if one of them cannot be; the names."""
        with self._reporting(), self._opened() as here:
            if here is None or not here.has(_LIST):
                return []
            with here.locked(_LIST, fcntl.LOCK_EX) as names_file:
                names = _present(here)
                resisting = _shred(here, names)
                if resisting:
                    reasons = ", ".join(f"{name} ({reason})" for name, reason in resisting.items())
                    raise EmmError(f"These files in '{self.path()}' could not be shredded: {reasons}.")
                here.sync()
                os.ftruncate(names_file, 0)
                return names

    @contextlib.contextmanager
    def _opened(self) -> Iterator[OwnFiles | None]:
        """What is in the directory, if there is one."""
        with contextlib.ExitStack() as stack:
            try:
                directory = stack.enter_context(self._directory.opened())
            except FileNotFoundError:
                yield None
            else:
                yield OwnFiles(directory)

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            name = error.filename if isinstance(error.filename, str) else ""
            where = Path(self.path(name))
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


def _listed(here: OwnFiles) -> dict[str, None]:
    """The names on the list, in its order. One leads out of the directory only if somebody has put it there."""
    try:
        lines = here.read(_LIST).decode(errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return {}
    names = (line.removesuffix(_END) for line in lines if line.endswith(_END))
    return dict.fromkeys(name for name in names if name not in {"", ".", ".."} and "/" not in name)


def _enter(here: OwnFiles, names: Iterable[str]) -> None:
    """Put names on the list; on a line of their own, even after one that was cut off."""
    if lines := "".join(f"{name}{_END}\n" for name in names):
        here.append(_LIST, f"\n{lines}".encode())


def _present(here: OwnFiles) -> list[str]:
    """Those on the list of which there is a file, or whatever is in its place, and what a killed process has left."""
    there = set(here.names())
    temporary: dict[str, list[str]] = {}
    for match in filter(None, map(_TEMPORARY.fullmatch, sorted(there))):
        temporary.setdefault(match["name"], []).append(match.string)
    return [found for name in _listed(here) for found in (*({name} & there), *temporary.get(name, []))]


def _replace(here: OwnFiles, changes: _Changes) -> None:
    """Put files in the place of those with their names, and shred these and the stale ones."""
    new = {name: _temporary(name, "new") for name in changes.files}
    try:
        for name, content in changes.files.items():
            here.create(new[name], content)
        old = _exchange(here, new, changes.stale)
    finally:
        _shred(here, new.values())  # what has not come to its place
    for name in old:
        here.shred(name)


def _exchange(here: OwnFiles, new: Mapping[str, str], stale: Iterable[str]) -> list[str]:
    """Give new files their names, and those that had them, or are stale, names that no other process knows; these."""
    old = []
    # One process at a time, so that none takes the new file of another for the old one.
    with here.locked(_LOCK, fcntl.LOCK_EX):
        for name in (*new, *stale):
            if here.has(name):
                old.append(_temporary(name, "old"))
                here.rename(name, old[-1])
            if name in new:
                here.rename(new[name], name)
    here.sync()  # before the old ones are overwritten, which still have their names on the disk
    return old


def _shred(here: OwnFiles, names: Iterable[str]) -> dict[str, str]:
    """Shred files, as far as they are there; those that could not be, and why."""
    resisting = {}
    for name in names:
        try:
            here.shred(name)
        except FileNotFoundError:
            pass
        except OSError as error:
            resisting[name] = str(error.strerror)
    return resisting


def _temporary(name: str, ending: str) -> str:
    return f".{name}.{secrets.token_hex(8)}.{ending}"
