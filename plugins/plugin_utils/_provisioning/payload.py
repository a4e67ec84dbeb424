# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Builds provisioning payloads: checks options and converts them to Android's provisioning extras.

The options are in ``payload_options.py``, the check of each value in ``values.py``, and what options mean together in
``rules.py``.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import Attempts, EmmError, OptionError
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import type_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload_options import (
    EXTRAS,
    NOT_PUBLIC,
    UNSUPPORTED_EXTRAS,
    option_of,
    payload_key,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.rules import contradictions
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.values import check_extra
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._suggestion import suggestion

_KEY_OR_CERTIFICATE = "-----BEGIN"


class SecretOptionError(EmmError):
    """An invalid option with a secret value."""

    def __init__(self, option: str, rule: str) -> None:
        super().__init__(f"Option '{option}' has an invalid value (not shown here): {rule}.")


def build_payload(options: Any, extra_keys: Iterable[str] = ()) -> dict[str, Any]:
    """Convert options to Android's provisioning extras, as a dictionary for JSON. Raises ``EmmError``.

    An option may also have its name in a payload; if both are given, the option counts. ``extra_keys`` are names that
    are not options, and that the payload may have nevertheless.
    """
    if not isinstance(options, Mapping):
        raise EmmError(f"A provisioning payload requires a dictionary of options, not {type_name(options)}.")
    if not isinstance(extra_keys, (list, tuple)) or not all(isinstance(key, str) for key in extra_keys):
        raise EmmError("The extra keys of a provisioning payload must be a list of strings.")
    attempts = Attempts()
    checked = _checked(options, extra_keys, attempts)
    if "device_admin_component_name" not in checked:
        attempts.fail("Option 'device_admin_component_name' is required.")
    attempts.check()
    for option, rule in contradictions({option: value for option, value in checked.items() if option in EXTRAS}):
        attempts.fail(f"Option '{option}' does not fit the other options: {rule}.")
    attempts.check()
    return {payload_key(name) if name in EXTRAS else name: value for name, value in checked.items()}


def check_entries(options: Mapping[Any, Any], extra_keys: Iterable[str]) -> None:
    """Check options without the rules between them. Raises ``EmmError``, with all reasons."""
    attempts = Attempts()
    _checked(options, extra_keys, attempts)
    attempts.check()


def _checked(options: Mapping[Any, Any], extra_keys: Iterable[str], attempts: Attempts) -> dict[str, Any]:
    """The converted values of options."""
    return {
        option: attempts.attempt(functools.partial(_check, option, name, value, extra_keys), None)
        for option, (name, value) in _by_option(decrypted(options)).items()
    }


def _by_option(options: Mapping[Any, Any]) -> dict[str, tuple[str, Any]]:
    """The name and the value that are given for each option."""
    by_option: dict[str, tuple[str, Any]] = {}
    for name, value in options.items():
        option = option_of(str(name))
        if option == name or option not in by_option:
            by_option[option] = (str(name), value)
    return by_option


def for_zero_touch(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a payload that is useful in a zero-touch configuration."""
    useless = {payload_key(name) for name, extra in EXTRAS.items() if not extra.zero_touch}
    return {name: value for name, value in payload.items() if name not in useless}


def for_nfc(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload for NFC: with quotes around the SSID, which Android requires there.

    Android's QR code reader adds the quotes itself.
    """
    ssid = payload_key("wifi_ssid")
    return {name: f'"{value}"' if name == ssid else value for name, value in payload.items()}


def _check(option: str, name: str, value: Any, extra_keys: Iterable[str]) -> Any:
    """The converted value of an option, which is given under a name. Raises ``EmmError``."""
    extra = EXTRAS.get(option)
    if extra is None and name not in extra_keys:
        raise EmmError(_unknown_option(name))
    try:
        return extra.convert(value) if extra else check_extra(name, value)
    except ValueError as error:
        if extra is None or extra.secret or _KEY_OR_CERTIFICATE in str(value):
            raise SecretOptionError(name, str(error)) from error
        shown = _without_secrets(value) if extra.is_url else value
        raise OptionError(name, shown, str(error)) from error


def _without_secrets(url: Any) -> str:
    """A URL without the parts that often contain a password or a signature: user, query and fragment."""
    if not isinstance(url, str):
        return type_name(url)
    without_user = re.sub(r"^([A-Za-z]+://)?.*@", r"\1[redacted]@", url, flags=re.DOTALL)
    return re.split(r"[?#]", without_user)[0]


def _unknown_option(name: str) -> str:
    plain = re.sub(r"^(android\.app\.extra\.|extra_)?(provisioning_)?", "", name.lower().replace("-", "_"))
    if plain in UNSUPPORTED_EXTRAS:
        return f"'{name}' is not supported in a provisioning payload: {UNSUPPORTED_EXTRAS[plain]}."
    if plain in NOT_PUBLIC:
        return f"'{name}' is not supported in a provisioning payload: it is not public in Android's reference."
    if "token" in plain:
        return f"There is no option '{name}'. Put a token into 'admin_extras_bundle', under the key that the DPC reads."
    return f"There is no option '{name}'{suggestion(plain, {option: option for option in EXTRAS})}."


def decrypted(value: Any) -> Any:
    """A value with vaulted values decrypted, which ansible-core 2.18 does only when they are used."""
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    if isinstance(value, Mapping):
        return {key: decrypted(entry) for key, entry in value.items()}
    return [decrypted(entry) for entry in value] if isinstance(value, (list, tuple)) else value
