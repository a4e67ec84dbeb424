# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""What a server, or what is in between, may do to a request, over raw sockets.

Whatever it is, the one whose request is struck gets the own token or a reason, all others get their own tokens, no
request is sent twice, and no text has a secret in it. What users read about this is in the guide to faults.
"""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.faulty_server import STRUCK, FaultyServer, Script, answer, drips, ends, head, resets, sends, token_of
from tests.unit.plugins.module_utils.faults import (
    AT_LEAST,
    MAY_BE_DONE,
    MAY_EXIST,
    SECRET,
    SOON,
    check_failure,
    client_of,
    mint,
    names,
    own,
    tokens,
)

OWN = answer(token_of(STRUCK))
FOREIGN = token_of(f"{SECRET}-of-somebody-else")
CHUNKED = head("Transfer-Encoding: chunked")


@dataclass(frozen=True)
class Fault:
    """What is done to a request, and what the one that it was for gets: ``reason`` in the message, or the token."""

    script: Script
    reason: str = ""
    consequence: str = MAY_BE_DONE
    timeout: float = AT_LEAST


def chunk(text: str) -> bytes:
    return f"{len(text.encode()):x}\r\n{text}\r\n".encode()


def unusable(body: str | bytes, reason: str, *headers: str) -> Fault:
    """A success whose body is not the one that was asked for."""
    return Fault(sends(answer(body, *headers)), reason, MAY_EXIST)


def late(script: Script, reason: str = "no response arrived in time") -> Fault:
    """An answer that does not end."""
    return Fault(script, reason, timeout=SOON)


INTERIM = {
    "100 Continue": Fault(sends(head(status="100 Continue"), 0.2, OWN)),
    "102 Processing": Fault(sends(head(status="102 Processing"), 0.2, OWN)),
    "103 Early Hints": Fault(sends(head("Link: </style.css>", status="103 Early Hints"), 0.2, OWN)),
    "199 unknown": Fault(sends(head(status="199 Whatever"), 0.2, OWN)),
    "several interim answers": Fault(sends(*[head(status="103 Early Hints")] * 5, 0.2, head(status="102 -"), OWN)),
    "100 followed by 103": Fault(sends(head(status="100 Continue"), head(status="103 Early Hints"), 0.2, OWN)),
    "103 followed by 100": Fault(sends(head(status="103 Early Hints"), head(status="100 Continue"), 0.2, OWN)),
    "103 in one piece with the answer": Fault(sends(head(status="103 Early Hints") + OWN)),
    "too many interim answers": Fault(sends(head(status="103 -") * 50 + OWN), "too many interim responses"),
    "101 Switching Protocols": Fault(
        sends(head("Upgrade: h2c", "Connection: Upgrade", status="101 Switching Protocols"), 0.2, OWN),
        "switches to another protocol",
    ),
    "103 with a body": Fault(
        sends(head("Content-Length: 6", status="103 Early Hints") + SECRET.encode() + OWN), "is not valid HTTP"
    ),
    "103 and then nothing": Fault(ends(head(status="103 Early Hints")), "without response"),
}

LEFT_OVER = {
    "two answers in one piece": Fault(sends(OWN + answer(FOREIGN))),
    "two answers, one after the other": Fault(sends(OWN, answer(FOREIGN))),
    "a line break after the answer": Fault(sends(OWN + b"\r\n")),
    "a few bytes after the answer": Fault(sends(OWN + SECRET.encode())),
    "half of another answer after the answer": Fault(sends(OWN + answer(FOREIGN)[:40])),
    "bytes after the last chunk": Fault(sends(CHUNKED + chunk(token_of(STRUCK)) + b"0\r\n\r\n" + answer(FOREIGN))),
    "a body where there is to be none": Fault(
        sends(head("Content-Length: 6", status="204 No Content") + SECRET.encode() + answer(FOREIGN)),
        "an empty body",
        MAY_EXIST,
    ),
    "a length that is too short": Fault(
        sends(head("Content-Length: 5") + token_of(SECRET).encode()), "not JSON", MAY_EXIST
    ),
    "the end of the connection after the answer": Fault(ends(OWN)),
}

HEAD = {
    "no status line": Fault(sends(f"{FOREIGN}\r\n".encode()), "is not valid HTTP"),
    "another protocol": Fault(sends(b"SSH-2.0-hunter2\r\n"), "is not valid HTTP"),
    "HTTP/2": Fault(sends(b"HTTP/2.0 200 OK\r\n\r\n" + FOREIGN.encode()), "is not valid HTTP"),
    "a status that is no number": Fault(sends(b"HTTP/1.1 hunter2 OK\r\n\r\n"), "is not valid HTTP"),
    "a status out of range": Fault(sends(b"HTTP/1.1 1000 hunter2\r\n\r\n"), "is not valid HTTP"),
    "a status line without end": Fault(sends(b"HTTP/1.1 200 " + b"hunter2" * 20_000), "is not valid HTTP"),
    "a header without end": Fault(sends(b"HTTP/1.1 200 OK\r\nX: " + b"hunter2" * 20_000), "is not valid HTTP"),
    "too many headers": Fault(sends(head(*["X-Secret: hunter2"] * 500) + OWN), "is not valid HTTP"),
    "a line that is no header": Fault(sends(head("hunter2", "Content-Length: 2") + b"{}"), "malformed header lines"),
    "a first header that goes on from none": Fault(
        sends(head(" hunter2", "Content-Length: 2") + b"{}"), "malformed header lines"
    ),
    "the first line of a mailbox": Fault(
        sends(head("Content-Length: 2", "From hunter2") + b"{}"), "malformed header lines"
    ),
    "two lengths": Fault(sends(head("Content-Length: 5", "Content-Length: 7") + b"{}{}{}{}"), "Content-Length"),
    "two lengths in one header": Fault(sends(head("Content-Length: 5, 7") + b"{}{}{}{}"), "Content-Length"),
    "the same length twice": Fault(sends(answer(token_of(STRUCK), f"Content-Length: {len(token_of(STRUCK))}"))),
    "a negative length": Fault(sends(head("Content-Length: -5") + b"{}{}{}{}"), "Content-Length"),
    "a length that is no number": Fault(sends(head("Content-Length: hunter2") + b"{}{}{}{}"), "Content-Length"),
    "a length with a sign": Fault(sends(head("Content-Length: +2") + b"{}"), "Content-Length"),
    "a length of too many digits": Fault(
        ends(head(f"Content-Length: {'9' * 5_000}") + token_of(SECRET).encode()), "Content-Length"
    ),
    "an empty length": Fault(sends(head("Content-Length:") + b"{}"), "Content-Length"),
    "an unknown transfer coding": Fault(sends(head("Transfer-Encoding: hunter2") + b"{}"), "Transfer-Encoding"),
    "two transfer codings": Fault(sends(head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n"), "Transfer-Encoding"),
    "chunked twice": Fault(sends(head(*["Transfer-Encoding: chunked"] * 2) + b"0\r\n\r\n"), "Transfer-Encoding"),
    "a length beside chunks": Fault(
        sends(head("Content-Length: 3", "Transfer-Encoding: chunked") + chunk(token_of(STRUCK)) + b"0\r\n\r\n")
    ),
}

BODY = {
    "chunks": Fault(sends(CHUNKED + chunk(token_of(STRUCK)[:9]), chunk(token_of(STRUCK)[9:]) + b"0\r\n\r\n")),
    "a body up to the end of the connection": Fault(ends(head() + token_of(STRUCK).encode())),
    "a chunk size that is no number": Fault(
        sends(CHUNKED + b"hunter2\r\n{}\r\n0\r\n\r\n"), "the response was cut short"
    ),
    "a negative chunk size": Fault(sends(CHUNKED + b"-5\r\nhunter2\r\n0\r\n\r\n"), "the connection failed"),
    "a huge chunk size": Fault(sends(CHUNKED + b"ffffffffffff\r\nhunter2"), "larger than 128 KiB"),
    "a huge length": Fault(sends(head("Content-Length: 99999999999999") + b"hunter2"), "larger than 128 KiB"),
    "a large body": unusable(f'{{"token": "{SECRET * 10_000}"}}', "the token in its response is invalid"),
    "too large a body": Fault(ends(head() + SECRET.encode() * 30_000), "larger than 128 KiB"),
    "a body that is cut short": Fault(
        ends(head("Content-Length: 99") + FOREIGN.encode()), "the response was cut short"
    ),
    "chunks that are cut short": Fault(ends(CHUNKED + chunk(FOREIGN)), "the response was cut short"),
    "a compressed body": Fault(
        sends(answer(gzip.compress(FOREIGN.encode()), "Content-Encoding: gzip")), "it is compressed"
    ),
    "a body that is not compressed, but said to be": Fault(
        sends(answer(FOREIGN, "Content-Encoding: br")), "it is compressed"
    ),
}

BREAKS = {
    "the connection is closed instead of an answer": Fault(ends(), "without response"),
    "the connection is broken instead of an answer": Fault(resets(), "the connection failed"),
    "the connection is closed within the head": Fault(ends(b"HTTP/1.1 200 OK\r\nX-Sec"), "malformed header lines"),
    "the connection is broken within the body": Fault(
        resets(head("Content-Length: 99") + b'{"token": "hunter2', 0.2), "the connection failed"
    ),
}

TIME = {
    "no answer": late(sends(5.0)),
    "a status line that drips": late(drips(b"HTTP/1.1 200 ", b"O")),
    "headers that drip": late(drips(b"HTTP/1.1 200 OK\r\n", b"X")),
    "header after header": late(drips(b"HTTP/1.1 200 OK\r\n", b"X: hunter2\r\n", every=0.1)),
    "100 Continue again and again": late(drips(b"", head(status="100 Continue"))),
    "103 Early Hints again and again": late(drips(b"", head(status="103 Early Hints"), every=0.1)),
    "a body that drips": late(drips(head("Content-Length: 9999"), b" ")),
    "a body that stalls": late(sends(head("Content-Length: 9999") + b'{"token": "hunter2', 5.0)),
    "a body up to an end that does not come": late(sends(head() + token_of(SECRET).encode(), 5.0)),
    "chunk sizes that drip": late(drips(CHUNKED, b"0")),
    "chunk extensions that drip": late(drips(CHUNKED + b"5;", b"x")),
    "empty chunk after chunk": late(drips(CHUNKED, b"1\r\n \r\n")),
    "trailers that drip": late(drips(CHUNKED + chunk(token_of(SECRET)) + b"0\r\n", b"X: hunter2\r\n", every=0.1)),
}

JSON = {
    "invalid UTF-8": unusable(b'{"token":"\xff\xfehunter2"}', "not in UTF-8"),
    "UTF-16": unusable(FOREIGN.encode("utf-16"), "not in UTF-8", "Content-Type: application/json; charset=utf-16"),
    "UTF-7 by its header": unusable(
        '{"token":"+AGg-unter2 "}', "the token in its response is invalid", "Content-Type: text/plain; charset=utf-7"
    ),
    "a byte order mark": Fault(sends(answer(b"\xef\xbb\xbf" + token_of(STRUCK).encode()))),
    "a key that stands twice": unusable('{"token": "hunter2", "token": "hunter2"}', "a duplicate key"),
    "a nested key that stands twice": unusable('{"token": "hunter2", "x": {"a": 1, "a": 2}}', "a duplicate key"),
    "not a number": unusable('{"token": "hunter2", "x": NaN}', "not finite"),
    "an infinite number": unusable('{"token": "hunter2", "x": -Infinity}', "not finite"),
    "a number beyond all bounds": unusable('{"token": "hunter2", "x": 1e999}', "not finite"),
    "two documents": unusable(f"{FOREIGN}{FOREIGN}", "not JSON"),
    "depth without end": unusable("[" * 60_000, "nested too deeply"),
    "an error beside the token": unusable(
        '{"token": "hunter2", "error": {"message": "hunter2"}}', "together with an error"
    ),
    "another kind": unusable('{"kind": "androidenterprise#user", "token": "hunter2"}', "'androidenterprise#user'"),
    "the other kind of token": unusable(
        '{"kind": "androidenterprise#enrollmentToken", "token": "hunter2"}', "'androidenterprise#enrollmentToken'"
    ),
    "a kind that is no text": unusable('{"kind": 7, "token": "hunter2"}', "an invalid kind"),
    "no token": unusable("{}", "no token"),
    "a null token": unusable('{"token": null}', "no token"),
    "an empty token": unusable('{"token": ""}', "no token"),
    "a blank token": unusable('{"token": "   "}', "the token in its response is invalid"),
    "a token with a blank": unusable('{"token": "hunter2 hunter2"}', "the token in its response is invalid"),
    "a token with a line break": unusable('{"token": "hunter2\\n"}', "the token in its response is invalid"),
    "a token with a control character": unusable(
        '{"token": "hunter2\\u001b[2J"}', "the token in its response is invalid"
    ),
    "a token with a lone surrogate": unusable('{"token": "hunter2\\ud800"}', "the token in its response is invalid"),
    "a token in another script": unusable('{"token": "hunter2\u0660"}', "the token in its response is invalid"),
    "a token that is a number": unusable('{"token": 17}', "the token in its response is invalid"),
    "a token that is an object": unusable('{"token": {"value": "hunter2"}}', "the token in its response is invalid"),
    "a token beyond all bounds": unusable(json.dumps({"token": "x" * 5_000}), "the token in its response is invalid"),
}

FAULTS = {**INTERIM, **LEFT_OVER, **HEAD, **BODY, **BREAKS, **TIME, **JSON}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    fault = FAULTS[name]
    users = 4 if fault.timeout == AT_LEAST else 1  # what is not struck has to have the time that it needs
    with closing(FaultyServer(fault.script)) as server:
        with client_of(f"http://127.0.0.1:{server.port}", timeout=fault.timeout) as client:
            struck, *others = mint(client, users, server.has_struck if users > 1 else None)
        assert server.asked == names(users)
    if fault.reason:
        check_failure(struck, fault.reason, fault.consequence)
        assert tokens(others) == own(users)[1:]
    else:
        assert tokens([struck, *others]) == own(users)


@pytest.mark.parametrize("name", [*LEFT_OVER, "a length beside chunks", "101 Switching Protocols", "two lengths"])
def test_a_connection_that_is_not_used_again(name: str) -> None:
    """All requests but the first are sent over another one."""
    with closing(FaultyServer(FAULTS[name].script)) as server:
        with client_of(f"http://127.0.0.1:{server.port}") as client:
            mint(client, after_first=server.has_struck)
        assert server.connections == 2
