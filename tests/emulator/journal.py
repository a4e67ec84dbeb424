# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The record of all requests, for assertions. It holds no secrets: no access token, assertion or key."""

from __future__ import annotations

import time
import urllib.parse
from typing import Any

import jwt
from aiohttp import web
from aiohttp.typedefs import Handler

_HEADERS = ("Host", "User-Agent", "Content-Type", "Content-Length", "Accept")
_SECRET_FIELDS = ("refresh_token", "client_secret", "subject_token")


class Journal:
    """An entry for each request, in the order of arrival.

    ``path`` is the raw path as sent, still percent-encoded. ``body`` is text; for a form, it is a mapping in which the
    claims replace an assertion. ``status`` is that of the response, null if the connection was broken.
    """

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/emulator/"):
            return await handler(request)
        body = await request.read()
        path, dummy, query = request.raw_path.partition("?")
        entry: dict[str, Any] = {
            "time": time.time(),
            "scheme": request.scheme,
            "method": request.method,
            "path": path,
            "query": dict(urllib.parse.parse_qsl(query, keep_blank_values=True)),
            "headers": {name: request.headers[name] for name in _HEADERS if name in request.headers},
            "authorization": request.headers.get("Authorization", "").partition(" ")[0],
            "body": body.decode("utf-8", "replace"),
            "status": None,
        }
        if request.content_type == "application/x-www-form-urlencoded":
            entry["body"] = _readable_form(entry["body"])
        self.entries.append(entry)
        response = await handler(request)
        if not request.get("broken"):
            entry["status"] = response.status
        return response


def _readable_form(text: str) -> dict[str, Any]:
    form: dict[str, Any] = dict(urllib.parse.parse_qsl(text))
    for name in _SECRET_FIELDS:
        if name in form:
            form[name] = "(secret)"
    if "assertion" in form:
        try:
            form["assertion"] = jwt.decode(form["assertion"], options={"verify_signature": False})
        except jwt.PyJWTError:
            form["assertion"] = "(no JSON web token)"
    return form
