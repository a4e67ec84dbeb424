# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors
"""Operations on resources other than tokens: they read, compare and change, and only some have a module yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Success
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.calls import CHANGE, READ
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.client import Client
from ansible_collections.emm.android_enterprise.plugins.module_utils._operation import Many, Operation

from tests.conftest import Mint
from tests.emulator.process import Emulator
from tests.operation.conftest import perform

USER = "100000000000000000001"


@dataclass(frozen=True)
class DeviceState:
    """The desired state of a device: compared with the current one, also in check mode."""

    effect = CHANGE

    path: tuple[str, ...]
    state: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> DeviceState:
        names = ("enterprise_id", "user_id", "device_id")
        enterprise, user, device = (options[name] for name in names)
        return cls(("enterprises", enterprise, "users", user, "devices", device, "state"), options["account_state"])

    def identity(self) -> Mapping[str, str]:
        return {}

    def preview(self, client: Client) -> Success:
        current = client.call("GET", *self.path, effect=READ).resource["accountState"]
        return Success({"account_state": self.state}, changed=current != self.state)

    def run(self, client: Client) -> Success:
        planned = self.preview(client)
        if planned.changed:
            client.call("PUT", *self.path, effect=CHANGE, body={"accountState": self.state})
        return planned


@dataclass(frozen=True)
class User:
    """A user, inserted or updated by the identifier of its account."""

    effect = CHANGE

    enterprise_id: str
    account_identifier: str

    @classmethod
    def list_from_options(cls, options: Mapping[str, Any]) -> list[User]:
        return [cls(options["enterprise_id"], account) for account in options["account_identifiers"]]

    def identity(self) -> Mapping[str, str]:
        return {"account_identifier": self.account_identifier}

    def preview(self, client: Client) -> Success:
        client.call("GET", "enterprises", self.enterprise_id, effect=READ)
        return Success({"id": None})

    def run(self, client: Client) -> Success:
        body = {"accountIdentifier": self.account_identifier, "accountType": "userAccount"}
        response = client.call("POST", "enterprises", self.enterprise_id, "users", effect=CHANGE, body=body)
        response.check_kind("androidenterprise#user")
        return Success({"id": response.resource["id"]})


DEVICE = Operation(
    argument_spec={
        **{name: {"type": "raw", "required": True} for name in ("enterprise_id", "user_id", "device_id")},
        "account_state": {"type": "str", "required": True},
    },
    identifiers=("enterprise_id", "user_id", "device_id"),
    build_request=DeviceState.from_options,
    result_key="device",
    reads_in_check_mode=True,
)
USERS = Operation(
    argument_spec={
        "enterprise_id": {"type": "raw", "required": True},
        "account_identifiers": {"type": "list", "elements": "raw", "required": True},
    },
    identifiers=("enterprise_id", "account_identifiers"),
    build_request=lambda options: User(options["enterprise_id"], ""),
    result_key="user",
    reads_in_check_mode=True,
    many=Many("account_identifiers", User.list_from_options, "users", "users", "inserting", "inserted"),
)


@pytest.fixture
def device(mint: Mint, emulator: Emulator) -> dict[str, str]:
    """The options for a device in the initial state, which is disabled."""
    token = mint(user_id=USER)["authentication_token"]["token"]
    device_id = emulator.redeem(token)["deviceId"]
    return {"enterprise_id": emulator.address.enterprise_id, "user_id": USER, "device_id": device_id}


def methods(emulator: Emulator, path: str) -> list[str]:
    return [request["method"] for request in emulator.journal(path)]


def test_resource_is_changed_only_if_it_differs(
    device: dict[str, str], environment: dict[str, str], emulator: Emulator
) -> None:
    options = {**device, "account_state": "enabled"}
    results = [perform(DEVICE, options, environment) for dummy in range(2)]
    assert [(result["changed"], result["device"]) for result in results] == [
        (True, {"account_state": "enabled"}),
        (False, {"account_state": "enabled"}),
    ]
    assert methods(emulator, "/state") == ["GET", "PUT", "GET"]


@pytest.mark.parametrize(("state", "changed"), [("enabled", True), ("disabled", False)])
def test_check_mode_compares_without_a_change(
    device: dict[str, str], environment: dict[str, str], emulator: Emulator, state: str, changed: bool
) -> None:
    result = perform(DEVICE, {**device, "account_state": state}, environment, check=True)
    assert (result["changed"], result["device"]) == (changed, {"account_state": state})
    assert methods(emulator, "/state") == ["GET"]


def test_check_mode_that_reads_needs_an_access_token(
    device: dict[str, str], environment: dict[str, str], emulator: Emulator
) -> None:
    emulator.revoke(emulator.address.service_account_email)
    result = perform(DEVICE, {**device, "account_state": "enabled"}, environment, check=True)
    assert "deleted, disabled, or replaced" in result["msg"]
    assert methods(emulator, "/state") == []


def test_lost_response_of_an_upsert_is_retried(environment: dict[str, str], emulator: Emulator) -> None:
    emulator.fail({"path": "/users", "times": 1, "after": True, "reset": True})
    accounts = {"enterprise_id": emulator.address.enterprise_id, "account_identifiers": ["a", "b", "c"]}
    first, second = (perform(USERS, accounts, environment) for dummy in range(2))
    assert (first["failed"], first["failures"], len(first["users"])) == (False, [], 3)
    assert first["users"] == second["users"], "no user was inserted twice"
    assert methods(emulator, "/users") == ["POST"] * 7


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.usefixtures("emulator")
def test_failures_of_many_requests_are_in_the_words_of_the_operation(environment: dict[str, str], check: bool) -> None:
    accounts = {"enterprise_id": "unknown", "account_identifiers": ["a"]}
    result = perform(USERS, accounts, environment, check=check)
    assert result["msg"].startswith("1 of 1 users were not inserted. The first failure, at index 0: ")
    assert result["changed"] is False
    assert result["failures"][0]["account_identifier"] == "a"


def test_clocks_matter_only_to_results_with_times(mint: Mint, environment: dict[str, str], emulator: Emulator) -> None:
    tomorrow = {"Date": format_datetime(datetime.now(timezone.utc) + timedelta(hours=30), usegmt=True)}
    emulator.fail({"path": "/users", "times": 2, "body": '{"id": "1", "token": "t"}', "headers": tomorrow})
    accounts = {"enterprise_id": emulator.address.enterprise_id, "account_identifiers": ["a"]}
    assert "warnings" not in perform(USERS, accounts, environment)
    [warning] = mint(user_id=USER)["warnings"]
    assert warning == (
        "The server's clock is 1 day ahead of that of this machine. A token's expires_at is computed from the "
        "earlier of the two. Correct the clock that is wrong."
    )
