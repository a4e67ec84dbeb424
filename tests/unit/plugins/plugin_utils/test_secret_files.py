# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Files with secrets."""

from __future__ import annotations

import os
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
    with pytest.raises(EmmError, match="cannot be used: Too many levels of symbolic links"):
        SecretFiles(str(directory)).write_all({"b.payload.json": b"more"})
    assert other.read_bytes() == b"secret"


def test_a_directory_that_everybody_can_write_to_is_refused(directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o1777)
    with pytest.raises(EmmError, match=f"The directory '{directory}' is no place for secrets"):
        SecretFiles(str(directory)).write_all(FILES)
    assert list(directory.iterdir()) == []


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
    files.shred()
    assert {path.name for path in directory.iterdir()} == {"a.txt", ".c.payload.json.new"}
    assert len(contents) == 3
    assert len(contents[inode]) == len(b"secret")
    assert b"secret" not in b"".join(contents.values())
    assert files.present() == []
    files.shred()


def test_a_large_file_is_overwritten_whole(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_secret_files, "_CHUNK", 1000)
    monkeypatch.setattr(os, "urandom", lambda size: b"x" * size)
    monkeypatch.setattr(Path, "unlink", lambda _path, missing_ok=False: None)
    files = SecretFiles(str(directory))
    files.write_all({"a.html": b"secret" * 1000})
    files.shred()
    assert (directory / "a.html").read_bytes() == b"x" * 6000


def test_a_file_that_another_process_has_removed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    monkeypatch.setattr(files, "present", lambda: ["gone", *FILES])
    files.shred()
    assert list(directory.iterdir()) == []


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
