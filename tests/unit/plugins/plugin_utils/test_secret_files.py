# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Files with secrets."""

from __future__ import annotations

import fcntl
import os
import re
import stat
from pathlib import Path

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _secret_files
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._secret_files import SecretFiles, file_name

FILES = {"a.payload.json": b"secret", "b.payload.json": b"secret too"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "new" / "directory"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_nobody_else_can_read_them(directory: Path) -> None:
    before = os.umask(0)
    try:
        assert SecretFiles(str(directory)).write_all(FILES) is True
    finally:
        os.umask(before)
    assert mode(directory) == 0o700
    assert {path.name: path.read_bytes() for path in directory.glob("[!.]*")} == FILES
    assert {mode(path) for path in directory.iterdir()} == {0o600}


def test_what_is_there_already_is_left_alone(directory: Path) -> None:
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


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(directory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"secret")
    other.chmod(0o600)
    directory.mkdir(parents=True)
    (directory / "a.payload.json").symlink_to(other)
    assert SecretFiles(str(directory)).write_all({"a.payload.json": b"secret"}) is True
    assert not (directory / "a.payload.json").is_symlink()
    (directory / ".b.payload.json.new").symlink_to(other)
    assert SecretFiles(str(directory)).write_all({"b.payload.json": b"more"}) is True
    assert other.read_bytes() == b"secret"
    (directory / ".provisioning_sheet").unlink()
    (directory / ".provisioning_sheet").symlink_to(other)
    with pytest.raises(EmmError, match="cannot be used: Too many levels of symbolic links"):
        SecretFiles(str(directory)).write_all({"c.payload.json": b"more"})
    assert other.read_bytes() == b"secret"


@pytest.mark.parametrize("own", [True, False])
def test_a_file_in_the_place_of_a_new_one_is_not_written_to(
    directory: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    """Somebody could have it open. What a process left that was killed is overwritten."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() if own else os.getuid() + 1)
    directory.mkdir(parents=True)
    planted = directory / ".a.payload.json.new"
    planted.write_bytes(b"x" * 100)
    planted.chmod(0o666)
    with planted.open("rb") as file:
        SecretFiles(str(directory)).write_all(FILES)
        content = file.read()
        assert len(content) == 100
        assert (content == b"x" * 100) is not own
        assert b"secret" not in content
    assert (directory / "a.payload.json").read_bytes() == b"secret"
    assert mode(directory / "a.payload.json") == 0o600


def test_what_a_file_is_replaced_by_overwrites_it(directory: Path) -> None:
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


def test_what_has_another_name_is_not_overwritten(directory: Path, tmp_path: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    for name in FILES:
        (tmp_path / name).hardlink_to(directory / name)
    files.write_all({"a.payload.json": b"new"})
    files.shred()
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == FILES


def test_other_files_of_a_host_give_way(directory: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all({"a.qr.png": b"secret", "b.qr.png": b"secret"})
    (directory / "a.ndef").write_bytes(b"mine")
    assert files.write_all({"a.qr.svg": b"secret"}, in_place_of=["a.qr.png", "a.ndef", "a.nfc.properties"]) is True
    assert {path.name for path in directory.glob("[!.]*")} == {"a.qr.svg", "b.qr.png", "a.ndef"}
    assert files.write_all({"a.qr.svg": b"secret"}, in_place_of=["a.qr.png", "a.ndef"]) is False


def test_a_file_that_is_not_the_roles_stays(directory: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    (directory / "sheet.html").write_text("mine")
    for check_mode in (True, False):
        with pytest.raises(EmmError, match=r"There is a file '.*/sheet\.html' that the role .* has not written"):
            files.write_all({**FILES, "sheet.html": b"secret"}, check_mode=check_mode)
    files.shred()
    assert (directory / "sheet.html").read_text() == "mine"


def test_a_directory_that_could_not_be_made_or_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmmError, match="cannot be used: Not a directory"):
        SecretFiles(str(tmp_path / "file" / "x")).write_all(FILES, check_mode=True)
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    for check_mode in (True, False):
        with pytest.raises(EmmError, match=f"'{tmp_path}' cannot be used: Permission denied"):
            SecretFiles(str(tmp_path)).write_all(FILES, check_mode=check_mode)
    with pytest.raises(EmmError, match=f"'{tmp_path}' cannot be used: Permission denied"):
        SecretFiles(str(tmp_path / "a" / "b")).write_all(FILES, check_mode=True)


def test_one_directory_has_one_path(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(directory)
    ways = (f"/{directory}", f"{directory}/", f"{directory}/../directory", str(tmp_path / "link"))
    assert {SecretFiles(way).path() for way in ways} == {str(directory)}


def test_nobody_shreds_while_somebody_writes(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    locks = []
    monkeypatch.setattr(fcntl, "flock", lambda _file, how: locks.append(how))
    files.write_all(FILES)
    files.shred()
    files.write_all(FILES, check_mode=True)
    assert locks == [fcntl.LOCK_SH, fcntl.LOCK_EX]


def test_check_mode(directory: Path) -> None:
    files = SecretFiles(str(directory))
    assert files.write_all(FILES, check_mode=True) is True
    assert not directory.exists()
    files.write_all(FILES)
    assert files.write_all(FILES, check_mode=True) is False
    assert files.write_all({"a.payload.json": b"new"}, check_mode=True) is True
    assert files.write_all({}, in_place_of=["b.payload.json"], check_mode=True) is True
    assert files.write_all({"c.payload.json": b"new"}, check_mode=True) is True
    assert {path.name: path.read_bytes() for path in directory.glob("[!.]*")} == FILES
    directory.chmod(0o777)
    with pytest.raises(EmmError, match="is no place for secrets"):
        files.write_all(FILES, check_mode=True)


def test_the_list_has_each_name_once_and_is_made_again(directory: Path) -> None:
    files = SecretFiles(str(directory))
    listed = directory / ".provisioning_sheet"
    files.write_all(FILES)
    files.write_all({**FILES, "c.payload.json": b"more"})
    assert listed.read_text().split() == [*FILES, "c.payload.json"]
    listed.unlink()
    assert files.write_all(FILES) is False
    assert files.present() == list(FILES)
    listed.write_bytes(b"\xff\na.payload.json\n")
    assert files.present() == ["a.payload.json"]


def test_a_directory_that_everybody_can_write_to_is_refused(directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o1777)
    with pytest.raises(EmmError, match=f"The directory '{directory}' is no place for secrets.* the mode 0700"):
        SecretFiles(str(directory)).write_all(FILES)
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("name", ["", ".", "staging", "./staging", "/a\0b", "~no-such-user/staging"])
def test_what_is_no_path_of_a_directory(name: str) -> None:
    with pytest.raises(EmmError, match=f"The directory '{re.escape(name)}' cannot be used: "):
        SecretFiles(name)


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmmError, match=f"'{tmp_path}/file.*' cannot be used: Not a directory"):
        SecretFiles(str(tmp_path / "file" / "directory")).write_all(FILES)


def test_a_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    files = SecretFiles("~/staging")
    files.write_all(FILES)
    assert files.path("a.payload.json") == str(tmp_path / "staging" / "a.payload.json")
    assert (tmp_path / "staging" / "a.payload.json").exists()


def test_shredding_removes_what_was_written_and_nothing_else(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    (directory / "a.txt").write_text("mine")
    (directory / ".c.payload.json.new").write_text("mine")
    (directory / ".b.payload.json.new").write_text("what a process left that was killed")
    contents = {}
    inode = (directory / "a.payload.json").stat().st_ino

    def sync(file: int) -> None:
        contents[os.fstat(file).st_ino] = Path(f"/proc/self/fd/{file}").read_bytes()

    monkeypatch.setattr(os, "fsync", sync)
    assert files.present() == ["a.payload.json", "b.payload.json", ".b.payload.json.new"]
    assert files.was_used()
    assert files.shred() == ["a.payload.json", "b.payload.json", ".b.payload.json.new"]
    assert {path.name for path in directory.glob("*")} == {"a.txt", ".c.payload.json.new", ".provisioning_sheet"}
    assert (directory / ".provisioning_sheet").read_bytes() == b""
    assert len(contents) == 3
    assert len(contents[inode]) == len(b"secret")
    assert b"secret" not in b"".join(contents.values())
    assert files.present() == []
    assert files.shred() == []
    assert files.was_used()


def test_a_file_that_cannot_be_shredded_does_not_keep_the_others(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "a.payload.json":
            raise PermissionError(1, "Operation not permitted", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(EmmError, match=r"these are still there: a\.payload\.json \(Operation not permitted\)\."):
        files.shred()
    assert files.present() == ["a.payload.json"]
    monkeypatch.setattr(Path, "unlink", unlink)
    assert files.shred() == ["a.payload.json"]


def test_a_large_file_is_overwritten_whole(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_secret_files, "_CHUNK", 1000)
    monkeypatch.setattr(os, "urandom", lambda size: b"x" * size)
    files = SecretFiles(str(directory))
    files.write_all({"a.html": b"secret" * 1000})
    with (directory / "a.html").open("rb") as file:
        files.shred()
        assert file.read() == b"x" * 6000


def test_a_file_that_another_process_has_removed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    monkeypatch.setattr(files, "present", lambda: ["gone", *FILES])
    files.shred()
    assert list(directory.glob("[!.]*")) == []


def test_a_name_on_the_list_does_not_lead_out_of_the_directory(directory: Path, tmp_path: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    (tmp_path / "mine").write_text("mine")
    (directory / "link").symlink_to(tmp_path / "mine")
    with (directory / ".provisioning_sheet").open("a") as file:
        file.write("../../mine\n/etc/passwd\n\nlink\n..\n")
    files.shred()
    assert (tmp_path / "mine").read_text() == "mine"


def test_nothing_there(directory: Path) -> None:
    assert SecretFiles(str(directory)).present() == []
    assert SecretFiles(str(directory)).shred() == []
    assert not SecretFiles(str(directory)).was_used()


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
def test_file_names(host: str, name: str) -> None:
    assert file_name(host, ".x") == name


@pytest.mark.parametrize("letter", ["a", "é", "电", "/"])
def test_long_names_are_shortened_and_stay_different(letter: str) -> None:
    names = {file_name(letter * 300 + end, ".payload.json") for end in "abc"}
    assert len(names) == 3
    assert max(len(name.encode()) for name in names) <= 200
