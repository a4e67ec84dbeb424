# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The choice of the directory for secret files, and its safety."""

from __future__ import annotations

import os
import pwd
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles

FILES = {"a.payload.json": b"secret", "b.payload.json": b"secret too"}
OWN = f"provisioning_sheet-{os.geteuid()}"
BelongToAnother = Callable[[Path], None]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "new" / "directory"


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A directory that its group can write to."""
    path = tmp_path / "volume"
    path.mkdir()
    path.chmod(0o2775)
    return path


@pytest.fixture
def belong_to_another(monkeypatch: pytest.MonkeyPatch) -> BelongToAnother:
    """Make a directory appear to belong to another user, without being root."""
    look = os.stat

    def do(directory: Path) -> None:
        def stat_of(path: Any, **options: Any) -> os.stat_result:
            status = look(path, **options)
            if path != directory:
                return status
            fields = list(status)
            fields[stat.ST_UID] += 1
            return os.stat_result(fields)

        monkeypatch.setattr(os, "stat", stat_of)

    return do


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_created_directories_are_private(directory: Path) -> None:
    before = os.umask(0)
    try:
        SecretFiles(str(directory)).write_all(FILES)
    finally:
        os.umask(before)
    assert mode(directory) == 0o700
    assert mode(directory.parent) == 0o700


def test_path_of_a_directory_is_normalized(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(directory)
    ways = (f"/{directory}", f"{directory}/", f"{directory}/../directory", str(tmp_path / "link"))
    assert {SecretFiles(way).path() for way in ways} == {str(directory)}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        *((name, "its path must begin with '/' or '~'.") for name in ("", ".", "staging", "./staging")),
        ("/a\0b", "it contains a character that is not allowed in a path."),
        ("/a\ud800b", "it contains a character that is not allowed in a path."),
        (
            "~no-such-user/staging",
            "its home directory is unknown. Use a path that begins with '/'.",
        ),
    ],
)
def test_invalid_paths_are_refused(name: str, rule: str) -> None:
    shown = name.replace("\0", r"\x00").replace("\ud800", r"\ud800")
    with pytest.raises(EmmError, match=re.escape(f"The directory '{shown}' cannot be used: {rule}") + "$"):
        SecretFiles(name)


def test_home_directory_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    files = SecretFiles("~/staging")
    files.write_all(FILES)
    assert files.path("a.payload.json") == str(tmp_path / "staging" / "a.payload.json")
    assert (tmp_path / "staging" / "a.payload.json").exists()


def test_error_if_the_directory_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("file", "file/directory"):
        for check_mode in (True, False):
            with pytest.raises(EmmError, match=f"'{tmp_path}/{name}' cannot be used: Not a directory"):
                SecretFiles(str(tmp_path / name)).write_all(FILES, check_mode=check_mode)


def test_check_mode_reports_missing_write_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    for directory in (tmp_path, tmp_path / "a" / "b"):
        with pytest.raises(EmmError, match=f"'{tmp_path}' cannot be used: Permission denied"):
            SecretFiles(str(directory)).write_all(FILES, check_mode=True)


@pytest.mark.parametrize(
    ("bits", "reason"),
    [
        (0o777, r"everybody can write to it\. Use .* with the mode 0700\."),
        (0o1777, r"everybody can write to it\. Use .* with the mode 0700\."),
        (0o775, r"its group can write to it\. Run 'chmod g-w {0}', or .* with the mode 0700\."),
    ],
)
def test_own_directory_writable_by_others_is_refused(directory: Path, bits: int, reason: str) -> None:
    directory.mkdir(parents=True)
    directory.chmod(bits)
    files = SecretFiles(str(directory))
    uses = (lambda: files.write_all(FILES), lambda: files.write_all(FILES, check_mode=True), files.shred, files.present)
    for use in uses:
        with pytest.raises(
            EmmError, match=f"The directory '{directory}' is not safe for secrets: {reason}".format(directory)
        ):
            use()
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("has_name", [True, False])
@pytest.mark.parametrize(("bits", "writable"), [(0o700, True), (0o755, True), (0o775, False)])
def test_directory_of_another_user_is_refused(
    directory: Path, monkeypatch: pytest.MonkeyPatch, bits: int, writable: bool, has_name: bool
) -> None:
    """Also for root, who can write to any directory."""
    directory.mkdir(parents=True)
    directory.chmod(bits)
    owner = "'sam'" if has_name else f"the user with the ID {os.getuid()}"
    users = {os.getuid(): Mock(pw_name="sam")} if has_name else {}
    monkeypatch.setattr(pwd, "getpwuid", users.__getitem__)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    monkeypatch.setattr(os, "access", lambda _path, _mode: writable)
    files = SecretFiles(str(directory))
    for use in (lambda: files.write_all(FILES), lambda: files.write_all(FILES, check_mode=True), files.shred):
        with pytest.raises(EmmError, match=rf"The directory '{directory}' is not safe .*: it belongs to {owner}\. Use"):
            use()
    assert list(directory.iterdir()) == []


def test_shared_directory_gets_a_subdirectory_per_user(volume: Path, belong_to_another: BelongToAnother) -> None:
    belong_to_another(volume)
    own = volume / OWN
    files = SecretFiles(str(volume))
    assert files.path("a.payload.json") == str(own / "a.payload.json")
    assert files.write_all(FILES, check_mode=True) is True
    assert list(volume.iterdir()) == []
    assert files.write_all(FILES) is True
    assert list(volume.iterdir()) == [own]
    assert mode(own) & 0o777 == 0o700
    for way in (str(volume), f"{volume}/../volume/", str(own)):
        again = SecretFiles(way)
        assert again.path() == str(own)
        assert again.write_all(FILES) is False
        [warning] = again.warnings()
        assert re.match(
            f"The directory '{volume}' belongs to .*, and a group .*Therefore, the files are in '{own}', ", warning
        )
    assert SecretFiles(str(volume)).shred() == list(FILES)
    assert list(own.glob("[!.]*")) == []


@pytest.mark.parametrize("kind", ["link", "open", "another's"])
def test_unsafe_subdirectory_is_refused(
    volume: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, belong_to_another: BelongToAnother, kind: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if kind == "another's":
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        (volume / f"provisioning_sheet-{os.geteuid()}").mkdir()
    else:
        belong_to_another(volume)
        (volume / OWN).symlink_to(elsewhere) if kind == "link" else (volume / OWN).mkdir()
        (volume / OWN).chmod(0o770)
    files = SecretFiles(str(volume))
    reason = {"link": "Not a directory", "open": "its group can write to it", "another's": "it belongs to "}[kind]
    for use in (lambda: files.write_all(FILES), files.shred):
        with pytest.raises(EmmError, match=f"'{files.path()}' .*: {reason}"):
            use()
    assert not list(tmp_path.rglob("*.json"))


def test_world_writable_volume_is_refused(volume: Path, belong_to_another: BelongToAnother) -> None:
    belong_to_another(volume)
    volume.chmod(0o777)
    with pytest.raises(EmmError, match=f"The directory '{volume}' is not safe for secrets: everybody can write to it"):
        SecretFiles(str(volume)).write_all(FILES)
    assert list(volume.iterdir()) == []


def test_world_writable_parent_causes_a_warning(directory: Path, tmp_path: Path) -> None:
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    assert files.warnings() == []
    tmp_path.chmod(0o777)
    assert files.write_all(FILES) is False
    [warning] = SecretFiles(str(directory)).warnings()
    assert warning.startswith(
        f"Everybody can write to '{tmp_path}' and therefore move '{directory}' away, so that it cannot be found"
    )
    assert f"'chmod +t {tmp_path}'" in warning
    tmp_path.chmod(0o1777)
    assert files.warnings() == []


def test_replaced_directory_does_not_redirect_writes(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory that was checked is used."""
    look = os.fstat
    moved = tmp_path / "moved"

    def look_and_move(file: int) -> os.stat_result:
        if not moved.exists():
            directory.rename(moved)
            directory.mkdir()
        return look(file)

    monkeypatch.setattr(os, "fstat", look_and_move)
    SecretFiles(str(directory)).write_all(FILES)
    assert list(directory.iterdir()) == []
    assert {path.name: path.read_bytes() for path in moved.glob("[!.]*")} == FILES


def test_errors_name_the_path(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """System errors contain a file name, a descriptor, or neither."""
    files = SecretFiles(str(directory))
    files.write_all(FILES)
    for culprit, place in (("x", directory / "x"), (5, directory), (None, directory)):

        def fail(_directory: int, culprit: object = culprit) -> list[str]:
            raise OSError(5, "Input/output error", culprit)

        monkeypatch.setattr(os, "listdir", fail)
        with pytest.raises(EmmError, match=rf"The file or directory '{place}' cannot be used: Input/output error\."):
            files.present()
