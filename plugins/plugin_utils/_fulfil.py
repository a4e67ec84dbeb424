# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Mints what hosts have ordered.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._batch import check_concurrency, mint_all
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import AuthOptions, check_offline
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._module import argument_spec, find_missing_library
from ansible_collections.emm.android_enterprise.plugins.module_utils._tokens import TokenRequest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._main_process import is_main_process_there
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._orders import KINDS, Means, Order, Results
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._progress import show_progress
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._shared_memory import ACCESS_TOKENS

_VALIDATOR = ArgumentSpecValidator(argument_spec(hosts={"type": "str", "choices": ["batch", "own"]}))


def fulfil(task: str, means: Means, orders: Mapping[str, Order], results: Results, *, check_mode: bool) -> None:
    """Mint what is ordered, and note for each host what came of it. Raises ``EmmError`` if nothing can be.

    ``task`` is the name under which progress is shown. In check mode, what each host would get is noted, as far as that
    is known without the network.
    """
    missing = find_missing_library()
    if missing:
        raise EmmError(f"The Python library {missing[0]} is not installed where ansible-core is.")
    with _environment(means.environment):
        validation = _VALIDATOR.validate(means.options)
        if validation.error_messages:
            raise EmmError("; ".join(validation.error_messages))
        options = validation.validated_parameters
        concurrency = check_concurrency(options["concurrency"])
        connection = ConnectionOptions.from_options(options)
        auth = AuthOptions.from_options(options, os.environ)
        if check_mode:
            check_offline(auth)
            for host, order in orders.items():
                results[host].update({kind: request.preview() for kind, request in order.requests.items()})
            return
        client = Client(connection, auth, concurrency, ACCESS_TOKENS, is_main_process_there)
        try:
            _mint(task, client, concurrency, orders, results)
        finally:
            client.close()
        if client.clock_warning:
            Display().warning(client.clock_warning)


def _mint(task: str, client: Client, concurrency: int, orders: Mapping[str, Order], results: Results) -> None:
    for kind in KINDS:
        requests, keys = _requests(kind, orders, results)
        outcomes = mint_all(
            client,
            list(requests.values()),
            concurrency=concurrency,
            report=lambda progress: show_progress(task, progress),
        )
        by_key = dict(zip(requests, outcomes, strict=True))
        for host, key in keys.items():
            outcome = by_key[key]
            results[host].update({"refusal": str(outcome)} if isinstance(outcome, EmmError) else {kind: outcome})


def _requests(
    kind: str, orders: Mapping[str, Order], results: Results
) -> tuple[dict[str, TokenRequest], dict[str, str]]:
    """The requests of one kind by key, and for each host that was not refused another token, the key of its request.

    Hosts that share a token have the same key.
    """
    requests = {}
    keys = {}
    for host, order in orders.items():
        if kind in order.requests and "refusal" not in results[host]:
            shared = order.shared and kind == "enrollment"
            keys[host] = repr(order.requests[kind]) if shared else host
            requests[keys[host]] = order.requests[kind]
    return requests, keys


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Have environment variables, in this process, for as long as the context lasts."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
