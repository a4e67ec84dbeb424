# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Options and variables yield a valid request or an error that explains the problem."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    AUTH_KINDS,
    AuthOptions,
    find_secrets,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import (
    EnrollmentTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import (
    AuthenticationTokenRequest,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.plan import VARIABLES, Plan
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.examples import examples
from tests.fuzz.values import ANY_TEXT, VALUES, changed, outcome

SECRET = "hunter2"
EMAIL = "emm@project.iam.gserviceaccount.com"
KEY = json.dumps({"type": "service_account", "private_key": f"{SECRET}-key", "private_key_id": f"{SECRET}-id"})
OPTIONS = {
    "auth_kind": st.sampled_from([*AUTH_KINDS, "", "other", None]),
    "service_account_file": st.sampled_from(["/key.json", "~/key", "$HOME/key", "~nobody-at-all/key", "\0"]),
    "service_account_contents": st.sampled_from([KEY, json.loads(KEY), SECRET, "", {}, "[" * 5000]),
    "service_account_email": st.sampled_from([EMAIL, "default", ""]) | ANY_TEXT,
    "access_token": st.sampled_from([SECRET, f" {SECRET}\n", f"{SECRET} {SECRET}", f"{SECRET}\x00", ""]),
    "impersonate_service_account": st.sampled_from([EMAIL, "", "a@b"]) | ANY_TEXT,
    "scopes": st.sampled_from(["a b", "a,b", ["a"], [], "", " ,"]),
}
CREDENTIALS = {
    "serviceaccount": ("service_account_file", "service_account_contents"),
    "machineaccount": ("service_account_email",),
    "accesstoken": ("access_token",),
}
VARIABLE_NAMES = {name: f"GCP_{name.upper()}" for name in OPTIONS}
IN_TEXT = {name: values.filter(lambda value: isinstance(value, str)) for name, values in OPTIONS.items()}


@examples(300)
@given(
    st.fixed_dictionaries({}, optional=OPTIONS),
    st.fixed_dictionaries({}, optional={VARIABLE_NAMES[name]: values for name, values in IN_TEXT.items()}),
)
def test_auth_options_are_consistent_or_refused(options: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    secrets = find_secrets(options, environment)
    chosen = outcome(EmmError, AuthOptions.from_options, options, environment)
    if isinstance(chosen, EmmError):
        assert SECRET not in str(chosen)
        return
    assert chosen.auth_kind in AUTH_KINDS
    for kind, names in CREDENTIALS.items():
        if kind != chosen.auth_kind:
            assert not any(getattr(chosen, name) for name in names)
            assert not any(options.get(name) for name in names), "no option may be ignored"
    if chosen.auth_kind == "serviceaccount":
        assert bool(chosen.service_account_file) != bool(chosen.service_account_contents)
    assert SECRET not in chosen.fingerprint()
    assert AuthOptions.from_options(options, environment).fingerprint() == chosen.fingerprint()
    if chosen.access_token:
        assert chosen.access_token in secrets
    assert chosen.scopes
    assert all(chosen.scopes)


GOOGLE = st.none() | changed({"authentication_requirement": "required", "required_account_email": "sam@example.com"})
IDS = st.text(min_size=1, max_size=30) | ANY_TEXT
SECONDS = st.none() | st.integers(-1, 2**70)


@examples(300)
@given(IDS, IDS)
def test_id_is_one_path_segment_or_refused(enterprise_id: str, user_id: str) -> None:
    options = {"enterprise_id": enterprise_id, "user_id": user_id}
    request = outcome(EmmError, AuthenticationTokenRequest.from_options, options)
    if isinstance(request, EmmError):
        assert str(request).isprintable()
        return
    assert (request.enterprise_id, request.user_id) == (enterprise_id, user_id)
    for part in (enterprise_id, user_id):
        assert part.isprintable()
        assert urllib.parse.urlsplit(f"https://host/a/{part}/b").path == f"/a/{part}/b"
        assert urllib.parse.unquote(urllib.parse.quote(part, safe="")) == part
        assert part not in (".", "..")


@examples(300)
@given(
    st.none() | st.fixed_dictionaries({"seconds": SECONDS, "nanos": SECONDS}),
    st.none()
    | st.fixed_dictionaries(
        {
            "authentication_requirement": st.sampled_from([None, "optional", "required"]),
            "required_account_email": st.none() | st.emails() | ANY_TEXT,
        }
    ),
)
def test_enrollment_token_request_is_valid_or_refused(
    duration: dict[str, int | None] | None, google: dict[str, str | None] | None
) -> None:
    options = {
        "enterprise_id": "LC1",
        "enrollment_token_type": "userDevice",
        "duration": duration,
        "google_authentication_options": google,
    }
    request = outcome(EmmError, EnrollmentTokenRequest.from_options, options)
    if isinstance(request, EmmError):
        assert str(request).isprintable()
        return
    body = json.loads(json.dumps(request.body()))
    assert (body.get("duration") is None) == (duration is None)
    assert re.fullmatch(r"[1-9][0-9]+(\.[0-9]{9})?s", body.get("duration", "3600s"))
    asked = {name: value for name, value in (google or {}).items() if value is not None}
    assert sorted(body.get("googleAuthenticationOptions", {}).values()) == sorted(asked.values())
    preview = request.expected()
    assert preview["token"] is None
    assert preview["duration"]["seconds"] >= 60


VALID_VARIABLES = {
    "device_tokens_enterprise_id": "LC1",
    "device_tokens_kinds": ["enrollment", "user_auth"],
    "device_tokens_user_id": "u1",
    "device_tokens_enrollment_token_type": "userDevice",
    "device_tokens_duration": "1h",
    "device_tokens_google_authentication_options": {"authentication_requirement": "required"},
    "device_tokens_keep_if_valid_for": {"seconds": 60},
}
EXISTING_TOKEN = {
    "token": "token",
    "enterprise_id": "LC1",
    "enrollment_token_type": "userDevice",
    "google_authentication_options": {"authentication_requirement": "required"},
    "duration": {"seconds": 3600, "nanos": 0},
    "expires_at": "9999-01-01T00:00:00Z",
}


@examples(300)
@given(changed(VALID_VARIABLES, VARIABLES), VALUES | changed(EXISTING_TOKEN))
def test_plan_is_valid_or_refused(variables: dict[str, Any], existing: Any) -> None:
    variables = {"device_tokens_enrollment": existing, **variables}
    plan = outcome(EmmError, Plan.from_variables, variables)
    if isinstance(plan, EmmError):
        return
    assert set(plan.requests) | set(plan.kept) <= {"enrollment", "user_auth"}
    assert not set(plan.requests) & set(plan.kept)
    for request in plan.requests.values():
        json.dumps(request.preview(Mock()).resource)
    for kept in plan.kept.values():
        assert kept["token"]
        assert json.loads(json.dumps(kept)) == kept
