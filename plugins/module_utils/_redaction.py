# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Redacts secrets in external text, before it is quoted in messages.

A proxy's error page may quote the request, a server its own database, and a library the password of a proxy. Secrets
are recognized by their form, by the text before them, or because they are known. In doubt, a pattern redacts too much
rather than too little.

All patterns take linear time: each repetition is either bounded or followed by nothing that could fail.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Callable

from ansible_collections.emm.android_enterprise.plugins.module_utils._text import drop_unprintable

_REDACTED = "[redacted]"
_TEXT_LIMIT = 500
_MATCHED_LIMIT = 2000  # for the patterns; they redact a secret that is cut off here up to the end.

# Characters between a label and its secret: plain, and as encoded in (nested) JSON, URLs and HTML.
_PERCENT = r"%(?:25){0,3}"
_QUOTE = rf"(?:\\{{0,15}}(?:[\"']|u002[27])|{_PERCENT}2[27]|&(?:quot|apos|#0?3[49]|#x2[27]);)"
_BLANK = rf"(?: |\+|{_PERCENT}(?:20|0[9ad])|\\{{1,15}}[nrt])"
_EQUAL = rf"(?:=>?|{_PERCENT}3d|\\{{1,15}}u003d|&#(?:61|x3d);)"
_COLON = rf"(?::=?|{_PERCENT}3a|\\{{1,15}}u003a|&#(?:58|x3a);)"
_COMMA = rf"(?:,|{_PERCENT}2c|\\{{1,15}}u002c)"
_AMPERSAND = rf"(?:&|{_PERCENT}26|\\{{1,15}}u0026)"
_ANY_BLANKS = _BLANK + "{0,8}"
_SLASH = rf"(?:\\{{0,15}}/|{_PERCENT}2f|\\{{1,15}}u002f)"
_AT = rf"(?:@|{_PERCENT}40|\\{{1,15}}u0040)"
_ADDRESS = rf"{_COLON}{_SLASH}{{2}}"

_SECRET_FORMATS = re.compile(
    # A private key, complete or cut off.
    rf"-----BEGIN[^-]{{0,40}}PRIVATE(?i:{_BLANK}){{1,8}}KEY[^-]{{0,20}}-----.*?(?:-----END[^-]{{0,60}}-----|\Z)"
    # A JSON Web Token or a part of one, such as an assertion or an ID token; but not "keyJson".
    r"|(?<![kK])eyJ[\w.+/=~-]*"
    # Google's access tokens, client secrets, API keys and refresh tokens.
    r"|ya29\.[\w.~+/=-]*"
    r"|GOCSPX-[\w-]*"
    r"|AIza[\w-]*"
    rf"|(?i:(?:(?<![\w.])|(?<=2[267])|(?<=3[ad]))1(?:\\{{0,15}}/|{_PERCENT}2f){{2}})[\w-]+"
)

_SCHEME = "(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|GoogleLogin)"
_QUOTED = (
    rf"(?P<open>[bru]{{0,2}}(?P<quote>{_QUOTE})).*?"
    r"(?:(?P<close>(?<!\\)(?<!%5c)(?<!%255c)(?P=quote)(?!\w))|\Z)"
)
_NESTED = r"(?!\[redacted\])[\[{].*"
_KEYS = "(?:private|secret|access|api|signing|encryption|shared)[_-]?key(?:[_-]?id)?"
# Suffixes of names: access_token, clientSecret, X-Goog-Api-Key. But invalid_token is an error code.
_LABEL = (
    rf"(?:(?:(?<!invalid_)token|secret|assertion|password|passwd|passphrase|pwd|{_KEYS}|saml_?response)(?:[_-]?value)?"
    rf"|(?:(?<![\w-])|(?<=%3f)|(?<=%26)|(?<=%253f)|(?<=%2526)|(?<=u0026))key(?={_EQUAL}))"
)
# name="token" value="...", {"key": "token", "value": "..."}
_VALUE = rf"{_COMMA}?{_ANY_BLANKS}{_QUOTE}?value{_QUOTE}?{_ANY_BLANKS}(?:{_EQUAL}|{_COLON})"
_IN_XML = rf"(?:>|&gt;|{_PERCENT}3e|\\{{1,15}}u003e)(?=[\w+/~-])"
# The text after "https://oauth2.googleapis.com/token: " is about that URL, and not a token.
_TOKEN_ADDRESS = (
    rf"(?P<harmless>{_ADDRESS}[\w.@\[\]-]{{0,100}}(?::\d{{1,5}})?[\w./@-]{{0,200}}/[a-z]{{0,30}}token(?=: ))"
)
_LABELED = re.compile(
    rf"{_TOKEN_ADDRESS}"
    rf"|(?P<before>{_LABEL}{_QUOTE}?{_ANY_BLANKS}(?:(?P<form>{_EQUAL})|{_COLON}|{_VALUE}|{_IN_XML}){_ANY_BLANKS})"
    rf"(?:{_QUOTED}|{_NESTED}|(?:{_SCHEME}{_BLANK}{{1,8}})?(?(form)(?:(?!{_AMPERSAND})\S)+|\S+))",
    re.IGNORECASE,
)
# In these headers, a secret may contain spaces, commas and quotes. Unless quoted, it extends to the end of the text.
_HEADER = re.compile(
    rf"(?P<before>(?:authorization|cookie2?){_QUOTE}?{_ANY_BLANKS}"
    rf"(?:{_COLON}|{_EQUAL}|(?P<pair>{_COMMA})){_ANY_BLANKS})"
    rf"(?(pair).+|(?:{_QUOTED}|(?P<scheme>{_SCHEME}{_BLANK}{{1,8}})?.+))",
    re.IGNORECASE,
)
_HARMLESS_WORDS = (
    "(?:tokens?|auth|authentication|authorization|scheme|realm|credentials?|header|access|error|and|or|is|was)"
)
_AFTER_BLANK = re.compile(
    rf"(?P<before>(?:Bearer|Basic|GoogleLogin|(?<!-)--[\w-]{{0,30}}?{_LABEL}){_BLANK}{{1,8}})"
    rf"(?!{_HARMLESS_WORDS}(?!\w|[.~+/=-]\w))\S+",
    re.IGNORECASE,
)

_BASE64 = re.compile(r"[\w+/=-]+")
_BASE64_MIN = 8  # characters; shorter pieces may occur by chance
_URL_SAFE = str.maketrans("+/", "-_")
_PERCENT_ENCODED = re.compile("%[0-9A-F]{2}")
_ESCAPED_BY_GOOGLE = {ord(character): rf"\u{ord(character):04x}" for character in "&'<=>"}
_ENCODERS: tuple[Callable[[str], str], ...] = (
    urllib.parse.quote,
    urllib.parse.quote_plus,
    lambda text: urllib.parse.quote(text, safe=""),
    lambda text: _PERCENT_ENCODED.sub(lambda code: code[0].lower(), urllib.parse.quote(text, safe="")),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: text.replace("/", r"\/"),  # PHP's JSON
    lambda text: text.translate(_ESCAPED_BY_GOOGLE),
    lambda text: repr(text)[1:-1],
    html.escape,
)

_END = r"[\"'<>](?!\w)"  # of a URL; if a word follows, it is part of an odd name
_IPV6 = r"\[[\w:.-]{2,60}\]"
_PORT = rf"(?:\d{{1,5}}:?(?:[^\w@%:~+-]|{_PERCENT}2[27f]|\Z)|\s|\Z)"
# Up to the first "@", whatever the password contains, or else up to the end. Then up to the last "@".
_USER_AND_PASSWORD = re.compile(
    rf"(?P<before>{_ADDRESS})(?!{_IPV6})(?:(?!{_COLON}|{_SLASH}|{_AT}|{_END})[^\s?#]){{0,100}}"
    rf"{_COLON}(?!{_PORT}).*?(?={_AT}|\Z)",
    re.IGNORECASE,
)
_REST_OF_ADDRESS = re.compile(rf"(?P<before>{_ADDRESS})(?P<rest>(?:(?!{_ADDRESS})\S)+)", re.IGNORECASE)
_IN_ADDRESS = re.compile(rf"(?P<at>{_AT})|(?P<colon>{_COLON})|(?P<slash>{_SLASH}|[?#])|(?P<end>{_END})", re.IGNORECASE)
# An IAM principal has an e-mail address after a colon.
_WITHOUT_SCHEME = re.compile(
    rf"(?P<before>(?<![\w.~%+-]))(?!(?:serviceAccount|mailto){_COLON})(?:(?!{_COLON})[\w.~%+-]){{1,64}}"
    rf"{_COLON}(?!{_SLASH}|{_QUOTE})(?:(?!{_AT})\S){{1,128}}(?={_AT}\w)",
    re.IGNORECASE,
)


def sanitize(text: str, *secrets: str | None) -> str:
    """Prepare external text for a message: on one line, of bounded length, without secrets.

    ``secrets`` are known secrets, such as the access token in use.
    """
    text = _on_one_line(text)  # first, so that nothing invisible hides a label or a secret
    for secret in filter(None, secrets):
        text = _redact_known(secret, text)
    text = text[:_MATCHED_LIMIT]
    text = _USER_AND_PASSWORD.sub(_redact, text)
    text = _REST_OF_ADDRESS.sub(_redact_user, text)
    text = _WITHOUT_SCHEME.sub(_redact, text)
    text = _SECRET_FORMATS.sub(_REDACTED, text)
    for pattern in (_HEADER, _LABELED, _AFTER_BLANK):
        text = pattern.sub(_redact, text)
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]}..."


def _on_one_line(text: str) -> str:
    return " ".join(drop_unprintable(text).split())


def _redact(match: re.Match[str]) -> str:
    """The matched text, with its secret redacted."""
    if match.groupdict().get("harmless"):
        return match[0]
    around = {"open": "", "close": "", "scheme": "", **match.groupdict(default="")}
    return f"{around['before']}{around['open']}{around['scheme']}{_REDACTED}{around['close']}"


def _redact_user(match: re.Match[str]) -> str:
    """A URL without its user name and password."""
    rest = match["rest"]
    marks = list(_IN_ADDRESS.finditer(rest))
    ats = [mark.start() for mark in marks if mark.lastgroup == "at"]
    first = next((mark.lastgroup for mark in marks if mark.lastgroup != "slash"), None)
    if not ats or first == "end":  # only a host and a path
        return match[0]
    if {mark.lastgroup for mark in marks if mark.start() < ats[-1]} == {"slash"}:  # a path with an e-mail address
        return match[0]
    return match["before"] + _REDACTED + rest[ats[-1] :]


def _redact_known(secret: str, text: str) -> str:
    """Redact a secret in a text, in all of its encodings."""
    secret = drop_unprintable(secret)
    for form in sorted(_encoded_forms(secret), key=len, reverse=True):
        text = text.replace(form, _REDACTED)
    pieces = _base64_pieces(secret)
    return _BASE64.sub(lambda run: _REDACTED if any(piece in run[0] for piece in pieces) else run[0], text)


def _encoded_forms(secret: str) -> set[str]:
    """A secret in plain form, and as encoded in URLs, JSON and HTML, up to two levels deep."""
    forms = {secret}
    for dummy in range(2):
        forms |= {encode(form) for form in forms for encode in _ENCODERS}
    return set(filter(None, map(_on_one_line, forms)))


def _base64_pieces(secret: str) -> set[str]:
    """The base64 encodings of a secret at any position in a longer text, such as after a user name and a colon."""
    content = secret.encode()
    pieces = set()
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + content).decode()
        piece = encoded[
            -(-offset * 8 // 6) : (offset + len(content)) * 8 // 6
        ]  # without characters that depend on other bytes
        if len(piece) >= _BASE64_MIN:
            pieces |= {piece, piece.translate(_URL_SAFE)}
    return pieces
