# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A sample of the faults, end to end: in a worker process of the controller, as a module, and by the role.

tests/unit/plugins/module_utils tests the client with all faults.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from tests.faulty_server import ALWAYS, FaultyServer, Script, drips, head, response, sends, token_of
from tests.integration.playbooks import USER_AUTH, Ansible, Run

SECRET = "hunter2"
ROLE = "emm.android_enterprise.device_tokens"
FAULTS: dict[str, Script] = {
    "interim": sends(head(status="103 Early Hints"), 0.4, response(token_of("u0"))),
    "unparsable": sends(f'{{"token": "{SECRET}"}}\r\n'.encode()),
    "dripping": drips(b"HTTP/1.1 200 OK\r\n", f"X: {SECRET}\r\n".encode()),
    "surrogate": sends(response(f'{{"token": "{SECRET}\\ud800"}}')),
}
USERS = {"interim": 4, "unparsable": 1, "dripping": 1, "surrogate": 10}
TIMEOUTS = {"interim": 30, "unparsable": 30, "dripping": 2, "surrogate": 30}  # seconds; only "dripping" exceeds it
REASONS = {
    "unparsable": "its header section is not valid HTTP",
    "dripping": "no response arrived in time",
    "surrogate": "the token in its response is invalid",
}
FACTS = {"user_auth": "{{ device_tokens_user_auth }}", "refusal": "{{ device_tokens_refusal }}"}
METHODS = ("in process", "as a module", "role")


def task(fault: str, port: int, method: str) -> dict[str, Any]:
    """A task that mints one token after the other. The requests of the first user trigger the fault."""
    options = {"api_url": f"http://127.0.0.1:{port}", "enterprise_id": "LC1", "timeout": TIMEOUTS[fault], "retries": 0}
    users = {"user_ids": [f"u{number}" for number in range(USERS[fault])], "concurrency": 1, "on_failure": "continue"}
    return {
        "name": f"{fault} {method}",
        USER_AUTH: {**options, **({"user_id": "u0"} if USERS[fault] == 1 else users)},
        "ignore_errors": True,
        # With no_log, only the printed output can be checked, not the result.
        "no_log": fault == "unparsable",
    }


def role_play(fault: str, port: int) -> dict[str, Any]:
    """A play in which the role does the same, with a host for each user."""
    options = {"api_url": f"http://127.0.0.1:{port}", "timeout": TIMEOUTS[fault], "retries": 0}
    return {
        "hosts": fault,
        "gather_facts": False,
        "module_defaults": {"group/emm.android_enterprise.android_enterprise": options},
        "roles": [ROLE],
        "post_tasks": [{"name": "Facts", "ansible.builtin.debug": {"msg": FACTS}}],
    }


def run_all(ansible: Ansible, servers: dict[str, FaultyServer]) -> Run:
    """Run all faults with all methods in one playbook, at the highest verbosity."""
    ports = {fault: server.port for fault, server in servers.items()}
    local: dict[str, Any] = {"hosts": "localhost", "gather_facts": False}
    inventory = {
        "all": {
            "vars": {
                "device_tokens_enterprise_id": "LC1",
                "device_tokens_kinds": ["user_auth"],
                "device_tokens_no_log": False,  # otherwise, ansible-core 2.22 and later masks the tokens
            },
            "children": {
                fault: {
                    "hosts": {f"{fault}-{n}": {"device_tokens_user_id": f"u{n}"} for n in range(USERS[fault])},
                    "vars": {"device_tokens_on_failure": "continue"},
                }
                for fault in FAULTS
            },
        }
    }
    plays = [
        {**local, "tasks": [task(fault, port, METHODS[0]) for fault, port in ports.items()]},
        {
            **local,
            "vars": {"ansible_python_interpreter": ansible.interpreter()},
            "tasks": [task(fault, port, METHODS[1]) for fault, port in ports.items()],
        },
        *(role_play(fault, port) for fault, port in ports.items()),
    ]
    environment = ansible.environment(GCP_ACCESS_TOKEN="access")
    return ansible.play(plays, "-vvvv", inventory=inventory, environment=environment)


def test_fault_affects_only_its_own_token(ansible: Ansible, subtests: pytest.Subtests) -> None:
    """This is a single test because starting Ansible is slow."""
    with contextlib.ExitStack() as stack:
        servers = {
            fault: stack.enter_context(contextlib.closing(FaultyServer(script, strikes=ALWAYS)))
            for fault, script in FAULTS.items()
        }
        run = run_all(ansible, servers)
    assert SECRET not in run.output
    assert "Traceback" not in run.output
    for fault, server in servers.items():
        with subtests.test("no request is sent twice", fault=fault):
            assert [server.asked.count(user) for user in users(fault)] == [len(METHODS)] * USERS[fault]
        for method in METHODS[:2]:
            with subtests.test(method, fault=fault):
                check_task(run, fault, method)
        with subtests.test("role", fault=fault):
            check_role(run, fault)


def check_task(run: Run, fault: str, method: str) -> None:
    [entry] = [entry for entry in run.results if entry["task"] == f"{fault} {method}"]
    result = entry["result"]
    if USERS[fault] == 1:
        assert entry["status"] == "failed"
        assert fault == "unparsable" or REASONS[fault] in result["msg"]
        return
    assert entry["status"] == "ok"
    assert [token["token"] for token in result["authentication_tokens"]] == expected_tokens(fault)
    assert [failure["id"] for failure in result["failures"]] == ["u0"] * (fault in REASONS)
    assert all(REASONS[fault] in failure["message"] for failure in result["failures"])


def check_role(run: Run, fault: str) -> None:
    facts = [entry["result"]["msg"] for entry in run.results if entry["task"] == "Facts" and fault in entry["host"]]
    assert sorted(fact["user_auth"]["token"] for fact in facts if fact["user_auth"]) == expected_tokens(fault)
    refusals = [str(fact["refusal"]) for fact in facts if fact["refusal"]]
    assert len(refusals) == (fault in REASONS)
    assert all(REASONS[fault] in refusal for refusal in refusals)


def users(fault: str) -> list[str]:
    return [f"u{number}" for number in range(USERS[fault])]


def expected_tokens(fault: str) -> list[str]:
    """The expected tokens: one for each user, except the first if the fault is an error."""
    return [f"token-of-{user}" for user in users(fault)[fault in REASONS :]]
