# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What is public of the play that a task is in: which one it is, and which hosts go through it together.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.playbook.task import Task
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import templated

_OWN_PACE = ("free", "host_pinned")  # strategies whose names end like that let each host go on by itself


def identity(task: Task, task_vars: Mapping[str, Any]) -> str:
    """The same text for all tasks, hosts and batches of a play, and another one for another play of the run.

    It is made of where the play is in its playbook, its name, and its hosts. So it cannot tell apart the same playbook
    that is imported twice for the same hosts, nor, where there is no line, plays of the same name and hosts: in the API
    of Ansible, ad-hoc commands and, before ansible-core 2.19, playbooks in JSON. A play is another one after the task
    ``add_host`` in it.
    """
    place = (task.get_play().get_path(), task_vars["ansible_play_name"], *task_vars["ansible_play_hosts_all"])
    return hashlib.sha256("\0".join(place).encode(errors="surrogatepass")).hexdigest()


def whole_batch(task: Task, task_vars: Mapping[str, Any], templar: Templar) -> list[str]:
    """The hosts of the batch (``serial``) that a host is in, with those that have failed, in the order of the play.

    Ansible tells which hosts of it have not failed. They are all that is known if hosts are shuffled, or if what
    ``serial`` comes to is not the same for the host as for the play.
    """
    name: str = task_vars["inventory_hostname"]
    left: list[str] = task_vars["ansible_play_batch"]
    if name not in left:  # after a failure, in a section ``always``
        left = [*left, name]
    play = task.get_play()
    try:
        # The play that an imported task is in has its keywords as they were written.
        serial, order = (templated(keyword, getattr(play, keyword), templar) for keyword in ("serial", "order"))
        everybody = _in_order(task_vars["ansible_play_hosts_all"], order)
        if not serial:
            return everybody
        hosts = next(hosts for hosts in _batches(everybody, serial) if name in hosts)
    except (EmmError, StopIteration, TypeError, ValueError):
        return left
    return hosts if order != "shuffle" and {*left} <= {*hosts} else left


def hosts_stay_together(task: Task) -> bool:
    """Whether no host of a batch goes on to the next task before all others have done a task."""
    return not str(task.get_play().strategy).endswith(_OWN_PACE)


def _in_order(hosts: list[str], order: Any) -> list[str]:
    """The hosts of an inventory in one of the orders of a play, but not shuffled."""
    in_order = sorted(hosts) if str(order).endswith("sorted") else hosts
    return in_order[::-1] if str(order).startswith("reverse_") else in_order


def _batches(hosts: list[str], serial: Any) -> Iterator[list[str]]:
    """The batches of a play. The last size is that of all others, too; one that is not positive is for all hosts."""
    sizes = serial if isinstance(serial, list) else [serial]
    start = number = 0
    while start < len(hosts):
        count = _count(sizes[min(number, len(sizes) - 1)], len(hosts))
        end = start + count if count > 0 else len(hosts)
        yield hosts[start:end]
        start, number = end, number + 1


def _count(size: Any, hosts: int) -> int:
    """How many hosts a size is: a number, or a share of all of them, rounded down, but one at least."""
    if isinstance(size, str) and size.endswith("%"):
        return int(int(size.removesuffix("%")) / 100 * hosts) or 1
    return int(size)
