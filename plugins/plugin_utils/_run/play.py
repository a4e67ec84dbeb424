# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Identifies the play of a task, and the hosts of its batch, from public data only.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.playbook.task import Task
from ansible.template import Templar
from ansible.utils.helpers import pct_to_int
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import templated

_INDEPENDENT_STRATEGIES = ("free", "host_pinned")  # suffixes of the strategies that run hosts independently


def play_id(task: Task, task_vars: Mapping[str, Any]) -> str:
    """An identifier that is the same for all tasks, hosts and batches of a play, but differs between plays of a run.

    It is derived from the position of the play in its playbook, its name, and its hosts. It is therefore equal for a
    playbook that is imported twice for the same hosts. If there is no position, it is also equal for plays with the
    same name and hosts: with Ansible's Python API, in ad-hoc commands and, before ansible-core 2.19, in playbooks in
    JSON. It changes after an ``add_host`` task in the play.
    """
    position = (task.get_play().get_path(), task_vars["ansible_play_name"], *task_vars["ansible_play_hosts_all"])
    return hashlib.sha256("\0".join(position).encode(errors="surrogatepass")).hexdigest()


def batch_hosts(task: Task, task_vars: Mapping[str, Any], templar: Templar) -> list[str]:
    """The hosts of a host's batch (``serial``), including failed ones, in the order of the play.

    Ansible only tells which hosts of the batch have not failed. Only these are returned if hosts are shuffled, or if
    ``serial`` has a different value for the host than for the play.
    """
    name: str = task_vars["inventory_hostname"]
    remaining: list[str] = task_vars["ansible_play_batch"]
    if name not in remaining:  # after a failure, in an ``always`` section
        remaining = [*remaining, name]
    play = task.get_play()
    try:
        # The keywords of the play are not templated for an imported task.
        serial, order = (templated(keyword, getattr(play, keyword), templar) for keyword in ("serial", "order"))
        all_hosts = _in_order(task_vars["ansible_play_hosts_all"], order)
        if not serial:
            return all_hosts
        hosts = next(hosts for hosts in _batches(all_hosts, serial) if name in hosts)
    except (EmmError, StopIteration, TypeError, ValueError):
        return remaining
    return hosts if order != "shuffle" and {*remaining} <= {*hosts} else remaining


def hosts_run_in_lockstep(task: Task) -> bool:
    """Whether all hosts of a batch finish a task before any of them starts the next one."""
    return not str(task.get_play().strategy).endswith(_INDEPENDENT_STRATEGIES)


def _in_order(hosts: list[str], order: Any) -> list[str]:
    """The hosts in the given order of a play. ``shuffle`` is ignored."""
    in_order = sorted(hosts) if str(order).endswith("sorted") else hosts
    return in_order[::-1] if str(order).startswith("reverse_") else in_order


def _batches(hosts: list[str], serial: Any) -> Iterator[list[str]]:
    """The batches of a play. The last size is repeated. A size that is not positive stands for all hosts."""
    sizes = serial if isinstance(serial, list) else [serial]
    start = number = 0
    while start < len(hosts):
        count = pct_to_int(sizes[min(number, len(sizes) - 1)], len(hosts))
        end = start + count if count > 0 else len(hosts)
        yield hosts[start:end]
        start, number = end, number + 1
