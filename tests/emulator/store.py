# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Enterprises, users, devices and tokens, and their rules."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from google.protobuf.duration_pb2 import Duration

from tests.emulator.errors import GoogleError

DEVICES_PER_USER = 10
STAGING_ACCOUNT = "emm-staging@emulator.iam.gserviceaccount.com"  # the enterprise's service account
BUILDER_ACCOUNT = "builder@emulator.iam.gserviceaccount.com"  # may only impersonate it

DEMO_ENTERPRISE = "LC03demo00"
DEMO_SEED: dict[str, Any] = {
    "enterprises": [
        {
            "id": DEMO_ENTERPRISE,
            "name": "Example Staging",
            "googleAuthenticationSettings": {"googleAuthenticationRequired": "notRequired"},
            "users": [
                *(
                    {
                        "id": str(100_000_000_000_000_000_000 + number),
                        "accountIdentifier": f"asset#{number:03d}",
                        "accountType": "userAccount",
                        "managementType": "emmManaged",
                    }
                    for number in range(1, 25)
                ),
                {
                    "id": "200000000000000000001",
                    "primaryEmail": "sam@example.com",
                    "accountType": "userAccount",
                    "managementType": "googleManaged",
                },
            ],
        }
    ]
}


@dataclass
class Settings:
    """Behavior of the service that varies or is not documented."""

    kind: bool = False  # whether responses have ``kind``: the reference page says so, the discovery document does not
    echo: bool = True  # whether the response with an enrollment token repeats the request
    enrollment_token_length: int = 40
    authentication_token_lifetime: float = 300.0  # seconds; "a few minutes"
    access_token_lifetime: int = 3599  # seconds
    latency: float = 0.0  # seconds before every response
    quota: int = 60_000  # API calls in each window of ``quota_window`` seconds
    quota_window: float = 60.0
    retry_after: bool = False  # whether the response to a call beyond the quota says when the next window begins


@dataclass
class Token:
    """A minted token. ``expires`` and ``issued`` are seconds since the epoch. ``devices`` are those it enrolled."""

    type: str  # enrollment or user_auth
    token: str
    enterprise_id: str
    issued: float
    expires: float
    request: Mapping[str, Any] = field(default_factory=dict)
    user_id: str | None = None
    devices: list[str] = field(default_factory=list)


@dataclass
class User:
    resource: dict[str, Any]
    devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    device_states: dict[str, str] = field(default_factory=dict)


@dataclass
class Enterprise:
    resource: dict[str, Any]
    service_accounts: set[str]
    users: dict[str, User] = field(default_factory=dict)


class RedemptionError(Exception):
    """A device's token is refused. ``reason`` is a single word for assertions, the text is for people."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Store:
    """The state of the service."""

    def __init__(self, seed: Mapping[str, Any]) -> None:
        self._seed = seed
        self._moment: float | None = None
        self.reset()

    def reset(self) -> None:
        """Restore the seed."""
        self.settings = Settings()
        self.clock_offset = 0.0  # seconds
        self.tokens: dict[str, Token] = {}
        self.enterprises: dict[str, Enterprise] = {}
        for enterprise in self._seed["enterprises"]:
            self.add_enterprise(enterprise)

    def now(self) -> float:
        """The time of the service's clock, in seconds since the epoch."""
        return (self._moment or time.time()) + self.clock_offset

    @contextlib.contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Stop the clock, so that all times in a response refer to the same moment."""
        self._moment = time.time()
        try:
            yield
        finally:
            self._moment = None

    def add_enterprise(self, description: Mapping[str, Any]) -> None:
        """Add an enterprise: a resource with ``users`` and, optionally, the ``serviceAccounts`` that may act for it."""
        resource = {name: value for name, value in description.items() if name not in ("users", "serviceAccounts")}
        accounts = set(description.get("serviceAccounts", [STAGING_ACCOUNT]))
        enterprise = Enterprise({"enterpriseType": "managedGooglePlayAccountsEnterprise", **resource}, accounts)
        for user in description.get("users", ()):
            enterprise.users[user["id"]] = User(dict(user))
        self.enterprises[resource["id"]] = enterprise

    def enterprise(self, enterprise_id: str, caller: str) -> Enterprise:
        """An enterprise that ``caller`` may act for."""
        enterprise = self.enterprises.get(enterprise_id)
        if enterprise is None:
            raise GoogleError(404, "No enterprise was found for the given enterprise id.")
        if caller not in enterprise.service_accounts:
            raise GoogleError(403, "The caller is not authorized to manage this enterprise.")
        return enterprise

    def user(self, enterprise: Enterprise, user_id: str) -> User:
        user = enterprise.users.get(user_id)
        if user is None:
            raise GoogleError(404, "No user was found for the given user id.")
        return user

    def device(self, user: User, device_id: str) -> dict[str, Any]:
        device = user.devices.get(device_id)
        if device is None:
            raise GoogleError(404, "No device was found for the given device id.")
        return device

    def create_enrollment_token(self, enterprise: Enterprise, request: Mapping[str, Any]) -> dict[str, Any]:
        """Create a token, by the rules of the reference page that the schema cannot express."""
        kind = request.get("enrollmentTokenType", "enrollmentTokenTypeUnspecified")
        if kind == "enrollmentTokenTypeUnspecified":
            raise GoogleError(400, "The enrollment token type must be specified.", field="enrollment_token_type")
        duration = Duration(seconds=3600)
        if "duration" in request:
            duration.FromJsonString(request["duration"])
        if duration.seconds < 60:
            raise GoogleError(400, "The duration must be at least one minute.", field="duration")
        google = request.get("googleAuthenticationOptions", {})
        requirement = google.get("authenticationRequirement")
        if requirement == "authenticationRequirementUnspecified":
            raise GoogleError(400, "The authentication requirement is unspecified.", field="authentication_requirement")
        if google.get("requiredAccountEmail") and requirement != "required":
            raise GoogleError(
                400,
                "The authentication requirement must be REQUIRED if a required account email is set.",
                field="required_account_email",
            )
        token = self._mint("enrollment", enterprise, duration.seconds + duration.nanos / 1e9, request=dict(request))
        resource = {"token": token.token}
        if self.settings.echo:
            resource = {**request, "duration": duration.ToJsonString(), **resource}
        return self._with_kind(resource, "enrollmentToken")

    def generate_authentication_token(self, enterprise: Enterprise, user: User) -> dict[str, Any]:
        """Mint a token, by the rules of the reference page: EMM-managed accounts only, at most ten devices."""
        if user.resource["managementType"] != "emmManaged":
            raise GoogleError(403, "Authentication tokens cannot be generated for Google-managed users.")
        _check_device_limit(user)
        lifetime = self.settings.authentication_token_lifetime
        token = self._mint("user_auth", enterprise, lifetime, user_id=user.resource["id"])
        return self._with_kind({"token": token.token}, "authenticationToken")

    def insert_user(self, enterprise: Enterprise, request: Mapping[str, Any]) -> dict[str, Any]:
        """Create an EMM-managed user, or update the display name of the user with the same account identifier."""
        for name in ("accountIdentifier", "accountType"):
            if not request.get(name):
                raise GoogleError(400, f"Required field: {name}", reason="required")
        for user in enterprise.users.values():
            if user.resource.get("accountIdentifier") == request["accountIdentifier"]:
                user.resource.update({name: request[name] for name in ("displayName",) if name in request})
                return user.resource
        user_id = str(300_000_000_000_000_000_000 + secrets.randbelow(10**20))
        allowed = {
            name: request[name] for name in ("accountIdentifier", "accountType", "displayName") if name in request
        }
        enterprise.users[user_id] = User({"id": user_id, "managementType": "emmManaged", **allowed})
        return enterprise.users[user_id].resource

    def find_users(self, enterprise: Enterprise, email: str) -> list[dict[str, Any]]:
        """Find Google-managed users by e-mail address. EMM-managed users have none."""
        return [user.resource for user in enterprise.users.values() if user.resource.get("primaryEmail") == email]

    def redeem(self, value: str, account: str | None) -> dict[str, Any]:
        """Enroll a device with a token, as a DPC would.

        ``account`` is the Google Account that the user signed in with during enrollment. Raises ``RedemptionError``.
        """
        token = self.tokens.get(value)
        if token is None:
            raise RedemptionError("unknown", "No such token was issued.")
        if self.now() >= token.expires:
            raise RedemptionError("expired", "The token has expired.")
        enterprise = self.enterprises[token.enterprise_id]
        if token.type == "user_auth":
            if token.devices:
                raise RedemptionError("used", "The token has been used already.")
            user = enterprise.users[token.user_id or ""]
        else:
            user = self._enrolling_user(enterprise, token, account)
        try:
            _check_device_limit(user)
        except GoogleError as error:
            raise RedemptionError("device_limit", error.message) from error
        device_id = secrets.token_hex(8)
        user.devices[device_id] = {"androidId": device_id, "managementType": "managedDevice"}
        user.device_states[device_id] = "disabled"
        token.devices.append(device_id)
        return {"enterpriseId": token.enterprise_id, "userId": user.resource["id"], "deviceId": device_id}

    def issued(self) -> list[dict[str, Any]]:
        """All tokens in the order of minting, with ISO 8601 times."""
        return [
            {
                **asdict(token),
                "issued": _iso8601(token.issued),
                "expires": _iso8601(token.expires),
            }
            for token in self.tokens.values()
        ]

    def _enrolling_user(self, enterprise: Enterprise, token: Token, account: str | None) -> User:
        """The owner of a device that an enrollment token enrolls: the signed-in user, or a new account."""
        google = token.request.get("googleAuthenticationOptions", {})
        if google.get("authenticationRequirement") == "required" and account is None:
            raise RedemptionError("authentication_required", "The user must sign in with a Google Account.")
        required = google.get("requiredAccountEmail")
        if required and account != required:
            raise RedemptionError("wrong_account", f"The user must sign in as {required}.")
        if account is not None:
            users = self.find_users(enterprise, account)
            if not users:
                raise RedemptionError("unknown_account", f"{account} does not belong to the enterprise.")
            return enterprise.users[users[0]["id"]]
        kind = "deviceAccount" if token.request["enrollmentTokenType"] == "userlessDevice" else "userAccount"
        resource = self.insert_user(enterprise, {"accountIdentifier": secrets.token_hex(8), "accountType": kind})
        return enterprise.users[resource["id"]]

    def _mint(self, kind: str, enterprise: Enterprise, lifetime: float, **details: Any) -> Token:
        now = self.now()
        value = secrets.token_urlsafe(self.settings.enrollment_token_length)
        self.tokens[value] = Token(kind, value, enterprise.resource["id"], now, now + lifetime, **details)
        return self.tokens[value]

    def _with_kind(self, resource: dict[str, Any], name: str) -> dict[str, Any]:
        return {"kind": f"androidenterprise#{name}", **resource} if self.settings.kind else resource


def _check_device_limit(user: User) -> None:
    if len(user.devices) >= DEVICES_PER_USER:
        raise GoogleError(403, "The user has reached the maximum number of devices.", reason="deviceLimitExceeded")


def _iso8601(moment: float) -> str | None:
    try:
        return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError):
        return None  # after the year 9999
