# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Faults of a server or an intermediary, over raw sockets.

The affected user gets their own token or an error. All other users get their own tokens. No request is sent twice, and
no text contains a secret. The guide to faults documents these faults for users.
"""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.faulty_server import STRUCK, FaultyServer, Script, drips, ends, head, resets, response, sends, token_of
from tests.unit.plugins.module_utils.faults import (
    LONG,
    MAY_BE_DONE,
    MAY_EXIST,
    SECRET,
    SHORT,
    check_failure,
    client_for,
    expected_tokens,
    mint,
    tokens,
    user_ids,
)

OWN = response(token_of(STRUCK))
FOREIGN = token_of(f"{SECRET}-of-somebody-else")
CHUNKED = head("Transfer-Encoding: chunked")


@dataclass(frozen=True)
class Fault:
    """A fault that hits one request. Its user gets an error with ``reason`` in the message, or else the token."""

    script: Script
    reason: str = ""
    consequence: str = MAY_BE_DONE
    timeout: float = LONG


def chunk(text: str) -> bytes:
    return f"{len(text.encode()):x}\r\n{text}\r\n".encode()


def unusable(body: str | bytes, reason: str, *headers: str) -> Fault:
    """A success with an invalid body."""
    return Fault(sends(response(body, *headers)), reason, MAY_EXIST)


def late(script: Script, reason: str = "no response arrived in time") -> Fault:
    """A response that does not end in time."""
    return Fault(script, reason, timeout=SHORT)


INTERIM = {
    "100 Continue": Fault(sends(head(status="100 Continue"), 0.2, OWN)),
    "102 Processing": Fault(sends(head(status="102 Processing"), 0.2, OWN)),
    "103 Early Hints": Fault(sends(head("Link: </style.css>", status="103 Early Hints"), 0.2, OWN)),
    "199, an unknown status": Fault(sends(head(status="199 Whatever"), 0.2, OWN)),
    "Several interim responses": Fault(sends(*[head(status="103 Early Hints")] * 5, 0.2, head(status="102 -"), OWN)),
    "100 followed by 103": Fault(sends(head(status="100 Continue"), head(status="103 Early Hints"), 0.2, OWN)),
    "103 followed by 100": Fault(sends(head(status="103 Early Hints"), head(status="100 Continue"), 0.2, OWN)),
    "103 sent together with the response": Fault(sends(head(status="103 Early Hints") + OWN)),
    "Too many interim responses": Fault(sends(head(status="103 -") * 50 + OWN), "too many interim responses"),
    "101 Switching Protocols": Fault(
        sends(head("Upgrade: h2c", "Connection: Upgrade", status="101 Switching Protocols"), 0.2, OWN),
        "switches to another protocol",
    ),
    "103 with a body": Fault(
        sends(head("Content-Length: 6", status="103 Early Hints") + SECRET.encode() + OWN), "is not valid HTTP"
    ),
    "103, then the connection is closed": Fault(ends(head(status="103 Early Hints")), "without response"),
}

LEFT_OVER = {
    "Two responses sent together": Fault(sends(OWN + response(FOREIGN))),
    "Two responses, one after the other": Fault(sends(OWN, response(FOREIGN))),
    "A line break after the response": Fault(sends(OWN + b"\r\n")),
    "A few bytes after the response": Fault(sends(OWN + SECRET.encode())),
    "Half of a second response after the response": Fault(sends(OWN + response(FOREIGN)[:40])),
    "Bytes after the last chunk": Fault(sends(CHUNKED + chunk(token_of(STRUCK)) + b"0\r\n\r\n" + response(FOREIGN))),
    "A body where none is allowed (204)": Fault(
        sends(head("Content-Length: 6", status="204 No Content") + SECRET.encode() + response(FOREIGN)),
        "an empty body",
        MAY_EXIST,
    ),
    "A Content-Length that is too small": Fault(
        sends(head("Content-Length: 5") + token_of(SECRET).encode()), "not JSON", MAY_EXIST
    ),
    "The connection is closed after the response": Fault(ends(OWN)),
}

HEAD = {
    "No status line": Fault(sends(f"{FOREIGN}\r\n".encode()), "is not valid HTTP"),
    "Another protocol": Fault(sends(b"SSH-2.0-hunter2\r\n"), "is not valid HTTP"),
    "HTTP/2": Fault(sends(b"HTTP/2.0 200 OK\r\n\r\n" + FOREIGN.encode()), "is not valid HTTP"),
    "A status code that is not a number": Fault(sends(b"HTTP/1.1 hunter2 OK\r\n\r\n"), "is not valid HTTP"),
    "A status code out of range": Fault(sends(b"HTTP/1.1 1000 hunter2\r\n\r\n"), "is not valid HTTP"),
    "A status line that does not end": Fault(sends(b"HTTP/1.1 200 " + b"hunter2" * 20_000), "is not valid HTTP"),
    "A header that does not end": Fault(sends(b"HTTP/1.1 200 OK\r\nX: " + b"hunter2" * 20_000), "is not valid HTTP"),
    "Too many headers": Fault(sends(head(*["X-Secret: hunter2"] * 500) + OWN), "is not valid HTTP"),
    "A line that is not a header": Fault(sends(head("hunter2", "Content-Length: 2") + b"{}"), "malformed header lines"),
    "A continuation line before the first header": Fault(
        sends(head(" hunter2", "Content-Length: 2") + b"{}"), "malformed header lines"
    ),
    "A From line without a colon, as in a mailbox file": Fault(
        sends(head("Content-Length: 2", "From hunter2") + b"{}"), "malformed header lines"
    ),
    "Two Content-Length headers that differ": Fault(
        sends(head("Content-Length: 5", "Content-Length: 7") + b"{}{}{}{}"), "Content-Length"
    ),
    "Two lengths in one Content-Length header": Fault(
        sends(head("Content-Length: 5, 7") + b"{}{}{}{}"), "Content-Length"
    ),
    "The same Content-Length twice": Fault(
        sends(response(token_of(STRUCK), f"Content-Length: {len(token_of(STRUCK))}"))
    ),
    "A negative Content-Length": Fault(sends(head("Content-Length: -5") + b"{}{}{}{}"), "Content-Length"),
    "A Content-Length that is not a number": Fault(
        sends(head("Content-Length: hunter2") + b"{}{}{}{}"), "Content-Length"
    ),
    "A Content-Length with a sign": Fault(sends(head("Content-Length: +2") + b"{}"), "Content-Length"),
    "A Content-Length with too many digits": Fault(
        ends(head(f"Content-Length: {'9' * 5_000}") + token_of(SECRET).encode()), "Content-Length"
    ),
    "An empty Content-Length": Fault(sends(head("Content-Length:") + b"{}"), "Content-Length"),
    "An unknown transfer coding": Fault(sends(head("Transfer-Encoding: hunter2") + b"{}"), "Transfer-Encoding"),
    "Two transfer codings": Fault(sends(head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n"), "Transfer-Encoding"),
    "Transfer-Encoding: chunked twice": Fault(
        sends(head(*["Transfer-Encoding: chunked"] * 2) + b"0\r\n\r\n"), "Transfer-Encoding"
    ),
    "A Content-Length and a chunked body": Fault(
        sends(head("Content-Length: 3", "Transfer-Encoding: chunked") + chunk(token_of(STRUCK)) + b"0\r\n\r\n")
    ),
}

BODY = {
    "A chunked body": Fault(sends(CHUNKED + chunk(token_of(STRUCK)[:9]), chunk(token_of(STRUCK)[9:]) + b"0\r\n\r\n")),
    "A body that ends when the connection is closed": Fault(ends(head() + token_of(STRUCK).encode())),
    "A chunk size that is not a number": Fault(
        sends(CHUNKED + b"hunter2\r\n{}\r\n0\r\n\r\n"), "the response was cut short"
    ),
    "A negative chunk size": Fault(sends(CHUNKED + b"-5\r\nhunter2\r\n0\r\n\r\n"), "the connection failed"),
    "A huge chunk size": Fault(sends(CHUNKED + b"ffffffffffff\r\nhunter2"), "larger than 128 KiB"),
    "A huge Content-Length": Fault(sends(head("Content-Length: 99999999999999") + b"hunter2"), "larger than 128 KiB"),
    "A large body without a valid token": unusable(
        f'{{"token": "{SECRET * 10_000}"}}', "the token in its response is invalid"
    ),
    "A body that is too large": Fault(ends(head() + SECRET.encode() * 30_000), "larger than 128 KiB"),
    "A truncated body": Fault(ends(head("Content-Length: 99") + FOREIGN.encode()), "the response was cut short"),
    "A truncated chunked body": Fault(ends(CHUNKED + chunk(FOREIGN)), "the response was cut short"),
    "A compressed body": Fault(
        sends(response(gzip.compress(FOREIGN.encode()), "Content-Encoding: gzip")), "it is compressed"
    ),
    "A body that is declared as compressed, but is not": Fault(
        sends(response(FOREIGN, "Content-Encoding: br")), "it is compressed"
    ),
}

BREAKS = {
    "The connection is closed before a response": Fault(ends(), "without response"),
    "The connection is reset before a response": Fault(resets(), "the connection failed"),
    "The connection is closed within the headers": Fault(ends(b"HTTP/1.1 200 OK\r\nX-Sec"), "malformed header lines"),
    "The connection is reset within the body": Fault(
        resets(head("Content-Length: 99") + b'{"token": "hunter2', 0.2), "the connection failed"
    ),
}

TIME = {
    "No response": late(sends(5.0)),
    "A status line that trickles in": late(drips(b"HTTP/1.1 200 ", b"O")),
    "Headers that trickle in": late(drips(b"HTTP/1.1 200 OK\r\n", b"X")),
    "Endless headers": late(drips(b"HTTP/1.1 200 OK\r\n", b"X: hunter2\r\n", every=0.1)),
    "100 Continue, repeated endlessly": late(drips(b"", head(status="100 Continue"))),
    "103 Early Hints, repeated endlessly": late(drips(b"", head(status="103 Early Hints"), every=0.1)),
    "A body that trickles in": late(drips(head("Content-Length: 9999"), b" ")),
    "A body that stalls": late(sends(head("Content-Length: 9999") + b'{"token": "hunter2', 5.0)),
    "A body without a length on a connection that is not closed": late(sends(head() + token_of(SECRET).encode(), 5.0)),
    "Chunk sizes that trickle in": late(drips(CHUNKED, b"0")),
    "Chunk extensions that trickle in": late(drips(CHUNKED + b"5;", b"x")),
    "Endless chunks of one blank": late(drips(CHUNKED, b"1\r\n \r\n")),
    "Endless trailers": late(drips(CHUNKED + chunk(token_of(SECRET)) + b"0\r\n", b"X: hunter2\r\n", every=0.1)),
}

JSON = {
    "Invalid UTF-8": unusable(b'{"token":"\xff\xfehunter2"}', "not in UTF-8"),
    "UTF-16": unusable(FOREIGN.encode("utf-16"), "not in UTF-8", "Content-Type: application/json; charset=utf-16"),
    "UTF-7, declared in a header": unusable(
        '{"token":"+AGg-unter2 "}', "the token in its response is invalid", "Content-Type: text/plain; charset=utf-7"
    ),
    "A byte order mark": Fault(sends(response(b"\xef\xbb\xbf" + token_of(STRUCK).encode()))),
    "A duplicate key": unusable('{"token": "hunter2", "token": "hunter2"}', "a duplicate key"),
    "A duplicate key in a nested object": unusable('{"token": "hunter2", "x": {"a": 1, "a": 2}}', "a duplicate key"),
    "NaN": unusable('{"token": "hunter2", "x": NaN}', "not finite"),
    "Infinity": unusable('{"token": "hunter2", "x": -Infinity}', "not finite"),
    "A number too large for a float": unusable('{"token": "hunter2", "x": 1e999}', "not finite"),
    "Two JSON documents": unusable(f"{FOREIGN}{FOREIGN}", "not JSON"),
    "Nesting that is too deep": unusable("[" * 60_000, "nested too deeply"),
    "An error next to the token": unusable(
        '{"token": "hunter2", "error": {"message": "hunter2"}}', "together with an error"
    ),
    "The kind of another resource": unusable(
        '{"kind": "androidenterprise#user", "token": "hunter2"}', "'androidenterprise#user'"
    ),
    "The kind of the other type of token": unusable(
        '{"kind": "androidenterprise#enrollmentToken", "token": "hunter2"}', "'androidenterprise#enrollmentToken'"
    ),
    "A kind that is not a string": unusable('{"kind": 7, "token": "hunter2"}', "an invalid kind"),
    "No token": unusable("{}", "no token"),
    "A null token": unusable('{"token": null}', "no token"),
    "An empty token": unusable('{"token": ""}', "no token"),
    "A token of spaces only": unusable('{"token": "   "}', "the token in its response is invalid"),
    "A token with a space": unusable('{"token": "hunter2 hunter2"}', "the token in its response is invalid"),
    "A token with a line break": unusable('{"token": "hunter2\\n"}', "the token in its response is invalid"),
    "A token with a control character": unusable(
        '{"token": "hunter2\\u001b[2J"}', "the token in its response is invalid"
    ),
    "A token with a lone surrogate": unusable('{"token": "hunter2\\ud800"}', "the token in its response is invalid"),
    "A token with a character outside ASCII": unusable(
        '{"token": "hunter2\u0660"}', "the token in its response is invalid"
    ),
    "A token that is a number": unusable('{"token": 17}', "the token in its response is invalid"),
    "A token that is an object": unusable('{"token": {"value": "hunter2"}}', "the token in its response is invalid"),
    "A token that is too long": unusable(json.dumps({"token": "x" * 5_000}), "the token in its response is invalid"),
}

FAULTS = {**INTERIM, **LEFT_OVER, **HEAD, **BODY, **BREAKS, **TIME, **JSON}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    fault = FAULTS[name]
    users = 4 if fault.timeout == LONG else 1  # unaffected requests need their full time
    with closing(FaultyServer(fault.script)) as server:
        with client_for(f"http://127.0.0.1:{server.port}", timeout=fault.timeout) as client:
            struck, *others = mint(client, users, server.has_struck if users > 1 else None)
        assert server.asked == user_ids(users)
    if fault.reason:
        check_failure(struck, fault.reason, fault.consequence)
        assert tokens(others) == expected_tokens(users)[1:]
    else:
        assert tokens([struck, *others]) == expected_tokens(users)


@pytest.mark.parametrize(
    "name",
    [
        *LEFT_OVER,
        "A Content-Length and a chunked body",
        "101 Switching Protocols",
        "Two Content-Length headers that differ",
    ],
)
def test_connection_is_not_reused_after_a_suspicious_response(name: str) -> None:
    """All requests after the first use a new connection."""
    with closing(FaultyServer(FAULTS[name].script)) as server:
        with client_for(f"http://127.0.0.1:{server.port}") as client:
            mint(client, after_first=server.has_struck)
        assert server.connections == 2
