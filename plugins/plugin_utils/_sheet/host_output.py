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

from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_encodable
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning import nfc
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload import (
    build_payload,
    decrypted,
    for_nfc,
    for_zero_touch,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.qr_code import QrCode
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.card import Card, build_card
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.labels import check_label
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.secret_files import SecretFiles, file_name
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import Sheet
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.variables import (
    PREFIX,
    SHEET_OUTPUTS,
    check_options,
)

_REPLACES = {".qr.svg": ".qr.png", ".qr.png": ".qr.svg"}  # file name endings; a host has only one of them
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
    try:
        payload = build_payload(options["payload"], options["extra_keys"])
    except EmmError as error:
        raise EmmError(f"{PREFIX}payload: {error}") from error
    code = QrCode.of(payload)
    card = build_card(host, variables, options, payload, code.svg())
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
        raise EmmError(f"{PREFIX}directory: {error}") from error


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
            raise EmmError(f"{PREFIX}payload: {error}") from error
        yield ".nfc.properties", properties.encode()
        yield ".ndef", nfc.to_message(properties)
