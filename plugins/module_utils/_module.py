# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The bridge to Ansible: shared argument specification, missing libraries, and exceptions -> ``fail_json``.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib
from ansible_collections.emm.android_enterprise.plugins.module_utils._client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._credentials import (
    AUTH_KINDS,
    AuthOptions,
    check_offline,
    find_secrets,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import ConnectionOptions

_LIBRARIES = {"requests": "requests", "urllib3": "urllib3", "google.auth": "google-auth"}


def argument_spec(**options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A module's argument specification: its own options and those of the ``auth`` and ``connection`` fragments."""
    return {
        **options,
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


def run(
    module: AnsibleModule, prepare: Callable[[dict[str, Any]], Any], send: Callable[[Client, Any], dict[str, Any]]
) -> dict[str, Any]:
    """Check the options and the credentials, then send the request, or only preview its result in check mode.

    ``prepare`` turns the options into a request, ``send`` sends it. Ends the module where something is wrong.
    """
    _require_libraries(module)
    # Ansible takes all values of a key given as a dictionary for secrets and blanks them out wherever they stand: a
    # project of the name of "a" would cost every "a" of a token. Secrets of the environment, it does not know.
    module.no_log_values = find_secrets(module.params, os.environ)
    failure: dict[str, Any] = {}
    try:
        request = prepare(module.params)
        connection = ConnectionOptions.from_options(module.params)
        auth = AuthOptions.from_options(module.params, os.environ)
        if module.check_mode:
            check_offline(auth)
            preview: dict[str, Any] = request.preview()
            return preview
        client = Client(connection, auth)
        try:
            return send(client, request)
        finally:
            client.close()
    except EmmError as error:
        failure = {"msg": str(error), **error.details()}
    # Not while the exception is handled: Ansible may print the traceback, with texts nobody has cleared of secrets.
    return module.fail_json(**failure)  # never returns


def _require_libraries(module: AnsibleModule) -> None:
    for name, distribution in _LIBRARIES.items():
        try:
            importlib.import_module(name)
        except ImportError:
            module.fail_json(msg=missing_required_lib(distribution), exception=traceback.format_exc())
