# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The variables of the role, and the facts of the role device_tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import Attempts, EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet import variables as sheet_variables
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.variables import (
    SPEC,
    check_options,
    templated_variables,
    with_cached_facts,
    with_placeholders,
)

from tests.unit.plugins.plugin_utils.specifications import documented_rules, unmentioned_choices
from tests.unit.plugins.plugin_utils.templates import as_templates

ENROLLMENT = {"token": "enrollment-token", "enterprise_id": "LC1"}
USER_AUTH = {"token": "auth-token", "enterprise_id": "LC1"}


def test_spec_matches_the_argument_specification_of_the_role() -> None:
    role = Path(__file__).parents[5] / "roles" / "provisioning_sheet"
    documented = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = {name: rule["default"] for name, rule in documented.items() if "default" in rule}
    assert yaml.safe_load((role / "defaults" / "main.yml").read_text()) == defaults
    del documented["provisioning_sheet_no_log"]  # used by the tasks only
    # Not in the role's specification: Ansible would show the text around a value that cannot be templated.
    payload = {"provisioning_sheet_payload": {"required": True}}
    assert documented_rules(SPEC) == {**documented_rules(documented), **payload}
    assert unmentioned_choices(SPEC, documented) == []


@pytest.mark.parametrize("blank", [None, "", " \n"])
def test_blank_variables_are_not_set(blank: str | None) -> None:
    """As the unanswered questions of a survey."""
    required = {"provisioning_sheet_directory": "/d", "provisioning_sheet_payload": {"a": "b"}}
    optional = SPEC.keys() - required.keys()
    assert check_options({**required, **dict.fromkeys(optional, blank)}) == check_options(required)
    for name in required:
        with pytest.raises(EmmError, match=rf"^Not set, but required: '{name}'\.$"):
            check_options({**required, name: blank})


def test_list_may_be_text() -> None:
    required = {"provisioning_sheet_directory": "/d", "provisioning_sheet_payload": {"a": "b"}}
    options = check_options({**required, "provisioning_sheet_outputs": "qr_code\nsheet"})
    assert options["outputs"] == ["qr_code", "sheet"]


def test_cached_facts_are_found() -> None:
    cached = {"device_tokens_enrollment": 1, "device_tokens_user_auth": 2, "device_tokens_refusal": 3, "other": 4}
    variables = {"ansible_facts": cached, "device_tokens_enrollment": 5}
    found = with_cached_facts(variables)
    assert found == {**variables, "device_tokens_user_auth": 2, "device_tokens_refusal": 3}
    assert with_cached_facts({"a": 1}) == {"a": 1}


def test_placeholders_replace_null_tokens() -> None:
    facts = {"device_tokens_enrollment": {**ENROLLMENT, "token": None}, "device_tokens_user_auth": None, "other": 1}
    placed = with_placeholders(facts)
    assert re.fullmatch("check-mode-[a-z_]+0+", placed["device_tokens_enrollment"]["token"])
    assert {**placed, "device_tokens_enrollment": facts["device_tokens_enrollment"]} == facts
    both = with_placeholders({**facts, "device_tokens_user_auth": {**USER_AUTH, "token": None}})
    assert both["device_tokens_user_auth"]["token"] != both["device_tokens_enrollment"]["token"]
    kept = {"device_tokens_enrollment": ENROLLMENT}
    assert with_placeholders(kept) == kept


def test_variables_are_templated_without_those_that_cannot_be() -> None:
    given = {
        "provisioning_sheet_title": "{{ title }}",
        "provisioning_sheet_name": "{{ nothing }}",
        "provisioning_sheet_payload": {"a": "{{ title }}", "b": "{{ other }}", "c": {"d": "{{ deep }}", "e": 1}},
        "device_tokens_enrollment": {"token": "t"},
        "another": "{{ unused }}",
    }
    attempts = Attempts()
    templar = Templar(loader=DataLoader(), variables={"title": "Today"})
    assert templated_variables(as_templates(given), templar, attempts) == {
        "provisioning_sheet_title": "Today",
        "provisioning_sheet_payload": {"a": "Today", "c": {"e": 1}},
        "device_tokens_enrollment": {"token": "t"},
    }
    assert [reason.split(": ")[-1] for reason in attempts.reasons()] == [
        f"'{name}' is undefined" for name in ("other", "deep", "nothing")
    ]


def test_omitted_variables_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """In ansible-core 2.19 and newer, ``omit`` is an error."""
    monkeypatch.setattr(sheet_variables, "is_omitted", lambda error: "nothing" in str(error))
    given = as_templates({"provisioning_sheet_title": "{{ nothing }}", "provisioning_sheet_paper": "A4"})
    attempts = Attempts()
    templar = Templar(loader=DataLoader(), variables={})
    assert templated_variables(given, templar, attempts) == {"provisioning_sheet_paper": "A4"}
    assert attempts.reasons() == []
