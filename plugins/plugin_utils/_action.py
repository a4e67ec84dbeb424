# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs an operation as an action plugin, in the process of a task on the controller.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.playbook.task import Task
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import (
    Progress,
    Request,
    run_in_turn,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions, find_secrets
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.trust import load_trust_stores
from ansible_collections.emm.android_enterprise.plugins.module_utils._masking import register_secrets, without_secrets
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import (
    COMMON_OPTIONS,
    BatchResult,
    Operation,
    check_and_run,
    find_missing_library,
    run,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import check_raw_identifiers
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_system_text
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import MissingLibraryError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.main_process import (
    main_process_exists,
    require_main_process,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.shared_cache import ACCESS_TOKENS
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._validation import validated

_LOCAL_CONNECTIONS = ("local", "ansible.builtin.local", "ansible.legacy.local")
_HIDDEN_VALUE = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as in the result of a module

# Ansible imports the actions of a play in the process from which it forks a process for each task and host.
load_trust_stores()

# The client of this process, for the next item of a loop.
_kept_clients: dict[tuple[ConnectionOptions, str, int], Client] = {}


class OperationAction(NormalAction):
    """Runs the module of the same name: in this process if the result is identical, and otherwise as usual."""

    operation: Operation

    def _execute_module(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            check_raw_identifiers(self.operation, self._task.args)
            task_environment(self._task)
        except EmmError as error:
            return {"failed": True, "msg": str(error)}
        task_vars = kwargs["task_vars"]
        arguments = with_key_as_json(self._task.args)
        if self._can_run_in_process(task_vars):
            result = self._run_in_process(arguments, task_vars)
        else:
            result = dict(super()._execute_module(*args, **{**kwargs, "module_args": arguments}))
        register_secrets(secrets_in(self.operation, result) if self._task.no_log else ())
        require_main_process()
        return result

    def _run_in_process(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        spec = self.operation.full_argument_spec
        validation = ArgumentSpecValidator(spec, **self.operation.rules).validate(to_module_arguments(arguments))
        options = validation.validated_parameters
        if validation.errors.errors:
            result: dict[str, Any] = {"failed": True, "msg": self._validation_message(validation.errors)}
        else:
            result = run(
                self.operation,
                options,
                os.environ,
                check_mode=bool(self._task.check_mode),
                open_client=functools.partial(open_client, host=task_vars["inventory_hostname"]),
                report=self._report,
            )
        for warning in result.pop("warnings", ()):
            Display().warning(warning)  # now, because ansible-core 2.18 drops it from the result of a task with no_log
        result.update(invocation(spec, options, task_vars))
        return without_secrets(result, find_secrets(options, os.environ))

    def _validation_message(self, errors: Any) -> str:
        """A module's error message for its options."""
        message = str(errors.msg)
        if isinstance(errors.errors[0], UnsupportedError):
            return f"Unsupported parameters for ({self._task.action}) module: {message}"
        return message

    def _report(self, progress: Progress) -> None:
        show_progress(self.operation, self._task.get_name(), progress)

    def _can_run_in_process(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the module would run on this machine, as this user, in this environment, with this Python."""
        return (
            self._connection.transport in _LOCAL_CONNECTIONS
            and self._connection.become is None
            and not self._task.async_val
            and not any(self._task.environment or ())
            and self._interpreter(task_vars) in (sys.executable, None)
            and find_missing_library() is None
        )

    def _interpreter(self, task_vars: Mapping[str, Any]) -> str | None:
        """The Python interpreter that is set for modules, or None if Ansible is to discover one."""
        delegated = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to)
        variables = task_vars if delegated is None else delegated
        chosen = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        interpreter = str(self._templar.template(chosen))
        return None if interpreter.startswith("auto") else interpreter


@contextlib.contextmanager
def open_client(connection: ConnectionOptions, auth: AuthOptions, connections: int, *, host: str) -> Iterator[Client]:
    """Open a client that shares access tokens with the whole run. The last one is kept, for the next item of a loop."""
    key = (connection, auth.fingerprint(), connections)
    client = _kept_clients.pop(key, None)
    while _kept_clients:
        _kept_clients.popitem()[1].close()
    client = client or Client(connection, auth, connections, ACCESS_TOKENS, main_process_exists, host)
    try:
        yield client
    except BaseException:  # such as the task's time limit
        client.close()
        raise
    if client.is_refused_an_access_token:  # the credentials may be valid next time
        client.close()
    else:
        _kept_clients[key] = client


def run_requests(
    task: Task,
    prepare: Callable[[], Sequence[Request]],
    host: str,
    *,
    check_mode: bool,
    reads_in_check_mode: bool = False,
    options: Mapping[str, Any] | None = None,
) -> BatchResult:
    """Run requests one after the other, with the credentials and the environment of a task. Raises ``EmmError``.

    ``options`` are the task's arguments that are not common options.
    """
    missing = find_missing_library()
    if missing:
        raise MissingLibraryError(missing[0])
    arguments = {name: value for name, value in task.args.items() if name not in (options or {})}
    with temporary_environment(task_environment(task)):
        return check_and_run(
            prepare,
            run_in_turn,
            validated(COMMON_OPTIONS, to_module_arguments(arguments)),
            os.environ,
            check_mode=check_mode,
            reads_in_check_mode=reads_in_check_mode,
            open_client=functools.partial(open_client, host=host),
        )


def show_progress(operation: Operation, task: str, progress: Progress) -> None:
    """Show the progress of a batch in one line at any verbosity. It contains no secret."""
    if many := operation.many:
        failed = f", {progress.failed} failed" if progress.failed else ""
        line = f"{many.doing.upper()}: {task} ({progress.succeeded} of {progress.total} {many.noun}{failed})."
        Display().display(line)


def task_environment(task: Task) -> dict[str, str]:
    """The environment variables in the keyword of a task, which Ansible has templated. Raises ``EmmError``."""
    given = {str(name): str(value) for part in task.environment or () for name, value in part.items()}
    for name, value in given.items():
        if not name or "=" in name or not is_system_text(name + value):
            # Without the value, which may contain a secret.
            rule = (
                "its name must not be empty or contain '=', and both name and value must be text without NUL characters"
            )
            raise EmmError(f"The keyword 'environment' has a variable {name!r} that cannot be set: {rule}.")
    return given


@contextlib.contextmanager
def temporary_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables of this process for the duration of the context."""
    saved = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def to_module_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a task in the types of JSON, as modules receive them."""
    return dict(json.loads(json.dumps(with_key_as_json(arguments), default=_encode)))


def with_key_as_json(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, with a key that is a dictionary converted to JSON.

    Ansible treats all values of a dictionary in a secret option as secrets and masks them everywhere, such as the name
    of a project, or "service_account".
    """
    contents = arguments.get("service_account_contents")
    if not isinstance(contents, Mapping):
        return dict(arguments)
    return {**arguments, "service_account_contents": json.dumps(contents, default=_encode)}


def _encode(value: Any) -> str:
    """The JSON text of a date from YAML, or of a vaulted value."""
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def secrets_in(operation: Operation, result: Mapping[str, Any]) -> Iterator[str]:
    """The secrets in the resources in a module's result."""
    for resource in operation.resources_in(result):
        yield from filter(None, map(resource.get, operation.secret_fields))


def invocation(
    spec: Mapping[str, Mapping[str, Any]], options: Mapping[str, Any], task_vars: Mapping[str, Any]
) -> dict[str, Any]:
    """The options in a module's result: always before ansible-core 2.21, and only on request since then."""
    try:
        is_included = constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars)
    except AnsibleError:  # there is no such setting
        is_included = True
    if not is_included:
        return {}
    hidden = {name for name, rule in spec.items() if rule.get("no_log")}
    shown = {
        name: _HIDDEN_VALUE if value and name in hidden else value for name, value in options.items() if name in spec
    }
    return {"invocation": {"module_args": shown}}
