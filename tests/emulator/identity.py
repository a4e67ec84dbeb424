# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The caller's identity: the OAuth 2.0 token endpoint and the other sources of access tokens in Google's libraries."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import jwt
from aiohttp import web

from tests.emulator.errors import GoogleError
from tests.emulator.files import Files
from tests.emulator.store import BUILDER_ACCOUNT, STAGING_ACCOUNT, Store

SCOPE = "https://www.googleapis.com/auth/androidenterprise"
_IAM_SCOPES = {"https://www.googleapis.com/auth/iam", "https://www.googleapis.com/auth/cloud-platform"}
_KNOWN_SCOPES = {SCOPE, *_IAM_SCOPES}
_CLOCK_SKEW = 300  # seconds that Google tolerates
_LONGEST_ASSERTION = 3600  # seconds
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class OAuthError(Exception):
    """An error response of an OAuth 2.0 token endpoint (RFC 6749, section 5.2)."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.code = code

    def response(self) -> web.Response:
        return web.json_response({"error": self.error, "error_description": self.description}, status=self.code)


class Identity:
    """Issues access tokens and keeps the account of each."""

    def __init__(self, store: Store, files: Files) -> None:
        self._store = store
        self._files = files
        self._grants: dict[str, tuple[str, frozenset[str], float]] = {}  # token -> account, scopes, expiry
        self.revoked: set[str] = set()  # accounts whose keys are no longer valid

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/token", self._token),
            web.post("/v1/token", self._exchange_token),
            web.post("/v1/projects/-/serviceAccounts/{account}:generateAccessToken", self._impersonate),
            web.get("/", _metadata_root),
            web.get("/computeMetadata/v1/universe/universe_domain", _universe_domain),
            web.get("/computeMetadata/v1/instance/service-accounts/{account}/", self._metadata_account),
            web.get("/computeMetadata/v1/instance/service-accounts/{account}/token", self._metadata_token),
        ]

    def caller(self, request: web.Request) -> tuple[str, frozenset[str]]:
        """The account and the scopes of a request's access token."""
        scheme, dummy, token = request.headers.get("Authorization", "").partition(" ")
        account, scopes, expires = self._grants.get(token, ("", frozenset[str](), 0.0))
        if scheme != "Bearer" or self._store.now() >= expires:
            raise GoogleError(
                401,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
                "other valid authentication credential.",
            )
        return account, scopes

    def issue(self, account: str, scopes: frozenset[str], lifetime: float | None = None) -> str:
        """A new access token."""
        token = f"ya29.{secrets.token_urlsafe(60)}"
        lifetime = self._store.settings.access_token_lifetime if lifetime is None else lifetime
        self._grants[token] = (account, scopes, self._store.now() + lifetime)
        return token

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        grant_type = str(form.get("grant_type"))
        grant = {_JWT_BEARER: self._check_assertion, "refresh_token": self._check_refresh_token}.get(grant_type)
        try:
            if grant is None:
                raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {grant_type}")
            account, scopes = grant({name: str(value) for name, value in form.items()}, request)
            return self._issue_response(account, scopes)
        except OAuthError as error:
            return error.response()

    def _issue_response(self, account: str, scopes: frozenset[str], **more: Any) -> web.Response:
        return web.json_response(
            {
                "access_token": self.issue(account, scopes),
                "expires_in": self._store.settings.access_token_lifetime,
                "token_type": "Bearer",
                **more,
            }
        )

    def _check_assertion(self, form: Mapping[str, str], request: web.Request) -> tuple[str, frozenset[str]]:
        """Check an assertion (RFC 7523), with Google's limits and messages."""
        assertion = form.get("assertion", "")
        try:
            account = str(jwt.decode(assertion, options={"verify_signature": False}).get("iss"))
        except jwt.PyJWTError as error:
            raise OAuthError("invalid_grant", "Invalid JWT.") from error
        key = self._files.public_keys.get(account)
        if key is None:
            raise OAuthError("invalid_grant", "Invalid grant: account not found")
        audiences = ["https://oauth2.googleapis.com/token", f"{request.scheme}://{request.host}/token"]
        checked: jwt.types.Options = {
            "verify_exp": False,
            "verify_iat": False,
            "require": ["iss", "aud", "scope", "iat", "exp"],
        }
        try:
            claims = jwt.decode(assertion, key, algorithms=["RS256"], audience=audiences, options=checked)
        except jwt.InvalidSignatureError as error:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.") from error
        except jwt.InvalidAudienceError as error:
            raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.") from error
        except jwt.PyJWTError as error:
            raise OAuthError("invalid_grant", "Invalid JWT.") from error
        if account in self.revoked:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.")
        now, issued, expires = self._store.now(), claims["iat"], claims["exp"]
        if expires < now - _CLOCK_SKEW or issued > now + _CLOCK_SKEW or expires - issued > _LONGEST_ASSERTION:
            raise OAuthError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim.",
            )
        return account, _scopes(claims["scope"])

    def _check_refresh_token(self, form: Mapping[str, str], _request: web.Request) -> tuple[str, frozenset[str]]:
        if form.get("refresh_token") != self._files.refresh_token:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        return STAGING_ACCOUNT, _scopes(form.get("scope", SCOPE))

    async def _exchange_token(self, request: web.Request) -> web.Response:
        """STS (RFC 8693): exchange a token of the workload's own identity provider for one of Google's."""
        form = await request.post()
        try:
            if form.get("grant_type") != _TOKEN_EXCHANGE:
                raise OAuthError("unsupported_grant_type", "Only token exchange is supported.")
            if form.get("subject_token") != self._files.subject_token:
                raise OAuthError("invalid_grant", "The subject token is not valid.")
            scopes = _scopes(str(form.get("scope", "")))
            issued = "urn:ietf:params:oauth:token-type:access_token"
            return self._issue_response(STAGING_ACCOUNT, scopes, issued_token_type=issued)
        except OAuthError as error:
            return error.response()

    async def _impersonate(self, request: web.Request) -> web.Response:
        """``iamcredentials.googleapis.com``: ``projects.serviceAccounts.generateAccessToken``."""
        try:
            caller, scopes = self.caller(request)
            target = request.match_info["account"]
            if caller != BUILDER_ACCOUNT or target != STAGING_ACCOUNT or not scopes & _IAM_SCOPES:
                raise GoogleError(
                    403,
                    "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
                )
        except GoogleError as error:
            return error.response()
        content = json.loads(await request.read())
        lifetime = float(str(content.get("lifetime", "3600s")).rstrip("s"))
        expires = datetime.fromtimestamp(self._store.now() + lifetime, timezone.utc)
        token = self.issue(target, frozenset(content["scope"]), lifetime)
        return web.json_response({"accessToken": token, "expireTime": expires.strftime("%Y-%m-%dT%H:%M:%SZ")})

    async def _metadata_account(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"email": STAGING_ACCOUNT, "scopes": [SCOPE], "aliases": ["default"]}, headers=_METADATA_FLAVOR
        )

    async def _metadata_token(self, request: web.Request) -> web.Response:
        if request.headers.get("Metadata-Flavor") != "Google":
            raise web.HTTPForbidden
        if request.match_info["account"] not in ("default", STAGING_ACCOUNT):
            raise web.HTTPNotFound
        scopes = frozenset(request.query.get("scopes", SCOPE).split(","))
        account = BUILDER_ACCOUNT if scopes & _IAM_SCOPES else STAGING_ACCOUNT
        response = self._issue_response(account, scopes)
        response.headers.update(_METADATA_FLAVOR)
        return response


_METADATA_FLAVOR = {"Metadata-Flavor": "Google"}


async def _metadata_root(_request: web.Request) -> web.Response:
    """The path that a library requests to detect Google Cloud."""
    return web.Response(text="computeMetadata/\n", headers=_METADATA_FLAVOR)


async def _universe_domain(_request: web.Request) -> web.Response:
    return web.Response(text="googleapis.com", headers=_METADATA_FLAVOR)


def _scopes(text: str) -> frozenset[str]:
    scopes = frozenset(text.split())
    if not scopes or scopes - _KNOWN_SCOPES:
        raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return scopes
