# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The text of errors, and the causes that are recognized in server messages."""

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.causes import refine_likely_cause
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import (
    ApiError,
    Attempts,
    EmmError,
    OptionError,
    SeveralErrors,
    with_prefix,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import CAUSES


def test_error_text_and_details() -> None:
    error = EmmError("It failed.", likely_cause="the weather.", http_status=503)
    assert str(error) == "It failed. Likely cause: the weather."
    assert error.details() == {"http_status": 503}


@pytest.mark.parametrize(
    "bad", ["\ud800", "\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\u200b", "\ue000", "\U000e0041"]
)
def test_unprintable_characters_in_errors_are_escaped(bad: str) -> None:
    text = f"a{bad}b"
    error = ApiError(text, likely_cause=text, reason=text, status=text)
    escaped = "a" + bad.encode("unicode_escape").decode() + "b"
    assert (error.message, error.likely_cause) == (escaped, escaped)
    assert error.details() == {"reason": escaped, "status": escaped}
    assert repr(error) == f"ApiError({escaped!r})"
    assert escaped.isprintable()
    assert bad not in str(OptionError("a", text, "no"))


@pytest.mark.parametrize(
    ("status", "said", "fragment"),
    [
        (403, "This user is Google-managed.", "EMM-managed accounts only"),
        (400, "The user is a Google managed user", "EMM-managed accounts only"),
        (403, "Operation only supported for EMM-managed users.", "EMM-managed accounts only"),
        (403, "The user is not emmManaged", "EMM-managed accounts only"),
        (403, "User has too many devices.", "at most 10 devices"),
        (429, "Device limit exceeded", "at most 10 devices"),
        (409, "The maximum number of devices was reached", "at most 10 devices"),
        (404, "No user was found for the given id", "user_id is not the one"),
        (404, "No enterprise was found for the given id", "enterprise_id is wrong"),
        (404, "", "enterprise_id is wrong"),
        (403, "The caller does not have permission", None),
        (500, "Too many devices on fire", None),
    ],
)
def test_specific_causes_are_recognized(status: int, said: str, fragment: str | None) -> None:
    error = ApiError("POST ...", http_status=status, server_message=said)
    refine_likely_cause(error, CAUSES)
    if fragment is None:
        assert error.likely_cause is None
    else:
        assert fragment in str(error.likely_cause)


def refuse() -> str:
    raise EmmError("Second.")


def test_errors_of_several_attempts_are_raised_together() -> None:
    attempts = Attempts()
    attempts.check()
    assert attempts.attempt(lambda: "value", "default") == "value"
    attempts.fail("First.")
    with pytest.raises(EmmError, match=r"^First\.$"):
        attempts.check()
    assert attempts.attempt(refuse, "default") == "default"
    assert attempts.attempt(refuse, None) is None
    with pytest.raises(SeveralErrors, match=r"^First\. Second\.$") as caught:
        attempts.check()
    assert caught.value.reasons() == attempts.reasons() == ["First.", "Second."]


def test_each_reason_gets_a_prefix() -> None:
    assert with_prefix("a: ", EmmError("b", likely_cause="c")).reasons() == ["a: b Likely cause: c"]
    assert with_prefix("a: ", SeveralErrors(["b", "c", "b"])).reasons() == ["a: b", "a: c"]
