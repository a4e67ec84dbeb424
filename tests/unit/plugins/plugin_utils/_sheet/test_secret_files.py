# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Secret files."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.own_files import OwnFiles
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles, file_name

FILES = {"a.payload.json": b"secret", "b.payload.json": b"secret too"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "new" / "directory"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_files_are_private(directory: Path) -> None:
    before = os.umask(0)
    try:
        assert SecretFiles(str(directory)).write_all(FILES) is True
    finally:
        os.umask(before)
    assert {path.name: path.read_bytes() for path in directory.glob("[!.]*")} == FILES
    assert {mode(path) for path in directory.iterdir()} == {0o600}


@contextlib.contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Limit the size of files, like a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_unchanged_files_are_left_alone(directory: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    inodes = {path.name: path.stat().st_ino for path in directory.iterdir()}
    assert files.write_all(FILES) is False
    assert {path.name: path.stat().st_ino for path in directory.iterdir()} == inodes
    assert files.write_all({**FILES, "b.payload.json": b"secret now"}) is True
    assert files.write_all({**FILES, "b.payload.json": b"secret now"}) is False
    (directory / "a.payload.json").chmod(0o644)
    assert files.write_all({"a.payload.json": b"secret"}) is True
    assert mode(directory / "a.payload.json") == 0o600


def test_replaced_file_is_overwritten(directory: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    with (directory / "a.payload.json").open("rb") as old:
        files.write_all({"a.payload.json": b"new"})
        content = old.read()
        assert len(content) == len(b"secret")
        assert content != b"secret"
    (directory / "a.payload.json").chmod(0o400)
    files.write_all({"a.payload.json": b"newer"})
    assert mode(directory / "a.payload.json") == 0o600


def test_replaced_formats_are_shredded(directory: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all({"a.qr.png": b"secret", "b.qr.png": b"secret"})
    (directory / "a.ndef").write_bytes(b"mine")
    assert files.write_all({"a.qr.svg": b"secret"}, replaces=["a.qr.png", "a.ndef", "a.nfc.properties"]) is True
    assert {path.name for path in directory.glob("[!.]*")} == {"a.qr.svg", "b.qr.png", "a.ndef"}
    assert files.write_all({"a.qr.svg": b"secret"}, replaces=["a.qr.png", "a.ndef"]) is False


def test_unlisted_file_is_not_replaced(directory: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    (directory / "sheet.html").write_text("mine")
    for check_mode in (True, False):
        with pytest.raises(EmmError, match=r"The file '.*/sheet\.html' was not written by the role"):
            files.write_all({**FILES, "sheet.html": b"secret"}, check_mode=check_mode)
    files.shred()
    assert (directory / "sheet.html").read_text() == "mine"


def test_writing_and_shredding_lock_each_other_out(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    locks = []
    holding: list[str] = []

    def lock(file: int, how: int) -> None:
        locks.append(how)
        inode = os.fstat(file).st_ino
        holding.extend(path.name for path in directory.iterdir() if path.stat().st_ino == inode)

    monkeypatch.setattr(fcntl, "flock", lock)
    files.write_all(FILES)
    files.shred()
    files.write_all(FILES, check_mode=True)
    assert locks == [fcntl.LOCK_SH, fcntl.LOCK_EX, fcntl.LOCK_EX]
    assert holding == [".provisioning_sheet", ".provisioning_sheet.lock", ".provisioning_sheet"]


def test_check_mode_changes_nothing(directory: Path) -> None:
    files = SecretFiles(str(directory))
    assert files.write_all(FILES, check_mode=True) is True
    assert not directory.exists()
    files.write_all(FILES)
    assert files.write_all(FILES, check_mode=True) is False
    assert files.write_all({"a.payload.json": b"new"}, check_mode=True) is True
    assert files.write_all({}, replaces=["b.payload.json"], check_mode=True) is True
    assert files.write_all({"c.payload.json": b"new"}, check_mode=True) is True
    assert {path.name: path.read_bytes() for path in directory.glob("[!.]*")} == FILES
    directory.chmod(0o777)
    with pytest.raises(EmmError, match="is not safe for secrets"):
        files.write_all(FILES, check_mode=True)


def test_list_is_synced_before_files_are_created(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is synced before it gets its name, and the directory before the replaced file is overwritten."""
    files = SecretFiles(str(directory))
    files.write_all({"a": b"old"})
    old = (directory / "a").stat().st_ino
    kinds = {directory.stat().st_ino: "directory", (directory / ".provisioning_sheet").stat().st_ino: "list"}
    done = []

    def sync(file: int) -> None:
        inode = os.fstat(file).st_ino
        names = {path.name for path in directory.glob("[!.]*")}
        temporary = {path.suffix for path in directory.glob(".[ab].*")}
        done.append((kinds.get(inode, "old" if inode == old else "new"), names, temporary))

    monkeypatch.setattr(os, "fsync", sync)
    files.write_all({"a": b"new", "b": b"new"})
    assert done == [
        ("list", {"a"}, set()),
        ("directory", {"a"}, set()),
        ("new", {"a"}, {".new"}),
        ("new", {"a"}, {".new"}),
        ("directory", {"a", "b"}, {".old"}),
        ("old", {"a", "b"}, {".old"}),
    ]


def test_list_has_each_name_once_and_is_restored(directory: Path) -> None:
    files = SecretFiles(str(directory))
    listed = directory / ".provisioning_sheet"
    files.write_all(FILES)
    files.write_all({**FILES, "c.payload.json": b"more"})
    assert listed.read_text().split() == [f"{name}/" for name in (*FILES, "c.payload.json")]
    listed.unlink()
    assert files.write_all(FILES) is False
    assert files.present() == list(FILES)
    listed.write_bytes(b"\xff/\na.payload.json/\n")
    assert files.present() == ["a.payload.json"]


@pytest.mark.parametrize("room", range(-1, 18))
def test_full_disk_while_the_list_is_extended(directory: Path, room: int) -> None:
    """No file exists without its name on the list. A truncated entry is not a name, also if more names follow."""
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    listed = directory / ".provisioning_sheet"
    for length in range(1, len("c.payload.json")):
        (directory / "c.payload.json"[:length]).write_bytes(b"mine")
    with file_size_limit(listed.stat().st_size + room):
        if room < len("\nc.payload.json/\n"):
            with pytest.raises(EmmError, match="cannot be used: File too large"):
                files.write_all({"c.payload.json": b"secret"})
            assert not (directory / "c.payload.json").exists()
        else:
            files.write_all({"c.payload.json": b"secret"})
    files.write_all({"d.payload.json": b"secret"})
    files.write_all({"c.payload.json": b"secret"})
    assert sorted(files.shred()) == [f"{letter}.payload.json" for letter in "abcd"]
    assert {path.read_bytes() for path in directory.glob("[!.]*")} == {b"mine"}


def test_concurrent_appends_do_not_mix_names(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process appends only a part, and another one appends before it continues."""
    files = SecretFiles(str(directory))
    write = os.write

    def write_a_part(file: int, content: bytes) -> int:
        monkeypatch.setattr(os, "write", write)
        written = write(file, content[:6])
        SecretFiles(str(directory)).write_all({"b.payload.json": b"secret"})
        return written

    monkeypatch.setattr(os, "write", write_a_part)
    files.write_all({"a.payload.json": b"secret"})
    assert set(files.present()) == set(FILES)
    assert set((directory / ".provisioning_sheet").read_text().split()) == {"a.pay", *(f"{name}/" for name in FILES)}


def test_file_just_written_by_another_process_is_replaced(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    read = OwnFiles.read

    def read_after_another_process(here: OwnFiles, name: str) -> bytes:
        monkeypatch.setattr(OwnFiles, "read", read)
        content = read(here, name)
        SecretFiles(str(directory)).write_all({"c.payload.json": b"theirs"})
        return content

    monkeypatch.setattr(OwnFiles, "read", read_after_another_process)
    assert files.write_all({"c.payload.json": b"secret"}) is True
    assert (directory / "c.payload.json").read_bytes() == b"secret"


def test_full_disk_leaves_the_old_file(directory: Path) -> None:
    """The new file is absent, and the old one is unchanged."""
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    with file_size_limit(1000), pytest.raises(EmmError, match="cannot be used: File too large"):
        files.write_all({"b.payload.json": b"new", "a.payload.json": b"x" * 1001, "c.payload.json": b"x" * 1001})
    assert {path.name: path.read_bytes() for path in directory.iterdir() if "payload" in path.name} == FILES


def test_shred_removes_only_written_files(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    left = [f".b.payload.json.{'0123456789abcdef'}.{ending}" for ending in ("new", "old")]
    for name in left:
        (directory / name).write_text("secret of a process that was killed")
    mine = {"a.txt", ".c.payload.json.0123456789abcdef.new", ".a.payload.json.new", ".a.payload.json.0123456789.new"}
    for name in mine:
        (directory / name).write_text("mine")
    contents = {}
    names: list[list[str]] = []
    inode = (directory / "a.payload.json").stat().st_ino

    def sync(file: int) -> None:
        if stat.S_ISREG(os.fstat(file).st_mode):
            contents[os.fstat(file).st_ino] = Path(f"/proc/self/fd/{file}").read_bytes()
        else:
            names.append((directory / ".provisioning_sheet").read_text().split())

    monkeypatch.setattr(os, "fsync", sync)
    assert files.present() == [*FILES, *left]
    assert files.was_used()
    assert files.shred() == [*FILES, *left]
    assert {path.name for path in directory.iterdir()} == {*mine, ".provisioning_sheet", ".provisioning_sheet.lock"}
    assert (directory / ".provisioning_sheet").read_bytes() == b""
    assert names == [[f"{name}/" for name in FILES]], "files are removed before the list is cleared"
    assert len(contents) == 4
    assert len(contents[inode]) == len(b"secret")
    assert b"secret" not in b"".join(contents.values())
    assert files.present() == []
    assert files.shred() == []
    assert files.was_used()


def test_shred_continues_after_a_failure(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    unlink = os.unlink

    def refuse(name: str, *, dir_fd: int) -> None:
        if name == "a.payload.json":
            raise PermissionError(1, "Operation not permitted", name)
        unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(EmmError, match=r"could not be shredded: a\.payload\.json \(Operation not permitted\)\."):
        files.shred()
    assert files.present() == ["a.payload.json"]
    monkeypatch.setattr(os, "unlink", unlink)
    assert files.shred() == ["a.payload.json"]


def test_file_removed_during_shredding_is_ignored(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    names = os.listdir(directory)
    (directory / "a.payload.json").unlink()
    monkeypatch.setattr(os, "listdir", lambda _directory: names)
    files.shred()
    assert list(directory.glob("[!.]*")) == []


def test_listed_paths_outside_the_directory_are_ignored(directory: Path, tmp_path: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    (tmp_path / "mine").write_text("mine")
    with (directory / ".provisioning_sheet").open("a") as file:
        file.write("../../mine/\n/etc/passwd/\n/\n./\n../\n")
    assert files.shred() == list(FILES)
    assert (tmp_path / "mine").read_text() == "mine"


def test_missing_directory_is_empty(directory: Path) -> None:
    assert SecretFiles(str(directory)).present() == []
    assert SecretFiles(str(directory)).shred() == []
    assert not SecretFiles(str(directory)).was_used()


def test_unused_directory_is_left_alone(directory: Path) -> None:
    directory.mkdir(0o700, parents=True)
    (directory / "a.payload.json").write_bytes(b"mine")
    files = SecretFiles(str(directory))
    assert not files.was_used()
    assert files.present() == files.shred() == []
    assert files.write_all({"b.payload.json": b"secret"}, check_mode=True) is True
    assert [path.name for path in directory.iterdir()] == ["a.payload.json"]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("tablet-01.example.com", "tablet-01.example.com.x"),
        ("مكتب", "مكتب.x"),
        ("电脑_5", "电脑_5.x"),
        ("a/b", "a%2Fb.x"),
        ("../a", "%2E.%2Fa.x"),
        (".", "%2E.x"),
        ("a%2Fb", "a%252Fb.x"),
        ("a b:c\n", "a%20b%3Ac%0A.x"),
        ("<&'\">", "%3C%26%27%22%3E.x"),
    ],
)
def test_file_names_are_encoded(host: str, name: str) -> None:
    assert file_name(host, ".x") == name


@pytest.mark.parametrize("letter", ["a", "é", "电", "/"])
def test_long_file_names_are_shortened_and_unique(letter: str) -> None:
    names = {file_name(letter * 300 + end, ".payload.json") for end in "abc"}
    assert len(names) == 3
    assert max(len(name.encode()) for name in names) <= 200
