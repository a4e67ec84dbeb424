# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs a module in the process of its task, on the controller, rather than in a new one.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible import constants
from ansible.module_utils import basic
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._batch import Progress
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._identifiers import check_written
from ansible_collections.emm.android_enterprise.plugins.module_utils._module import TokenModule, find_missing_library
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._main_process import (
    is_main_process_there,
    require_main_process,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._progress import show_progress
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import ACCESS_TOKENS

_PROFILE = "legacy"  # how modules in Python exchange data with the controller; since ansible-core 2.19 it has a name
_LOCAL = ("local", "ansible.builtin.local", "ansible.legacy.local")

_clients: dict[tuple[ConnectionOptions, str, int], Client] = {}  # of this process, for the next item of a loop


class InProcessAction(NormalAction):
    """An action that runs its module here where that comes to the same, and as usual elsewhere."""

    main: Callable[[type[TokenModule]], None]  # the module's

    def _execute_module(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            check_written(self._task.args)
        except OptionError as error:
            return {"failed": True, "msg": str(error)}
        runs_here = self._runs_here(kwargs["task_vars"])
        result = self._run_here(kwargs["task_vars"]) if runs_here else dict(super()._execute_module(*args, **kwargs))
        require_main_process()
        return result

    def _run_here(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        options = dict(self._task.args)
        self._update_module_args(self._task.action, options, task_vars)

        class Module(_InProcessModule):
            title = self._task.get_name()

        return self._parse(_run(self.main, Module, options))

    def _runs_here(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the module would run on this machine, as this user, in this environment, with this Python."""
        return (
            self._connection.transport in _LOCAL
            and self._connection.become is None
            and not self._task.async_val
            and not any(self._task.environment or ())
            and self._interpreter(task_vars) in (sys.executable, None)
            and find_missing_library() is None
        )

    def _interpreter(self, task_vars: Mapping[str, Any]) -> str | None:
        """The Python that was chosen for modules, unless Ansible is to find one."""
        delegated = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to)
        variables = task_vars if delegated is None else delegated
        chosen = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        interpreter = str(self._templar.template(chosen))
        return None if interpreter.startswith("auto") else interpreter

    def _parse(self, printed: str) -> dict[str, Any]:
        """What a module printed, as a result. How Ansible does that depends on its version."""
        command = {"stdout": printed, "stderr": "", "rc": 0}
        profile = [_PROFILE] if len(inspect.signature(self._parse_returned_data).parameters) > 1 else []  # from 2.19 on
        result = self._parse_returned_data(command, *profile)
        return result if isinstance(result, dict) else dict(result.as_result_dict(for_round_trip=True))  # from 2.21 on


class _InProcessModule(TokenModule):
    """A module whose clients outlive it, and that can tell how far it is."""

    title: str  # of the task

    @contextlib.contextmanager
    def open_client(self, connection: ConnectionOptions, auth: AuthOptions, connections: int) -> Iterator[Client]:
        key = (connection, auth.fingerprint(), connections)
        client = _clients.pop(key, None) or Client(connection, auth, connections, ACCESS_TOKENS, is_main_process_there)
        try:
            yield client
        except BaseException:  # the task's time limit, for example
            client.close()
            raise
        if client.is_refused_an_access_token:  # by the next time, the credentials may have been mended
            client.close()
        else:
            _clients[key] = client

    def report(self, progress: Progress) -> None:
        show_progress(self.title, progress)

    def show_warning(self, warning: str) -> None:
        """Show it now, for ansible-core 2.18 leaves it out of the result of a task with ``no_log``."""
        Display().warning(warning)


def _run(main: Callable[[type[TokenModule]], None], module_class: type[TokenModule], options: Mapping[str, Any]) -> str:
    """What a module prints: its result."""
    # As text, for that is how they get to a module elsewhere.
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": options}, default=_encode).encode()
    basic._ANSIBLE_PROFILE = _PROFILE
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
        main(module_class)
    return printed.getvalue()


def _encode(value: Any) -> str:
    """The text that JSON has for a value: of a date in YAML, and of one that is in a vault."""
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
