# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Answers of a server, as a grammar has them, and then with mistakes in their bytes.

An answer is a list of atoms, which are single bytes but for ``OWN_TOKEN`` and a foreign token together with its kind.
No mistake takes an atom apart, so what a server really says can be told from what a client makes of it.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

Atoms: TypeAlias = "list[bytes]"

SECRET = "hunter2"  # a part of all that must not be seen
ACCESS_TOKEN = f"{SECRET}-access"  # of the client, which servers have, and may send back
OWN_TOKEN = "token-of-this-request"
UNREADABLE = "neither-fish-nor-fowl"  # a part of what breaks the rules of HTTP


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of resource: what an answer is to say of it, and what one of another kind says."""

    own: dict[str, Any]
    foreign: str  # entries of a JSON object


def _foreign(kind: str) -> str:
    return f'"kind": "androidenterprise#{kind}", "token": "{SECRET}-of-another-request"'


AUTHENTICATION = Kind(
    {"kind": "androidenterprise#authenticationToken", "token": OWN_TOKEN},
    _foreign("enrollmentToken"),
)
ENROLLMENT = Kind(
    {
        "kind": "androidenterprise#enrollmentToken",
        "token": OWN_TOKEN,
        "enrollmentTokenType": "userDevice",
        "duration": "3600s",
        "googleAuthenticationOptions": {
            "authenticationRequirement": "required",
            "requiredAccountEmail": "sam@example.com",
        },
    },
    _foreign("authenticationToken"),
)


@dataclass(frozen=True)
class Strike:
    """What is done to a request: the pieces that are sent, and how the connection ends, which is one of ``ENDS``.

    ``said`` is the body of the answer, ``late`` what is sent when the client waits for more, or for something else.
    """

    pieces: list[bytes]
    end: str
    said: bytes
    late: bytes = b""

    @property
    def everything(self) -> bytes:
        """All that the client has from the server."""
        return b"".join([*self.pieces, self.late, self.said])


ENDS = ("stays", "closes", "breaks")


# --- What stands in an answer

_ODD_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, 0, -1, 2**70, 0.5, float("nan"), float("inf"), [], {}, [[]], {"": {}}, [None], ["a", {}]),
        *("", " ", "0", "\x00", "\x1b[2J", "\u202e", "\ud800", "\x85", "3600s", "1e9s", "userlessDevice", "x" * 5000),
    ]
)
_ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
_LEAKS = (
    ACCESS_TOKEN,
    f"Authorization: Bearer {ACCESS_TOKEN}",
    f"https://user:{SECRET}@example.com/?access_token={ACCESS_TOKEN}",
)
_PAGES = (f"<html><title>Bearer {ACCESS_TOKEN}</title>", f"<title>{ACCESS_TOKEN.replace('-', '&#45;')}</title>")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)


@functools.cache
def _resource(kind: Kind, *, intact: bool) -> st.SearchStrategy[str]:
    """What was asked for, with something wrong in it; ``intact`` is for what no mistake will be made in."""
    keys = st.sampled_from([*kind.own, "error", "other"])
    changes = st.dictionaries(keys, _ODD_VALUES | _ASCII, min_size=1, max_size=2)
    beside = [
        f', "other": {{{kind.foreign}}}}}',
        f', "x": [{{{kind.foreign}}}]}}',
        f", {kind.foreign}}}",
        ', "x": NaN}',
        "}}",
        *([f', "token": "{SECRET}"}}', f', "token": "{SECRET}", "token": "{OWN_TOKEN}"}}'] if intact else []),
    ]
    whole = ["", "null", "[]", "[" * 5000, "\ufeff" + _dump(kind.own), _dump([kind.own]), *_LEAKS, *_PAGES]
    return st.one_of(
        changes.map(lambda changes: _dump({**kind.own, **changes})),
        st.sampled_from(beside).map(lambda rest: _dump(kind.own)[:-1] + rest),
        st.sampled_from(whole),
    )


@functools.cache
def _error(kind: Kind) -> st.SearchStrategy[str]:
    """Google's envelope."""
    reasons = ["rateLimitExceeded", "accessNotConfigured", "USER_PROJECT_DENIED", "forbidden"]
    text = st.sampled_from([*_LEAKS, kind.foreign, *reasons, "user limit"]) | _ODD_VALUES
    entries = st.lists(st.fixed_dictionaries({}, optional={"reason": text, "message": text}), max_size=2)
    known = {"message": text, "status": text, "code": text, "errors": entries | text, "details": entries | text}
    return st.fixed_dictionaries({}, optional=known).map(lambda error: _dump({"error": error}))


_VERSIONS = st.sampled_from(
    ["HTTP/1.0", "HTTP/0.9", "HTTP/2", "http/1.1", f"SSH-2.0-{UNREADABLE}", "", " HTTP/1.1", "\r\nHTTP/1.1"]
)
_SUCCESSES = st.sampled_from([200] * 9 + [201, 204, 206, 226])
_FAILURES = st.sampled_from([301, 304, 400, 401, 403, 403, 404, 407, 412, 429, 500, 503])
_ODD_STATUS = st.sampled_from(
    [*(100, 101, 199, 0, 99, 600, 999, 1000), "2oo", "", "-200", "+200", "2_00", "\xb2\xb2\xb2", "200200"]
)
_INTERIM_STATUS = st.sampled_from([103, 100, 102, 199, 101])
_REASONS = st.sampled_from(["", UNREADABLE, "x" * 70_000, "a\rb", "\xff\x00", "\x85"])


@functools.cache
def _headers(kind: Kind) -> st.SearchStrategy[list[str]]:
    names = ["Content-Type", "Location", "Retry-After", "Date", "Set-Cookie", "Trailer", "X-Any", "X Y", "\xff", ""]
    values = st.sampled_from([*_LEAKS, kind.foreign, "", " ", "\xff\xfe", "x" * 1000, "=?utf-8?q?a?="]) | _ASCII
    forms = st.sampled_from(["{}: {}", "{}:{}", "{}:\t{}\r\n folded", "{}:\r\n {}"])
    known = st.sampled_from(
        [
            *("Connection: close", "Connection: keep-alive", "Connection: upgrade", "Keep-Alive: timeout=1"),
            *("Content-Encoding: gzip", "Content-Encoding: identity", "Content-Encoding: \xff"),
            *("Content-Length: 5", "Content-Length: 5, 5", "Content-Length : 7", "Content-Length: 1_0"),
            *("Content-Length: 99999999999999999999", "Content-Length: -1", "Content-Length: \xb2"),
            *("Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: \x0bchunked"),
            *(
                "Retry-After: 86400",
                "Retry-After: -1",
                "Retry-After: 1e9",
                "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT",
            ),
            *("Date: Fri, 27 Nov 2026 05:00:00 GMT", "Date: Fri, 31 Dec 9999 23:59:59 -2359", "Date: yesterday"),
            *("Content-Type: text/html; charset=utf-7", UNREADABLE, " folded at first", "\x00", "X" * 70_000),
        ]
    )
    return st.lists(st.builds(str.format, forms, st.sampled_from(names), values) | known, min_size=1, max_size=3)


def _head(draw: st.DrawFn, kind: Kind, status: Any, odd: set[str]) -> bytes:
    """The head of an answer, without the empty line at its end."""
    version = draw(_VERSIONS) if "version" in odd else "HTTP/1.1"
    status = draw(_ODD_STATUS) if "status" in odd else status
    reason = draw(_REASONS) if "reason" in odd else "OK"
    headers = draw(_headers(kind)) if "headers" in odd else ["Content-Type: application/json"]
    lines = [f"{version} {status} {reason}", *headers, ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace")


# --- How the body is framed


def atoms_of(wire: bytes) -> Atoms:
    """The atoms of an answer."""
    return re.findall(_ATOM, wire)


_WHOLE = [
    f'"{OWN_TOKEN}"',
    *(form for kind in (AUTHENTICATION, ENROLLMENT) for form in (kind.foreign, _dump(kind.foreign)[1:-1])),
    ACCESS_TOKEN,
]
_ATOM = re.compile(b"|".join(re.escape(whole.encode()) for whole in _WHOLE) + b"|.", re.DOTALL)
_FRAMINGS = st.sampled_from(["length", "chunks", "end"])
_ODD_FRAMINGS = st.sampled_from(["another length", "odd chunks", "chunks and length", "compressed"])
_CHUNK_SIZES = st.sampled_from(
    ["{:x}", "{:X}", "000{:x}", "{:x};a=b", "{:x} ", "0x{:x}", "+{:x}", "-{:x}", "f{:x}", UNREADABLE]
)
_LAST_CHUNKS = st.sampled_from([b"0\r\nX: y\r\n\r\n", b"00\r\n\r\n", b"0\r\n", b"0;x\r\n\r\n", b"", b"-0\r\n\r\n"])


def _framed(draw: st.DrawFn, body: bytes, framing: str) -> bytes:
    """The headers that tell where a body ends, and the body."""
    if framing == "end":
        return b"\r\n" + body
    if "chunks" in framing:
        length = b"Content-Length: %d\r\n" % draw(st.integers(0, 300)) if "length" in framing else b""
        return length + b"Transfer-Encoding: chunked\r\n\r\n" + _chunks(draw, atoms_of(body), odd="odd" in framing)
    length = b"Content-Length: %d\r\n" % (len(body) + (draw(st.integers(-20, 40)) if "another" in framing else 0))
    return (b"Content-Encoding: gzip\r\n" if framing == "compressed" else b"") + length + b"\r\n" + body


def _chunks(draw: st.DrawFn, atoms: Atoms, *, odd: bool) -> bytes:
    cuts = sorted(draw(st.sets(st.integers(1, len(atoms)), max_size=2))) if atoms else []
    chunks = [b"".join(atoms[start:end]) for start, end in itertools.pairwise([0, *cuts, len(atoms)])]
    framed = b""
    for chunk in filter(None, chunks):
        size = draw(_CHUNK_SIZES) if odd else "{:x}"
        framed += size.format(len(chunk)).encode() + b"\r\n" + chunk + b"\r\n"
    return framed + (draw(_LAST_CHUNKS) if odd else b"0\r\n\r\n")


_PARTS = st.sets(
    st.sampled_from(["interim", "after", "body", "framing", "headers", "status", "version", "reason"]), max_size=3
)


def _answer(draw: st.DrawFn, kind: Kind, odd: set[str], *, intact: bool = False) -> tuple[bytes, bytes]:
    """Interim answers, an answer, and what follows it, of which some parts are odd; and its body."""
    before = after = b""
    if "interim" in odd:
        for status in draw(st.lists(_INTERIM_STATUS, min_size=1, max_size=3)):
            before += _head(draw, kind, status, odd & {"headers", "reason"}) + b"\r\n"
    if "after" in odd:
        another = _another(kind)
        after = draw(st.sampled_from([another, b"\r\n", b"\r\n" + another, another[:30], another[-30:], another * 3]))
    success = draw(st.sampled_from([True, True, False]))
    head = _head(draw, kind, draw(_SUCCESSES if success else _FAILURES), odd)
    body = _dump(kind.own)
    if "body" in odd or not success:
        body = draw(_resource(kind, intact=intact) if success else _error(kind))
    said = body.encode(errors="surrogatepass")
    framing = draw(_ODD_FRAMINGS if "framing" in odd else _FRAMINGS)
    content = gzip.compress(said, mtime=0) if framing == "compressed" else said
    return before + head + _framed(draw, content, framing) + after, said


def _another(kind: Kind) -> bytes:
    """The answer to another request."""
    body = f"{{{kind.foreign}}}".encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


# --- What goes wrong with bytes

_STUFF = st.sampled_from(
    [
        *(b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\x00", b"\xff", b"\xc3", b"\x1b", b"\xef\xbb\xbf", b"\xed\xa0\x80"),
        *(b" ", b"\t", b":", b";", b'"', b"\\", b"{", b"}", b"0", b"9", b"-", b"%", b"<"),
        *(b"HTTP/1.1 100 \r\n\r\n", b"x" * 200_000),
    ]
)
_MISTAKES = ("delete", "duplicate", "swap", "insert", "replace", "cut off")
_mistake = st.tuples(st.sampled_from(_MISTAKES), st.integers(0, 1000), st.integers(1, 40), _STUFF)


def _make(atoms: Atoms, mistake: str, at: int, length: int, stuff: bytes) -> Atoms:
    """The atoms with a mistake made in them."""
    at %= len(atoms) + 1
    before, struck, after = atoms[:at], atoms[at : at + length], atoms[at + length :]
    return {
        "delete": before + after,
        "duplicate": before + struck + struck + after,
        "swap": before + after[:length] + struck + after[length:],
        "insert": [*before, stuff, *struck, *after],
        "replace": [*before, stuff, *after],
        "cut off": before,
    }[mistake]


@st.composite
def mistakes(draw: st.DrawFn, kind: Kind) -> Strike:
    """An answer to a request for a resource of a kind, which may be wrong in all of its parts."""
    wire, said = _answer(draw, kind, draw(_PARTS))
    atoms = atoms_of(wire)
    for mistake in draw(st.lists(_mistake, max_size=2)):
        atoms = _make(atoms, *mistake)
    wire = b"".join(atoms)
    cuts = sorted(draw(st.lists(st.integers(0, len(wire)), max_size=3)))
    pieces = [wire[start:end] for start, end in itertools.pairwise([0, *cuts, len(wire)])]
    return Strike([piece for piece in pieces if piece], draw(st.sampled_from(ENDS)), said)


@st.composite
def contents(draw: st.DrawFn, kind: Kind) -> Strike:
    """An answer as HTTP has it, with a body that may say anything."""
    wire, said = _answer(draw, kind, {"body"}, intact=True)
    return Strike([wire], "stays", said)


@st.composite
def delays(draw: st.DrawFn, kind: Kind) -> Strike:
    """An answer as HTTP has it, the rest of which comes late; or a part of another one with it, and the rest late."""
    said = _dump(kind.own).encode()
    interim = b"".join(
        b"HTTP/1.1 %d -\r\n\r\n" % status for status in draw(st.lists(st.sampled_from([103, 100, 102]), max_size=3))
    )
    framing = draw(st.sampled_from(["length", "chunks"]))
    wire = interim + b"HTTP/1.1 200 OK\r\n" + _framed(draw, said, framing)
    if draw(st.booleans()):
        wire, whole = wire + _another(kind), len(wire)
        cut = draw(st.integers(whole + 1, len(wire) - 1))
    else:
        cut = draw(st.just(len(interim)) | st.integers(0, len(wire) - 1))
    return Strike([wire[:cut]], "stays", said, late=wire[cut:])
