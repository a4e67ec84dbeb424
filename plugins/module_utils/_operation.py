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
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.parameters import env_fallback
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import (
    Outcome,
    Progress,
    check_concurrency,
    describe_failures,
    mint_all,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.loading import check_offline
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    AUTH_KINDS,
    AuthOptions,
    find_secrets,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._secrets import register_secrets

if TYPE_CHECKING:
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import TokenRequest
    from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client

_LIBRARIES = {
    "urllib3": "urllib3",
    "requests": "requests",
    "google.auth": "google-auth",
}  # each before those that import it
# The options in the documentation fragments.
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
class Operation:
    """What a module does: its options, the requests built from them, and the names of its results.

    ``rules`` are the rules between options, by their names in ``AnsibleModule``. If the option ``list_option`` is set,
    ``build_requests`` builds any number of requests from the options, and the result has the tokens in
    ``list_result_key``. Otherwise, ``build_request`` builds one request. Both raise ``OptionError``.
    """

    argument_spec: Mapping[str, dict[str, Any]]
    result_key: str
    list_result_key: str
    list_option: str
    build_request: Callable[[Mapping[str, Any]], TokenRequest]
    build_requests: Callable[[Mapping[str, Any]], Sequence[TokenRequest]]
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def full_argument_spec(self) -> dict[str, dict[str, Any]]:
        """The module's own options and the common ones."""
        return {**self.argument_spec, **COMMON_OPTIONS}


@dataclass(frozen=True)
class MintResult:
    """The requests, their outcomes, and a warning, if any."""

    requests: Sequence[TokenRequest]
    outcomes: Sequence[Outcome]
    warning: str | None = None


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
    many = options[operation.list_option] is not None

    def prepare() -> Sequence[TokenRequest]:
        return operation.build_requests(options) if many else [operation.build_request(options)]

    def mint(client: Client, requests: Sequence[TokenRequest]) -> Sequence[Outcome]:
        return mint_all(client, requests, concurrency=options["concurrency"], report=report)

    try:
        mint_result = check_and_mint(
            prepare, mint, options, environment, check_mode=check_mode, open_client=open_client
        )
    except EmmError as error:
        return _failure(error)
    result = _list_result(operation, options, mint_result) if many else _single_result(operation, mint_result)
    return {**result, "warnings": [mint_result.warning]} if mint_result.warning else result


def check_and_mint(
    prepare: Callable[[], Sequence[TokenRequest]],
    mint: Callable[[Client, Sequence[TokenRequest]], Sequence[Outcome]],
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    check_mode: bool,
    open_client: OpenClient,
) -> MintResult:
    """Check everything, then mint. In check mode, preview the results. Raises ``EmmError`` if nothing can be minted.

    ``options`` are the common options. ``environment`` is as for ``run``.
    """
    requests = prepare()
    concurrency = check_concurrency(options["concurrency"])
    connection = ConnectionOptions.from_options(options)
    auth = AuthOptions.from_options(options, environment)
    register_secrets(find_secrets(options, environment))
    if check_mode:
        check_offline(auth)
        return MintResult(requests, [request.preview() for request in requests])
    if not requests:
        return MintResult([], [])
    with open_client(connection, auth, concurrency) as client:
        outcomes = mint(client, requests)
        return MintResult(requests, outcomes, client.clock_warning)


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


def find_missing_library() -> tuple[str, str] | None:
    """The first required library that cannot be imported, with the traceback."""
    for name, distribution in _LIBRARIES.items():
        try:
            importlib.import_module(name)
        except ImportError:
            return distribution, traceback.format_exc()
    return None


def _single_result(operation: Operation, mint_result: MintResult) -> dict[str, Any]:
    [outcome] = mint_result.outcomes
    if isinstance(outcome, EmmError):
        return _failure(outcome)
    return {"changed": True, operation.result_key: outcome}


def _list_result(operation: Operation, options: Mapping[str, Any], mint_result: MintResult) -> dict[str, Any]:
    minted = [outcome for outcome in mint_result.outcomes if not isinstance(outcome, EmmError)]
    failures = describe_failures(mint_result.requests, mint_result.outcomes)
    result: dict[str, Any] = {"changed": bool(minted), operation.list_result_key: minted, "failures": failures}
    if not failures or options["on_failure"] == "continue":
        return result
    first = failures[0]
    return {
        "failed": True,
        "msg": f"{len(failures)} of {len(mint_result.requests)} tokens were not minted. The first failure, at "
        f"index {first['index']}: {first['message']}",
        **result,
    }


def _failure(error: EmmError) -> dict[str, Any]:
    return {"failed": True, "msg": str(error), **error.details()}
