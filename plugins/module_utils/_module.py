# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs an operation as an ``AnsibleModule``.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator
from typing import NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Progress
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions, find_secrets
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.options import ConnectionOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import (
    Operation,
    find_missing_library,
    run,
)

_STDOUT = 1  # file descriptor; AnsibleModule prints the result there


def run_module(operation: Operation) -> NoReturn:
    """Run ``operation`` as a module."""
    module = AnsibleModule(argument_spec=operation.full_argument_spec, supports_check_mode=True, **operation.rules)
    missing = find_missing_library()
    if missing:
        module.fail_json(msg=missing_required_lib(missing[0]), exception=missing[1])
    # Ansible knows the secret options, but not the parts of a key in them or the secrets in the environment.
    module.no_log_values |= find_secrets(module.params, os.environ)
    result = run(
        operation,
        module.params,
        os.environ,
        check_mode=module.check_mode,
        open_client=_open_client,
        report=_ignore_progress,
    )
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


@contextlib.contextmanager
def _open_client(connection: ConnectionOptions, auth: AuthOptions, connections: int) -> Iterator[Client]:
    client = Client(connection, auth, connections, is_wanted=lambda: has_reader(_STDOUT))
    try:
        yield client
    finally:
        client.close()


def _ignore_progress(progress: Progress) -> None:
    """Do nothing: a module cannot report progress."""


def has_reader(descriptor: int) -> bool:
    """Whether the other end of a pipe is still open for reading.

    The parent process would not tell: a module's parent is a shell, which waits for the module even if Ansible ends.
    """
    poll = select.poll()  # one for each call, because threads cannot share it
    poll.register(descriptor, 0)
    return not any(event & (select.POLLERR | select.POLLHUP) for dummy, event in poll.poll(0))
