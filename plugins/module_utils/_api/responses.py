# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Parses the API's responses: strict JSON, and Google's error envelope.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

# The reasons with which status 403 means the same as 429 in Google's APIs.
QUOTA_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"})


class NotJsonError(ValueError):
    """Not JSON, or JSON that two parsers may read differently. The text says what is wrong."""


def decode(content: bytes) -> Any:
    """Decode JSON (RFC 8259: always UTF-8, whatever the headers say). Raises ``NotJsonError``.

    Duplicate keys and non-finite numbers are refused.
    """
    try:
        return json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_object, parse_float=_finite, parse_constant=_not_finite
        )
    except NotJsonError:
        raise
    except UnicodeDecodeError:
        raise NotJsonError("not in UTF-8") from None  # without the causes, which quote the text
    except RecursionError:
        raise NotJsonError("nested too deeply") from None
    except ValueError:
        raise NotJsonError("not JSON") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    dictionary = dict(pairs)
    if len(dictionary) < len(pairs):
        raise NotJsonError("JSON with a duplicate key")
    return dictionary


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _not_finite(digits)


def _not_finite(_text: str) -> NoReturn:
    raise NotJsonError("JSON with a number that is not finite")


@dataclass(frozen=True)
class ErrorEnvelope:
    """Google's error envelope.

    ``reasons`` are those of ``errors[]``, such as ``forbidden``, followed by those of ``details[]``, such as
    ``USER_PROJECT_DENIED``. ``status`` is the canonical status, such as ``PERMISSION_DENIED``.
    """

    message: str | None
    status: str | None
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, content: object) -> ErrorEnvelope | None:
        """The envelope in a decoded response, if there is one."""
        error = content.get("error") if isinstance(content, Mapping) else None
        if not isinstance(error, Mapping):
            return None
        reasons = [entry.get("reason") for key in ("errors", "details") for entry in _dictionaries(error.get(key))]
        return cls(
            message=_text(error.get("message")),
            status=_text(error.get("status")),
            reasons=tuple(reason for reason in map(_text, reasons) if reason),
        )

    @property
    def is_over_quota(self) -> bool:
        """Whether the quota is exhausted."""
        return not QUOTA_REASONS.isdisjoint(self.reasons)


def is_over_quota(body: bytes) -> bool:
    """Whether the body of a response says that the quota is exhausted."""
    try:
        envelope = ErrorEnvelope.of(decode(body))
    except NotJsonError:
        return False
    return envelope is not None and envelope.is_over_quota


def _dictionaries(value: object) -> Iterator[Mapping[str, Any]]:
    return (entry for entry in value if isinstance(entry, Mapping)) if isinstance(value, list) else iter(())


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
