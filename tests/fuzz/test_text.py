# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""External text: durations, JSON, quotations in messages, and file names."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.responses import (
    ErrorEnvelope,
    NotJsonError,
    decode,
    is_over_quota,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.duration import MAX_SECONDS, Duration
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import file_name
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.examples import examples
from tests.fuzz.values import ANY_TEXT, VALUES, outcome

DURATIONS = st.builds(Duration, st.integers(0, MAX_SECONDS), st.integers(0, 999_999_999))
UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


@examples(100)
@given(duration=DURATIONS)
def test_duration_round_trips(duration: Duration) -> None:
    assert Duration.from_json(duration.to_json()) == duration
    assert Duration.from_human(duration.to_json()) == duration
    assert Duration.from_options(duration.to_options()) == duration


@examples(100)
@given(st.dictionaries(st.sampled_from(list(UNITS)), st.integers(0, 10_000), min_size=1))
def test_duration_is_the_sum_of_its_units(amounts: dict[str, int]) -> None:
    text = "".join(f"{amounts[unit]}{unit}" for unit in UNITS if unit in amounts)
    seconds = sum(amount * UNITS[unit] for unit, amount in amounts.items())
    if seconds <= MAX_SECONDS:
        assert Duration.from_human(text) == Duration(seconds)
    assert Duration.from_human(f" {text}\n") == Duration(seconds)


@examples(150)
@given(st.text("0123456789wdhms. -", max_size=30) | st.from_regex(r"[0-9]{1,5000}(\.[0-9]*)?s?") | ANY_TEXT)
def test_arbitrary_text_is_a_valid_duration_or_refused(text: str) -> None:
    for read in (Duration.from_json, Duration.from_human):
        duration = outcome(ValueError, read, text)
        if isinstance(duration, Duration):
            assert 0 <= duration.seconds <= MAX_SECONDS
            assert Duration.from_json(duration.to_json()) == duration


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@examples(75)
@given(JSON_VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_json_round_trips(value: Any, ascii_only: bool, indent: int | None) -> None:
    assert decode(json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()) == value


@examples(200)
@given(
    st.binary(max_size=30)
    | st.text('[]{}",:0123456789eE+-.NaInfitytruelsn\\u', max_size=30).map(str.encode)
    | st.lists(
        st.sampled_from(
            ['{"a":', '"a":1,', "[", "]", "}", "1", "1e400", "NaN", "-Infinity", '"', "\\ud800", "9" * 5000]
        )
    ).map(lambda parts: "".join(parts).encode())
)
def test_only_json_is_decoded(content: bytes) -> None:
    """Decoded text is JSON by RFC 8259, without extensions."""
    value = outcome(NotJsonError, decode, content)
    if isinstance(value, NotJsonError):
        assert value.__cause__ is None
        assert re.fullmatch(r"not JSON|not in UTF-8|nested too deeply|JSON (in which|with a number).*", str(value))
        assert not is_over_quota(content)
    else:
        assert json.loads(content.decode("utf-8-sig")) == value
        json.dumps(value, allow_nan=False)


@examples(100)
@given(VALUES, VALUES, VALUES)
def test_error_envelope_has_only_text_as_reasons(errors: Any, details: Any, message: Any) -> None:
    entries = [{"reason": message}, message]
    for content in (errors, {"error": errors}, {"error": {"errors": errors, "details": details, "message": message}}):
        envelope = ErrorEnvelope.of(content)
        assert envelope is None or all(reason and isinstance(reason, str) for reason in envelope.reasons)
    envelope = ErrorEnvelope.of({"error": {"errors": entries, "status": message}})
    assert envelope
    assert envelope.reasons == ((message,) if message and isinstance(message, str) else ())


LABELS = (
    "token=",
    '"token": "',
    "access_token=",
    "Authorization: Bearer ",
    "client_secret%3D",
    "https://user:",
    "-----BEGIN RSA PRIVATE KEY-----",
)
CONTEXT = st.text(max_size=20) | st.sampled_from(
    [
        *LABELS,
        "ya29.",
        "eyJ",
        "://",
        "@",
        "1//",
        "%",
        "%25",
        "\\",
        '\\"',
        "&quot;",
        "[redacted]",
        "\x1b[2J",
        "\u202e",
        "\x85",
        "\n",
    ]
)
SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=12, max_size=40)
LIMIT = 500


@examples(200)
@given(st.lists(CONTEXT | SECRETS, max_size=12))
def test_foreign_text_is_one_line_of_bounded_length(parts: list[str]) -> None:
    quoted = sanitize("".join(parts))
    assert quoted.isprintable()
    assert len(quoted) <= LIMIT + len("...")
    quoted.encode()


@examples(150)
@given(SECRETS, st.lists(CONTEXT, max_size=5), st.lists(CONTEXT, max_size=5))
def test_known_secret_is_never_quoted(secret: str, before: list[str], after: list[str]) -> None:
    for form in (secret, json.dumps(secret)[1:-1], f"\n{secret}\n"):
        quoted = sanitize("".join([*before, form, *after]), secret)
        assert secret not in quoted


@examples(100)
@given(
    st.sampled_from(LABELS), st.from_regex(r"[a-z0-9]{12,40}", fullmatch=True), st.text(" .,;:(){}[]<>xyz", max_size=20)
)
def test_labeled_secret_is_never_quoted(label: str, secret: str, before: str) -> None:
    at = "@example.com" if "://" in label else ""
    assert secret not in sanitize(f"{before} {label}{secret}{at}")


HOSTS = (
    st.text(min_size=1, max_size=250)
    | st.text(max_size=2).map(lambda end: "x" * 200 + end)
    | st.text("aA.%/\\\u00e4e\u0301 \n\x00", min_size=1, max_size=8)
)


@examples(150)
@given(HOSTS, HOSTS)
def test_different_hosts_have_different_file_names(one: str, other: str) -> None:
    names = file_name(one, ".qr.svg"), file_name(other, ".qr.svg")
    assert (names[0] == names[1]) == (one == other)
    for name in names:
        assert len(os.fsencode(name)) <= 255 - len(".new") - 10
        assert not set(name) & set("/\0\n\\ ")
        assert not name.startswith(".")
        assert name.endswith(".qr.svg")
        assert name.isprintable()
