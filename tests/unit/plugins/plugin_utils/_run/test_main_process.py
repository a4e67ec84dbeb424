# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Processes whose parent ends first."""

from __future__ import annotations

import multiprocessing
import os
import time
import types
from multiprocessing.connection import Connection

import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.main_process import (
    main_process_exists,
    require_main_process,
)

FORK = multiprocessing.get_context("fork")  # as Ansible does


def test_main_process_itself_continues() -> None:
    assert main_process_exists()
    require_main_process()


def test_forked_process_detects_the_end_of_its_parent() -> None:
    messages, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_fork_another, args=(sender,))
    child.start()
    sender.close()
    assert messages.recv() is True
    child.kill()
    child.join()
    assert messages.recv() is False
    with pytest.raises(EOFError):  # it ends
        messages.recv()


def test_process_ends_without_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a fork, so that coverage is measured."""
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: types.SimpleNamespace(pid=os.getppid()))
    require_main_process()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: types.SimpleNamespace(pid=2))
    with pytest.raises(SystemExit):
        require_main_process()


def _fork_another(sender: Connection) -> None:
    grandchild = FORK.Process(target=_report, args=(sender,))
    grandchild.start()
    sender.close()
    grandchild.join()


def _report(sender: Connection) -> None:
    parent = os.getppid()
    sender.send(main_process_exists())
    while os.getppid() == parent:
        time.sleep(0.01)
    sender.send(main_process_exists())
    require_main_process()
    sender.send("It continues.")
