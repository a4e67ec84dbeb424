# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Creates the card of a host: its QR code, and the details that people need to use it.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import json
import zoneinfo
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import from_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.validity import outlasts_year_9999
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload_options import payload_key
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import to_json
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.values import find_time_zone
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.variables import (
    ENROLLMENT,
    PREFIX,
    USER_AUTH,
    find_fact,
)

_TYPES = {"userDevice": "for a user's device", "userlessDevice": "for a device without a user"}
# An authentication token is valid for minutes; the API does not say how many. After this time, it has surely expired.
_AUTH_TOKEN_LIFETIME_MAX = timedelta(hours=1)
_TIME_FORMAT = "EEEE, d MMMM y, HH:mm 'UTC'xxx"


@dataclass(frozen=True)
class Card:
    """A QR code, and the details that people need to scan it with the right device while it is valid."""

    host: str
    asset_tag: str | None
    user: str | None
    wifi_ssid: str | None
    tokens: list[dict[str, str | None]]  # of those in the code: description, validity as text, expires_at
    expires_at: str | None  # when the first token in the code expires, ISO 8601
    payload: str  # as JSON
    svg: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_libraries() -> None:
    """Load the libraries that cards are made with, if installed."""
    with contextlib.suppress(EmmError):
        library("segno", "segno")
        dict(library("babel", "Babel").Locale("en").languages)
        library("babel.dates", "Babel")


def build_card(
    host: str, variables: Mapping[str, Any], options: Mapping[str, Any], payload: Mapping[str, Any], svg: str
) -> Card:
    """The card of a host with these ``options``. Raises ``EmmError``."""
    zone = _zone(options["time_zone"])
    text = to_json(payload)
    tokens: list[dict[str, str | None]] = []
    for name, describe in ((ENROLLMENT, _describe_enrollment), (USER_AUTH, _describe_user_auth)):
        fact = find_fact(variables, name)
        token = fact.get("token")
        if not isinstance(token, str) or not token or json.dumps(token)[1:-1] not in text:
            continue
        try:
            description, validity, expires_at = describe(fact, zone)
            expiry = expires_at.isoformat().replace("+00:00", "Z") if expires_at else None
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise EmmError(f"The fact '{name}' has a value that the role device_tokens would not set.") from error
        tokens.append({"description": description, "validity": validity, "expires_at": expiry})
    return Card(
        host=host,
        asset_tag=options["asset_tag"],
        user=options["user"] or _user(variables),
        wifi_ssid=payload.get(payload_key("wifi_ssid")),
        tokens=tokens,
        expires_at=min((token["expires_at"] for token in tokens if token["expires_at"]), default=None),
        payload=text,
        svg=svg,
    )


def _describe_enrollment(fact: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[str, str, datetime | None]:
    """The description, the validity as text, and the expiry time of an enrollment token."""
    kind = fact.get("enrollment_token_type")
    description = "enrollment token" if kind is None else f"enrollment token {_TYPES[kind]} ({kind})"
    if fact.get("expires_at") is None:
        return description, "beyond the year 9999" if outlasts_year_9999(fact) else "for an unknown time", None
    expires_at = from_text(fact["expires_at"])
    return description, f"until {_format_time(expires_at, zone)}", expires_at


def _describe_user_auth(fact: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[str, str, datetime | None]:
    """The same for an authentication token."""
    user = fact.get("user_id")
    description = "authentication token" if user is None else f"authentication token of user {user}"
    if fact.get("issued_at") is None:
        return description, "once, within minutes", None
    issued_at = from_text(fact["issued_at"])
    return description, f"once, within minutes of {_format_time(issued_at, zone)}", issued_at + _AUTH_TOKEN_LIFETIME_MAX


def _user(variables: Mapping[str, Any]) -> str | None:
    """The user of the device, if the tokens name one."""
    google = find_fact(find_fact(variables, ENROLLMENT), "google_authentication_options")
    candidates = (google.get("required_account_email"), find_fact(variables, USER_AUTH).get("user_id"))
    return next((user for user in candidates if user and isinstance(user, str)), None)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return find_time_zone(name)
    except ValueError as error:
        raise OptionError(f"{PREFIX}time_zone", name, str(error)) from error


def _format_time(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    dates = library("babel.dates", "Babel")
    words = str(dates.format_datetime(moment, _TIME_FORMAT, tzinfo=zone, locale="en"))
    return words.removesuffix("+00:00") if zone.key == "UTC" else f"{words} ({zone.key})"
