# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The redaction of external text for messages."""

from __future__ import annotations

import base64
import html
import json
import re
import time
import urllib.parse
from collections.abc import Callable

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils import _redaction
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\n text\t here ", "plain text here"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        ("authorization: bearer abc", "authorization: bearer [redacted]"),
        ("grant_type=x&assertion=abc&y=z", "grant_type=x&assertion=[redacted]&y=z"),
        ("token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln!", "token [redacted]!"),
        ("token ya29.a0Af_-xyz", "token [redacted]"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nrest", "[redacted] rest"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE cut off", "[redacted]"),
        ("Authorization: Bearer\n  abc", "Authorization: Bearer [redacted]"),
        ("Basic dXNlcjpodW50ZXIy", "Basic [redacted]"),
        ("refresh_token=1-abc&client_secret=xyz", "refresh_token=[redacted]&client_secret=[redacted]"),
        ('{"access_token": "opaque", "x": 1}', '{"access_token": "[redacted]", "x": 1}'),
        ("{'subjectToken': 'opaque'}", "{'subjectToken': '[redacted]'}"),
        ('{"authorization": "Bearer opaque", "x": 1}', '{"authorization": "[redacted]", "x": 1}'),
        ("saw 1//0abc-def and GOCSPX-abc_def", "saw [redacted] and [redacted]"),
        ("to http://user:hun/te@r2@proxy:1 now", "to http://[redacted]@proxy:1 now"),
        ("%22token%22%3A%22opaque%22%2C%22x%22", "%22token%22%3A%22[redacted]%22%2C%22x%22"),
        ("the hunter2 word", "the [redacted] word"),
        ("x" * 600, "x" * 500 + "..."),
    ],
)
def test_sanitize(text: str, expected: str) -> None:
    assert sanitize(text, "hunter2", None, "") == expected
    assert sanitize(expected) == expected or len(expected) > 500, "redacting twice changes nothing"


SECRET = "s3cr3t-V4lue"  # the same in JSON, URLs and HTML
NAMES = [
    "token",
    "access_token",
    "refreshToken",
    "id-token",
    "subject_token",
    "actor_token",
    "ENROLLMENT_TOKEN",
    "x-goog-iam-authorization-token",
    "assertion",
    "client_assertion",
    "clientSecret",
    "private_key",
    "privateKeyId",
    "password",
    "passwd",
    "X-Goog-Api-Key",
    "secretAccessKey",
    "SAMLResponse",
]
LABELLED = [
    "NAME=SECRET",
    "x&NAME=SECRET&y=1",
    "NAME: SECRET",
    "NAME = SECRET x",
    "NAME: Bearer SECRET",
    "login --NAME SECRET",
    '{"NAME": "SECRET", "x": 1}',
    '{"NAME":\n   "a b, SECRET, c"}',
    '{"NAME": "a\\"SECRET"}',
    "{'NAME': 'SECRET'}",
    "{'NAME': b'it's SECRET'}",
    '"NAME": ["a", "SECRET"]',
    '"NAME": {"a": {"b": 1}, "c": "SECRET"}',
    '{"name": "NAME", "value": "SECRET"}',
    "<NAME>SECRET</NAME>",
]
HEADERS = [
    "NAME: SECRET",
    "NAME: Bearer SECRET",
    "NAME: Basic SECRET",
    'NAME: Digest username="u", realm="a b", response="SECRET"',
    "NAME: GoogleLogin auth=SECRET",
    "NAME: Custom a, b; SECRET",
    '{"NAME": "Custom a, SECRET"}',
    '{"NAME": ["a", "SECRET"]}',
    "[('NAME', 'Custom SECRET')]",
    '{"key": "NAME", "value": "AWS4 x, SECRET"}',
]
OTHERS = [
    "Bearer SECRET",
    "basic SECRET",
    "?key=SECRET&alt=json",
    "https://user:SECRET@host/path",
    "https://SECRET@host/path",
    "https://user:SECRET",
    "https://user:SECRET@",
    "https://user:a/b?c#SECRET@host",
    "https://user:12/SECRET@host",
    "https://user:a b SECRET@c@host",
    "https://DOMAIN\\user:SECRET@host",
    "https://user:p\"w'<SECRET@host",
    "https://us'er:SECRET@host",
    "https://us,er:SECRET@host",
    "user:SECRET@host:8080",
    "https://a.example/token:SECRET/token: x",
    "https://a.example/?token=SECRET/token: x",
    "https://u:SECRET@[::1]:8080/",
    "https://a.example/,https://user:SECRET@host",
    "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n",
    "-----BEGIN RSA PRIVATE KEY-----\nSECRET",
    "private_key: -----BEGIN PRIVATE KEY----- SECRET",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\\nSECRET",
    "private_key: '-----BEGIN PRIVATE KEY-----SECRET",
]
LIKE_A_HOST = [
    "user:SECRET@host:8080",
    "https://SECRET@host/path",
    "https://user:12/SECRET@host",
]  # if truncated
FORMATS = [  # case-sensitive
    '"eyJSECRET.SECRET.SECRET"',
    "\neyJSECRET.SECRET",
    '"ya29.SECRET"',
    '"1//0SECRET"',
    '"GOCSPX-SECRET"',
    '"AIzaSECRET-and-so-on"',
]
SAMPLES = [
    *(template.replace("NAME", name) for name in NAMES for template in LABELLED),
    *(
        template.replace("NAME", name)
        for name in ("Authorization", "proxy-authorization", "Cookie", "Set-Cookie")
        for template in HEADERS
    ),
    *OTHERS,
    *FORMATS,
]
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda text: json.dumps({"x": text}),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"x": text})),
    "JSON by Google": lambda text: re.sub("[&'<=>]", lambda found: rf"\u{ord(found[0]):04x}", json.dumps(text)),
    "JSON by PHP": lambda text: json.dumps(text).replace("/", r"\/"),
    "URL": lambda text: urllib.parse.quote(text, safe=""),
    "URL in URL": lambda text: urllib.parse.quote(urllib.parse.quote(text, safe=""), safe=""),
    "form": urllib.parse.quote_plus,
    "HTML": html.escape,
    "repr": lambda text: repr(text.encode()),
    "with invisible characters": lambda text: re.sub(r"(?<=\w)(?=\w)", "\u200b", text),
    "with control characters": lambda text: re.sub(r"(?<=\w)(?=\w)", "\x00\x1b", text),
    "uppercase": lambda text: text.upper().replace(SECRET.upper(), SECRET),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_secrets_are_redacted_in_every_encoding(encoding: str) -> None:
    for sample in SAMPLES:
        if encoding == "uppercase" and sample in FORMATS:
            continue
        text = ENCODINGS[encoding](sample.replace("SECRET", SECRET))
        visible = re.sub("[\u200b\x00\x1b]", "", sanitize(f"It failed: {text}"))
        for part in re.findall(r"\w+", SECRET):
            assert part not in visible, text


def test_truncated_secrets_are_redacted() -> None:
    for sample in SAMPLES:
        if sample in LIKE_A_HOST:
            continue
        text = sample.replace("SECRET", SECRET)
        for end in range(len(text)):
            assert SECRET[:4] not in sanitize(text[:end]), text[:end]


def test_secrets_at_the_length_limit_are_redacted() -> None:
    long = f"token={'x' * 1900} "
    for sample in [sample for sample in OTHERS + FORMATS if sample not in LIKE_A_HOST]:
        for length in range(0, 100, 5):
            text = f"{long}{'y' * length} {sample.replace('SECRET', SECRET)}"
            assert SECRET[:4] not in sanitize(text), text


@pytest.mark.parametrize(
    "text",
    [
        "the token is missing",
        "invalid_token",
        'Bearer realm="https://accounts.google.com/", error="invalid_token"',
        "invalid_token: The access token expired",
        "Bearer token malformed",
        "Basic authentication is not supported, use OAuth.",
        "Token has been expired or revoked.",
        "Invalid JWT Signature.",
        (
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat "
            "and exp "
            "values in the JWT claim."
        ),
        "Invalid grant: account not found",
        "Invalid Credentials",
        "API key not valid. Please pass a valid API key.",
        (
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
            "valid "
            "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
        ),
        (
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
            "other "
            "form of API consumer identity to call this API."
        ),
        (
            "Google Play EMM API has not been used in project 123 before or it is disabled. Enable it by visiting "
            "https://console.developers.google.com/apis/api/androidenterprise.googleapis.com/overview?project=123 then "
            "retry."
        ),
        (
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service "
            "'androidenterprise.googleapis.com' for consumer 'project_number:123'."
        ),
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        "POST https://www.googleapis.com/androidenterprise/v1/enterprises/LC1/enrollmentTokens: HTTP 500",
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b.iam.gserviceaccount.com:signJwt",
        "https://sts.googleapis.com/v1/token said that the subject_token_type is not known",
        (
            "HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token "
            "(Caused by "
            "ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication "
            "Required')))"
        ),
        "https://127.0.0.1:8080: refused, as is http://[::1]:8080/x. Ask admin@example.com.",
        '{"token_uri":"https://oauth2.googleapis.com/token","client_email":"a@b.iam.gserviceaccount.com"}',
        "serviceAccount:a@b.iam.gserviceaccount.com lacks a role, ask for it: admin@example.com",
        "No https://oauth2.googleapis.com:443/token: refused. No https://[redacted]@a/b/authenticationToken: gone",
        "Is monkeyJson a keyJson?",
    ],
)
def test_harmless_text_is_unchanged(text: str) -> None:
    assert sanitize(text, "ya29.the-token") == text


KNOWN = "ab/c+d=e&f\"g'h\\i <j>\nk"


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "uppercase"])
def test_known_secret_is_redacted(encoding: str) -> None:
    said = sanitize(f"x {ENCODINGS[encoding](KNOWN)} y", KNOWN)
    assert re.fullmatch(r"(b')?x .{0,20}\[redacted\].{0,20} y", said), said


@pytest.mark.parametrize("user", ["", "u", "us", "use", "user"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_known_secret_in_base64_is_redacted(user: str, encode: Callable[[bytes], bytes]) -> None:
    secret = "a>>>b???c~~~d"
    text = encode(f"{user}:{secret}".encode()).decode()
    assert sanitize(f"saw {text}!", secret) == "saw [redacted]!"
    assert sanitize("saw YWI=", "ab") == "saw YWI=", "too short to be recognized"


def test_known_secret_with_a_surrogate_is_redacted() -> None:
    assert sanitize("saw a\ud800b and ab", "a\ud800b") == "saw [redacted] and [redacted]"


def test_unprintable_characters_are_removed() -> None:
    text = "".join(
        map(chr, (*range(0x3000), *range(0xD7FF, 0x10000), *range(0x1F5FF, 0x1F700), *range(0xE0000, 0xE0200)))
    )
    for start in range(0, len(text), 400):
        said = sanitize(text[start : start + 400])
        said.encode()
        assert (
            said.replace("\u200c", "").replace("\u200d", "").replace("\ufe0e", "").replace("\ufe0f", "").isprintable()
        )


# Parts of the patterns that could make them scan far ahead.
BAIT = re.findall(
    r"\S+",
    """
    :// ://a: https://user:pw@ @ : / %3A%2F%2F %3A %25 %2F %40 %22 %2 \\ \\" \\u0022 " ' &quot; & %26 = > [ ://[::
    ://a:b%40
    -----BEGIN~ -----BEGIN~PRIVATE~KEY----- -----END~ - PRIVATE~KEY eyJ. eyJ ya29. 1// 1/ 1%2F GOCSPX- AIza
    token=
    ://a/token ://a/token:~ token token=" token:~[ "token":~ token\\ token%22 token> token~value value= key=
    private_key_id b"
    Authorization:~ Authorization:~" authorization cookie,~ Bearer~ Basic --token~ -- ~ + %20 \\n x é\u200d
    """,
)


@pytest.mark.parametrize("name", [name for name, value in vars(_redaction).items() if isinstance(value, re.Pattern)])
def test_patterns_take_linear_time(name: str) -> None:
    pattern: re.Pattern[str] = vars(_redaction)[name]
    for bait in BAIT:
        text = (bait.replace("~", " ") * 50_000)[:50_000]
        start = time.process_time()
        pattern.sub("", text)
        assert time.process_time() - start < 5, bait  # seconds; a quadratic one takes more than ten


def test_long_text_is_truncated_before_matching(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    class Pattern:
        def sub(self, _replacement: object, text: str) -> str:
            seen.append(len(text))
            return text

    for name, value in vars(_redaction).items():
        if isinstance(value, re.Pattern):
            monkeypatch.setattr(_redaction, name, Pattern())
    sanitize("://" * 100_000)
    assert seen
    assert max(seen) <= 2000
