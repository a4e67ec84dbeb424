# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Checks the values of provisioning extras.

Each function returns a value for the payload, or raises ``ValueError`` with the rule. If Android's reference differs
from ManagedProvisioning, the part of Android that reads payloads, the functions check what a device needs.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import urllib.parse
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean as to_boolean
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_encodable, type_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning import checksums
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._suggestion import suggestion

INT_MAX, _LONG_MAX = 2**31 - 1, 2**63 - 1  # of Java
_MILLISECONDS_MIN = 10**11  # a smaller number of milliseconds is before 1974, and more likely a number of seconds
_NAME = r"[A-Za-z_$][\w$]*"
_COMPONENT = re.compile(rf"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+/(?:\.{_NAME}(?:\.{_NAME})*|{_NAME}(?:\.{_NAME})+)", re.ASCII)
_LOCALE = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:[_-](?P<script>[A-Za-z]{4}))?[_-](?P<country>[A-Za-z]{2}|\d{3})", re.ASCII
)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_SSID_LIMIT = 32  # bytes
# The codes that Java, and so Android, writes for three languages.
_OLD_CODES = {"iw": "he", "in": "id", "ji": "yi"}
# Codes in the CLDR that are not languages, scripts or countries.
_NO_LANGUAGES = ("mul", "und", "zxx")
_NO_SCRIPTS = ("Zinh", "Zmth", "Zsye", "Zsym", "Zxxx", "Zyyy", "Zzzz")
_NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")
_NO_ZONES = ("Factory", "localtime", "posixrules")  # files in a tz database that are not time zones
_QUOTE = (
    "quote a number; if it is a template, and jinja2_native is enabled with ansible-core older than 2.19, end it with "
    "the 'string' filter"
)


def check_text(value: Any) -> str:
    if isinstance(value, str) and value:
        return _encodable(value)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    hint = f"; {_QUOTE}" if number else ""
    raise ValueError(f"it must be a non-empty string{hint}")


def _encodable(text: str) -> str:
    if not is_encodable(text):
        raise ValueError("it must not contain a surrogate, which is half of a character")
    return str(text)


def check_header(value: Any) -> str:
    text = check_text(value)
    if not text.isprintable():
        raise ValueError("it must be one line, without control characters")
    return text


def check_boolean(value: Any) -> bool:
    try:
        return bool(to_boolean(value if isinstance(value, (bool, str)) else None))
    except TypeError as error:
        raise ValueError("it must be a boolean") from error


def integer_between(smallest: int, largest: int) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        if isinstance(value, (int, str)) and not isinstance(value, bool) and re.fullmatch("[0-9]{1,19}", str(value)):
            number = int(value)
            if smallest <= number <= largest:
                return number
        raise ValueError(f"it must be an integer from {smallest} to {largest}")

    return convert


def one_of(*choices: str) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return str(value)

    return convert


def url_with(*schemes: str) -> Callable[[Any], str]:
    rule = f"it must be a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"

    def convert(value: Any) -> str:
        text = check_text(value)
        try:
            parts = urllib.parse.urlsplit(text)
            is_valid = parts.hostname and parts.port != 0
        except ValueError as error:
            raise ValueError(rule) from error
        # Android compares the scheme case-sensitively.
        if not is_valid or not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(rule)
        if " " in text or not text.isprintable():
            raise ValueError(f"{rule}, without spaces and control characters")
        return text

    return convert


def check_component(value: Any) -> str:
    if not isinstance(value, str) or not _COMPONENT.fullmatch(value):
        raise ValueError(
            "it must be the package and the class of the device admin receiver, such as "
            "'com.example.dpc/com.example.dpc.AdminReceiver' or 'com.example.dpc/.AdminReceiver'"
        )
    return str(value)


def check_checksum(value: Any) -> str:
    text = check_text(value)
    checksums.check(text)
    return text


def check_locale(value: Any) -> str:
    match = _LOCALE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("it must be a language and a country, such as 'de_DE', or with a script, such as 'zh_Hant_TW'")
    language, script, country = match["language"].lower(), (match["script"] or "").title(), match["country"].upper()
    names = library("babel", "Babel").Locale("en")
    if _OLD_CODES.get(language, language) not in names.languages or language in _NO_LANGUAGES:
        raise ValueError(f"there is no language '{language}'")
    if script and (script not in names.scripts or script in _NO_SCRIPTS):
        raise ValueError(f"there is no script '{script}'")
    if country not in names.territories or country in _NO_COUNTRIES:
        raise ValueError(f"there is no country '{country}'")
    return "_".join(filter(None, (language, script, country)))


def find_time_zone(name: Any) -> zoneinfo.ZoneInfo:
    """A time zone by its name in the tz database. Raises ``ValueError``, with a suggestion if there is one."""
    try:
        if name not in _NO_ZONES and not str(name).startswith(("posix/", "right/")):
            return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        pass
    rule = "it must be a time zone of the tz database, such as 'Europe/Berlin'"
    # No abbreviations: for "CEST", an unrelated one would be suggested.
    zones = {zone.lower(): zone for zone in zoneinfo.available_timezones() if "/" in zone}
    raise ValueError(rule + suggestion(str(name), zones))


def check_time_zone(value: Any) -> str:
    return find_time_zone(value).key


def check_local_time(value: Any) -> int:
    number = integer_between(1, _LONG_MAX)(value)
    if number < _MILLISECONDS_MIN:
        raise ValueError("it must be in milliseconds since 1970, and this looks like seconds")
    return number


def check_ssid(value: Any) -> str:
    text = check_text(value)
    if len(text.encode()) > _SSID_LIMIT:
        raise ValueError(f"it must be at most {_SSID_LIMIT} bytes long in UTF-8, not {len(text.encode())}")
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        raise ValueError("it must be the bare SSID, without quotes")
    return text


def check_ca_certificate(value: Any) -> str:
    """Check a certificate: PEM, or only the base64 between its first and last line."""
    rule = "it must be one X.509 certificate, in PEM, or in DER encoded in base64"
    text = check_text(value)
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


def check_base64(value: Any) -> str:
    rule = "it must be base64 in the standard alphabet"
    content = "".join(check_text(value).split())
    try:
        decoded = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(rule) from error
    if not decoded:
        raise ValueError(rule)
    return content


def check_extra(name: str, value: Any) -> Any:
    """Check a value for the types that Android's reader of payloads knows."""
    return _entry(name, value)


def check_bundle(value: Any) -> dict[str, Any]:
    """Check a dictionary for the value types of Android's ``PersistableBundle``."""
    if isinstance(value, Mapping):
        return {_key(key): _entry(key, entry) for key, entry in value.items()}
    raise ValueError("it must be a dictionary")


def _key(key: Any) -> str:
    if isinstance(key, str) and key:
        return _encodable(key)
    raise ValueError(f"its keys must be non-empty strings, and {key!r} is not")


def _entry(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        try:
            return check_bundle(value)
        except ValueError as error:
            raise ValueError(f"in '{key}', {error}") from error
    if isinstance(value, (list, tuple)):
        entries = [_scalar(key, entry) for entry in value]
        kinds = {type_name(entry) for entry in entries}  # not types, because ansible-core 2.18 has several string types
        if len(kinds) > 1:
            hint = f"; {_QUOTE}" if "a string" in kinds else ""
            raise ValueError(f"the list '{key}' must contain values of one type only{hint}")
        return entries
    return _scalar(key, value)


def _scalar(key: str, value: Any) -> Any:
    if isinstance(value, (bool, str)):
        return _encodable(value) if isinstance(value, str) else value
    if isinstance(value, int):
        if not -_LONG_MAX - 1 <= value <= _LONG_MAX:
            raise ValueError(f"the number '{key}' must fit into 64 bits")
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    raise ValueError(
        f"'{key}' is {type_name(value)}, but must be a string, a number, a boolean, a list of those, or a dictionary"
    )
