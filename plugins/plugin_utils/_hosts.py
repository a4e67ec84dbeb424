# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which hosts run a task together, and the variables that each of them has in it.

Ansible runs a task for each host on its own; to mint for all of them at once, one has to know who the others are. That
is certain only under the linear strategy, and where nothing on the way to the task depends on the host.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.playbook.task import Task

_LINEAR = ("linear", "ansible.builtin.linear", "ansible.legacy.linear")


def all_come_together(task: Task) -> bool:
    """Whether it is certain that all hosts of the batch that have not failed run a task at the same time.

    A host may not come to what is included while the play runs, or has a condition; and not to a block that it has
    left for its rescue.
    """
    return (
        task.get_play().strategy in _LINEAR
        and task.all_parents_static()
        and not any(
            element.when or getattr(element, "rescue", None) or getattr(element, "always", None)
            for element in _path(task)
        )
    )


def variables_of_hosts(
    task: Task, hosts: list[str], task_vars: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each host and the variables that it has in a task, the role's, the play's and its own."""
    hostvars = task_vars["hostvars"]
    play = task.get_play()
    everybody = task_vars["ansible_play_hosts_all"]  # or they would be looked up again for each host
    for name in hosts:
        host = hostvars._inventory.get_host(name)
        yield (
            name,
            hostvars._variable_manager.get_vars(
                play=play, host=host, task=task, include_hostvars=False, _hosts=hosts, _hosts_all=everybody
            ),
        )


def _path(task: Task) -> Iterator[Any]:
    """A task, and the blocks and imports that it is in."""
    element: Any = task
    while element is not None:
        yield element
        element = element._parent
