# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Secret files with several processes at the same time, and with killed processes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles

NAME = "a.payload.json"
WRITERS = "abcd"
ROUNDS = 150
ALWAYS = {".provisioning_sheet", ".provisioning_sheet.lock"}
# The system calls before which a process is killed.
CALLS = ("open", "write", "fsync", "replace", "unlink", "ftruncate")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "directory"


def is_complete(content: bytes) -> bool:
    """Whether it is one of the contents that are written here."""
    return re.fullmatch(rb"([a-d])\1*\n", content) is not None


def content_of(writer: str, number: int) -> bytes:
    return f"{writer * (100 + number % 7)}\n".encode()


def seen(path: Path) -> bytes | None:
    """The content of a file, or None if it was renamed in the meantime and may be overwritten."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        content = file.read()
        if os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return content
    return None


def write(directory: str, writer: str, rounds: int) -> list[bytes]:
    """Write a file repeatedly. Returns incomplete contents that were seen."""
    found = []
    with patch("os.fsync"):  # so that processes interleave more often
        for number in range(rounds):
            assert SecretFiles(directory).write_all({NAME: content_of(writer, number)}) is True
            content = seen(Path(directory) / NAME)
            if content is not None and not is_complete(content):
                found.append(content)
    return found


def shred(directory: str, rounds: int) -> None:
    with patch("os.fsync"):
        for _round in range(rounds):
            SecretFiles(directory).shred()


def test_last_of_several_writers_wins(directory: Path) -> None:
    with ProcessPoolExecutor(len(WRITERS), multiprocessing.get_context("spawn")) as pool:
        writing = [pool.submit(write, str(directory), writer, ROUNDS) for writer in WRITERS]
        assert [writer.result() for writer in writing] == [[]] * len(WRITERS)
    assert {path.name for path in directory.iterdir()} == {NAME, *ALWAYS}
    content = (directory / NAME).read_bytes()
    assert content in [content_of(writer, ROUNDS - 1) for writer in WRITERS]
    assert SecretFiles(str(directory)).shred() == [NAME]


def test_files_written_during_shredding_are_listed(directory: Path) -> None:
    with ProcessPoolExecutor(len(WRITERS), multiprocessing.get_context("spawn")) as pool:
        writing = [pool.submit(write, str(directory), writer, ROUNDS // 3) for writer in WRITERS[1:]]
        shredding = pool.submit(shred, str(directory), ROUNDS // 3)
        shredding.result()
        for writer in writing:
            writer.result()  # Files may be incomplete while they are shredded, but no writer fails.
    SecretFiles(str(directory)).shred()
    assert {path.name for path in directory.iterdir()} <= ALWAYS


def run_and_kill(work: Callable[[], object], step: int) -> bool:
    """Run ``work`` in a process that is killed before a step. Returns whether there was such a step."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 1
    left = [step]

    def stepping(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **options: Any) -> Any:
            if not left[0]:
                os._exit(1)
            left[0] -= 1
            return call(*arguments, **options)

        return stepped

    try:
        with contextlib.ExitStack() as stack:
            for name in CALLS:
                stack.enter_context(patch.object(os, name, stepping(getattr(os, name))))
            work()
        os._exit(0)
    finally:
        os._exit(2)


def test_files_are_complete_and_listed_after_a_kill(directory: Path) -> None:
    files = SecretFiles(str(directory))
    other = {"b.payload.json": b"b\n"}
    for step in range(1000):
        directory.mkdir(exist_ok=True, mode=0o700)
        (directory / "mine").write_bytes(b"mine")
        files.write_all({NAME: content_of("a", 0), **other})
        killed = run_and_kill(lambda: files.write_all({NAME: content_of("b", 0), "c": b"c\n"}, replaces=other), step)
        for path in directory.glob("[!.m]*"):
            assert is_complete(path.read_bytes())
        if step % 2:
            assert files.write_all({NAME: content_of("c", 0)})
            assert (directory / NAME).read_bytes() == content_of("c", 0)
        files.shred()
        assert {path.name for path in directory.iterdir()} == {"mine", *ALWAYS}
        if not killed:
            break
    assert step > 20


def test_next_process_shreds_the_rest_after_a_kill(directory: Path) -> None:
    files = SecretFiles(str(directory))
    for step in range(1000):
        files.write_all({NAME: content_of("a", 0), "b.payload.json": b"b\n"})
        killed = run_and_kill(files.shred, step)
        files.shred()
        assert {path.name for path in directory.iterdir()} == ALWAYS
        if not killed:
            break
    assert step > 10
