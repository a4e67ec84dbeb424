# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Writes and shreds files with secrets, in a directory that the user names.

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

_LIST_FILE = ".provisioning_sheet"  # the list of the files that were written
_LOCK_FILE = ".provisioning_sheet.lock"  # held while files are renamed
# Ends each name on the list, and is never part of a name. A name that was cut off by a full disk lacks it.
_END = "/"
# An unfinished or replaced file. It contains the name of the final file, so that it can be found if the process is
# killed, and is unique to the process.
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{16}\.(?:new|old)", re.DOTALL)
_NAME_MAX = 180  # bytes of a name; file systems allow 255, including endings


@dataclass(frozen=True)
class _Changes:
    """Files to write, by name, and names of files to shred, and to add to the list."""

    files: Mapping[str, bytes]
    stale: Sequence[str]
    unlisted: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.files or self.stale)


class SecretFiles:
    """The files that the role has written into a directory, which nobody else can read.

    A file in the directory lists their names, so that no other file is ever removed. All methods raise ``EmmError`` if
    the directory or a file in it cannot be used.
    """

    def __init__(self, directory: str) -> None:
        self._directory = SecretDirectory(directory)

    def path(self, name: str = "") -> str:
        """The path of a file, or of the directory."""
        return str(self._directory.path / name)

    def warnings(self) -> list[str]:
        """Warnings about unexpected or unsafe settings."""
        with self._reporting():
            return list(self._directory.warnings())

    def write_all(self, files: Mapping[str, bytes], *, replaces: Iterable[str] = (), check_mode: bool = False) -> bool:
        """Write files with the given contents, and shred those that they replace.

        Each file is written completely or stays unchanged. Returns whether anything changed. In check mode, nothing is
        changed.
        """
        with self._reporting():
            if check_mode:
                return self._would_write(files, replaces)
            self._directory.make()
            with self._directory.opened() as directory:
                own_files = OwnFiles(directory)
                # A shared lock for writers, so that no file is written and shredded at the same time.
                with own_files.locked(_LIST_FILE, fcntl.LOCK_SH):
                    changes = self._changes(own_files, files, replaces)
                    # Before the files exist, so that they are found even if this process is killed.
                    _append_to_list(own_files, changes.unlisted)
                    _replace(own_files, changes)
            return bool(changes)

    def _would_write(self, files: Mapping[str, bytes], replaces: Iterable[str]) -> bool:
        with self._opened() as own_files:
            self._directory.check_writable()
            return bool(self._changes(own_files, files, replaces) if own_files else files)

    def _changes(self, own_files: OwnFiles, files: Mapping[str, bytes], replaces: Iterable[str]) -> _Changes:
        """The changes to make. Files that are not on the list belong to somebody else and are not replaced."""
        changed = {name: content for name, content in files.items() if not own_files.holds(name, content)}
        existing = [name for name in changed if own_files.has(name)]
        listed = _read_list(own_files)  # read after that, because another process may have just written such a file
        for name in existing:
            if name not in listed:
                raise EmmError(
                    f"The file '{self.path(name)}' was not written by the role provisioning_sheet. "
                    "Remove it, or use another directory."
                )
        stale = [name for name in replaces if name in listed and own_files.has(name)]
        return _Changes(changed, stale, [name for name in files if name not in listed])

    def was_used(self) -> bool:
        """Whether the role has ever written into the directory."""
        with self._reporting(), self._opened() as own_files:
            return own_files is not None and own_files.has(_LIST_FILE)

    def present(self) -> list[str]:
        """The names of the files that exist."""
        with self._reporting(), self._opened() as own_files:
            return _existing(own_files) if own_files else []

    def shred(self) -> list[str]:
        """Overwrite and remove all files, even if one of them fails. Returns their names."""
        with self._reporting(), self._opened() as own_files:
            if own_files is None or not own_files.has(_LIST_FILE):
                return []
            with own_files.locked(_LIST_FILE, fcntl.LOCK_EX) as names_file:
                names = _existing(own_files)
                failures = _shred(own_files, names)
                if failures:
                    reasons = ", ".join(f"{name} ({reason})" for name, reason in failures.items())
                    raise EmmError(f"These files in '{self.path()}' could not be shredded: {reasons}.")
                own_files.sync()
                os.ftruncate(names_file, 0)
                return names

    @contextlib.contextmanager
    def _opened(self) -> Iterator[OwnFiles | None]:
        """The files of the directory, or None if it does not exist."""
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
    """The name of a host's file: the host's name, with unsafe characters encoded. It is unique to the host."""
    kept = "".join(char if char.isalnum() or char in "-_." else urllib.parse.quote(char, safe="") for char in host)
    if kept.startswith("."):
        kept = f"%2E{kept[1:]}"
    if len(kept.encode()) > _NAME_MAX:
        start = kept.encode()[: _NAME_MAX - 33].decode(errors="ignore")
        kept = f"{start}%{hashlib.sha256(host.encode()).hexdigest()[:32]}"
    return kept + ending


def _read_list(own_files: OwnFiles) -> dict[str, None]:
    """The names on the list, in its order. Names that lead out of the directory are ignored."""
    try:
        lines = own_files.read(_LIST_FILE).decode(errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return {}
    names = (line.removesuffix(_END) for line in lines if line.endswith(_END))
    return dict.fromkeys(name for name in names if name not in {"", ".", ".."} and "/" not in name)


def _append_to_list(own_files: OwnFiles, names: Iterable[str]) -> None:
    """Add names to the list, each on its own line, even after one that was cut off."""
    if lines := "".join(f"{name}{_END}\n" for name in names):
        own_files.append(_LIST_FILE, f"\n{lines}".encode())


def _existing(own_files: OwnFiles) -> list[str]:
    """The names on the list that exist, whatever they are, and files that a killed process has left."""
    names_on_disk = set(own_files.names())
    temporary: dict[str, list[str]] = {}
    for match in filter(None, map(_TEMPORARY.fullmatch, sorted(names_on_disk))):
        temporary.setdefault(match["name"], []).append(match.string)
    return [found for name in _read_list(own_files) for found in (*({name} & names_on_disk), *temporary.get(name, []))]


def _replace(own_files: OwnFiles, changes: _Changes) -> None:
    """Replace files, and shred the replaced and the stale ones."""
    new = {name: _temporary(name, "new") for name in changes.files}
    try:
        for name, content in changes.files.items():
            own_files.create(new[name], content)
        old = _swap(own_files, new, changes.stale)
    finally:
        _shred(own_files, new.values())  # files that were not renamed
    for name in old:
        own_files.shred(name)


def _swap(own_files: OwnFiles, new: Mapping[str, str], stale: Iterable[str]) -> list[str]:
    """Rename new files to their final names, and replaced or stale ones to unique names, which are returned."""
    old = []
    # One process at a time, so that none mistakes the new file of another for the old one.
    with own_files.locked(_LOCK_FILE, fcntl.LOCK_EX):
        for name in (*new, *stale):
            if own_files.has(name):
                old.append(_temporary(name, "old"))
                own_files.rename(name, old[-1])
            if name in new:
                own_files.rename(new[name], name)
    own_files.sync()  # before the old ones, which still have their names on disk, are overwritten
    return old


def _shred(own_files: OwnFiles, names: Iterable[str]) -> dict[str, str]:
    """Shred existing files. Returns those that could not be shredded, with the reasons."""
    failures = {}
    for name in names:
        try:
            own_files.shred(name)
        except FileNotFoundError:
            pass
        except OSError as error:
            failures[name] = str(error.strerror)
    return failures


def _temporary(name: str, ending: str) -> str:
    return f".{name}.{secrets.token_hex(8)}.{ending}"
