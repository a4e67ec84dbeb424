# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which hosts run a task together, and what each of them has in it: variables, module defaults, environment.

Ansible runs a task for each host on its own; to mint for all of them at once, one has to know who the others are. That
is certain only under the linear strategy, and where nothing on the way to the task depends on the host.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.playbook.role import Role
from ansible.playbook.role_include import IncludeRole
from ansible.playbook.task import Task
from ansible.utils.sentinel import Sentinel

_LINEAR = ("linear", "ansible.builtin.linear", "ansible.legacy.linear")
_META = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")
_INCLUDE_TASKS = ("include_tasks", "ansible.builtin.include_tasks", "ansible.legacy.include_tasks")


def all_come_together(task: Task) -> bool:
    """Whether it is certain that all hosts of the batch that have not failed run a task of a role at the same time.

    A host may not come to what is included while the play runs, or has a condition; not to a block that it has left
    for its rescue, and not to what follows in a role that it has ended. What runs once is for one host only. Whether a
    task only checks may depend on the host, too.
    """
    return (
        task._role is not None
        and task.get_play().strategy in _LINEAR
        and task.all_parents_static()
        and not _inherited(task, "run_once")
        and not isinstance(_inherited(task, "check_mode"), str)
        and not any(
            element.when or getattr(element, "rescue", None) or getattr(element, "always", None)
            for element in _path(task)
        )
        and not any(_may_end(role) for role in _roles_around(task))
    )


def hosts_to_come(task: Task, hosts: list[str]) -> list[str]:
    """Those of the hosts of a batch that run a task of a role, which Ansible skips where it was run before."""
    role = task._role
    if role._metadata.allow_duplicates:
        return hosts
    cached = task.get_play().role_cache[role.get_role_path()]
    done = cached[cached.index(role)]._completed
    return [host for host in hosts if host not in done]


def nobody_else_comes(task: Task, task_vars: Mapping[str, Any]) -> bool:
    """Whether it is certain that no host that is not in ``ansible_play_batch`` runs the tasks after one of a role.

    A host that had failed may, when it was rescued. So may those of the next batch where the role is imported: then the
    tasks are the same objects, and ansible-core 2.21 leaves in them what it made of a keyword.
    """
    imported = any(isinstance(element, IncludeRole) for element in _path(task))
    hosts = task_vars["ansible_play_batch" if imported else "ansible_play_hosts"]
    return len(hosts) == len(task_vars["ansible_play_hosts_all"])


def variables_of_hosts(
    task: Task, hosts: list[str], task_vars: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each host and the variables that it has in a task, the role's, the play's and its own."""
    hostvars = task_vars["hostvars"]
    play = task.get_play()
    # Or they would be looked up again for each host.
    batch, everybody = task_vars["ansible_play_batch"], task_vars["ansible_play_hosts_all"]
    for name in hosts:
        host = hostvars._inventory.get_host(name)
        variables = hostvars._variable_manager.get_vars(
            play=play, host=host, task=task, _hosts=batch, _hosts_all=everybody
        )
        # The play that a task is in does not know which hosts have failed; only a copy of it does.
        variables["ansible_play_hosts"] = task_vars["ansible_play_hosts"]
        yield name, variables


def inherited_defaults(task: Task, action: str) -> list[Any]:
    """The module defaults of an action around a task, from the most general on, not templated for any host."""
    merged: dict[str, Any] = {}
    for defaults in _inherited(task, "module_defaults") or ():
        merged.update(defaults)
    groups = [f"group/{group}" for group in task.get_play()._action_groups.get(action, ())]
    return [value for name, value in merged.items() if name in groups] + [merged.get(action)]


def inherited_environment(task: Task) -> list[Any]:
    """What ``environment`` says around a task, from the outside in, not templated for any host."""
    return [environment for environment in _inherited(task, "environment") or () if environment]


def _inherited(task: Task, keyword: str) -> Any:
    """What a keyword is around a task, as it was written; that of the task itself was templated for one host."""
    value = task._get_parent_attribute(keyword, omit=True)
    return None if value is Sentinel else value


def _roles_around(task: Task) -> list[Role]:
    """The roles whose tasks import that of a task."""
    roles = [getattr(element, "_role", None) for element in _path(task)]
    return [role for role in roles if role and role is not task._role]


def _may_end(role: Role) -> bool:
    """Whether a role has a task that ends it, for some hosts maybe, or one that includes others, which may."""
    return any(
        (task.action in _META and task.args.get("_raw_params") == "end_role") or task.action in _INCLUDE_TASKS
        for block in role.get_task_blocks()
        for task in block.get_tasks()
    )


def _path(task: Task) -> Iterator[Any]:
    """A task, and the blocks and imports that it is in."""
    element: Any = task
    while element is not None:
        yield element
        element = element._parent
