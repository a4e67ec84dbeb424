# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Plans the tokens of a host for the role device_tokens, from its variables and from tokens that it already has.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Request
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import Attempts, EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import check_duration
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    ENROLLMENT_TOKEN_TYPES,
    GOOGLE_AUTHENTICATION_OPTIONS,
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import as_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.validity import is_valid_for
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import templated
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._validation import (
    is_blank,
    role_options,
    validated,
)

_PREFIX = "device_tokens_"
KINDS = ("enrollment", "user_auth")
# The role variables that are used here, as in meta/argument_specs.yml.
SPEC: dict[str, dict[str, Any]] = {
    "device_tokens_enterprise_id": {"type": "raw", "required": True},
    "device_tokens_kinds": {"type": "list", "elements": "str", "choices": list(KINDS), "default": ["enrollment"]},
    "device_tokens_user_id": {"type": "raw"},
    "device_tokens_enrollment_token_type": {"type": "str", "choices": list(ENROLLMENT_TOKEN_TYPES)},
    "device_tokens_duration": {"type": "raw"},
    "device_tokens_google_authentication_options": {"type": "dict"},
    "device_tokens_enrollment_scope": {"type": "str", "choices": ["host", "shared", "batch"], "default": "host"},
    "device_tokens_keep_if_valid_for": {"type": "raw"},
    "device_tokens_cacheable": {"type": "bool", "default": False},
    "device_tokens_on_failure": {"type": "str", "choices": ["fail", "continue"], "default": "fail"},
}
CACHED_FACT = "device_tokens_enrollment"  # the fact from an earlier run
# What must be equal in a token to keep.
_MATCHING_FIELDS = ("enterprise_id", "enrollment_token_type", "google_authentication_options")
VARIABLES = (*SPEC, CACHED_FACT)
# Other names with the role's prefix: variables for its tasks, and the facts that they set.
OTHER_NAMES = tuple(f"{_PREFIX}{name}" for name in ("no_log", "user_auth", "user", "refusal"))


@dataclass(frozen=True)
class Plan:
    """The tokens of a host: a request for each kind of token to mint, and the tokens that it keeps.

    The requests are in the order of minting. The user's token comes first: if it is refused, no enrollment token, which
    cannot be revoked, has been minted in vain.
    """

    requests: Mapping[str, Request]
    kept: Mapping[str, Mapping[str, Any]]
    shared: bool  # whether hosts with the same request share an enrollment token
    cacheable: bool  # whether to cache its enrollment token as a fact
    may_keep: bool = False  # whether it keeps a cached one
    enterprise_id: str = ""

    @classmethod
    def from_variables(cls, variables: Mapping[str, Any]) -> Plan:
        """Check the ``VARIABLES`` that are set for a host. Raises ``EmmError``."""
        options = {name.removeprefix(_PREFIX): value for name, value in role_options(SPEC, variables).items()}
        options["enterprise_id"] = as_text("device_tokens_enterprise_id", options["enterprise_id"])
        if options["user_id"] is not None:
            options["user_id"] = as_text("device_tokens_user_id", options["user_id"])
        requests: dict[str, Request] = {}
        try:
            if "user_auth" in options["kinds"]:
                _require(options, "user_id", "user_auth")
                requests["user_auth"] = AuthenticationTokenRequest.from_options(options)
            if "enrollment" in options["kinds"]:
                requests["enrollment"] = _enrollment_request(options)
            kept = _token_to_keep(variables.get(CACHED_FACT), requests.get("enrollment"), _minimum_validity(options))
        except OptionError as error:
            # With the original value, if the option is a whole variable.
            raise OptionError(_PREFIX + error.option, options.get(error.option, error.value), error.rule) from error
        if kept:
            del requests["enrollment"]
        return cls(
            requests,
            {"enrollment": kept} if kept else {},
            shared=options["enrollment_scope"] != "host",
            cacheable=options["cacheable"],
            may_keep=options["keep_if_valid_for"] is not None,
            enterprise_id=options["enterprise_id"],
        )


def plan_of(task_vars: Mapping[str, Any], templar: Templar) -> Plan:
    """The plan for a host, from its variables before they are templated. Raises ``EmmError``, with all reasons."""
    variables = {name: task_vars[name] for name in VARIABLES if name in task_vars}
    facts = task_vars.get("ansible_facts", {})
    if CACHED_FACT in facts:  # Ansible may be configured not to make variables of facts
        variables.setdefault(CACHED_FACT, facts[CACHED_FACT])
    attempts = Attempts()
    given = {
        name: attempts.attempt(functools.partial(templated, name, value, templar), None)
        for name, value in variables.items()
    }
    attempts.check()
    return Plan.from_variables(given)


def _enrollment_request(options: Mapping[str, Any]) -> EnrollmentTokenRequest:
    _require(options, "enrollment_token_type", "enrollment")
    return EnrollmentTokenRequest.from_options(
        {
            **options,
            "google_authentication_options": _google_options(options["google_authentication_options"]),
        }
    )


def _require(options: Mapping[str, Any], name: str, kind: str) -> None:
    if options[name] is None:
        raise EmmError(f"{_PREFIX}{name} is not set, but {_PREFIX}kinds contains '{kind}', which requires it.")


def _google_options(given: Mapping[Any, Any] | None) -> dict[str, Any] | None:
    given = {key: value for key, value in (given or {}).items() if not is_blank(value)}
    if not given:
        return None
    name = "google_authentication_options"
    unsupported = [key for key in given if key not in GOOGLE_AUTHENTICATION_OPTIONS]
    if unsupported:
        raise OptionError(
            name, given, f"{unsupported[0]!r} is not supported; use {' and '.join(GOOGLE_AUTHENTICATION_OPTIONS)}"
        )
    try:
        return validated(GOOGLE_AUTHENTICATION_OPTIONS, given)
    except EmmError as error:
        raise OptionError(name, given, str(error)) from error


def _minimum_validity(options: Mapping[str, Any]) -> timedelta | None:
    name = "keep_if_valid_for"
    return None if options[name] is None else timedelta(seconds=check_duration(name, options[name]).seconds)


def _token_to_keep(cached: Any, request: Request | None, minimum: timedelta | None) -> Mapping[str, Any] | None:
    """The enrollment token that a host has, if it matches the request and is certain to be valid for long enough."""
    if minimum is None or not isinstance(request, EnrollmentTokenRequest):
        return None
    if not isinstance(cached, Mapping) or not cached.get("token"):
        return None
    requested = request.expected()
    if any(cached.get(name) != requested.get(name) for name in _MATCHING_FIELDS):
        return None
    try:
        cached = json.loads(json.dumps(cached, default=str))  # normalizes types from a fact cache
    except TypeError:  # for keys that are not strings, which the role never sets
        return None
    return cached if is_valid_for(cached, minimum) else None
