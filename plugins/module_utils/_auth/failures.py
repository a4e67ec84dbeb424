# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Describes failed exchanges of credentials for an access token.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import DEFAULT_SCOPE
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.secrets import parse_json
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http.failures import explain
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize

try:
    import google.auth.exceptions
    import google.auth.transport
    import requests
except ImportError:  # reported by find_missing_library; this file must still be importable then
    pass


_ALLOW_EXECUTABLES = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"


class Unavailable(Exception):
    """An OAuth endpoint still responded with a retryable status after all retries."""

    def __init__(self, url: str, response: google.auth.transport.Response) -> None:
        super().__init__(url)
        self.url = url
        self.http_status = response.status
        self.data = response.data


def translate(error: Exception, last_response: google.auth.transport.Response | None) -> CredentialsError:
    """Turn an error during an exchange of credentials into a message for the user.

    ``last_response`` is the last response that arrived.
    """
    causes = [error, *[arg for arg in error.args if isinstance(arg, Exception)]]
    for cause in causes:
        if isinstance(cause, Unavailable):
            code, description = _oauth_error(cause.data)
            text = f": {description or code}" if description or code else ""
            return CredentialsError(
                f"No access token: {sanitize(cause.url)} responded with HTTP {cause.http_status}{text}.",
                http_status=cause.http_status,
            )
        if isinstance(cause, requests.exceptions.RequestException):
            where = "the authorization server" if cause.request is None else sanitize(str(cause.request.url))
            return CredentialsError(f"No access token from {where}: {explain(cause)}.")
    if isinstance(error, google.auth.exceptions.MalformedError) and _ALLOW_EXECUTABLES in str(error):
        return CredentialsError(
            "No access token: google-auth did not run the executable that the credentials specify as their source.",
            likely_cause=f"the environment variable {_ALLOW_EXECUTABLES} is not set to 1 where the module runs. Set it "
            "if you trust the file that specifies the executable.",
        )
    if isinstance(error, OSError):  # raised by requests if a CA bundle is missing
        return CredentialsError(f"No access token: {sanitize(str(error))}")
    if not isinstance(error, google.auth.exceptions.GoogleAuthError) or isinstance(error, (ValueError, TypeError)):
        # Without their text, which may quote the invalid value, such as a token.
        return CredentialsError(
            "No access token: the credentials could not be exchanged. The authorization server's response may not "
            f"conform to OAuth 2.0 ({type(error).__name__})."
        )
    code, description = next(filter(any, map(_oauth_error, error.args)), (None, None))
    if code is None and description is None:
        text = _google_auth_message(error, last_response)
    else:
        text = ": ".join(filter(None, (code, description)))
    return CredentialsError(
        f"No access token: {text.rstrip('.')}.", likely_cause=_likely_cause(code, description or ""), reason=code
    )


def _google_auth_message(error: Exception, last_response: google.auth.transport.Response | None) -> str:
    """google-auth's message, unless it quotes an unusable response."""
    if last_response and last_response.status != 200:
        return f"the response (HTTP {last_response.status}) is not an OAuth 2.0 error"
    text = str(error.args[0]) if error.args else ""
    quoted = last_response.data[:20].decode(errors="replace") if last_response else ""
    return sanitize(text) if text and not (quoted and quoted in text) else "the response cannot be used"


def _oauth_error(data: object) -> tuple[str | None, str | None]:
    """Code and description of an error response in OAuth's format or in Google's envelope (from the IAM API)."""
    if isinstance(data, (bytes, str)):
        data = parse_json(data)
    if not isinstance(data, Mapping):
        return None, None
    error, description = data.get("error"), data.get("error_description")
    if isinstance(error, Mapping):
        envelope = error
        error, description = envelope.get("status"), envelope.get("message")
    return (
        sanitize(error) if isinstance(error, str) else None,
        sanitize(description) if isinstance(description, str) else None,
    )


def _likely_cause(code: str | None, description: str) -> str | None:
    """The likely cause, according to the authorization server's documentation."""
    if "iat and exp" in description or "timeframe" in description:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return f"the clock of this machine is wrong; it shows {now} UTC."
    if code == "invalid_grant" and "ignature" in description:
        return "this key of the service account was deleted, disabled, or replaced by another one."
    if code == "invalid_grant" and "account not found" in description:
        return "the service account was deleted or disabled."
    if code == "invalid_grant":
        return "the credentials were revoked or have expired."
    if code == "invalid_scope":
        return f"a scope is misspelled; the Play EMM API's scope is {DEFAULT_SCOPE}."
    if code == "PERMISSION_DENIED":
        return "the caller lacks the role Service Account Token Creator on the service account to be impersonated."
    return None
