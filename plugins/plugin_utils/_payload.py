# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Provisioning payloads: options with friendly names, checked, to Android's provisioning extras.

An option has the name of its constant in Android's ``DevicePolicyManager``, in lower case and without
``EXTRA_PROVISIONING_``. Where that reference and ManagedProvisioning, the part of Android that reads a payload, differ,
what is checked is what a device needs. The filter ``provisioning_payload`` documents each option.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import urllib.parse
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean as to_boolean
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import kind_of
from ansible_collections.emm.android_enterprise.plugins.plugin_utils import _checksums
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._suggestion import suggestion

_INT_MAX, _LONG_MAX = 2**31 - 1, 2**63 - 1  # of Java
_SECONDS = 10**11  # a number of milliseconds below it is of before 1974, and rather one of seconds
_NAME = r"[A-Za-z_$][\w$]*"
_COMPONENT = re.compile(rf"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+/(?:\.{_NAME}(?:\.{_NAME})*|{_NAME}(?:\.{_NAME})+)", re.ASCII)
_LOCALE = re.compile(r"(?P<language>[A-Za-z]{2,3})[_-](?P<country>[A-Za-z]{2}|\d{3})", re.ASCII)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_WPA_PASSWORD = range(8, 64)  # bytes
_WEP_KEY = re.compile(
    r".{5}|.{13}|.{16}|.{29}|[0-9A-Fa-f]{10}|[0-9A-Fa-f]{26}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{58}", re.DOTALL
)
_SSID_LIMIT = 32  # bytes
# Codes that the CLDR has names for, and that are not of a language or a country.
_NO_LANGUAGES = ("mul", "und", "zxx")
_NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")
_NO_ZONES = ("Factory", "localtime", "posixrules")  # files that stand in a tz database beside the time zones

SECURITY_TYPES = ("NONE", "WPA", "WEP", "EAP")
EAP_METHODS = ("PEAP", "TLS", "TTLS", "PWD", "SIM", "AKA", "AKA_PRIME")
PHASE2_AUTHS = ("NONE", "PAP", "MSCHAP", "MSCHAPV2", "GTC", "SIM", "AKA", "AKA_PRIME")
_EAP_NEEDS = {
    **dict.fromkeys(("PEAP", "TTLS", "PWD"), ("wifi_identity", "wifi_password")),
    "TLS": ("wifi_user_certificate",),
}
_EAP_ONLY = (
    "wifi_eap_method",
    "wifi_phase2_auth",
    "wifi_ca_certificate",
    "wifi_user_certificate",
    "wifi_identity",
    "wifi_anonymous_identity",
    "wifi_domain",
)


_QUOTE = (
    "put a number in quotes; if it is a template, and jinja2_native of ansible-core before 2.19 takes its quotes away, "
    "end it with the filter 'string'"
)


# --- What an option may be: each function returns the value for the payload, or raises ValueError with the rule


def _text(value: Any) -> str:
    if isinstance(value, str) and value:
        return _whole(value)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    hint = f"; {_QUOTE}" if number else ""
    raise ValueError(f"it must be text, and not empty{hint}")


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it must not have half of a character (a surrogate)") from None  # not with what quotes it
    return str(text)


def _header(value: Any) -> str:
    text = _text(value)
    if not text.isprintable():
        raise ValueError("it must be one line, without control characters")
    return text


def _boolean(value: Any) -> bool:
    try:
        return bool(to_boolean(value if isinstance(value, (bool, str)) else None))
    except TypeError as error:
        raise ValueError("it must be true or false") from error


def _integer(smallest: int, largest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, (int, str)) and not isinstance(value, bool) and re.fullmatch("[0-9]{1,19}", str(value)):
            number = int(value)
            if smallest <= number <= largest:
                return number
        raise ValueError(f"it must be a whole number from {smallest} to {largest}")

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return str(value)

    return read


def _url(*schemes: str) -> Callable[[Any], str]:
    rule = f"it must be a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"

    def read(value: Any) -> str:
        text = _text(value)
        try:
            parts = urllib.parse.urlsplit(text)
            sound = parts.hostname and parts.port != 0
        except ValueError as error:
            raise ValueError(rule) from error
        # Android compares the scheme as it is written.
        if not sound or not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(rule)
        if " " in text or not text.isprintable():
            raise ValueError(f"{rule}, without blanks and control characters")
        return text

    return read


def _component(value: Any) -> str:
    if not isinstance(value, str) or not _COMPONENT.fullmatch(value):
        raise ValueError(
            "it must be the package and the class of the device admin receiver, such as "
            "'com.example.dpc/com.example.dpc.AdminReceiver' or 'com.example.dpc/.AdminReceiver'"
        )
    return str(value)


def _checksum(value: Any) -> str:
    text = _text(value)
    _checksums.check(text)
    return text


def _locale(value: Any) -> str:
    match = _LOCALE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("it must be a language and a country, such as 'de_DE'")
    language, country = match["language"].lower(), match["country"].upper()
    names = library("babel", "Babel").Locale("en")
    if language not in names.languages or language in _NO_LANGUAGES:
        raise ValueError(f"there is no language '{language}'")
    if country not in names.territories or country in _NO_COUNTRIES:
        raise ValueError(f"there is no country '{country}'")
    return f"{language}_{country}"


def check_time_zone(name: Any) -> zoneinfo.ZoneInfo:
    """A time zone by its name in the tz database. Raises ``ValueError``, with a suggestion where there is one."""
    try:
        if name not in _NO_ZONES and not str(name).startswith(("posix/", "right/")):
            return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        pass
    rule = "it must be a time zone of the tz database, such as 'Europe/Berlin'"
    # No abbreviations: for "CEST", another one would be suggested.
    zones = {zone.lower(): zone for zone in zoneinfo.available_timezones() if "/" in zone}
    raise ValueError(rule + suggestion(str(name), zones))


def _time_zone(value: Any) -> str:
    return check_time_zone(value).key


def _local_time(value: Any) -> int:
    number = _integer(1, _LONG_MAX)(value)
    if number < _SECONDS:
        raise ValueError("it must be in milliseconds since 1970, and looks like seconds")
    return number


def _ssid(value: Any) -> str:
    text = _text(value)
    if len(text.encode()) > _SSID_LIMIT:
        raise ValueError(f"it must be at most {_SSID_LIMIT} bytes long in UTF-8, and has {len(text.encode())}")
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        raise ValueError("it must be the bare name, without quotes around it")
    return text


def _ca_certificate(value: Any) -> str:
    """PEM, or what stands between its first and its last line."""
    rule = "it must be one X.509 certificate, in PEM, or in DER and base64"
    text = _text(value)
    found = _PEM.findall(text) if "-----BEGIN" in text else [text]
    if len(found) != 1:
        raise ValueError(rule)
    content = "".join(found[0].split())
    x509 = library("cryptography.x509", "cryptography")
    try:
        x509.load_der_x509_certificate(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError(rule) from error
    return content


def _base64(value: Any) -> str:
    rule = "it must be in base64, with the alphabet that PEM has"
    content = "".join(_text(value).split())
    try:
        decoded = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(rule) from error
    if not decoded:
        raise ValueError(rule)
    return content


def _bundle(value: Any) -> dict[str, Any]:
    """A dictionary with values of the types that Android's ``PersistableBundle`` has."""
    if isinstance(value, Mapping):
        return {_key(key): _entry(key, entry) for key, entry in value.items()}
    raise ValueError("it must be a dictionary")


def _key(key: Any) -> str:
    if isinstance(key, str) and key:
        return _whole(key)
    raise ValueError(f"its keys must be text, and {key!r} is not")


def _entry(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        try:
            return _bundle(value)
        except ValueError as error:
            raise ValueError(f"in '{key}', {error}") from error
    if isinstance(value, (list, tuple)):
        entries = [_single(key, entry) for entry in value]
        kinds = {kind_of(entry) for entry in entries}  # not types, for ansible-core 2.18 has several for text
        if len(kinds) > 1:
            hint = f"; {_QUOTE}" if "text" in kinds else ""
            raise ValueError(f"the list '{key}' must have values of one type only{hint}")
        return entries
    return _single(key, value)


def _single(key: str, value: Any) -> Any:
    if isinstance(value, (bool, str)):
        return _whole(value) if isinstance(value, str) else value
    if isinstance(value, int):
        if not -_LONG_MAX - 1 <= value <= _LONG_MAX:
            raise ValueError(f"the number '{key}' must have at most 64 bits")
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    raise ValueError(
        f"'{key}' is {kind_of(value)}, and must be text, a number, true or false, a list of those, or a dictionary"
    )


# --- The options


@dataclass(frozen=True)
class Extra:
    """A provisioning extra: what it may be, and whether it is a secret, an address, and of use with zero-touch.

    There, the device is online before it has got its configuration, and the DPC comes from Google Play.
    """

    read: Callable[[Any], Any]
    secret: bool = False
    address: bool = False
    zero_touch: bool = False

    @staticmethod
    def constant(name: str) -> str:
        """The name of an option's extra in a payload."""
        return f"android.app.extra.PROVISIONING_{name.upper()}"


EXTRAS: dict[str, Extra] = {
    "device_admin_component_name": Extra(_component),
    "device_admin_package_download_location": Extra(_url("https"), address=True),
    "device_admin_package_download_cookie_header": Extra(_header, secret=True),
    "device_admin_package_checksum": Extra(_checksum),
    "device_admin_signature_checksum": Extra(_checksum),
    "device_admin_minimum_version_code": Extra(_integer(1, _INT_MAX)),
    "admin_extras_bundle": Extra(_bundle, secret=True, zero_touch=True),
    "leave_all_system_apps_enabled": Extra(_boolean, zero_touch=True),
    "skip_encryption": Extra(_boolean, zero_touch=True),
    "sensors_permission_grant_opt_out": Extra(_boolean, zero_touch=True),
    "keep_screen_on": Extra(_boolean, zero_touch=True),
    "allow_offline": Extra(_boolean),
    "use_mobile_data": Extra(_boolean),
    "locale": Extra(_locale, zero_touch=True),
    "time_zone": Extra(_time_zone, zero_touch=True),
    "local_time": Extra(_local_time),
    "wifi_ssid": Extra(_ssid),
    "wifi_hidden": Extra(_boolean),
    "wifi_security_type": Extra(_one_of(*SECURITY_TYPES)),
    "wifi_password": Extra(_text, secret=True),
    "wifi_eap_method": Extra(_one_of(*EAP_METHODS)),
    "wifi_phase2_auth": Extra(_one_of(*PHASE2_AUTHS)),
    "wifi_ca_certificate": Extra(_ca_certificate, secret=True),  # for a key may be given in its place
    "wifi_user_certificate": Extra(_base64, secret=True),
    "wifi_identity": Extra(_text),
    "wifi_anonymous_identity": Extra(_text),
    "wifi_domain": Extra(_text),
    "wifi_proxy_host": Extra(_text),
    "wifi_proxy_port": Extra(_integer(1, 65535)),
    "wifi_proxy_bypass": Extra(_text),
    "wifi_pac_url": Extra(_url("http", "https"), address=True),
}

_FROM_THE_SYSTEM = "Android gives it to the DPC, and does not take it from a payload"
_FROM_THE_DPC = "the DPC decides it on the device, and Android does not take it from a payload"
_FROM_AN_APP = "it is for an app that starts the provisioning, and Android does not take it from a payload"
# The other public constants, and why they are of no use in a payload.
ELSEWHERE: dict[str, str] = {
    "account_to_migrate": _FROM_AN_APP,
    "allowed_provisioning_modes": _FROM_THE_SYSTEM,
    "device_admin_package_name": "it is deprecated; use 'device_admin_component_name'",
    "disclaimers": _FROM_AN_APP,
    "disclaimer_content": _FROM_AN_APP,
    "disclaimer_header": _FROM_AN_APP,
    "email_address": "Android has not used it since version 8.0",
    "imei": _FROM_THE_SYSTEM,
    "keep_account_on_migration": _FROM_AN_APP,
    "logo_uri": _FROM_AN_APP,
    "main_color": _FROM_AN_APP,
    "mode": _FROM_THE_DPC,
    "serial_number": _FROM_THE_SYSTEM,
    "should_launch_result_intent": _FROM_AN_APP,
    "skip_education_screens": _FROM_THE_DPC,
    "skip_user_consent": _FROM_AN_APP,
}
# Constants that are for the apps of a device's system only.
NOT_PUBLIC = (
    "device_admin_package_icon_uri",
    "device_admin_package_label",
    "organization_name",
    "return_before_policy_compliance",
    "role_holder_custom_user_consent_intent",
    "role_holder_extras_bundle",
    "role_holder_package_download_cookie_header",
    "role_holder_package_download_location",
    "role_holder_signature_checksum",
    "skip_ownership_disclaimer",
    "skip_user_setup",
    "support_url",
    "supported_modes",
    "trigger",
)


# --- From options to a payload


class SecretOptionError(EmmError):
    """An option that breaks a rule, and whose value is a secret."""

    def __init__(self, option: str, rule: str) -> None:
        super().__init__(f"Option '{option}', whose value is not shown here, breaks a rule: {rule}.")


def build_payload(options: Any) -> dict[str, Any]:
    """Android's provisioning extras for options, as a dictionary that is ready for JSON. Raises ``EmmError``."""
    if not isinstance(options, Mapping):
        raise EmmError(f"A provisioning payload is made from a dictionary of options, not from {kind_of(options)}.")
    checked = {name: _check(name, value) for name, value in revealed(options).items()}
    if "device_admin_component_name" not in checked:
        raise EmmError("Option 'device_admin_component_name' is missing, which every payload has.")
    for option, rule in _contradictions(checked):
        raise EmmError(f"Option '{option}' does not go with the others: {rule}.")
    return {Extra.constant(name): value for name, value in checked.items()}


def for_zero_touch(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What of a payload is of use in a zero-touch configuration."""
    names = {Extra.constant(name) for name, extra in EXTRAS.items() if extra.zero_touch}
    return {name: value for name, value in payload.items() if name in names}


def for_nfc(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as it is read from NFC: with the quotes around the name of the Wi-Fi network that Android wants there.

    What reads a QR code adds them by itself.
    """
    ssid = Extra.constant("wifi_ssid")
    return {name: f'"{value}"' if name == ssid else value for name, value in payload.items()}


def _check(name: Any, value: Any) -> Any:
    extra = EXTRAS.get(name) if isinstance(name, str) else None
    if extra is None:
        raise EmmError(_unknown(str(name)))
    try:
        return extra.read(value)
    except ValueError as error:
        if extra.secret:
            raise SecretOptionError(name, str(error)) from error
        shown = _without_secrets(value) if extra.address else value
        raise OptionError(name, shown, str(error)) from error


def _without_secrets(address: Any) -> str:
    """An address without what is a password or a signature in many: the user, and what follows the path."""
    if not isinstance(address, str):
        return kind_of(address)
    without_user = re.sub(r"^([A-Za-z]+://)?.*@", r"\1[redacted]@", address, flags=re.DOTALL)
    return re.split(r"[?#]", without_user)[0]


def _unknown(name: str) -> str:
    plain = re.sub(r"^(android\.app\.extra\.|extra_)?(provisioning_)?", "", name.lower().replace("-", "_"))
    if plain in ELSEWHERE:
        return f"'{name}' has no place in a provisioning payload: {ELSEWHERE[plain]}."
    if plain in NOT_PUBLIC:
        return f"'{name}' has no place in a provisioning payload: it is not public in Android's reference."
    if "token" in plain:
        return (
            f"There is no option '{name}'; a token goes into 'admin_extras_bundle', under the key that the DPC reads."
        )
    return f"There is no option '{name}'{suggestion(plain, {option: option for option in EXTRAS})}."


def _contradictions(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Options that do not go with the others, each with the reason."""
    yield from _about_the_download(options)
    yield from _about_the_network(options)
    yield from _about_its_password(options)
    yield from _about_eap(options)


def _about_the_download(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    location = "device_admin_package_download_location"
    checksums = ("device_admin_signature_checksum", "device_admin_package_checksum")
    if location in options and sum(name in options for name in checksums) != 1:
        yield location, f"exactly one of {' and '.join(checksums)} is needed with it"
    more = ("device_admin_package_download_cookie_header", "device_admin_minimum_version_code")
    yield from _useless(options, (*checksums, *more), location)


def _about_the_network(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _useless(options, [name for name in options if name.startswith("wifi_")], "wifi_ssid")
    if "use_mobile_data" in options and "wifi_ssid" in options:
        yield "use_mobile_data", "Android ignores it with wifi_ssid"
    host, port, pac = "wifi_proxy_host", "wifi_proxy_port", "wifi_pac_url"
    if host in options and pac in options:
        yield pac, f"Android ignores it with {host}"
    if host in options and port not in options:
        yield host, f"it takes a {port}"
    yield from _useless(options, (port, "wifi_proxy_bypass"), host)


def _about_its_password(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = "wifi_password"
    security = options.get("wifi_security_type", "NONE")
    if name not in options:
        if security in ("WPA", "WEP"):
            yield "wifi_security_type", f"{security} takes a {name}"
    elif security == "NONE":
        yield name, "without a wifi_security_type other than NONE, Android takes the network for an open one"
    elif security == "WPA" and len(options[name].encode()) not in _WPA_PASSWORD:
        yield name, "the password of a WPA network has 8 to 63 characters (bytes in UTF-8)"
    elif security == "WEP" and not _WEP_KEY.fullmatch(options[name]):
        yield name, "a WEP key has 5, 13, 16 or 29 characters, or 10, 26, 32 or 58 hexadecimal digits"


def _about_eap(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    method = "wifi_eap_method"
    if options.get("wifi_security_type") != "EAP":
        for name in _EAP_ONLY:
            if name in options:
                yield name, "it is for wifi_security_type: EAP only"
    elif method not in options:
        yield "wifi_security_type", f"EAP takes a {method}"
    else:
        for name in _EAP_NEEDS.get(options[method], ()):
            if name not in options:
                yield method, f"{options[method]} takes a {name}"


def _useless(options: Mapping[str, Any], names: Iterable[str], without: str) -> Iterator[tuple[str, str]]:
    for name in names:
        if name in options and without not in options:
            yield name, f"Android ignores it without {without}"


def revealed(value: Any) -> Any:
    """A value with the text of what is in a vault, which ansible-core 2.18 leaves there until it is used."""
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    if isinstance(value, Mapping):
        return {key: revealed(entry) for key, entry in value.items()}
    return [revealed(entry) for entry in value] if isinstance(value, (list, tuple)) else value
