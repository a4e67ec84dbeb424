# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Responses of a server, generated from a grammar and then corrupted.

A response is a list of atoms. Most atoms are single bytes, but ``OWN_TOKEN`` is one atom, and a foreign token together
with its kind is another. Corruption never splits an atom, so a token that the client returns can be traced to the
response.
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

SECRET = "hunter2"  # a part of all secrets, which no text may contain
ACCESS_TOKEN = f"{SECRET}-access"  # the client's, which a server may send back
OWN_TOKEN = "token-of-this-request"
INVALID_HTTP = "neither-fish-nor-fowl"  # a part of what violates the rules of HTTP


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of resource: its own content, and content of the other kind."""

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
class FuzzedResponse:
    """The response to a request: the pieces to send, and how the connection ends, one of ``ENDS``.

    ``body`` is the body before framing and compression. ``late`` is sent once the client waits for more data, or with
    the next response.
    """

    pieces: list[bytes]
    end: str
    body: bytes
    late: bytes = b""

    @property
    def everything(self) -> bytes:
        """All data that the client can have received, and the body."""
        return b"".join([*self.pieces, self.late, self.body])


ENDS = ("stays", "closes", "breaks")


# --- The content of a response

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
    """The requested resource with an error in it. ``intact`` adds content that must not be corrupted afterwards."""
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
    """An error in Google's envelope."""
    reasons = ["rateLimitExceeded", "accessNotConfigured", "USER_PROJECT_DENIED", "forbidden"]
    text = st.sampled_from([*_LEAKS, kind.foreign, *reasons, "user limit"]) | _ODD_VALUES
    entries = st.lists(st.fixed_dictionaries({}, optional={"reason": text, "message": text}), max_size=2)
    known = {"message": text, "status": text, "code": text, "errors": entries | text, "details": entries | text}
    return st.fixed_dictionaries({}, optional=known).map(lambda error: _dump({"error": error}))


_VERSIONS = st.sampled_from(
    ["HTTP/1.0", "HTTP/0.9", "HTTP/2", "http/1.1", f"SSH-2.0-{INVALID_HTTP}", "", " HTTP/1.1", "\r\nHTTP/1.1"]
)
_SUCCESSES = st.sampled_from([200] * 9 + [201, 204, 206, 226])
_FAILURES = st.sampled_from([301, 304, 400, 401, 403, 403, 404, 407, 412, 429, 500, 503])
_ODD_STATUS = st.sampled_from(
    [*(100, 101, 199, 0, 99, 600, 999, 1000), "2oo", "", "-200", "+200", "2_00", "\xb2\xb2\xb2", "200200"]
)
_INTERIM_STATUS = st.sampled_from([103, 100, 102, 199, 101])
_REASONS = st.sampled_from(["", INVALID_HTTP, "x" * 70_000, "a\rb", "\xff\x00", "\x85"])


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
            *("Content-Type: text/html; charset=utf-7", INVALID_HTTP, " folded at first", "\x00", "X" * 70_000),
        ]
    )
    return st.lists(st.builds(str.format, forms, st.sampled_from(names), values) | known, min_size=1, max_size=3)


def _head(draw: st.DrawFn, kind: Kind, status: Any, odd: set[str]) -> bytes:
    """The status line and the headers of a response, without the empty line at the end."""
    version = draw(_VERSIONS) if "version" in odd else "HTTP/1.1"
    status = draw(_ODD_STATUS) if "status" in odd else status
    reason = draw(_REASONS) if "reason" in odd else "OK"
    headers = draw(_headers(kind)) if "headers" in odd else ["Content-Type: application/json"]
    lines = [f"{version} {status} {reason}", *headers, ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace")


# --- The framing of the body


def atoms_of(wire: bytes) -> Atoms:
    """The atoms of a response."""
    return re.findall(_ATOM, wire)


_WHOLE = [
    f'"{OWN_TOKEN}"',
    *(form for kind in (AUTHENTICATION, ENROLLMENT) for form in (kind.foreign, _dump(kind.foreign)[1:-1])),
    ACCESS_TOKEN,
]
_ATOM = re.compile(b"|".join(re.escape(whole.encode()) for whole in _WHOLE) + b"|.", re.DOTALL)
_FRAMINGS = st.sampled_from(["length", "chunks", "end"])
_ODD_FRAMINGS = st.sampled_from(["wrong length", "odd chunks", "chunks and length", "compressed"])
_CHUNK_SIZES = st.sampled_from(
    ["{:x}", "{:X}", "000{:x}", "{:x};a=b", "{:x} ", "0x{:x}", "+{:x}", "-{:x}", "f{:x}", INVALID_HTTP]
)
_LAST_CHUNKS = st.sampled_from([b"0\r\nX: y\r\n\r\n", b"00\r\n\r\n", b"0\r\n", b"0;x\r\n\r\n", b"", b"-0\r\n\r\n"])


def _framed(draw: st.DrawFn, body: bytes, framing: str) -> bytes:
    """The headers that frame a body, and the body."""
    if framing == "end":
        return b"\r\n" + body
    if "chunks" in framing:
        length = b"Content-Length: %d\r\n" % draw(st.integers(0, 300)) if "length" in framing else b""
        return length + b"Transfer-Encoding: chunked\r\n\r\n" + _chunks(draw, atoms_of(body), odd="odd" in framing)
    length = b"Content-Length: %d\r\n" % (len(body) + (draw(st.integers(-20, 40)) if "wrong" in framing else 0))
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


def _response(draw: st.DrawFn, kind: Kind, odd: set[str], *, intact: bool = False) -> tuple[bytes, bytes]:
    """Interim responses, a response and data after it, of which the parts in ``odd`` are invalid; and its body."""
    before = after = b""
    if "interim" in odd:
        for status in draw(st.lists(_INTERIM_STATUS, min_size=1, max_size=3)):
            before += _head(draw, kind, status, odd & {"headers", "reason"}) + b"\r\n"
    if "after" in odd:
        foreign = _foreign_response(kind)
        after = draw(st.sampled_from([foreign, b"\r\n", b"\r\n" + foreign, foreign[:30], foreign[-30:], foreign * 3]))
    success = draw(st.sampled_from([True, True, False]))
    head = _head(draw, kind, draw(_SUCCESSES if success else _FAILURES), odd)
    body = _dump(kind.own)
    if "body" in odd or not success:
        body = draw(_resource(kind, intact=intact) if success else _error(kind))
    body_bytes = body.encode(errors="surrogatepass")
    framing = draw(_ODD_FRAMINGS if "framing" in odd else _FRAMINGS)
    content = gzip.compress(body_bytes, mtime=0) if framing == "compressed" else body_bytes
    return before + head + _framed(draw, content, framing) + after, body_bytes


def _foreign_response(kind: Kind) -> bytes:
    """The response to another request."""
    body = f"{{{kind.foreign}}}".encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


# --- Corruption of bytes

_NOISE = st.sampled_from(
    [
        *(b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\x00", b"\xff", b"\xc3", b"\x1b", b"\xef\xbb\xbf", b"\xed\xa0\x80"),
        *(b" ", b"\t", b":", b";", b'"', b"\\", b"{", b"}", b"0", b"9", b"-", b"%", b"<"),
        *(b"HTTP/1.1 100 \r\n\r\n", b"x" * 200_000),
    ]
)
_CORRUPTIONS = ("delete", "duplicate", "swap", "insert", "replace", "cut off")
_corruption = st.tuples(st.sampled_from(_CORRUPTIONS), st.integers(0, 1000), st.integers(1, 40), _NOISE)


def _corrupt(atoms: Atoms, corruption: str, at: int, length: int, noise: bytes) -> Atoms:
    """Corrupt the atoms."""
    at %= len(atoms) + 1
    before, selected, after = atoms[:at], atoms[at : at + length], atoms[at + length :]
    return {
        "delete": before + after,
        "duplicate": before + selected + selected + after,
        "swap": before + after[:length] + selected + after[length:],
        "insert": [*before, noise, *selected, *after],
        "replace": [*before, noise, *after],
        "cut off": before,
    }[corruption]


@st.composite
def corrupted_responses(draw: st.DrawFn, kind: Kind) -> FuzzedResponse:
    """A response with any part invalid or corrupted."""
    wire, body_bytes = _response(draw, kind, draw(_PARTS))
    atoms = atoms_of(wire)
    for corruption in draw(st.lists(_corruption, max_size=2)):
        atoms = _corrupt(atoms, *corruption)
    wire = b"".join(atoms)
    cuts = sorted(draw(st.lists(st.integers(0, len(wire)), max_size=3)))
    pieces = [wire[start:end] for start, end in itertools.pairwise([0, *cuts, len(wire)])]
    return FuzzedResponse([piece for piece in pieces if piece], draw(st.sampled_from(ENDS)), body_bytes)


@st.composite
def unexpected_bodies(draw: st.DrawFn, kind: Kind) -> FuzzedResponse:
    """A response in valid HTTP with an unexpected body."""
    wire, body_bytes = _response(draw, kind, {"body"}, intact=True)
    return FuzzedResponse([wire], "stays", body_bytes)


@st.composite
def delayed_responses(draw: st.DrawFn, kind: Kind) -> FuzzedResponse:
    """A valid response whose end is late, or one with the start of a foreign response, whose end is late."""
    body_bytes = _dump(kind.own).encode()
    interim = b"".join(
        b"HTTP/1.1 %d -\r\n\r\n" % status for status in draw(st.lists(st.sampled_from([103, 100, 102]), max_size=3))
    )
    framing = draw(st.sampled_from(["length", "chunks"]))
    wire = interim + b"HTTP/1.1 200 OK\r\n" + _framed(draw, body_bytes, framing)
    if draw(st.booleans()):
        wire, whole = wire + _foreign_response(kind), len(wire)
        cut = draw(st.integers(whole + 1, len(wire) - 1))
    else:
        cut = draw(st.just(len(interim)) | st.integers(0, len(wire) - 1))
    return FuzzedResponse([wire[:cut]], "stays", body_bytes, late=wire[cut:])
