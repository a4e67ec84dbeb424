# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Creates the card and the files of a host for the role provisioning_sheet, from the host's variables.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import Attempts, EmmError, with_prefix
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_encodable
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._libraries import library
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning import nfc
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload import (
    build_payload,
    check_entries,
    decrypted,
    for_nfc,
    for_zero_touch,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import QrCode, check_size
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.card import Card, build_card
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.labels import check_label
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles, file_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import SHEET_ENDINGS, Sheet
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.variables import (
    PREFIX,
    SHEET_OUTPUTS,
    SPEC,
    check_options,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._validation import is_blank, role_options

# File name endings.
_PAYLOAD, _ZERO_TOUCH, _PROPERTIES, _MESSAGE = ".payload.json", ".zero-touch.json", ".nfc.properties", ".ndef"
_REPLACES = {".qr.svg": ".qr.png", ".qr.png": ".qr.svg"}  # a host has only one of them
_USELESS_PAYLOAD = (
    "provisioning_sheet_payload contains no token of the host, neither device_tokens_enrollment.token nor "
    "device_tokens_user_auth.token. Put one into the admin_extras_bundle, as '{{ device_tokens_enrollment.token }}', "
    "under the key that the DPC reads. If the DPC gets the token in another way, set provisioning_sheet_require_token "
    "to false."
)
_Result = TypeVar("_Result")


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
    options = check_options(variables)
    sheet = _sheet(options)
    payload = _payload(variables)
    code = QrCode.of(payload)
    card = build_card(host, variables, options, payload, code.svg())
    _check_card(card, sheet, options)
    files = dict(_files(card, options, payload, code))
    return HostOutput(
        card,
        sheet,
        {file_name(host, ending): content for ending, content in files.items()},
        [file_name(host, other) for ending, other in _REPLACES.items() if ending in files],
    )


def check_host(host: str, variables: Mapping[str, Any]) -> tuple[Sheet, Card] | None:
    """Check what ``build_host_output`` checks, and the files, without drawing the code, which takes most of the time.

    Returns the sheet and the card, without the code. Raises ``EmmError`` with all reasons why nothing can be made.
    """
    variables = decrypted(variables)
    attempts = Attempts()
    options = attempts.attempt(lambda: check_options(variables), {})
    payload: dict[str, Any] = {}
    if not is_blank(variables.get(f"{PREFIX}payload")):  # otherwise, it is among the missing options
        payload = attempts.attempt(lambda: _payload(variables), {})
    attempts.attempt(lambda: check_size(payload), b"")
    attempts.attempt(lambda: library("segno", "segno"), None)
    attempts.check()
    sheet = attempts.attempt(lambda: _sheet(options), None)
    card = attempts.attempt(lambda: build_card(host, variables, options, payload, svg=""), None)
    if card and sheet:
        attempts.attempt(lambda: _check_card(card, sheet, options), None)
    if "nfc" in options["outputs"]:
        attempts.attempt(lambda: _nfc_properties(payload), "")
    if sheet:
        attempts.attempt(lambda: _check_files(host, sheet, options), None)
    attempts.check()
    return (sheet, card) if sheet and card else None


def check_partially(variables: Mapping[str, Any]) -> None:
    """Check the ``VARIABLES`` of a host of which some, or parts of the payload, are missing.

    Raises ``EmmError``, with all reasons.
    """
    given = {name: value for name, value in decrypted(variables).items() if name in SPEC}
    payload = given.pop(f"{PREFIX}payload", {})
    attempts = Attempts()
    options = attempts.attempt(lambda: role_options({name: SPEC[name] for name in given}, given), {})
    if isinstance(payload, Mapping):
        extra_keys = options.get(f"{PREFIX}extra_keys") or []
        attempts.attempt(lambda: _with_payload_prefix(lambda: check_entries(payload, extra_keys)), None)
    attempts.check()


def _check_files(host: str, sheet: Sheet, options: Mapping[str, Any]) -> None:
    """Raise ``EmmError`` if a file of the host or its sheet cannot be written."""
    names = [file_name(host, ending) for part in options["outputs"] for ending in _endings(part, options)]
    names += [file_name(sheet.name, SHEET_ENDINGS[part]) for part in sheet.parts]
    files = SecretFiles(options["directory"])
    translate_directory_errors(lambda: files.write_all(dict.fromkeys(names, b""), check_mode=True))


def _endings(part: str, options: Mapping[str, Any]) -> list[str]:
    """The file name endings of a part of the output for the host."""
    image = f".qr.{options['image_format']}"
    endings = {"payload": [_PAYLOAD], "qr_code": [image], "zero_touch": [_ZERO_TOUCH], "nfc": [_PROPERTIES, _MESSAGE]}
    return endings.get(part, [])


def _payload(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a host. Raises ``EmmError``, with all reasons."""
    given = role_options({name: SPEC[name] for name in (f"{PREFIX}payload", f"{PREFIX}extra_keys")}, variables)
    return _with_payload_prefix(lambda: build_payload(given[f"{PREFIX}payload"], given[f"{PREFIX}extra_keys"]))


def _with_payload_prefix(function: Callable[[], _Result]) -> _Result:
    """Call a function that uses the payload. If it fails, the error names the variable."""
    try:
        return function()
    except EmmError as error:
        raise with_prefix(f"{PREFIX}payload: ", error) from error


def _check_card(card: Card, sheet: Sheet, options: Mapping[str, Any]) -> None:
    """Raise ``EmmError`` if a card cannot be used, or cannot be printed."""
    if options["require_token"] and not card.tokens:
        raise EmmError(_USELESS_PAYLOAD)
    _check_text({**sheet.as_dict(), **card.as_dict()})
    if "labels" in sheet.parts:
        check_label(card.as_dict())


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
        raise with_prefix(f"{PREFIX}directory: ", error) from error


def _files(
    card: Card, options: Mapping[str, Any], payload: Mapping[str, Any], code: QrCode
) -> Iterator[tuple[str, bytes]]:
    """The host's own files, by file name ending."""
    outputs = options["outputs"]
    if "payload" in outputs:
        yield _PAYLOAD, card.payload.encode()
    if "qr_code" in outputs:
        [ending] = _endings("qr_code", options)
        yield ending, code.png() if options["image_format"] == "png" else card.svg.encode()
    if "zero_touch" in outputs:
        yield _ZERO_TOUCH, json.dumps(for_zero_touch(payload), indent=2).encode()
    if "nfc" in outputs:
        properties = _nfc_properties(payload)
        yield _PROPERTIES, properties.encode()
        yield _MESSAGE, nfc.to_message(properties)


def _nfc_properties(payload: Mapping[str, Any]) -> str:
    """The content of the NFC record. Raises ``EmmError``."""
    return _with_payload_prefix(lambda: nfc.to_properties(for_nfc(payload)))
