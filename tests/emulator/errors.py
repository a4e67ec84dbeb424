# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Errors in the envelope that Google's APIs use."""

from __future__ import annotations

from typing import Any

from aiohttp import web

_STATUS = {
    400: ("INVALID_ARGUMENT", "badRequest"),
    401: ("UNAUTHENTICATED", "authError"),
    403: ("PERMISSION_DENIED", "forbidden"),
    404: ("NOT_FOUND", "notFound"),
    409: ("ALREADY_EXISTS", "conflict"),
    429: ("RESOURCE_EXHAUSTED", "rateLimitExceeded"),
    500: ("INTERNAL", "backendError"),
    502: ("UNAVAILABLE", "backendError"),
    503: ("UNAVAILABLE", "backendError"),
    504: ("DEADLINE_EXCEEDED", "backendError"),
}


class GoogleError(Exception):
    """An error response of a Google API."""

    def __init__(self, code: int, message: str, *, reason: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.field = field

    def response(self) -> web.Response:
        """The response as sent."""
        return web.json_response(envelope(self.code, self.message, self.reason, self.field), status=self.code)


def envelope(code: int, message: str, reason: str | None = None, field: str | None = None) -> dict[str, Any]:
    """The body of an error response."""
    status, default_reason = _STATUS.get(code, ("UNKNOWN", "unknown"))
    error: dict[str, Any] = {
        "code": code,
        "message": message,
        "status": status,
        "errors": [{"domain": "global", "reason": reason or default_reason, "message": message}],
    }
    if field is not None:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": field, "description": message}],
            }
        ]
    return {"error": error}
