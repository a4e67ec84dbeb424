# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Faults of OAuth endpoints and metadata servers, over raw sockets, before anything is minted.

An exchange creates nothing, so it is repeated if that may help. Of a response, messages quote only OAuth's error code
and description, without secrets.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import google.auth.credentials
import google.auth.exceptions
import google.auth.transport
import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth import authorizer
from ansible_collections.emm.android_enterprise.plugins.module_utils._auth.options import AuthOptions
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import CredentialsError
from ansible_collections.emm.android_enterprise.plugins.module_utils._http import retry
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.faulty_server import (
    FaultyAuthorizationServer,
    FaultyServer,
    Script,
    drips,
    ends,
    head,
    resets,
    response,
    sends,
)
from tests.unit.plugins.module_utils.faults import (
    LONG,
    SECRET,
    SHORT,
    check_failure,
    client_for,
    expected_tokens,
    mint,
    tokens,
)

ACCESS = '{"access_token": "access", "expires_in": 3600}'
ACCOUNT = "emm@project.iam.gserviceaccount.com"
JSON = "Content-Type: application/json"  # google-auth requires it of a metadata server


NOT_CONFORMING = "may not conform to OAuth 2.0"
UNKNOWN = "is not an OAuth 2.0 error"
NO_TOKEN = "has no usable access token"


@dataclass(frozen=True)
class Fault:
    """A fault that hits an exchange, and a part of the message, or none if the exchange finally succeeds."""

    script: Script
    reason: str = ""
    requests: int = 1
    timeout: float = LONG


def refused(body: str, reason: str, status: str = "400 Bad Request") -> Fault:
    return Fault(sends(response(body, JSON, status=status)), reason)


def without_token(body: str | bytes, reason: str = NOT_CONFORMING) -> Fault:
    """A success without an access token."""
    return Fault(sends(response(body, JSON)), reason)


def late(script: Script) -> Fault:
    return Fault(script, "no response arrived in time", requests=2, timeout=SHORT)


OAUTH = {
    "The connection is closed before a response": Fault(ends(), requests=2),
    "The connection is reset before a response": Fault(resets(), requests=2),
    "HTTP status 503": Fault(sends(response("", status="503 Service Unavailable")), requests=2),
    "HTTP status 103, then the response": Fault(sends(head(status="103 Early Hints"), 0.2, response(ACCESS))),
    "No response": late(sends(5.0)),
    "Headers that trickle in": late(drips(b"HTTP/1.1 200 OK\r\n", b"X: hunter2\r\n", every=0.1)),
    "A response that is not HTTP": Fault(
        sends(b'{"access_token": "hunter2"}\r\n\r\n'), "is not valid HTTP", requests=2
    ),
    "A huge response": Fault(sends(response(f'{{"access_token": "{SECRET * 20_000}"}}')), "larger than 128 KiB"),
    "A redirect": Fault(sends(response("", "Location: http://127.0.0.1/hunter2", status="302 Found")), UNKNOWN),
    "An error with an HTML page": Fault(sends(response("<html>hunter2</html>", status="403 Forbidden")), UNKNOWN),
    "A success with an HTML page": without_token("<html>hunter2</html>"),
    "An error with plain text": Fault(sends(response("your access is hunter2", status="400 Bad Request")), UNKNOWN),
    "A success with plain text": without_token("your access is hunter2"),
    "A success with bytes that are not text": without_token(b"hunter2\xff\xfe"),
    "An error with bytes that are not text": Fault(sends(response(b"hunter2\xff", status="400 -")), NOT_CONFORMING),
    "A success with a JSON list": without_token('["hunter2"]'),
    "An error with a JSON list": refused('["hunter2"]', NOT_CONFORMING),
    "An error in an unknown format": refused('{"secret": "hunter2"}', UNKNOWN),
    "No access token": without_token('{"id": "hunter2"}', "No access token in response"),
    "An empty access token": without_token('{"access_token": "", "id": "hunter2"}', NO_TOKEN),
    "An access token with a space": without_token('{"access_token": "hunter2 hunter2", "expires_in": 3600}', NO_TOKEN),
    "An access token with a line break": without_token(
        '{"access_token": "hunter2\\r\\nX: y", "expires_in": 3600}', NO_TOKEN
    ),
    "An access token with a lone surrogate": without_token(
        '{"access_token": "hunter2\\ud800", "expires_in": 3600}', NO_TOKEN
    ),
    "An access token that is a list": without_token('{"access_token": ["hunter2"], "expires_in": 3600}'),
    "A lifetime that is too large": without_token('{"access_token": "hunter2", "expires_in": 1e300}'),
    "A lifetime that is not a number": without_token('{"access_token": "hunter2", "expires_in": "soon"}'),
    "The error invalid_grant": refused(
        '{"error": "invalid_grant", "error_description": "-"}', "revoked or have expired"
    ),
    "An error description that quotes a secret": refused(
        '{"error": "invalid_grant", "error_description": "assertion=hunter2 is bad"}', "assertion=[redacted] is bad"
    ),
    "An error that is a list": refused('{"error": ["hunter2"]}', UNKNOWN),
    "HTTP status 401": refused('{"error": "invalid_client"}', "invalid_client", status="401 Unauthorized"),
}
METADATA = {
    "Metadata server: the connection is closed before a response": Fault(ends(), requests=2),
    "Metadata server: HTTP status 503": Fault(sends(response("", status="503 Service Unavailable")), requests=2),
    "Metadata server: no response": late(sends(5.0)),
    "Metadata server: no such account": Fault(sends(response("hunter2", status="404 Not Found")), "HTTP 404"),
    "Metadata server: an HTML page": without_token("<html>hunter2</html>"),
    "Metadata server: no access token": without_token('{"id": "hunter2"}'),
    "Metadata server: an access token with a line break": without_token(
        '{"access_token": "hunter2\\n", "expires_in": 3600}', NO_TOKEN
    ),
}
FAULTS = {**OAUTH, **METADATA}


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, private_key: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")  # as Ansible does for its log file
    monkeypatch.setattr(retry, "BACKOFF_FIRST", 0.01)
    fault = FAULTS[name]
    strikes = 1 if fault.timeout == LONG and fault.reason == "" else 2
    with closing(FaultyServer()) as api, closing(FaultyAuthorizationServer(fault.script, strikes=strikes)) as server:
        key = {
            "type": "service_account",
            "client_email": ACCOUNT,
            "private_key": private_key,
            "token_uri": f"http://127.0.0.1:{server.port}/token?key={SECRET}",
        }
        auth = AuthOptions.from_options({"service_account_contents": key}, {})
        if name in METADATA:
            monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{server.port}")
            auth = AuthOptions.from_options({"service_account_email": ACCOUNT}, {})
        with client_for(f"http://127.0.0.1:{api.port}", timeout=fault.timeout, retries=1, auth=auth) as client:
            if fault.reason:
                with pytest.raises(CredentialsError) as failure:
                    mint(client)
                check_failure(failure.value, fault.reason)
                assert private_key.splitlines()[3] not in str(failure.value)
            else:
                assert tokens(mint(client)) == expected_tokens()
        assert len(server.asked) == fault.requests
        assert bool(api.asked) == (not fault.reason)
    assert SECRET not in caplog.text
    assert ("Retrying" in caplog.text) == (fault.requests > 1 and "503" not in name)


class _Quoting(google.auth.credentials.Credentials):
    """Credentials that quote an invalid response, like those of google-auth for a metadata server."""

    def __init__(self, url: str | None) -> None:
        google.auth.credentials.Credentials.__init__(self)
        self._url = url

    def refresh(self, request: google.auth.transport.Request) -> None:
        quoted = request(self._url).data.decode() if self._url else "a file"
        raise google.auth.exceptions.RefreshError(f"Received invalid JSON: {quoted:.20}")


@pytest.mark.parametrize("sends_request", [True, False])
def test_google_auth_message_is_kept_unless_it_quotes_a_response(
    sends_request: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(FaultyAuthorizationServer(sends(response('{"hunter2')))) as server:
        url = f"http://127.0.0.1:{server.port}/"
        monkeypatch.setattr(authorizer, "load", lambda *_args: _Quoting(url if sends_request else None))
        auth = AuthOptions.from_options({"service_account_email": ACCOUNT}, {})
        with client_for(url, auth=auth) as client, pytest.raises(CredentialsError) as failure:
            mint(client)
    check_failure(failure.value, "the response cannot be used" if sends_request else "Received invalid JSON: a file")
