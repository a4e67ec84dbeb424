# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Creates the credentials of ``google-auth`` from the chosen options.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.machine_account import MachineAccount
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import (
    AuthOptions,
    application_default_file,
)
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.secrets import find_in_key, register_file
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError, EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._masking import register_secrets
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize

try:
    import google.auth
    import google.auth.compute_engine
    import google.auth.credentials
    import google.auth.impersonated_credentials
    import google.auth.transport
    import google.oauth2.credentials
    import google.oauth2.service_account
except ImportError:  # reported by find_missing_library; this file must still be importable then
    pass


_IAM_SCOPE = "https://www.googleapis.com/auth/iam"  # required for impersonation


def check_offline(options: AuthOptions) -> None:
    """Check the credentials as far as possible without sending anything. Raises ``CredentialsError``."""
    with contextlib.suppress(_Offline):  # the rest cannot be checked offline
        load(options, _refuse_request)


class _Offline(Exception):
    """A request would have been sent."""


def _refuse_request(*args: Any, **kwargs: Any) -> google.auth.transport.Response:
    raise _Offline


def load(options: AuthOptions, request: Callable[..., Any]) -> google.auth.credentials.Credentials:
    """Create the credentials. ``request`` is only called to detect a metadata server."""
    if options.auth_kind == "accesstoken":
        return google.oauth2.credentials.Credentials(options.access_token)
    credentials: google.auth.credentials.Credentials
    if options.auth_kind == "serviceaccount":
        credentials = _load_service_account(options)
    elif options.auth_kind == "machineaccount":
        credentials = _load_machine_account(options)
    else:
        credentials = _load_application_default(request)
    if options.impersonate_service_account:
        return google.auth.impersonated_credentials.Credentials(
            source_credentials=credentials,
            target_principal=options.impersonate_service_account,
            target_scopes=list(options.scopes),
        )
    scoped: google.auth.credentials.Credentials
    scoped = google.auth.credentials.with_scopes_if_required(credentials, list(options.scopes))
    return scoped


def _load_application_default(request: Any) -> google.auth.credentials.Credentials:
    register_file(Path(application_default_file()))
    try:
        # Without scopes: with them, google-auth would look up a project, which this API does not need.
        credentials, _project = google.auth.default(request=request)
    except (_Offline, EmmError):
        raise
    except Exception as error:  # google-auth raises arbitrary Python errors for malformed files
        reason = sanitize(str(error)) or type(error).__name__
        raise CredentialsError(f"The application default credentials cannot be used: {reason}") from error
    if isinstance(credentials, google.oauth2.service_account.Credentials):
        _check_private_key(credentials, "the application default credentials")
    return credentials


def _load_machine_account(options: AuthOptions) -> google.auth.credentials.Credentials:
    if options.service_account_email:
        scopes = [_IAM_SCOPE] if options.impersonate_service_account else list(options.scopes)
        return MachineAccount(options.service_account_email, scopes)
    # With the universe domain, because google-auth would otherwise request it from the metadata server on first use.
    return google.auth.compute_engine.Credentials(universe_domain="googleapis.com")


def _load_service_account(options: AuthOptions) -> google.oauth2.service_account.Credentials:
    name = "service_account_file" if options.service_account_file else "service_account_contents"
    source = options.sources[name]
    if options.service_account_file:
        source += f" ({options.service_account_file})"
        text: str | Mapping[str, Any] = _read_key_file(options.service_account_file, source)
    else:
        text = options.service_account_contents or ""
    key = _parse_key(text, source)
    register_secrets(find_in_key(key))
    credentials: google.oauth2.service_account.Credentials
    try:
        credentials = google.oauth2.service_account.Credentials.from_service_account_info(key)
    except Exception:  # any error of the cryptography library; its text may quote the key
        raise _bad_private_key(source) from None
    _check_private_key(credentials, source)
    return credentials


def _check_private_key(credentials: google.oauth2.service_account.Credentials, source: str) -> None:
    """Sign something: a key for another algorithm can be loaded, and only fails when used."""
    try:
        credentials.sign_bytes(b"")
    except Exception:
        raise _bad_private_key(source) from None


def _bad_private_key(source: str) -> CredentialsError:
    return CredentialsError(
        f"The private key in {source} cannot be used: it is not an unencrypted RSA key in PEM format. "
        "Check that it was copied completely, with its line breaks."
    )


def _read_key_file(path: str, source: str) -> str:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise CredentialsError(f"The {source} is not a service account key: it is not a text file.") from error
    except (OSError, ValueError) as error:  # ValueError for an invalid file name
        raise CredentialsError(f"The {source} cannot be read: {getattr(error, 'strerror', error)}.") from error


def _parse_key(text: str | Mapping[str, Any], source: str) -> Mapping[str, Any]:
    try:
        key = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError) as error:
        raise CredentialsError(f"The {source} is not a service account key: it is not valid JSON.") from error
    if not isinstance(key, Mapping):
        raise CredentialsError(f"The {source} is not a service account key: it is not a JSON object.")
    kind = key.get("type")
    if kind != "service_account":
        problem = f"its type is {sanitize(kind)!r}" if isinstance(kind, str) else "it has no type"
        hint = (
            " To use such a file, set the environment variable GOOGLE_APPLICATION_CREDENTIALS to its path, and "
            "auth_kind=application."
            if kind in ("authorized_user", "external_account", "impersonated_service_account")
            else ""
        )
        raise CredentialsError(f"The {source} is not a service account key: {problem}.{hint}")
    missing = [field for field in ("client_email", "private_key", "token_uri") if not isinstance(key.get(field), str)]
    if missing:
        raise CredentialsError(f"The {source} is not a complete service account key. Missing: {', '.join(missing)}.")
    return key
