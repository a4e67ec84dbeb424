# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Directories for files with secrets: which one to use, and whether it is safe.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_system_text

_MODE = 0o700


class SecretDirectory:
    """The directory that a user names or, if it is shared by a group, the user's own subdirectory.

    It belongs to the user, and nobody else can write to it. Its parent directories are not checked: a user who can
    write to one of them can move the directory away, but can neither read it nor replace it with another one.
    """

    def __init__(self, directory: str) -> None:
        """Raises ``EmmError`` if the path is not absolute."""
        named = _absolute(directory)
        self.path = named / _subdirectory_name() if _is_shared(named) else named

    @contextlib.contextmanager
    def opened(self) -> Iterator[int]:
        """A descriptor of the directory, which stays valid even if the path is replaced.

        Raises ``OSError`` if the directory does not exist or cannot be opened, and ``EmmError`` if it is not safe for
        secrets.
        """
        directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _check(os.fstat(directory), self.path)
            yield directory
        finally:
            os.close(directory)

    def make(self) -> None:
        """Create the directory and its parents, with no access for others. Raises ``OSError``."""
        for path in reversed([self.path, *self.path.parents]):
            if not path.exists():
                path.mkdir(_MODE, exist_ok=True)

    def check_writable(self) -> None:
        """Raises ``OSError`` if the directory, or its nearest existing parent, is not writable."""
        nearest = next(path for path in (self.path, *self.path.parents) if path.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(nearest))

    def warnings(self) -> Iterator[str]:
        """Warnings about unexpected or unsafe settings."""
        parent = self.path.parent
        if self.path.name == _subdirectory_name() and _is_shared(parent):
            yield (
                f"The directory '{parent}' belongs to {user(parent.stat().st_uid)}, and a group can write to it. "
                f"Therefore, the files are in '{self.path}', which nobody else can enter."
            )
        for path in self.path.parents:
            if path.exists() and path.stat().st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH:
                yield (
                    f"Everybody can write to '{path}' and therefore move '{self.path}' away, so that it cannot be "
                    f"found and shredded. Set the sticky bit ('chmod +t {path}'), or use another directory."
                )


def user(uid: int) -> str:
    """A user's name, or else ID, for a message."""
    try:
        return f"'{pwd.getpwuid(uid).pw_name}'"
    except KeyError:
        return f"the user with the ID {uid}"


def _absolute(directory: str) -> Path:
    try:
        path = Path(directory).expanduser()
    except RuntimeError as error:
        rule = "its home directory is unknown. Use a path that begins with '/'"
        raise EmmError(f"The directory '{directory}' cannot be used: {rule}.") from error
    if not is_system_text(directory):
        raise EmmError(
            f"The directory '{directory}' cannot be used: it contains a character that is not allowed in a path."
        )
    if not path.is_absolute():
        raise EmmError(f"The directory '{directory}' cannot be used: its path must begin with '/' or '~'.")
    return Path(os.path.realpath(path))  # the same path, however it is written


def _subdirectory_name() -> str:
    """A name that is the same in each run, so that later runs find the files, but differs between users."""
    return f"provisioning_sheet-{os.geteuid()}"


def _is_shared(path: Path) -> bool:
    """Whether a directory belongs to another user, and the current user can create one in it."""
    try:
        status = path.stat()
    except OSError:
        return False  # reported when the directory is used
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid != os.geteuid()
        and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) == stat.S_IWGRP
        and os.access(path, os.W_OK | os.X_OK)
    )


def _check(status: os.stat_result, path: Path) -> None:
    unsafe = f"The directory '{path}' is not safe for secrets"
    alternative = "use one that does not exist yet, which is created with the mode 0700"
    if status.st_mode & stat.S_IWOTH:
        raise EmmError(f"{unsafe}: everybody can write to it. Use a directory of your own, or {alternative}.")
    if status.st_uid != os.geteuid():
        raise EmmError(
            f"{unsafe} of {user(os.geteuid())}: it belongs to {user(status.st_uid)}. Use a directory of your own; "
            f"{alternative}; run Ansible as its owner; or let a group that you are in write to it, and your files go "
            "into a subdirectory of your own."
        )
    if status.st_mode & stat.S_IWGRP:
        raise EmmError(f"{unsafe}: its group can write to it. Run 'chmod g-w {path}', or {alternative}.")
