# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Durations: ``{seconds, nanos}`` in Ansible, ``"3600s"`` in the API's JSON, ``"12h"`` for people.

The limits and the JSON form are those of ``google.protobuf.Duration``. All arithmetic uses integers.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import OptionError

_NANOS_PER_SECOND = 1_000_000_000
MAX_SECONDS = 315_576_000_000  # of Durations.MAX_VALUE, with 999999999 nanos: about 10,000 years
_JSON = re.compile(r"(\d+)(?:\.(\d{1,9}))?s", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60}
_HUMAN = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d{1,9})?s))?", re.ASCII)
_SUBOPTIONS: dict[str, dict[str, Any]] = {
    "seconds": {"type": "int", "required": True},
    "nanos": {"type": "int", "default": 0},
}
_RULE = (
    "it must be a string such as '12h', an integer number of seconds, or a dictionary with integer seconds and nanos"
)


@dataclass(frozen=True, order=True)
class Duration:
    """A span of time: whole ``seconds`` (0 to 315576000000) and ``nanos`` (0 to 999999999).

    Raises ``ValueError`` if either is out of range.
    """

    seconds: int
    nanos: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.nanos < _NANOS_PER_SECOND:
            raise ValueError("nanos must be from 0 to 999999999")
        if self.seconds < 0:
            raise ValueError("seconds must not be negative")
        if self.seconds > MAX_SECONDS:
            raise ValueError(
                f"it must not be longer than Durations.MAX_VALUE, {MAX_SECONDS}.999999999 seconds (about 10,000 years)"
            )

    @classmethod
    def from_options(cls, options: Mapping[str, int | None]) -> Duration:
        """Parse the form of options: ``seconds``, and ``nanos`` (0 if not set). Raises ``ValueError``."""
        return cls(options.get("seconds") or 0, options.get("nanos") or 0)

    @classmethod
    def from_json(cls, text: str) -> Duration:
        """Parse the API's form, such as ``3600s`` or ``3.5s``. Raises ``ValueError`` for anything else."""
        match = _JSON.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a duration such as '3600s'")
        seconds, fraction = match.groups()
        return cls(_integer(seconds), int((fraction or "").ljust(9, "0")))

    @classmethod
    def from_human(cls, text: str) -> Duration:
        """Parse weeks, days, hours, minutes and seconds, such as ``30d``, ``90m`` or ``1h30m``.

        The units must be in this order, each at most once. Only the seconds can have a fraction. Raises ``ValueError``
        for anything else.
        """
        match = _HUMAN.fullmatch(text.strip())
        if match is None or not any(match.groups()):
            raise ValueError(
                f"{text!r} is not a duration such as '30d', '12h', '90m', '3600s' or '1h30m' "
                "(whole numbers of w, d, h, m and s in this order; seconds may have a fraction)"
            )
        *amounts, seconds = match.groups()
        rest = cls.from_json(seconds) if seconds else cls(0)
        whole = sum(_integer(amount or "0") * unit for amount, unit in zip(amounts, _UNITS.values(), strict=True))
        return cls(whole + rest.seconds, rest.nanos)

    def to_json(self) -> str:
        """The API's form: ``3600s``, or ``3.500000000s`` if there are nanos."""
        return f"{self.seconds}.{self.nanos:09d}s" if self.nanos else f"{self.seconds}s"

    def to_options(self) -> dict[str, int]:
        """The form of options and results: ``{"seconds": 3600, "nanos": 0}``."""
        return {"seconds": self.seconds, "nanos": self.nanos}


def check_duration(option: str, value: object) -> Duration:
    """The duration in an option, in any of the accepted forms. Raises ``OptionError``."""
    try:
        if isinstance(value, str):
            return Duration(_integer(value.strip())) if _DIGITS.fullmatch(value.strip()) else Duration.from_human(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return Duration(int(value))
        if isinstance(value, Mapping):
            return Duration.from_options(_suboptions(value))
    except ValueError as error:
        raise OptionError(option, value, str(error)) from error
    raise OptionError(option, value, _RULE)


def _suboptions(value: Mapping[Any, Any]) -> Mapping[str, int]:
    """Seconds and nanos, checked. Raises ``ValueError``."""
    given = {name: number for name, number in value.items() if number is not None}
    try:
        validation = ArgumentSpecValidator(_SUBOPTIONS).validate(given)
    except (TypeError, OverflowError) as error:  # from ansible-core, for unsupported types
        raise ValueError(_RULE) from error
    if validation.error_messages:
        raise ValueError(_RULE)
    return dict(validation.validated_parameters)


def _integer(digits: str) -> int:
    """``int``, but without Python's error for very long numbers."""
    return int(digits) if len(digits) <= 20 else MAX_SECONDS + 1
