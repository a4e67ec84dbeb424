# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The user's own files, and other kinds of files in their place."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import own_files
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.own_files import OwnFiles
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles

FILES = {"a.payload.json": b"secret", "b.payload.json": b"secret too"}

Plant = Callable[[Path, Path], None]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "directory"
    path.mkdir(0o700)
    return path


@pytest.fixture
def here(directory: Path) -> Iterator[OwnFiles]:
    descriptor = os.open(directory, os.O_RDONLY)
    yield OwnFiles(descriptor)
    os.close(descriptor)


@pytest.fixture(autouse=True)
def _time_limit() -> Iterator[None]:
    """Fail a test that blocks on a FIFO."""

    def fail(*_args: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def fifo(path: Path, _other: Path) -> None:
    os.mkfifo(path)


def link(path: Path, other: Path) -> None:
    path.symlink_to(other)


def link_to_nothing(path: Path, other: Path) -> None:
    path.symlink_to(other.with_name("nothing"))


def hard_link(path: Path, other: Path) -> None:
    path.hardlink_to(other)


def folder(path: Path, _other: Path) -> None:
    path.mkdir()


def socket_in(path: Path, _other: Path) -> None:
    with ExitStack() as stack:
        stack.callback(os.chdir, Path.cwd())
        os.chdir(path.parent)  # the path of a socket must be short
        stack.enter_context(socket.socket(socket.AF_UNIX)).bind(path.name)


KINDS: dict[Plant, str] = {
    fifo: "it is not a regular file",
    link: "it is not a regular file",
    link_to_nothing: "it is not a regular file",
    folder: "it is not a regular file",
    socket_in: "it is not a regular file",
    hard_link: "it has another hard link",
}


@pytest.mark.parametrize("name", [".provisioning_sheet", ".provisioning_sheet.lock", "a.payload.json"])
@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_files_are_neither_used_nor_removed(
    directory: Path, tmp_path: Path, kind: Plant, name: str
) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"\nb.payload.json/\n")
    other.chmod(0o600)
    before = other.stat()
    kind(directory / name, other)
    planted = (directory / name).lstat()
    files = SecretFiles(str(directory))
    with pytest.raises(EmmError, match=f"'{directory}/{name}' cannot be used: {KINDS[kind]}"):
        files.write_all(FILES)
    if name == ".provisioning_sheet":
        for use in (lambda: files.write_all(FILES, check_mode=True), files.was_used, files.present, files.shred):
            with pytest.raises(EmmError, match=f"'{directory}/{name}' cannot be used: {KINDS[kind]}"):
                use()
    assert other.read_bytes() == b"\nb.payload.json/\n"
    assert (other.stat().st_mode, other.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert os.path.samestat((directory / name).lstat(), planted)
    assert list(directory.glob("*secret*")) == list(tmp_path.glob("nothing")) == []
    assert not any(path.name.startswith(("b.", ".a.", ".b.")) for path in directory.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_files_are_reported_and_not_shredded(directory: Path, tmp_path: Path, kind: Plant) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    (directory / "a.payload.json").unlink()
    kind(directory / "a.payload.json", other)
    reason = rf"'{directory}' could not be shredded: a\.payload\.json \({KINDS[kind]}\)\."
    for _time in range(2):
        with pytest.raises(EmmError, match=reason):
            files.shred()
    assert other.read_bytes() == b"mine"
    assert not (directory / "b.payload.json").exists()
    assert files.present() == ["a.payload.json"]


@pytest.mark.parametrize("kind", [fifo, link, hard_link])
def test_file_replaced_after_the_first_check_is_refused(
    directory: Path, tmp_path: Path, here: OwnFiles, monkeypatch: pytest.MonkeyPatch, kind: Plant
) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    path = directory / "a"

    def look(_name: str) -> bool:
        path.unlink(missing_ok=True)
        kind(path, other)
        return True

    monkeypatch.setattr(here, "has", look)
    for use in (here.read, here.shred, lambda name: here.append(name, b"x"), lambda name: here.create(name, b"x")):
        with pytest.raises(
            OSError,
            match=r"it is not a regular file|it has another hard link|symbolic links|File exists|No such device",
        ):
            use("a")
    assert other.read_bytes() == b"mine"


def test_files_of_another_user_are_left_alone(directory: Path, here: OwnFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    (directory / "a").write_bytes(b"theirs")
    (directory / "a").chmod(0o666)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    for use in (
        here.has,
        here.read,
        here.shred,
        lambda name: here.holds(name, b"theirs"),
        lambda name: here.append(name, b"x"),
        lambda name: here.create(name, b"x"),
        lambda name: here.locked(name, fcntl.LOCK_SH).__enter__(),
    ):
        with pytest.raises(PermissionError, match="it belongs to ") as error:
            use("a")
        assert error.value.filename == "a"
    assert (directory / "a").read_bytes() == b"theirs"


def test_devices_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = os.open("/dev", os.O_RDONLY)
    try:
        with monkeypatch.context() as patch:
            patch.delattr(os, "open")
            with pytest.raises(PermissionError, match="it is not a regular file"):
                OwnFiles(descriptor).read("null")
    finally:
        os.close(descriptor)


def test_holds_compares_content_and_mode(directory: Path, here: OwnFiles) -> None:
    here.create("a", b"secret")
    assert here.read("a") == b"secret"
    assert here.holds("a", b"secret")
    assert not here.holds("a", b"secre")
    assert not here.holds("b", b"")
    (directory / "a").chmod(0o640)
    assert not here.holds("a", b"secret")


@pytest.mark.parametrize("umask", [0, 0o200])
def test_mode_of_a_new_file_is_independent_of_the_umask(directory: Path, here: OwnFiles, umask: int) -> None:
    """Otherwise, the next run would replace the file."""
    before = os.umask(umask)
    try:
        here.create("a", b"secret")
    finally:
        os.umask(before)
    assert stat.S_IMODE((directory / "a").stat().st_mode) == 0o600


def test_large_file_is_overwritten_completely(directory: Path, here: OwnFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "_CHUNK", 1000)
    monkeypatch.setattr(os, "urandom", lambda size: b"x" * size)
    (directory / "a").write_bytes(b"secret" * 1000)
    (directory / "a").chmod(0o400)
    with (directory / "a").open("rb") as file:
        here.shred("a")
        assert file.read() == b"x" * 6000
    assert here.names() == []


def test_partial_writes_are_continued(here: OwnFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, content[:4]))
    here.create("a", b"secret" * 10)
    assert here.read("a") == b"secret" * 10


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO])
def test_unsupported_directory_sync_is_ignored(here: OwnFiles, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(_file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    if number == errno.EINVAL:
        here.sync()
    else:
        with pytest.raises(OSError, match="Input/output error"):
            here.sync()
