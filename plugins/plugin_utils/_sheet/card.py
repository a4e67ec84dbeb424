# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Creates the card and the files of a host for the role provisioning_sheet, from the host's variables.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import json
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.clocks import from_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.identifiers import as_text
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_encodable
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._device_tokens.validity import outlasts_year_9999
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning import nfc
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.extras import payload_key
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload import (
    build_payload,
    decrypted,
    for_nfc,
    for_zero_touch,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import (
    IMAGE_FORMATS,
    QrCode,
    to_json,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.values import find_time_zone
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles, file_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import check_label
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._validation import validated

ROLE = "provisioning_sheet"
_PREFIX = f"{ROLE}_"
SHEET_OUTPUTS = ("sheet", "labels")
OUTPUTS = ("payload", "qr_code", *SHEET_OUTPUTS, "zero_touch", "nfc")
_REPLACES = {".qr.svg": ".qr.png", ".qr.png": ".qr.svg"}  # file name endings; a host has only one of them
# The role variables, as in meta/argument_specs.yml.
SPEC: dict[str, dict[str, Any]] = {
    "provisioning_sheet_directory": {"type": "str", "required": True},
    "provisioning_sheet_payload": {"type": "dict", "required": True},
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
KNOWN_NAMES = {
    *SPEC,
    *(f"{_PREFIX}{name}" for name in ("no_log", "written", "shredded")),
}  # variables and facts of the role
# In check mode, there are no tokens. Placeholders of a typical length allow everything else to be checked.
_PLACEHOLDERS = {name: f"check-mode-{name}".ljust(64, "0") for name in (ENROLLMENT, USER_AUTH)}
_TYPES = {"userDevice": "for a user's device", "userlessDevice": "for a device without a user"}
# An authentication token is valid for minutes; the API does not say how many. After this time, it has surely expired.
_AUTH_TOKEN_LIFETIME_MAX = timedelta(hours=1)
_USELESS_PAYLOAD = (
    "provisioning_sheet_payload contains no token of the host. Put it into the admin_extras_bundle, as "
    "'{{ device_tokens_enrollment.token }}' under the key that the DPC reads. If the DPC gets the token in another "
    "way, set provisioning_sheet_require_token to false."
)
_TIME_FORMAT = "EEEE, d MMMM y, HH:mm 'UTC'xxx"


_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Sheet:
    """The sheet that a card belongs to. Cards with equal sheets are printed on the same one."""

    directory: str  # normalized
    name: str
    title: str
    paper: str
    template: str
    parts: list[str]  # of OF_THE_BATCH

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


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


def with_cached_facts(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a host, including cached facts of the role that Ansible does not inject as variables."""
    cached = variables.get("ansible_facts", {})
    return {**{name: cached[name] for name in _FACTS if name in cached}, **variables}


def with_placeholders(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a host in check mode, with placeholders for tokens, so that templates work."""
    placed = {}
    for name, placeholder in _PLACEHOLDERS.items():
        fact = _fact(variables, name)
        if fact and not fact.get("token"):
            placed[name] = {**fact, "token": placeholder}
    return {**variables, **placed}


@dataclass(frozen=True)
class HostOutput:
    """The output for a host: its card, the sheet that the card belongs to, and the host's own files by name.

    ``replaces`` are the names of files from earlier runs that the host's files replace.
    """

    card: Card
    sheet: Sheet
    files: dict[str, bytes]
    replaces: list[str]


def build_host_output(host: str, variables: Mapping[str, Any]) -> HostOutput:
    """Check the ``VARIABLES`` that are set for a host, and create its card and files. Raises ``EmmError``."""
    variables = decrypted(variables)
    # Null is the same as not set.
    given = {name: variables[name] for name in SPEC if variables.get(name) is not None}
    options = {name.removeprefix(_PREFIX): value for name, value in validated(SPEC, given).items()}
    for name in ("asset_tag", "user"):
        if options[name] is not None:
            options[name] = as_text(_PREFIX + name, options[name])
    sheet = _sheet(options)
    try:
        payload = build_payload(options["payload"])
    except EmmError as error:
        raise EmmError(f"{_PREFIX}payload: {error}") from error
    code = QrCode.of(payload)
    card = _card(host, variables, options, payload, code.svg())
    if options["require_token"] and not card.tokens:
        raise EmmError(_USELESS_PAYLOAD)
    _check_text({**sheet.as_dict(), **card.as_dict()})
    if "labels" in sheet.parts:
        check_label(card.as_dict())
    files = dict(_files(card, options, payload, code))
    return HostOutput(
        card,
        sheet,
        {file_name(host, ending): content for ending, content in files.items()},
        [file_name(host, other) for ending, other in _REPLACES.items() if ending in files],
    )


def _check_text(fields: Mapping[str, Any]) -> None:
    """Raise ``EmmError`` for text that cannot be encoded. It would prevent the whole sheet from being written."""
    for name, value in fields.items():
        if not is_encodable(json.dumps(value, ensure_ascii=False)):
            raise EmmError(f"The value of '{name}' on the card contains a surrogate, which is half of a character.")


def _sheet(options: Mapping[str, Any]) -> Sheet:
    parts = [part for part in SHEET_OUTPUTS if part in options["outputs"]]
    return Sheet(
        directory=translate_directory_errors(lambda: SecretFiles(options["directory"]).path()),
        template=options["template"] if "sheet" in parts else "",
        parts=parts,
        **{name: options[name] for name in ("name", "title", "paper")},
    )


def translate_directory_errors(function: Callable[[], _Result]) -> _Result:
    """Call a function that uses the directory. If it fails, the error names the variable."""
    try:
        return function()
    except EmmError as error:
        raise EmmError(f"{_PREFIX}directory: {error}") from error


def _card(
    host: str, variables: Mapping[str, Any], options: Mapping[str, Any], payload: Mapping[str, Any], svg: str
) -> Card:
    zone = _zone(options["time_zone"])
    text = to_json(payload)
    tokens: list[dict[str, str | None]] = []
    for name, describe in ((ENROLLMENT, _describe_enrollment), (USER_AUTH, _describe_user_auth)):
        fact = _fact(variables, name)
        token = fact.get("token")
        if not isinstance(token, str) or not token or json.dumps(token)[1:-1] not in text:
            continue
        try:
            description, validity, expires_at = describe(fact, zone)
            expiry = expires_at.isoformat().replace("+00:00", "Z") if expires_at else None
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise EmmError(f"The fact '{name}' does not have the form that the role device_tokens sets.") from error
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


def _files(
    card: Card, options: Mapping[str, Any], payload: Mapping[str, Any], code: QrCode
) -> Iterator[tuple[str, bytes]]:
    """The host's own files, by file name ending."""
    outputs = options["outputs"]
    if "payload" in outputs:
        yield ".payload.json", card.payload.encode()
    if "qr_code" in outputs:
        png = options["image_format"] == "png"
        yield (".qr.png", code.png()) if png else (".qr.svg", card.svg.encode())
    if "zero_touch" in outputs:
        yield ".zero-touch.json", json.dumps(for_zero_touch(payload), indent=2).encode()
    if "nfc" in outputs:
        try:
            properties = nfc.to_properties(for_nfc(payload))
        except EmmError as error:
            raise EmmError(f"{_PREFIX}payload: {error}") from error
        yield ".nfc.properties", properties.encode()
        yield ".ndef", nfc.to_message(properties)


def _describe_enrollment(fact: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[str, str, datetime | None]:
    """The description, the validity as text, and the expiry time of an enrollment token."""
    kind = fact["enrollment_token_type"]
    description = f"enrollment token {_TYPES[kind]} ({kind})"
    if fact.get("expires_at") is None:
        return description, "beyond the year 9999" if outlasts_year_9999(fact) else "for an unknown time", None
    expires_at = from_text(fact["expires_at"])
    return description, f"until {_format_time(expires_at, zone)}", expires_at


def _describe_user_auth(fact: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[str, str, datetime | None]:
    """The same for an authentication token."""
    description = f"authentication token of user {fact['user_id']}"
    if fact["issued_at"] is None:  # in check mode
        return description, "once, within minutes", None
    issued_at = from_text(fact["issued_at"])
    return description, f"once, within minutes of {_format_time(issued_at, zone)}", issued_at + _AUTH_TOKEN_LIFETIME_MAX


def _fact(variables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    fact = variables.get(name)
    return fact if isinstance(fact, Mapping) else {}


def _user(variables: Mapping[str, Any]) -> str | None:
    """The user of the device, if the tokens name one."""
    google = _fact(_fact(variables, ENROLLMENT), "google_authentication_options")
    candidates = (google.get("required_account_email"), _fact(variables, USER_AUTH).get("user_id"))
    return next((user for user in candidates if user and isinstance(user, str)), None)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return find_time_zone(name)
    except ValueError as error:
        raise OptionError(f"{_PREFIX}time_zone", name, str(error)) from error


def _format_time(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    dates = library("babel.dates", "Babel")
    words = str(dates.format_datetime(moment, _TIME_FORMAT, tzinfo=zone, locale="en"))
    return words.removesuffix("+00:00") if zone.key == "UTC" else f"{words} ({zone.key})"
