# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The collection derives a play's identity and batches from public variables, with the same result as Ansible."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tests.integration.playbooks import Ansible

# An action plugin for the directory of the playbook. Ansible also requires a module of that name.
ACTION = """
from ansible.plugins.action import ActionBase
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run import play

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return {
            "name": self._task.args["play"],
            "identity": play.play_id(self._task, task_vars),
            "whole": play.batch_hosts(self._task, task_vars, self._templar),
            "batch": task_vars["ansible_play_batch"],
        }
"""
SERIALS: list[Any] = [
    [],
    0,
    2,
    "40%",
    "1%",
    [1, "50%"],
    [2, 0],
    ["{{ two }}", 1],
    "{{ two }}",
    "{{ [1, two] }}",
    "{{ two * 20 }}%",
]
ORDERS = ["inventory", "sorted", "reverse_sorted", "reverse_inventory", "{{ 'sorted' }}"]
HOSTS = ["c", "a", "e", "b", "d"]
ASK = {"ask": {"play": "{{ ansible_play_name }}"}}


def run_plays(ansible: Ansible, plays: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Run plays and return the results of the task ``ask``, also those from a file, a role and an imported playbook."""
    files = {
        "action_plugins/ask.py": ACTION,
        "library/ask.py": "#!/usr/bin/python\n",
        "asking.yml": yaml.safe_dump([ASK]),
        "roles/asking/tasks/main.yml": yaml.safe_dump([ASK]),
        "imported.yml": yaml.safe_dump([play(hosts="{{ pattern }}", name="imported", tasks=[ASK])]),
    }
    for name, text in files.items():
        path = ansible.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run = ansible.play(plays, inventory={"all": {"hosts": dict.fromkeys(HOSTS)}})
    results = [result for result in run.of("ask") if result["_status"] != "skipped"]
    assert results, run.output
    return results


def play(**keywords: Any) -> dict[str, Any]:
    return {"hosts": "all", "gather_facts": False, "vars": {"two": 2}, **keywords}


def test_batches_match_those_of_ansible(ansible: Ansible) -> None:
    """A static task sees the keyword ``serial`` as written, an included one its templated value."""
    tasks = [ASK, {"ansible.builtin.include_tasks": "asking.yml", "when": "inventory_hostname in ['a', 'd']"}]
    keywords = [*({"serial": serial} for serial in SERIALS), *({"serial": 2, "order": order} for order in ORDERS)]
    results = run_plays(ansible, [play(**case, name=str(number), tasks=tasks) for number, case in enumerate(keywords)])
    assert len(results) == len(keywords) * (len(HOSTS) + 2)
    for result in results:
        assert result["whole"] == result["batch"], keywords[int(result["name"])]
    assert len({str(result["whole"]) for result in results}) == 17


def test_failed_hosts_remain_in_their_batch(ansible: Ansible) -> None:
    fail = {"ansible.builtin.fail": {"msg": "x"}, "when": "inventory_hostname in ['a', 'b']"}
    tasks = [{"block": [fail], "always": [{**ASK, "when": "inventory_hostname == 'a'"}]}, ASK]
    results = run_plays(ansible, [play(serial=3, tasks=tasks)])
    # The hosts of a batch finish a task in any order.
    assert sorted((result["_host"], result["batch"], result["whole"]) for result in results) == [
        ("a", ["c", "e"], ["c", "a", "e"]),
        ("c", ["c", "e"], ["c", "a", "e"]),
        ("d", ["d"], ["b", "d"]),
        ("e", ["c", "e"], ["c", "a", "e"]),
    ]


def test_each_play_has_its_own_identity(ansible: Ansible) -> None:
    """All tasks and all batches of a play have the same identity."""
    role, file = {"name": "asking"}, "asking.yml"
    tasks = [
        ASK,
        {"ansible.builtin.import_role": role},
        {"ansible.builtin.include_role": role, "loop": [1, 2]},
        {"ansible.builtin.import_tasks": file},
        {"ansible.builtin.include_tasks": file, "when": "inventory_hostname != 'c'"},
    ]
    # Two plays that differ only in their position, and two that differ only in their hosts.
    plays = [
        play(serial=3, name="{{ two }}", roles=["asking"], tasks=tasks),
        play(serial=3, name="{{ two }}", roles=["asking"], tasks=tasks),
        {"ansible.builtin.import_playbook": "imported.yml", "vars": {"pattern": "a"}},
        {"ansible.builtin.import_playbook": "imported.yml", "vars": {"pattern": "b"}},
    ]
    identities = [result["identity"] for result in run_plays(ansible, plays)]
    assert [len([*group]) for dummy, group in itertools.groupby(identities)] == [6 * 5 + 4, 6 * 5 + 4, 1, 1]
    assert len({*identities}) == len(plays)
