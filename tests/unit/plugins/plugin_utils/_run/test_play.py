# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The play and the batch of a task, without a run of Ansible. Some cases are also tested in real runs."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleError
from ansible.playbook.play import Play
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.play import (
    batch_hosts,
    hosts_run_in_lockstep,
    play_id,
)

NO_TEMPLATING = Mock(template=lambda value: value)
HOSTS = ["b", "c", "a", "e", "d", "g", "f"]


def task_in(**keywords: Any) -> Any:
    """A task that is imported into a play without a file."""
    return Mock(**{"get_play.return_value": Play.load({"hosts": "all", **keywords})})


def batch_of(host: str, *, remaining: str = "", templar: Any = NO_TEMPLATING, **keywords: Any) -> str:
    variables = {
        "inventory_hostname": host,
        "ansible_play_batch": [*remaining] or [host],
        "ansible_play_hosts_all": HOSTS,
    }
    return "".join(batch_hosts(task_in(**keywords), variables, templar))


@pytest.mark.parametrize(
    ("keywords", "batches"),
    [
        ({}, ["bcaedgf"]),
        ({"serial": 0}, ["bcaedgf"]),
        ({"serial": []}, ["bcaedgf"]),
        ({"serial": 3}, ["bca", "edg", "f"]),
        ({"serial": 7}, ["bcaedgf"]),
        ({"serial": 8}, ["bcaedgf"]),
        ({"serial": "3"}, ["bca", "edg", "f"]),
        ({"serial": "30%"}, ["bc", "ae", "dg", "f"]),
        ({"serial": "1%"}, [*"bcaedgf"]),
        ({"serial": "0%"}, [*"bcaedgf"]),
        ({"serial": "100%"}, ["bcaedgf"]),
        ({"serial": "200%"}, ["bcaedgf"]),
        ({"serial": [1, "50%"]}, ["b", "cae", "dgf"]),
        ({"serial": [1, 2]}, ["b", "ca", "ed", "gf"]),
        ({"serial": [2, 0]}, ["bc", "aedgf"]),
        ({"serial": [2, -1]}, ["bc", "aedgf"]),
        ({"serial": 3, "order": "inventory"}, ["bca", "edg", "f"]),
        ({"serial": 3, "order": "sorted"}, ["abc", "def", "g"]),
        ({"serial": 3, "order": "reverse_sorted"}, ["gfe", "dcb", "a"]),
        ({"serial": 3, "order": "reverse_inventory"}, ["fgd", "eac", "b"]),
    ],
)
def test_each_host_is_in_one_batch(keywords: dict[str, Any], batches: list[str]) -> None:
    assert {host: batch_of(host, **keywords) for host in HOSTS} == {host: hosts for hosts in batches for host in hosts}


def test_keywords_are_templated() -> None:
    values = {"{{ n }}": 2, "{{ how }}": "sorted"}
    templar = Mock(template=lambda value: values.get(value, value))
    assert batch_of("d", templar=templar, serial="{{ n }}", order="{{ how }}") == "cd"


@pytest.mark.parametrize(
    "keywords", [{"serial": 3, "order": "shuffle"}, {"serial": 2}, {"serial": "a"}, {"serial": {"a": 1}}]
)
def test_unknown_batch_contains_the_remaining_hosts(keywords: dict[str, Any]) -> None:
    """These are the hosts that have not failed, and the host itself."""
    assert batch_of("b", remaining="bca", **keywords) == "bca"
    assert batch_of("c", remaining="ba", **keywords) == "bac"
    templar = Mock(template=Mock(side_effect=AnsibleError("undefined")))
    assert batch_of("b", remaining="bca", templar=templar, **keywords) == "bca"


def test_host_added_later_is_in_no_batch() -> None:
    assert batch_of("new", remaining="bc", serial=2) == "bcnew"


def test_play_id_distinguishes_plays() -> None:
    """By position, name and hosts."""
    variables = {"ansible_play_name": "one", "ansible_play_hosts_all": ["a", "b\ud800"]}
    same, other = Mock(**{"get_play.return_value.get_path.return_value": "/play.yml:5"}), task_in()
    assert play_id(same, variables) == play_id(same, dict(variables))
    others = [
        play_id(other, variables),
        play_id(same, {**variables, "ansible_play_name": "two"}),
        play_id(same, {**variables, "ansible_play_hosts_all": ["a"]}),
    ]
    assert len({*others, play_id(same, variables)}) == 4


@pytest.mark.parametrize(
    ("strategy", "together"),
    [
        ("linear", True),
        ("ansible.builtin.linear", True),
        ("debug", True),
        ("mitogen_linear", True),
        ("free", False),
        ("ansible.builtin.free", False),
        ("mitogen_free", False),
        ("host_pinned", False),
    ],
)
def test_strategies_that_run_hosts_in_lockstep(strategy: str, together: bool) -> None:
    assert hosts_run_in_lockstep(task_in(strategy=strategy)) is together
