# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The bridge to Ansible: shared argument specification, missing libraries, and exceptions -> ``fail_json``.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib
from ansible_collections.emm.android_enterprise.plugins.module_utils._batch import (
    Outcome,
    Progress,
    check_concurrency,
    describe_failures,
    mint_all,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import (
    AUTH_KINDS,
    AuthOptions,
    check_offline,
    find_secrets,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._tokens import TokenRequest

_LIBRARIES = {"urllib3": "urllib3", "requests": "requests", "google.auth": "google-auth"}  # each before what imports it
_STDOUT = 1  # file descriptor; AnsibleModule prints the result there


def argument_spec(**options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A module's argument specification: its own options and those of the documentation fragments."""
    return {
        **options,
        "concurrency": {"type": "int", "default": 50},
        "on_failure": {"type": "str", "choices": ["fail", "continue"], "default": "fail"},
        "auth_kind": {"type": "str", "choices": list(AUTH_KINDS)},
        "service_account_file": {"type": "path"},
        # Not "jsonarg": it turns a dictionary into text, in which Ansible does not find the values to blank out again.
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


class TokenModule(AnsibleModule):
    """A module that mints tokens. What depends on where it runs is in methods of its own."""

    @contextlib.contextmanager
    def open_client(self, connection: ConnectionOptions, auth: AuthOptions, connections: int) -> Iterator[Client]:
        """A client, for as long as the context lasts. Raises ``CredentialsError``."""
        client = Client(connection, auth, connections, is_wanted=lambda: is_read(_STDOUT))
        try:
            yield client
        finally:
            client.close()

    def report(self, progress: Progress) -> None:
        """Tell the user how far a long batch is. A module has no way to, until it ends."""

    def show_warning(self, warning: str) -> None:
        """Have the user warned."""
        self.warn(warning)


def run_one(module: TokenModule, name: str, prepare: Callable[[dict[str, Any]], TokenRequest]) -> NoReturn:
    """Mint one token, and end the module with it as the result ``name``.

    ``prepare`` turns the options into a request, or raises ``OptionError``.
    """
    dummy, [outcome] = _run(module, lambda options: [prepare(options)])
    if isinstance(outcome, EmmError):
        module.fail_json(**_describe(outcome))
    module.exit_json(changed=True, **{name: outcome})


def run_many(module: TokenModule, name: str, prepare: Callable[[dict[str, Any]], Sequence[TokenRequest]]) -> NoReturn:
    """Mint many tokens, and end the module with those that were minted as the result ``name``, and the failures.

    ``prepare`` turns the options into requests, or raises ``OptionError``.
    """
    requests, outcomes = _run(module, prepare)
    minted = [outcome for outcome in outcomes if not isinstance(outcome, EmmError)]
    failures = describe_failures(requests, outcomes)
    result: dict[str, Any] = {"changed": bool(minted), name: minted, "failures": failures}
    if failures and module.params["on_failure"] == "fail":
        first = failures[0]
        module.fail_json(
            msg=f"{len(failures)} of {len(requests)} tokens were not minted. The first of them, number "
            f"{first['index']} (counted from 0): {first['message']}",
            **result,
        )
    module.exit_json(**result)


def _run(
    module: TokenModule, prepare: Callable[[dict[str, Any]], Sequence[TokenRequest]]
) -> tuple[Sequence[TokenRequest], Sequence[Outcome]]:
    """Check the options and the credentials, then mint, or only preview the results in check mode.

    Ends the module where something is wrong with the options or the credentials.
    """
    missing = find_missing_library()
    if missing:
        module.fail_json(msg=missing_required_lib(missing[0]), exception=missing[1])
    # Ansible takes all values of a key given as a dictionary for secrets and blanks them out wherever they stand: a
    # project of the name of "a" would cost every "a" of a token. Secrets of the environment, it does not know.
    module.no_log_values = find_secrets(module.params, os.environ)
    failure: dict[str, Any] = {}
    try:
        requests = prepare(module.params)
        concurrency = check_concurrency(module.params["concurrency"])
        connection = ConnectionOptions.from_options(module.params)
        auth = AuthOptions.from_options(module.params, os.environ)
        if module.check_mode:
            check_offline(auth)
            return requests, [request.preview() for request in requests]
        if not requests:
            return requests, []
        with module.open_client(connection, auth, concurrency) as client:
            outcomes = mint_all(client, requests, concurrency=concurrency, report=module.report)
            if client.clock_warning:
                module.show_warning(client.clock_warning)
            return requests, outcomes
    except EmmError as error:
        failure = _describe(error)
    # Not while the exception is handled: Ansible may print the traceback, with texts nobody has cleared of secrets.
    return module.fail_json(**failure)  # never returns


def _describe(error: EmmError) -> dict[str, Any]:
    """What a module that failed returns."""
    return {"msg": str(error), **error.details()}


def is_read(descriptor: int) -> bool:
    """Whether anybody can still read what is written to a file descriptor; where it is a pipe, the system tells.

    The parent of a module would not: it is a shell, which waits for the module whatever becomes of Ansible.
    """
    poll = select.poll()  # one for each call, since threads cannot share it
    poll.register(descriptor, 0)
    return not any(event & (select.POLLERR | select.POLLHUP) for dummy, event in poll.poll(0))


def find_missing_library() -> tuple[str, str] | None:
    """The first of the required libraries that cannot be imported, and the traceback of trying to."""
    for name, distribution in _LIBRARIES.items():
        try:
            importlib.import_module(name)
        except ImportError:
            return distribution, traceback.format_exc()
    return None
