# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The calls of the Play EMM API. Paths and schemas come from Google's discovery document."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import jsonschema
from aiohttp import web

from tests.emulator.discovery import Method, load_methods
from tests.emulator.errors import GoogleError
from tests.emulator.identity import SCOPE, Identity
from tests.emulator.quota import Quota
from tests.emulator.store import Enterprise, Store

Call = Callable[[Enterprise, Mapping[str, str], Mapping[str, str], dict[str, Any]], Mapping[str, Any]]


class Api:
    """Checks the caller and the request, and responds from the store."""

    def __init__(self, store: Store, identity: Identity, quota: Quota) -> None:
        self._store = store
        self._identity = identity
        self._quota = quota
        self._calls: dict[str, Call] = {
            "enrollmentTokens.create": lambda enterprise, path, query, body: store.create_enrollment_token(
                enterprise, body
            ),
            "users.generateAuthenticationToken": lambda enterprise, path, query, body: (
                store.generate_authentication_token(enterprise, store.user(enterprise, path["userId"]))
            ),
            "users.insert": lambda enterprise, path, query, body: store.insert_user(enterprise, body),
            "users.get": lambda enterprise, path, query, body: store.user(enterprise, path["userId"]).resource,
            "users.list": lambda enterprise, path, query, body: {"user": store.find_users(enterprise, query["email"])},
            "devices.list": lambda enterprise, path, query, body: {
                "device": list(store.user(enterprise, path["userId"]).devices.values())
            },
            "devices.get": lambda enterprise, path, query, body: store.device(
                store.user(enterprise, path["userId"]), path["deviceId"]
            ),
            "devices.getState": self._get_state,
            "devices.setState": self._set_state,
            "enterprises.get": lambda enterprise, path, query, body: enterprise.resource,
        }

    def routes(self) -> list[web.RouteDef]:
        methods = load_methods()
        return [
            web.route(methods[name].http_method, methods[name].route, self._handler(methods[name], call))
            for name, call in self._calls.items()
        ]

    def _handler(self, method: Method, call: Call) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            body = await request.read()
            refusal = self._quota.refusal(self._store.settings, time.monotonic())
            if refusal is not None:
                return refusal
            with self._store.at_one_moment():
                try:
                    response = self._respond(method, call, request, body)
                except GoogleError as error:
                    response = error.response()
                response.headers["Date"] = email.utils.formatdate(self._store.now(), usegmt=True)
            return response

        return handle

    def _respond(self, method: Method, call: Call, request: web.Request, content: bytes) -> web.Response:
        account, scopes = self._identity.caller(request)
        if SCOPE not in scopes:
            raise GoogleError(403, "Request had insufficient authentication scopes.", reason="insufficientPermissions")
        method.check_query(request.query)
        body = method.parse_body(content)
        enterprise = self._store.enterprise(request.match_info["enterpriseId"], account)
        resource = call(enterprise, request.match_info, request.query, body or {})
        try:
            method.check_response(resource)
        except jsonschema.ValidationError as error:
            raise GoogleError(500, f"The emulator's own response violates the schema: {error.message}") from error
        return web.json_response(resource)

    def _get_state(
        self, enterprise: Enterprise, path: Mapping[str, str], _query: Mapping[str, str], _body: Mapping[str, Any]
    ) -> dict[str, Any]:
        user = self._store.user(enterprise, path["userId"])
        self._store.device(user, path["deviceId"])
        return {"accountState": user.device_states[path["deviceId"]]}

    def _set_state(
        self, enterprise: Enterprise, path: Mapping[str, str], query: Mapping[str, str], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        user = self._store.user(enterprise, path["userId"])
        self._store.device(user, path["deviceId"])
        if "accountState" not in body:
            raise GoogleError(400, "Required field: accountState", reason="required")
        user.device_states[path["deviceId"]] = body["accountState"]
        return self._get_state(enterprise, path, query, body)
