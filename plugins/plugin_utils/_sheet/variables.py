# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The variables of the role provisioning_sheet, and the facts of the role device_tokens.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import Attempts, EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import as_text
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import IMAGE_FORMATS
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._templating import (
    is_omitted,
    templated,
    without_omitted,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._validation import role_options

ROLE = "provisioning_sheet"
PREFIX = f"{ROLE}_"
SHEET_OUTPUTS = ("sheet", "labels")
OUTPUTS = ("payload", "qr_code", *SHEET_OUTPUTS, "zero_touch", "nfc")
# The role variables, as in meta/argument_specs.yml.
SPEC: dict[str, dict[str, Any]] = {
    "provisioning_sheet_directory": {"type": "str", "required": True},
    "provisioning_sheet_payload": {"type": "dict", "required": True},
    "provisioning_sheet_extra_keys": {"type": "list", "elements": "str", "default": []},
    "provisioning_sheet_require_token": {"type": "bool", "default": True},
    "provisioning_sheet_outputs": {
        "type": "list",
        "elements": "str",
        "choices": list(OUTPUTS),
        "default": ["payload", "qr_code", "sheet"],
    },
    "provisioning_sheet_image_format": {"type": "str", "choices": list(IMAGE_FORMATS), "default": "svg"},
    "provisioning_sheet_asset_tag": {"type": "raw"},
    "provisioning_sheet_user": {"type": "raw"},
    "provisioning_sheet_name": {"type": "str", "default": "sheet"},
    "provisioning_sheet_title": {"type": "str", "default": "Devices to enroll"},
    "provisioning_sheet_paper": {"type": "str", "choices": ["A4", "Letter"], "default": "A4"},
    "provisioning_sheet_time_zone": {"type": "str", "default": "UTC"},
    "provisioning_sheet_template": {"type": "str", "default": "sheet.html.j2"},
}
# The facts that the role device_tokens sets.
_FACTS = ENROLLMENT, USER_AUTH, REFUSAL = "device_tokens_enrollment", "device_tokens_user_auth", "device_tokens_refusal"
VARIABLES = (*SPEC, ENROLLMENT, USER_AUTH)
# The variables and facts of the role.
KNOWN_NAMES = {*SPEC, *(f"{PREFIX}{name}" for name in ("no_log", "written", "shredded"))}
# In check mode, there are no tokens. Placeholders of a typical length allow everything else to be checked.
_PLACEHOLDERS = {name: f"check-mode-{name}".ljust(64, "0") for name in (ENROLLMENT, USER_AUTH)}


def check_options(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The role variables of a host, without their prefix, checked and with defaults. Raises ``EmmError``."""
    options = {name.removeprefix(PREFIX): value for name, value in role_options(SPEC, variables).items()}
    for name in ("asset_tag", "user"):
        if options[name] is not None:
            options[name] = as_text(PREFIX + name, options[name])
    return options


def templated_variables(variables: Mapping[str, Any], templar: Templar, attempts: Attempts) -> dict[str, Any]:
    """The ``VARIABLES`` that are set for a host and not omitted, without what cannot be templated."""
    given = {name: variables[name] for name in VARIABLES if name in variables}
    found = _templated_entries("", given, templar, attempts)
    omitted = variables.get("omit")  # not a variable since ansible-core 2.19
    return dict(without_omitted(found, omitted)) if omitted else found


def _templated_entries(name: str, given: Mapping[str, Any], templar: Templar, attempts: Attempts) -> dict[str, Any]:
    """The entries of a variable, or all variables, without those that are omitted or cannot be templated."""
    found = {}
    for key, value in given.items():
        variable = name or key
        try:
            found[key] = templated(variable, value, templar)
        except EmmError as error:
            if is_omitted(error):
                continue
            if isinstance(value, Mapping):
                found[key] = _templated_entries(variable, value, templar, attempts)
            else:
                attempts.add(error)
    return found


def find_fact(variables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A fact of a host. It is empty if it is not set, or is not a dictionary."""
    fact = variables.get(name)
    return fact if isinstance(fact, Mapping) else {}


def with_cached_facts(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a host, including cached facts of the role that Ansible does not inject as variables."""
    cached = variables.get("ansible_facts", {})
    return {**{name: cached[name] for name in _FACTS if name in cached}, **variables}


def with_placeholders(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a host in check mode, with placeholders for tokens, so that templates work."""
    placed = {}
    for name, placeholder in _PLACEHOLDERS.items():
        fact = find_fact(variables, name)
        if fact and not fact.get("token"):
            placed[name] = {**fact, "token": placeholder}
    return {**variables, **placed}
