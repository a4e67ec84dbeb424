# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs an operation, from its options to its outcomes, for all callers: modules, their actions, and the role's action.

This file depends neither on ``AnsibleModule`` nor on the controller. Callers pass in what does: how to open a client,
and how to show progress.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import importlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.parameters import env_fallback
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import (
    Outcome,
    Progress,
    Success,
    check_concurrency,
    describe_failures,
    run_all,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import READ
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.loading import check_offline
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    AUTH_KINDS,
    AuthOptions,
    find_secrets,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._masking import register_secrets

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Request
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

# The distribution of each module. A module comes before those that import it.
_LIBRARIES = {
    "urllib3": "urllib3",
    "requests": "requests",
    "google.auth": "google-auth",
}
# The options in the documentation fragments. All operations have all of them, so that module_defaults of the action
# group can set any.
COMMON_OPTIONS: dict[str, dict[str, Any]] = {
    "concurrency": {"type": "int", "default": 50},
    "on_failure": {"type": "str", "choices": ["fail", "continue"], "default": "fail"},
    "auth_kind": {"type": "str", "choices": list(AUTH_KINDS)},
    "service_account_file": {"type": "path"},
    # Not "jsonarg", which would convert a number to text.
    "service_account_contents": {"type": "raw", "no_log": True},
    "service_account_email": {"type": "str"},
    "access_token": {"type": "str", "no_log": True},
    "impersonate_service_account": {"type": "str"},
    "scopes": {"type": "list", "elements": "str"},
    "api_url": {
        "type": "str",
        "default": "https://www.googleapis.com",
        "fallback": (env_fallback, ["ANDROID_ENTERPRISE_API_URL"]),
    },
    "timeout": {"type": "int", "default": 30},
    "retries": {"type": "int", "default": 5},
    "ca_path": {"type": "path"},
}
# Opens a client with the given number of connections, for the duration of the context.
OpenClient = Callable[[ConnectionOptions, AuthOptions, int], contextlib.AbstractContextManager["Client"]]


@dataclass(frozen=True)
class Many:
    """What a module needs for many requests in one task.

    If the option ``option`` is set, ``build_requests`` builds any number of requests from the options, or raises
    ``OptionError``, and the result has the list of resources in ``result_key``. ``noun``, ``doing`` and ``done`` are
    the words for messages, such as "tokens", "minting" and "minted".
    """

    option: str
    build_requests: Callable[[Mapping[str, Any]], Sequence[Request]]
    result_key: str
    noun: str
    doing: str
    done: str


@dataclass(frozen=True)
class Operation:
    """What a module does: its options, the request built from them, and the name of its result.

    ``rules`` are the rules between options, by their names in ``AnsibleModule``. ``identifiers`` are the options with
    IDs that YAML may have converted. ``build_request`` builds the request, or raises ``OptionError``. In check mode, a
    request can use the API only if ``reads_in_check_mode`` is true. ``secret_fields`` are the fields of a resource that
    are secret. ``clock_note`` tells what it means for the result if the server's clock differs from ours. Without it,
    there is no warning.
    """

    argument_spec: Mapping[str, dict[str, Any]]
    identifiers: Sequence[str]
    build_request: Callable[[Mapping[str, Any]], Request]
    result_key: str
    many: Many | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    reads_in_check_mode: bool = False
    secret_fields: Sequence[str] = ()
    clock_note: str = ""

    @property
    def full_argument_spec(self) -> dict[str, dict[str, Any]]:
        """The module's own options and the common ones."""
        return {**self.argument_spec, **COMMON_OPTIONS}

    def resources_in(self, result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The resources in a result of the module."""
        single = result.get(self.result_key)
        listed = result.get(self.many.result_key) if self.many else None
        return [resource for resource in (single, *(listed or ())) if resource]


@dataclass(frozen=True)
class BatchResult:
    """The requests, their outcomes, and how the server's clock differs from ours, if it does."""

    requests: Sequence[Request]
    outcomes: Sequence[Outcome]
    clock_difference: str | None = None


@dataclass(frozen=True)
class _Preview:
    """A request in check mode: it only reads."""

    effect = READ

    request: Request

    def identity(self) -> Mapping[str, str]:
        return self.request.identity()

    def preview(self, client: Client) -> Success:
        return self.request.preview(client)

    run = preview


def run(
    operation: Operation,
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    check_mode: bool,
    open_client: OpenClient,
    report: Callable[[Progress], None],
) -> dict[str, Any]:
    """Run an operation with options that are valid by its argument specification, and return the module's result.

    ``environment`` contains the environment variables that supply missing options. It is the environment of the
    process, because the libraries read it, too.

    If ``failed`` is true in the result, ``msg`` says why. ``warnings`` are as usual in Ansible. Errors in the options
    or during the requests are returned, not raised.
    """
    many = operation.many if operation.many and options[operation.many.option] is not None else None

    def prepare() -> Sequence[Request]:
        return many.build_requests(options) if many else [operation.build_request(options)]

    def run_requests(client: Client, requests: Sequence[Request]) -> Sequence[Outcome]:
        return run_all(client, requests, concurrency=options["concurrency"], report=report)

    try:
        batch_result = check_and_run(
            prepare,
            run_requests,
            options,
            environment,
            check_mode=check_mode,
            reads_in_check_mode=operation.reads_in_check_mode,
            open_client=open_client,
        )
    except EmmError as error:
        return _failure(error)
    result = _list_result(many, options, batch_result) if many else _single_result(operation, batch_result)
    if operation.clock_note and batch_result.clock_difference:
        result["warnings"] = [f"{batch_result.clock_difference} {operation.clock_note}"]
    return result


def check_and_run(
    prepare: Callable[[], Sequence[Request]],
    run_requests: Callable[[Client, Sequence[Request]], Sequence[Outcome]],
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    check_mode: bool,
    reads_in_check_mode: bool = False,
    open_client: OpenClient,
) -> BatchResult:
    """Check everything, then run the requests, or preview them in check mode. Raises ``EmmError`` if none can be run.

    ``options`` are the common options. ``environment`` is as for ``run``.
    """
    requests = prepare()
    concurrency = check_concurrency(options["concurrency"])
    connection = ConnectionOptions.from_options(options)
    auth = AuthOptions.from_options(options, environment)
    register_secrets(find_secrets(options, environment))
    if check_mode:
        requests = [_Preview(request) for request in requests]
        if not reads_in_check_mode:  # otherwise, the credentials are used
            check_offline(auth)
    if not requests:
        return BatchResult([], [])
    with open_client(connection, auth, concurrency) as client:
        if not check_mode or reads_in_check_mode:
            client.authorize()  # once, before all requests
        outcomes = run_requests(client, requests)
        return BatchResult(requests, outcomes, client.clock_difference)


def find_missing_library() -> tuple[str, str] | None:
    """The first required library that cannot be imported, with the traceback."""
    for name, distribution in _LIBRARIES.items():
        try:
            importlib.import_module(name)
        except ImportError:
            return distribution, traceback.format_exc()
    return None


def _single_result(operation: Operation, batch_result: BatchResult) -> dict[str, Any]:
    [outcome] = batch_result.outcomes
    if isinstance(outcome, EmmError):
        return _failure(outcome)
    return {"changed": outcome.changed, operation.result_key: outcome.resource}


def _list_result(many: Many, options: Mapping[str, Any], batch_result: BatchResult) -> dict[str, Any]:
    successes = [outcome for outcome in batch_result.outcomes if isinstance(outcome, Success)]
    failures = describe_failures(batch_result.requests, batch_result.outcomes)
    result: dict[str, Any] = {
        "changed": any(success.changed for success in successes),
        many.result_key: [success.resource for success in successes],
        "failures": failures,
    }
    if not failures or options["on_failure"] == "continue":
        return result
    first = failures[0]
    return {
        "failed": True,
        "msg": f"{len(failures)} of {len(batch_result.requests)} {many.noun} were not {many.done}. The first failure, "
        f"at index {first['index']}: {first['message']}",
        **result,
    }


def _failure(error: EmmError) -> dict[str, Any]:
    return {"failed": True, "msg": str(error), **error.details()}
