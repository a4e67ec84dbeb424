# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Authentication: options and environment -> ``google-auth`` credentials -> an Authorization header.

The options and environment variables are those of the ``google.cloud`` collection. Environment variables are read here
and not by the argument specification, because they must only fill gaps: a job that has a credential in its environment
and names another one in the task uses the one of the task, rather than failing over the two of them.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ansible_collections.emm.android_enterprise.plugins.module_utils import _http
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError, EmmError
from ansible_collections.emm.android_enterprise.plugins.module_utils._failures import explain
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import quote_foreign
from ansible_collections.emm.android_enterprise.plugins.module_utils._retry import RETRY_STATUSES
from ansible_collections.emm.android_enterprise.plugins.module_utils._secrets import register_secrets
from ansible_collections.emm.android_enterprise.plugins.module_utils._text import is_email_address

try:
    import google.auth
    import google.auth.compute_engine
    import google.auth.credentials
    import google.auth.exceptions
    import google.auth.impersonated_credentials
    import google.auth.transport
    import google.oauth2.credentials
    import google.oauth2.service_account
    import requests
    from google.auth.credentials import Credentials as GoogleCredentials
    from google.auth.transport.requests import Request as GoogleRequest
except ImportError:  # _module.py reports missing libraries; this file must still be importable then
    if not TYPE_CHECKING:
        GoogleCredentials = GoogleRequest = object

DEFAULT_SCOPE = "https://www.googleapis.com/auth/androidenterprise"
_FRESH = 60.0  # seconds after its exchange in which an access token is not what is wrong when the server refuses it
_EARLIER = 225.0  # seconds before its expiry from which on an access token is not used any more; as in google-auth
_IAM_SCOPE = "https://www.googleapis.com/auth/iam"  # what impersonating needs
_ENVIRONMENT = {
    "auth_kind": "GCP_AUTH_KIND",
    "service_account_file": "GCP_SERVICE_ACCOUNT_FILE",
    "service_account_contents": "GCP_SERVICE_ACCOUNT_CONTENTS",
    "service_account_email": "GCP_SERVICE_ACCOUNT_EMAIL",
    "access_token": "GCP_ACCESS_TOKEN",
    "impersonate_service_account": "GCP_IMPERSONATE_SERVICE_ACCOUNT",
    "scopes": "GCP_SCOPES",
}
# Which kind an option that holds a credential belongs to.
_KIND_OF = {
    "service_account_file": "serviceaccount",
    "service_account_contents": "serviceaccount",
    "service_account_email": "machineaccount",
    "access_token": "accesstoken",
}
_SECRETS_IN_A_KEY = ("private_key", "private_key_id", "client_secret", "refresh_token")
_SECRETS_IN_A_REQUEST = ("assertion", "subject_token", "refresh_token", "client_secret")
_SECRET_OPTIONS = ("access_token", "service_account_contents")
_ALLOW_EXECUTABLES = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
_TRUST_BOUNDARY = "GOOGLE_AUTH_TRUST_BOUNDARY_ENABLED"
_Made: TypeAlias = "tuple[Any, float | None]"  # a value that JSON has, and when it expires (seconds since the epoch)
AUTH_KINDS = ("application", "serviceaccount", "machineaccount", "accesstoken")
# Those that google-auth finds for itself, and the environment variables that it goes by, there and when it exchanges
# what it has found.
_FOUND = ("application", "machineaccount")
_WHERE_TO_FIND = re.compile(r"(GOOGLE|GCE|GCLOUD|CLOUDSDK|AWS|APPENGINE)_.*|NO_GCE_CHECK|HOME")


@dataclass(frozen=True)
class AuthOptions:
    """One consistent choice of credentials.

    ``sources`` says for each option where its value came from, such as ``option 'access_token'`` or
    ``environment variable GCP_ACCESS_TOKEN``, for messages.
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
        """Choose from what the task says, filled up from the environment. Raises ``CredentialsError``."""
        given = {name: options.get(name) for name in _ENVIRONMENT if options.get(name)}
        # An empty variable is how AWX and shells say "not set".
        in_environment = {name: environment[var] for name, var in _ENVIRONMENT.items() if environment.get(var)}
        kind, kind_source = _choose_kind(given, in_environment)
        _refuse_other_kinds(kind, kind_source, given)

        sources = {name: f"option '{name}'" for name in given}
        usable = _usable(kind)
        chosen: dict[str, Any] = {name: value for name, value in given.items() if name in usable}
        # One key is enough: a key in the task makes one in the environment irrelevant, whichever form they have.
        have_credential = any(name in _KIND_OF for name in chosen)
        for name, value in in_environment.items():
            if name in usable and name not in chosen and not (have_credential and name in _KIND_OF):
                chosen[name] = value
                sources[name] = f"environment variable {_ENVIRONMENT[name]}"
        _check_complete(kind, kind_source, chosen, sources)
        return cls(
            auth_kind=kind,
            service_account_file=_expand(chosen.get("service_account_file")),
            service_account_contents=chosen.get("service_account_contents"),
            service_account_email=chosen.get("service_account_email"),
            access_token=_check_access_token(chosen.get("access_token"), sources),
            impersonate_service_account=_check_email(chosen, "impersonate_service_account", sources),
            scopes=_split_scopes(chosen.get("scopes")),
            sources=sources,
        )

    def fingerprint(self) -> str:
        """The same text for the same credentials, from which nobody can tell them. For use on one machine only."""
        values = [getattr(self, field.name) for field in fields(self) if field.name != "sources"]
        files = [self.service_account_file] if self.service_account_file else []
        if self.auth_kind in _FOUND:
            values.append({name: value for name, value in os.environ.items() if _decides_what_is_found(name)})
            files.append(_application_default_file())
        digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=dict).encode())
        for path in map(Path, files):
            with contextlib.suppress(OSError, ValueError):  # which loading the credentials will report
                if path.is_file():  # and no pipe, which can be read only once
                    digest.update(path.read_bytes())
        return digest.hexdigest()


def _decides_what_is_found(name: str) -> bool:
    """Whether an environment variable may have google-auth find other credentials, or make something else of them."""
    return name != _TRUST_BOUNDARY and _WHERE_TO_FIND.fullmatch(name) is not None


def _application_default_file() -> str:
    """Where google-auth looks for application default credentials before it looks for a metadata server."""
    directory = os.environ.get("CLOUDSDK_CONFIG", os.path.expanduser("~/.config/gcloud"))
    of_gcloud = os.path.join(directory, "application_default_credentials.json")
    return os.environ.get("GOOGLE_APPLICATION_CREDENTIALS") or of_gcloud


def find_secrets(options: Mapping[str, Any], environment: Mapping[str, str]) -> set[str]:
    """The values of options and environment that must not be printed; no others, such as the name of a project."""
    secrets: list[object] = []
    for values, names in ((options, _SECRET_OPTIONS), (environment, [_ENVIRONMENT[name] for name in _SECRET_OPTIONS])):
        for value in filter(None, map(values.get, names)):
            secrets.append(value.strip() if isinstance(value, str) else None)
            key = value if isinstance(value, Mapping) else _parse_json(value)
            secrets += _secrets_in(key)
    return {secret for secret in secrets if secret and isinstance(secret, str)}


def _secrets_in(key: object) -> list[object]:
    """What must not be printed of a key, or of what else a file with credentials has."""
    return list(map(key.get, _SECRETS_IN_A_KEY)) if isinstance(key, Mapping) else []


def _parse_json(text: object) -> object:
    """What a JSON text says, or nothing if it is none."""
    try:
        return json.loads(text) if isinstance(text, (str, bytes)) else None
    except (ValueError, RecursionError):
        return None


def _choose_kind(given: Mapping[str, Any], in_environment: Mapping[str, str]) -> tuple[str, str]:
    """The kind of credential and where it came from."""
    for values, source in (
        (given, "option 'auth_kind'"),
        (in_environment, f"environment variable {_ENVIRONMENT['auth_kind']}"),
    ):
        kind = values.get("auth_kind")
        if kind:
            if kind not in AUTH_KINDS:
                raise CredentialsError(f"The {source} is {kind!r}, but it must be one of: {', '.join(AUTH_KINDS)}.")
            return kind, source
    for values, names in ((given, "option '{0}'"), (in_environment, "environment variable {1}")):
        credentials = [name for name in _KIND_OF if name in values]
        if len({_KIND_OF[name] for name in credentials}) > 1:
            listed = " and ".join(names.format(name, _ENVIRONMENT[name]) for name in credentials)
            raise CredentialsError(
                f"Contradictory credentials: {listed} are given together. Give one, or say with auth_kind which to use."
            )
        if credentials:
            return _KIND_OF[credentials[0]], names.format(credentials[0], _ENVIRONMENT[credentials[0]])
    return "application", "default"


def _usable(kind: str) -> set[str]:
    """The options that a kind of credential takes."""
    own = {name for name, owner in _KIND_OF.items() if owner == kind}
    return own | ({"scopes"} if kind == "accesstoken" else {"scopes", "impersonate_service_account"})


def _refuse_other_kinds(kind: str, kind_source: str, given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in _usable(kind) | {"auth_kind"}:
            belongs = (
                f"it goes with auth_kind={_KIND_OF[name]}" if name in _KIND_OF else "it cannot be combined with it"
            )
            raise CredentialsError(
                f"Contradictory credentials: option '{name}' is given, but {belongs}, and the kind of "
                f"credential is {kind} (from: {kind_source})."
            )


def _check_complete(kind: str, kind_source: str, chosen: Mapping[str, Any], sources: Mapping[str, str]) -> None:
    if "service_account_file" in chosen and "service_account_contents" in chosen:
        raise CredentialsError(
            f"Contradictory credentials: {sources['service_account_file']} and "
            f"{sources['service_account_contents']} are both given; one service account key is needed."
        )
    if kind == "serviceaccount" and not {"service_account_file", "service_account_contents"} & set(chosen):
        needed = "service_account_file or service_account_contents"
        variables = "GCP_SERVICE_ACCOUNT_FILE or GCP_SERVICE_ACCOUNT_CONTENTS"
    elif kind == "accesstoken" and "access_token" not in chosen:
        needed, variables = "access_token", "GCP_ACCESS_TOKEN"
    else:
        return
    raise CredentialsError(
        f"The kind of credential is {kind} (from: {kind_source}), which needs {needed} "
        f"(or the environment variable {variables}), and none is given."
    )


def _check_access_token(token: str | None, sources: Mapping[str, str]) -> str | None:
    """The token, without the line break that reading it from a file leaves. It is never part of a message."""
    if token is None:
        return None
    token = token.strip()
    if not _is_access_token(token):
        raise CredentialsError(
            f"The {sources['access_token']} does not hold an access token: "
            "it must be printable ASCII characters without spaces."
        )
    return token


def _is_access_token(token: object) -> bool:
    """Whether something can stand in an Authorization header."""
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


def _expand(path: str | None) -> str | None:
    return os.path.expanduser(os.path.expandvars(path)) if path else None


class AccessTokens(Protocol):
    """Where access tokens outlive an ``Authorizer``, so that others need not get them again."""

    def get(self, key: str, taker: str, make: Callable[[], _Made], is_good: Callable[[Any], bool], /) -> Any:
        """What is under a key if it is good, or else what ``make`` returns, which is kept until it expires.

        Who asks for what somebody else is about to make waits for it, or for the ``EmmError`` that it ends with.
        """

    def forget(self, key: str, value: Any, /) -> None:
        """Have the next one who asks make it, if it is still this one that is there."""


class _Unshared:
    """Access tokens that are for one ``Authorizer`` only."""

    def get(self, _key: str, _taker: str, make: Callable[[], _Made], _is_good: Callable[[Any], bool], /) -> Any:
        return make()[0]

    def forget(self, key: str, value: Any, /) -> None:
        """There is nobody else who would get it."""


@dataclass(frozen=True)
class _Access:
    """What an exchange has come to. It is shared as JSON."""

    headers: Mapping[str, str]
    account: str | None  # the e-mail address, where it is known
    expires: float | None  # seconds since the epoch

    @property
    def is_valid(self) -> bool:
        return self.expires is None or time.time() < self.expires - _EARLIER

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


class Authorizer:
    """Credentials together with the connection they are exchanged over. Threads may share it."""

    def __init__(
        self,
        options: AuthOptions,
        session: _http.Session,
        access_tokens: AccessTokens | None = None,
        taker: str = "",
    ) -> None:
        """Load and send nothing yet. ``taker`` is the name under which access tokens are asked for."""
        self._options = options
        self._request = _Request(session)
        self._credentials: google.auth.credentials.Credentials | None = None  # loaded when they are needed
        self._access: _Access | None = None
        self._exchanges = options.auth_kind != "accesstoken"
        self._exchanged_at = float("-inf")
        self._failure: EmmError | None = None
        self._lock = threading.Lock()
        self._taker = taker
        self._shared: AccessTokens = access_tokens if access_tokens and self._exchanges else _Unshared()
        # A failure is for those only who would try the very same, and would say the same of it.
        self.fingerprint = options.fingerprint()
        self._key = json.dumps([self.fingerprint, session.fingerprint, sorted(options.sources.items())])

    @property
    def account(self) -> str | None:
        """The e-mail address of the service account the requests are made as, where it is known."""
        return self._access.account if self._access else None

    @property
    def access_token(self) -> str | None:
        """The access token in use, for keeping it out of messages."""
        return self._access.token if self._access else None

    @property
    def has_failed(self) -> bool:
        """Whether there was no access token to be had; it is not tried again."""
        return self._failure is not None

    def header(self) -> dict[str, str]:
        """The Authorization header for a request, from a fresh exchange where needed. Raises ``EmmError``.

        After a failure there is no other try: the other requests of a batch fail for the same reason.
        """
        with self._lock:
            if self._failure:
                raise self._failure
            try:
                if self._access is None or not self._access.is_valid:
                    self._access = self._obtain()
            except EmmError as error:
                self._failure = error
                raise
            return dict(self._access.headers)

    def renew(self, header: Mapping[str, str]) -> bool:
        """Whether it makes sense to ask for another header, when the server did not accept this one.

        That is so if its access token was not fresh, but somebody else's for example; it is forgotten then.
        """
        with self._lock:
            if self._access is None or self._access.headers != header:
                return True  # another thread was faster
            if not self._exchanges or time.monotonic() - self._exchanged_at < _FRESH:
                return False
            self._shared.forget(self._key, asdict(self._access))
            self._access = None
            return True

    def _obtain(self) -> _Access:
        value = self._shared.get(self._key, self._taker, self._make, lambda value: _Access(**value).is_valid)
        return _Access(**value)

    def _make(self) -> _Made:
        """Exchange the credentials: for the values of an ``_Access``, and until when others may have it."""
        access = self._exchange()
        # Without an expiry, nobody can tell whether it will do for others.
        return asdict(access), access.expires or 0.0

    def _exchange(self) -> _Access:
        headers: dict[str, str] = {}
        try:
            credentials = self._credentials = self._credentials or _load(self._options, self._request)
            if self._exchanges:
                self._refresh(credentials)
            credentials.apply(headers)
        except EmmError:
            raise
        except Exception as error:  # google-auth stumbles over odd answers with all kinds of errors of Python's own
            raise _translate(error, self._request.answer) from None  # not with the cause, which may quote an answer
        if not _is_access_token(credentials.token):
            raise CredentialsError("The authorization server answered without an access token that can be used.")
        register_secrets([credentials.token])
        expiry = credentials.expiry and credentials.expiry.replace(tzinfo=timezone.utc).timestamp()
        return _Access(headers, _account_of(credentials), expiry)

    def _refresh(self, credentials: google.auth.credentials.Credentials) -> None:
        # Not before_request(): it also looks up, at yet another host, in which regions the account may act, as does
        # refresh() of versions 2.41 to 2.49 with this variable. This API has no regions. The variable goes for good,
        # since this process is the task's own, and threads must not see it come and go.
        os.environ.pop(_TRUST_BOUNDARY, None)
        self._request.answer = None
        credentials.refresh(self._request)
        self._exchanged_at = time.monotonic()


def _account_of(credentials: google.auth.credentials.Credentials) -> str | None:
    account = getattr(credentials, "service_account_email", None)
    return account if isinstance(account, str) and "@" in account else None


def check_offline(options: AuthOptions) -> None:
    """Check the credentials as far as that is possible without sending anything. Raises ``CredentialsError``."""
    with contextlib.suppress(_Offline):  # what is left to know, only the network can tell
        _load(options, _refuse_request)


class _Offline(Exception):
    """Something would have been sent."""


def _refuse_request(*args: Any, **kwargs: Any) -> google.auth.transport.Response:
    raise _Offline


def _load(options: AuthOptions, request: Callable[..., Any]) -> google.auth.credentials.Credentials:
    """Make the credentials. ``request`` is only called in search of a metadata server."""
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
    _register_secrets_of(Path(_application_default_file()))
    try:
        # Without scopes here: with them, google-auth would look up a project, which this API does not need.
        credentials, _project = google.auth.default(request=request)
    except (_Offline, EmmError):
        raise
    except Exception as error:  # google-auth stumbles over odd files with all kinds of errors of Python's own
        said = quote_foreign(str(error)) or type(error).__name__
        raise CredentialsError(f"The application default credentials cannot be used: {said}") from error
    if isinstance(credentials, google.oauth2.service_account.Credentials):
        _check_private_key(credentials, "the application default credentials")
    return credentials


def _load_machine_account(options: AuthOptions) -> google.auth.credentials.Credentials:
    if options.service_account_email:
        scopes = [_IAM_SCOPE] if options.impersonate_service_account else list(options.scopes)
        return _MachineAccount(options.service_account_email, scopes)
    # With the universe domain named, or google-auth would ask the metadata server for it as soon as it is used.
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
    register_secrets(_secrets_in(key))
    credentials: google.oauth2.service_account.Credentials
    try:
        credentials = google.oauth2.service_account.Credentials.from_service_account_info(key)
    except Exception:  # whatever the cryptography behind it raises; its texts may quote the key
        raise _bad_private_key(source) from None
    _check_private_key(credentials, source)
    return credentials


def _check_private_key(credentials: google.oauth2.service_account.Credentials, source: str) -> None:
    """Use the key once: one of the wrong algorithm loads, and only fails when something is to be signed."""
    try:
        credentials.sign_bytes(b"")
    except Exception:
        raise _bad_private_key(source) from None


def _bad_private_key(source: str) -> CredentialsError:
    return CredentialsError(
        f"The private key in {source} cannot be used: it is not an unencrypted RSA key in PEM form. "
        "Was it cut off, or did its line breaks get lost when it was copied?"
    )


def _read_key_file(path: str, source: str) -> str:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise CredentialsError(f"The {source} is not a service account key: it is not a text file.") from error
    except (OSError, ValueError) as error:  # ValueError for a name that cannot be one
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
        what = f"its type is {quote_foreign(kind)!r}" if isinstance(kind, str) else "it has no type"
        hint = (
            " To use such a file, name it in the environment variable GOOGLE_APPLICATION_CREDENTIALS and set "
            "auth_kind=application."
            if kind in ("authorized_user", "external_account", "impersonated_service_account")
            else ""
        )
        raise CredentialsError(f"The {source} is not a service account key: {what}.{hint}")
    missing = [field for field in ("client_email", "private_key", "token_uri") if not isinstance(key.get(field), str)]
    if missing:
        raise CredentialsError(f"The {source} is not a complete service account key: {', '.join(missing)} missing.")
    return key


class _MachineAccount(GoogleCredentials):
    """One of the service accounts of this machine, by its e-mail address.

    google-auth's own class takes an address too, but since 2.45 it gets the default account's token all the same.
    """

    def __init__(self, email: str, scopes: Sequence[str]) -> None:
        super().__init__()
        self.service_account_email = email
        self._scopes = scopes

    def refresh(self, request: Callable[..., google.auth.transport.Response]) -> None:
        account = urllib.parse.quote(self.service_account_email, safe="@")
        path = f"computeMetadata/v1/instance/service-accounts/{account}/token"
        query = urllib.parse.urlencode({"scopes": ",".join(self._scopes)})
        url = f"http://{_http.metadata_host()}/{path}?{query}"
        response = request(url, headers={"Metadata-Flavor": "Google"})
        if response.status != 200:
            raise CredentialsError(
                f"No access token: the metadata server answered HTTP {response.status} for "
                f"{self.service_account_email}."
            )
        answer = json.loads(response.data)
        self.token = answer["access_token"]
        # google-auth compares it with times that have no time zone.
        self.expiry = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(seconds=answer["expires_in"])


class _Request(GoogleRequest):
    """google-auth's transport, with one retry policy rather than two.

    ``_http`` has already retried what it makes sense to retry. google-auth would start over, several times, unless the
    failure is one that it does not expect here. Only its search for a metadata server needs the failure as it is.

    ``answer`` is the last one.
    """

    answer: google.auth.transport.Response | None = None

    def __call__(
        self, url: str, method: str = "GET", body: bytes | None = None, *args: Any, **kwargs: Any
    ) -> google.auth.transport.Response:
        _register_secrets_in(body)
        try:
            response: google.auth.transport.Response = super().__call__(url, method, body, *args, **kwargs)
        except google.auth.exceptions.TransportError as error:
            if _http.is_metadata_root(url):
                raise
            raise google.auth.exceptions.RefreshError(*error.args) from error
        self.answer = response
        if response.status in RETRY_STATUSES:
            raise google.auth.exceptions.RefreshError(_Unavailable(url, response))
        return response


def _register_secrets_of(file: Path) -> None:
    """Have Ansible keep out of its output what is secret in a file with credentials."""
    with contextlib.suppress(OSError, ValueError):  # which google-auth will report
        if file.is_file():  # and no pipe, which can be read only once
            register_secrets(_secrets_in(_parse_json(file.read_bytes())))


def _register_secrets_in(body: bytes | str | None) -> None:
    """Have Ansible keep out of its output what a request exchanges for an access token."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    fields = urllib.parse.parse_qs(text)
    register_secrets(secret for name in _SECRETS_IN_A_REQUEST for secret in fields.get(name, ()))


class _Unavailable(Exception):
    """An OAuth endpoint that still answered with a retryable status after all retries."""

    def __init__(self, url: str, response: google.auth.transport.Response) -> None:
        super().__init__(url)
        self.url = url
        self.http_status = response.status
        self.data = response.data


def _translate(error: Exception, answer: google.auth.transport.Response | None) -> CredentialsError:
    """Turn what happened while exchanging credentials into a message for the person who has to act.

    ``answer`` is the last one that arrived meanwhile.
    """
    causes = [error, *[arg for arg in error.args if isinstance(arg, Exception)]]
    for cause in causes:
        if isinstance(cause, _Unavailable):
            code, description = _oauth_error(cause.data)
            said = f": {description or code}" if description or code else ""
            return CredentialsError(
                f"No access token: {quote_foreign(cause.url)} answered HTTP {cause.http_status}{said}.",
                http_status=cause.http_status,
            )
        if isinstance(cause, requests.exceptions.RequestException):
            where = "the authorization server" if cause.request is None else quote_foreign(str(cause.request.url))
            return CredentialsError(f"No access token from {where}: {explain(cause)}.")
    if isinstance(error, google.auth.exceptions.MalformedError) and _ALLOW_EXECUTABLES in str(error):
        return CredentialsError(
            "No access token: google-auth has not run the executable that the credentials name as their source.",
            likely_cause=f"the environment variable {_ALLOW_EXECUTABLES} is not 1 where the module runs. Set it if you "
            "trust the file that names the executable.",
        )
    if isinstance(error, OSError):  # requests' way to say that a CA bundle is missing
        return CredentialsError(f"No access token: {quote_foreign(str(error))}")
    if not isinstance(error, google.auth.exceptions.GoogleAuthError) or isinstance(error, (ValueError, TypeError)):
        # Not their texts, which may quote what they stumbled over, be it a token.
        return CredentialsError(
            "No access token: the credentials could not be exchanged; the authorization server's answer may not be "
            f"what OAuth 2.0 prescribes ({type(error).__name__})."
        )
    code, description = next(filter(any, map(_oauth_error, error.args)), (None, None))
    if code is None and description is None:
        said = _own_words(error, answer)
    else:
        said = ": ".join(filter(None, (code, description)))
    return CredentialsError(
        f"No access token: {said.rstrip('.')}.", likely_cause=_likely_cause(code, description or ""), reason=code
    )


def _own_words(error: Exception, answer: google.auth.transport.Response | None) -> str:
    """What google-auth says itself, and not what it quotes of an answer that it could not use."""
    if answer and answer.status != 200:
        return f"the answer (HTTP {answer.status}) is not an error that OAuth 2.0 knows"
    said = str(error.args[0]) if error.args else ""
    quoted = answer.data[:20].decode(errors="replace") if answer else ""
    return quote_foreign(said) if said and not (quoted and quoted in said) else "the answer cannot be used"


def _oauth_error(data: object) -> tuple[str | None, str | None]:
    """Code and description of an error answer, be it OAuth's or Google's envelope (as the IAM API uses)."""
    if isinstance(data, (bytes, str)):
        data = _parse_json(data)
    if not isinstance(data, Mapping):
        return None, None
    error, description = data.get("error"), data.get("error_description")
    if isinstance(error, Mapping):
        envelope = error
        error, description = envelope.get("status"), envelope.get("message")
    return (
        quote_foreign(error) if isinstance(error, str) else None,
        quote_foreign(description) if isinstance(description, str) else None,
    )


def _likely_cause(code: str | None, description: str) -> str | None:
    """The likely cause, in the words of the authorization server's documentation."""
    if "iat and exp" in description or "timeframe" in description:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return f"the clock of this machine is off; it says {now} UTC."
    if code == "invalid_grant" and "ignature" in description:
        return "this key of the service account was deleted, disabled, or replaced by another one."
    if code == "invalid_grant" and "account not found" in description:
        return "the service account was deleted or disabled."
    if code == "invalid_grant":
        return "the credentials were revoked or have expired."
    if code == "invalid_scope":
        return f"a scope is misspelt; the Play EMM API's scope is {DEFAULT_SCOPE}."
    if code == "PERMISSION_DENIED":
        return "the caller lacks the role Service Account Token Creator on the service account to be impersonated."
    return None
