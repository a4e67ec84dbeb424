# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Chooses the credentials from the options and the environment.

The options and environment variables are those of the ``google.cloud`` collection. Environment variables are read here
and not by the argument specification, because they must only supply missing options. If a job has a credential in its
environment and the task sets another one, that of the task is used, rather than failing because there are two.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.secrets import find_in_key, parse_json
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_email_address

DEFAULT_SCOPE = "https://www.googleapis.com/auth/androidenterprise"
_ENVIRONMENT_VARIABLES = {
    "auth_kind": "GCP_AUTH_KIND",
    "service_account_file": "GCP_SERVICE_ACCOUNT_FILE",
    "service_account_contents": "GCP_SERVICE_ACCOUNT_CONTENTS",
    "service_account_email": "GCP_SERVICE_ACCOUNT_EMAIL",
    "access_token": "GCP_ACCESS_TOKEN",
    "impersonate_service_account": "GCP_IMPERSONATE_SERVICE_ACCOUNT",
    "scopes": "GCP_SCOPES",
}
# The kind of credentials that an option belongs to.
_KIND_BY_OPTION = {
    "service_account_file": "serviceaccount",
    "service_account_contents": "serviceaccount",
    "service_account_email": "machineaccount",
    "access_token": "accesstoken",
}
_SECRET_OPTIONS = ("access_token", "service_account_contents")
TRUST_BOUNDARY = "GOOGLE_AUTH_TRUST_BOUNDARY_ENABLED"
AUTH_KINDS = ("application", "serviceaccount", "machineaccount", "accesstoken")
# The kinds of credentials that google-auth finds itself, and the environment variables with which it finds them and
# exchanges them.
_KINDS_FOUND_BY_GOOGLE_AUTH = ("application", "machineaccount")
_GOOGLE_AUTH_VARIABLES = re.compile(r"(GOOGLE|GCE|GCLOUD|CLOUDSDK|AWS|APPENGINE)_.*|NO_GCE_CHECK|HOME")


@dataclass(frozen=True)
class AuthOptions:
    """One consistent choice of credentials.

    ``sources`` names the source of each option's value for messages, such as ``option 'access_token'`` or
    ``environment variable GCP_ACCESS_TOKEN``.
    """

    auth_kind: str
    service_account_file: str | None
    service_account_contents: str | Mapping[str, Any] | None
    service_account_email: str | None
    access_token: str | None
    impersonate_service_account: str | None
    scopes: tuple[str, ...]
    sources: Mapping[str, str]

    @classmethod
    def from_options(cls, options: Mapping[str, Any], environment: Mapping[str, str]) -> AuthOptions:
        """Choose from the options of the task, supplemented by the environment. Raises ``CredentialsError``."""
        given = {name: options.get(name) for name in _ENVIRONMENT_VARIABLES if options.get(name)}
        # AWX and shells set a variable to an empty value for "not set".
        in_environment = {
            name: environment[var] for name, var in _ENVIRONMENT_VARIABLES.items() if environment.get(var)
        }
        kind, kind_source = _choose_kind(given, in_environment)
        _refuse_other_kinds(kind, kind_source, given)

        sources = {name: f"option '{name}'" for name in given}
        usable = _usable_options(kind)
        chosen: dict[str, Any] = {name: value for name, value in given.items() if name in usable}
        # One key is enough: a key in the task overrides one in the environment, in whichever form.
        have_credential = any(name in _KIND_BY_OPTION for name in chosen)
        for name, value in in_environment.items():
            if name in usable and name not in chosen and not (have_credential and name in _KIND_BY_OPTION):
                chosen[name] = value
                sources[name] = f"environment variable {_ENVIRONMENT_VARIABLES[name]}"
        _check_complete(kind, kind_source, chosen, sources)
        return cls(
            auth_kind=kind,
            service_account_file=_expand_path(chosen.get("service_account_file")),
            service_account_contents=chosen.get("service_account_contents"),
            service_account_email=chosen.get("service_account_email"),
            access_token=_check_access_token(chosen.get("access_token"), sources),
            impersonate_service_account=_check_email(chosen, "impersonate_service_account", sources),
            scopes=_split_scopes(chosen.get("scopes")),
            sources=sources,
        )

    def fingerprint(self) -> str:
        """A digest that is equal for equal credentials, for use on one machine. It does not reveal them."""
        values = [getattr(self, field.name) for field in fields(self) if field.name != "sources"]
        files = [self.service_account_file] if self.service_account_file else []
        if self.auth_kind in _KINDS_FOUND_BY_GOOGLE_AUTH:
            values.append({name: value for name, value in os.environ.items() if _affects_google_auth(name)})
            files.append(application_default_file())
        digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=dict).encode())
        for path in map(Path, files):
            with contextlib.suppress(OSError, ValueError):  # reported when the credentials are loaded
                if path.is_file():  # not a pipe, which can be read only once
                    digest.update(path.read_bytes())
        return digest.hexdigest()


def _affects_google_auth(name: str) -> bool:
    """Whether an environment variable may affect which credentials google-auth finds or how it uses them."""
    return name != TRUST_BOUNDARY and _GOOGLE_AUTH_VARIABLES.fullmatch(name) is not None


def application_default_file() -> str:
    """The file in which google-auth looks for application default credentials before it tries a metadata server."""
    directory = os.environ.get("CLOUDSDK_CONFIG", os.path.expanduser("~/.config/gcloud"))
    gcloud_file = os.path.join(directory, "application_default_credentials.json")
    return os.environ.get("GOOGLE_APPLICATION_CREDENTIALS") or gcloud_file


def find_secrets(options: Mapping[str, Any], environment: Mapping[str, str]) -> set[str]:
    """The secret values in options and environment, but not others, such as the name of a project."""
    secrets: list[object] = []
    for values, names in (
        (options, _SECRET_OPTIONS),
        (environment, [_ENVIRONMENT_VARIABLES[name] for name in _SECRET_OPTIONS]),
    ):
        for value in filter(None, map(values.get, names)):
            secrets.append(value.strip() if isinstance(value, str) else None)
            key = value if isinstance(value, Mapping) else parse_json(value)
            secrets += find_in_key(key)
    return {secret for secret in secrets if secret and isinstance(secret, str)}


def _choose_kind(given: Mapping[str, Any], in_environment: Mapping[str, str]) -> tuple[str, str]:
    """The kind of credentials, and its source."""
    for values, source in (
        (given, "option 'auth_kind'"),
        (in_environment, f"environment variable {_ENVIRONMENT_VARIABLES['auth_kind']}"),
    ):
        kind = values.get("auth_kind")
        if kind:
            if kind not in AUTH_KINDS:
                raise CredentialsError(f"The {source} is {kind!r}, but it must be one of: {', '.join(AUTH_KINDS)}.")
            return kind, source
    for values, names in ((given, "option '{0}'"), (in_environment, "environment variable {1}")):
        credentials = [name for name in _KIND_BY_OPTION if name in values]
        if len({_KIND_BY_OPTION[name] for name in credentials}) > 1:
            listed = " and ".join(names.format(name, _ENVIRONMENT_VARIABLES[name]) for name in credentials)
            raise CredentialsError(
                f"Contradictory credentials: {listed} are set together. Set only one, or select one with auth_kind."
            )
        if credentials:
            return _KIND_BY_OPTION[credentials[0]], names.format(credentials[0], _ENVIRONMENT_VARIABLES[credentials[0]])
    return "application", "default"


def _usable_options(kind: str) -> set[str]:
    """The options that can be used with a kind of credentials."""
    own = {name for name, owner in _KIND_BY_OPTION.items() if owner == kind}
    return own | ({"scopes"} if kind == "accesstoken" else {"scopes", "impersonate_service_account"})


def _refuse_other_kinds(kind: str, kind_source: str, given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in _usable_options(kind) | {"auth_kind"}:
            belongs = (
                f"requires auth_kind={_KIND_BY_OPTION[name]}"
                if name in _KIND_BY_OPTION
                else "cannot be combined with an access token"
            )
            raise CredentialsError(
                f"Contradictory credentials: option '{name}' {belongs}, but the kind of credentials is {kind} "
                f"(from: {kind_source})."
            )


def _check_complete(kind: str, kind_source: str, chosen: Mapping[str, Any], sources: Mapping[str, str]) -> None:
    if "service_account_file" in chosen and "service_account_contents" in chosen:
        raise CredentialsError(
            f"Contradictory credentials: {sources['service_account_file']} and "
            f"{sources['service_account_contents']} are both set. Set only one of them."
        )
    if kind == "serviceaccount" and not {"service_account_file", "service_account_contents"} & set(chosen):
        needed = "service_account_file or service_account_contents"
        variables = "GCP_SERVICE_ACCOUNT_FILE or GCP_SERVICE_ACCOUNT_CONTENTS"
    elif kind == "accesstoken" and "access_token" not in chosen:
        needed, variables = "access_token", "GCP_ACCESS_TOKEN"
    else:
        return
    raise CredentialsError(
        f"The kind of credentials is {kind} (from: {kind_source}), which requires {needed} "
        f"(or the environment variable {variables}), but none is set."
    )


def _check_access_token(token: str | None, sources: Mapping[str, str]) -> str | None:
    """The token, without a trailing line break from a file. It is never part of a message."""
    if token is None:
        return None
    token = token.strip()
    if not is_access_token(token):
        raise CredentialsError(
            f"The {sources['access_token']} is not an access token: "
            "it must consist of printable ASCII characters without spaces."
        )
    return token


def is_access_token(token: object) -> bool:
    """Whether a value can be used in an Authorization header."""
    return isinstance(token, str) and bool(token) and all("!" <= character <= "~" for character in token)


def _check_email(chosen: Mapping[str, Any], name: str, sources: Mapping[str, str]) -> str | None:
    email: str | None = chosen.get(name)
    if email is not None and not is_email_address(email):
        raise CredentialsError(f"The {sources[name]} is {email!r}, but it must be a service account's e-mail address.")
    return email


def _split_scopes(scopes: str | list[str] | None) -> tuple[str, ...]:
    if isinstance(scopes, str):
        scopes = re.split(r"[,\s]+", scopes)
    return tuple(filter(None, scopes or ())) or (DEFAULT_SCOPE,)


def _expand_path(path: str | None) -> str | None:
    return os.path.expanduser(os.path.expandvars(path)) if path else None
