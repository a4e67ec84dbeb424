# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""IDs that YAML may convert if they are not quoted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
import yaml
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import (
    as_text,
    check_id,
    check_raw_identifiers,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    OPERATION,
    AuthenticationTokenRequest,
)


class Encrypted:
    """A vaulted value in ansible-core 2.18."""

    __ENCRYPTED__ = True

    def __str__(self) -> str:
        return "u1"


# The YAML text, and the value in the message.
REFUSED = [
    ("17", "17"),
    ("012", "10"),
    ("0x1F", "31"),
    ("1_000", "1000"),
    ("1:30", "90"),
    ("99999999999999", "99999999999999"),
    ("-100000000000000000001", "-100000000000000000001"),
    ("0x1" + 100 * "0", "an integer"),
    ("0x1" + 5000 * "0", "an integer"),
    ("1.10", "1.1"),
    ("100000000000000000001.0", "1e+20"),
    (".nan", "nan"),
    (".inf", "inf"),
    ("on", "True"),
    ("no", "False"),
    ("2026-11-22", "2026-11-22"),
    ("2026-1-2 3:04:05", "2026-01-02 03:04:05"),
    ("[1]", "a list"),
    ("[hunter2]", "a list"),
    ("{token: hunter2}", "a dictionary"),
    ("!!set {hunter2}", "set"),
    ("!!binary aHVudGVyMg==", "bytes"),
]
ACCEPTED = [
    ("100000000000000", "100000000000000"),
    ("100000000000000000001", "100000000000000000001"),
    *((f"'{text}'", text) for text in ("17", "012", "1:30", "on", "1.10", "2026-11-22", "null", "1e3")),
    ("LC03demo00", "LC03demo00"),
    ("1e3", "1e3"),
    ("089", "089"),
]


@pytest.mark.parametrize(("written", "shown"), REFUSED)
def test_converted_ids_are_refused(written: str, shown: str) -> None:
    value = yaml.safe_load(written)
    with pytest.raises(OptionError) as error:
        check_id("user_id", value)
    message = str(error.value)
    assert message.startswith(
        f"Option 'user_id' is {shown}, but it must be a string, or an integer of at least 15 digits."
    )
    assert "Quote it" in message
    assert "jinja2_native" in message
    assert "hunter2" not in message


def test_null_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^Option 'user_id' is null, but it must be set\.$"):
        check_id("user_id", None)


@pytest.mark.parametrize(("written", "text"), ACCEPTED)
def test_strings_and_long_integers_are_accepted(written: str, text: str) -> None:
    assert check_id("user_id", yaml.safe_load(written)) == text
    assert as_text("user_id", yaml.safe_load(written)) == text


def test_vaulted_id_is_accepted() -> None:
    assert check_id("user_id", Encrypted()) == "u1"


@pytest.mark.parametrize(
    ("change", "option"),
    [({"enterprise_id": 10}, "enterprise_id"), ({"user_id": 10}, "user_id"), ({"user_ids": ["u1", 10]}, "user_ids[1]")],
)
def test_error_names_the_option(change: Mapping[str, Any], option: str) -> None:
    """Both in the module and in the check of raw options."""
    options = {"enterprise_id": "LC1", "user_id": "u1", "user_ids": ["u1"], **change}
    prepare = AuthenticationTokenRequest.from_options
    for check in (
        partial(check_raw_identifiers, OPERATION),
        AuthenticationTokenRequest.list_from_options if "user_ids" in change else prepare,
    ):
        with pytest.raises(OptionError) as error:
            check(options)
        assert (error.value.option, error.value.value) == (option, 10)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"enterprise_id": None, "user_id": None, "user_ids": None},  # not set
        {"user_ids": []},
        {"user_ids": "u1,u2"},
        {"user_ids": 100_000_000_000_000_000_001},
        {"user_ids": ("u1", Encrypted())},
        {"enterprise_id": "a/b", "user_id": ""},  # checked by the module
        {"count": 12},
    ],
)
def test_acceptable_raw_options_pass(options: Mapping[str, Any]) -> None:
    check_raw_identifiers(OPERATION, options)


@pytest.mark.parametrize("users", [12, True, 1.1, yaml.safe_load("2026-11-22"), {"u1": "u2"}])
def test_scalar_user_ids_are_refused(users: object) -> None:
    with pytest.raises(OptionError, match=r"Option 'user_ids\[0\]' is .*, but it must be a string"):
        check_raw_identifiers(OPERATION, {"user_ids": users})
