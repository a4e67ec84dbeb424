# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Retries, time limits, TLS, proxies, and answers that are not what they should be, over real connections."""

from __future__ import annotations

import http.server
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Mint, MintEach
from tests.emulator.process import Emulator

USER = "100000000000000000001"
SLACK = 5.0  # seconds that a busy machine may take besides


@pytest.fixture
def proxied_hosts(emulator: Emulator) -> dict[str, str | None]:
    """An environment in which the API has Google's own host name, and the emulator answers for it."""
    return {"ANDROID_ENTERPRISE_API_URL": None, "HTTPS_PROXY": emulator.address.proxy_url}


def gaps(requests: list[dict[str, Any]]) -> list[float]:
    """The seconds between requests."""
    times = [request["time"] for request in requests]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_temporary_failures_of_the_api_are_retried(mint: Mint, emulator: Emulator, status: int) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": status, "times": 2})
    result = mint()
    assert [issued["token"] for issued in emulator.tokens()] == [result["enrollment_token"]["token"]]
    requests = emulator.mints()
    assert [request["status"] for request in requests] == [status, status, 200]
    # Half a second, then one, each plus or minus half of itself; and what the machine itself takes.
    first, second = gaps(requests)
    assert 0.25 <= first < 0.75 + SLACK
    assert 0.5 <= second < 1.5 + SLACK
    assert len(emulator.journal("/token")) == 1, "one exchange is enough"


@pytest.mark.parametrize("status", [429, 503])
def test_temporary_failures_of_the_authorization_server_are_retried(
    mint: Mint, emulator: Emulator, status: int
) -> None:
    emulator.fail({"path": "^/token$", "status": status, "times": 2})
    assert mint()["enrollment_token"]["token"]
    assert [request["status"] for request in emulator.journal("/token")] == [status, status, 200]


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_end(mint: Mint, emulator: Emulator, retries: int) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 503, "times": None})
    result = mint(retries=retries)
    assert (result["http_status"], result["reason"], result["status"]) == (503, "backendError", "UNAVAILABLE")
    assert len(emulator.mints()) == retries + 1


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_of_the_token_request_end(mint: Mint, emulator: Emulator, retries: int) -> None:
    emulator.fail({"path": "^/token$", "status": 503, "times": None})
    result = mint(retries=retries)
    assert result["http_status"] == 503
    assert "/token responded with HTTP 503" in result["msg"]
    assert len(emulator.journal("/token")) == retries + 1, "google-auth must not add retries of its own"


def test_other_errors_are_not_retried(mint_each: MintEach, emulator: Emulator) -> None:
    statuses = [401, 400, 403, 404, 409]  # 401 first, while the access token is fresh
    emulator.fail(*({"path": "enrollmentTokens", "status": status} for status in statuses))
    assert [result["http_status"] for result in mint_each(*[{}] * len(statuses))] == statuses
    assert len(emulator.mints()) == len(statuses)


def test_retry_after_is_obeyed(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 429, "headers": {"Retry-After": "2"}})
    assert mint()["enrollment_token"]["token"]
    assert 2.0 <= gaps(emulator.mints())[0] < 2.0 + SLACK


@pytest.mark.parametrize("retry_after", ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_retry_after_is_capped_and_the_total_time_is_bounded(mint: Mint, emulator: Emulator, retry_after: str) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 429, "times": None, "headers": {"Retry-After": retry_after}})
    result = mint(timeout=1, retries=2)
    assert (result["http_status"], result["reason"]) == (429, "rateLimitExceeded")
    assert "quota" in result["msg"]
    assert len(emulator.mints()) == 1, "it may take timeout * (retries + 1) seconds, which is less than a minute"


def test_a_retry_after_that_makes_no_sense_is_ignored(mint_each: MintEach, emulator: Emulator) -> None:
    values = ["soon", "9" * 5000, "Fri, 31 Dec 10000 23:59:59 GMT", "-5"]
    for value in values:
        emulator.fail({"path": "enrollmentTokens", "status": 503, "headers": {"Retry-After": value}})
        assert mint_each({})[0]["enrollment_token"]["token"]


def test_connect_errors_are_retried(mint: Mint, emulator: Emulator) -> None:
    """A server that only starts to listen a second after the access token was handed out, right before the request."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    arrivals: list[float] = []

    class Late(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.append(time.time())
            body = b'{"token": "late"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    def serve_one_late() -> None:
        while not emulator.journal("/token"):
            time.sleep(0.05)
        time.sleep(1.0)
        with http.server.HTTPServer(("127.0.0.1", port), Late) as server:
            server.timeout = 30
            server.handle_request()

    thread = threading.Thread(target=serve_one_late, daemon=True)
    thread.start()
    result = mint(api_url=f"http://127.0.0.1:{port}", retries=8)
    thread.join(60)
    assert result["enrollment_token"]["token"] == "late"
    assert arrivals[0] - emulator.journal("/token")[0]["time"] >= 1.0


@pytest.mark.parametrize("retries", [0, 1])
def test_nobody_listens(mint: Mint, emulator: Emulator, retries: int) -> None:
    result = mint(api_url="http://127.0.0.1:9", retries=retries)
    assert "POST http://127.0.0.1:9/androidenterprise/v1/enterprises/LC03demo00/enrollmentTokens" in result["msg"]
    assert "Connection refused" in result["msg"]
    assert "may have been carried out" not in result["msg"]
    assert "http_status" not in result
    assert emulator.mints() == []


@pytest.mark.parametrize("after", [False, True])
def test_a_connection_that_breaks_never_doubles_a_token(mint: Mint, emulator: Emulator, after: bool) -> None:
    emulator.fail({"path": "enrollmentTokens", "reset": True, "after": after, "times": 1})
    result = mint()
    assert "the connection failed" in result["msg"]
    assert "may have been carried out" in result["msg"]
    assert len(emulator.mints()) == 1
    assert len(emulator.tokens()) == int(after)


@pytest.mark.parametrize("prefix", ["/a%7Eb", "/a/../b", "/caf\u00e9", "/a%20b", "/A"])
def test_however_the_url_is_written_no_token_is_doubled(mint: Mint, emulator: Emulator, prefix: str) -> None:
    """The policy for requests that must not be repeated goes by the URL, and requests writes some of them anew."""
    emulator.fail({"path": "enrollmentTokens", "reset": True, "times": None})
    result = mint(api_url=emulator.address.url.replace("127.0.0.1", "LOCALHOST") + prefix)
    assert "may have been carried out" in result["msg"]
    assert len(emulator.mints() + emulator.journal(f"{prefix}/androidenterprise")) >= 1
    assert len([entry for entry in emulator.journal() if entry["path"].endswith("/enrollmentTokens")]) == 1


@pytest.mark.parametrize("path", ["enrollmentTokens", "^/token$"])
def test_a_connection_through_a_proxy_that_breaks(
    mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None], tmp_path: Path, path: str
) -> None:
    """urllib3 blames the proxy for it, but the request was sent."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key["token_uri"] = "https://oauth2.googleapis.com/token"
    (tmp_path / "key.json").write_text(json.dumps(key), encoding="utf-8")
    options = {"service_account_file": str(tmp_path / "key.json"), "ca_path": emulator.address.ca_file}
    emulator.fail({"path": path, "reset": True, "times": 1})
    result = mint(environment=proxied_hosts, **options)
    if path == "enrollmentTokens":
        assert "may have been carried out" in result["msg"]
        assert len(emulator.mints()) == 1
    else:
        assert result["enrollment_token"]["token"]
        assert len(emulator.journal("/token")) == 2


def test_a_token_request_whose_connection_breaks_is_retried(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "^/token$", "reset": True, "times": 2})
    assert mint()["enrollment_token"]["token"]
    assert len(emulator.journal("/token")) == 3


def test_a_slow_answer_is_not_asked_for_again(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "latency": 3.0, "times": None})
    result = mint(timeout=1)
    assert "no response arrived in time" in result["msg"]
    assert "may have been carried out" in result["msg"]
    assert len(emulator.mints()) == 1


def test_the_timeout_holds_for_the_token_request(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "^/token$", "latency": 20.0, "times": None})
    result = mint(timeout=1, retries=0)
    assert "No access token from" in result["msg"]
    assert "no response arrived in time" in result["msg"]


def test_an_answer_that_is_cut_short(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "truncate": True})
    result = mint()
    assert "the response was cut short" in result["msg"]
    assert "may have been carried out" in result["msg"]
    assert len(emulator.tokens()) == 1
    assert emulator.tokens()[0]["token"][:20] not in result["_output"]


def test_a_success_that_is_none(mint_each: MintEach, emulator: Emulator, subtests: pytest.Subtests) -> None:
    page = "<html><head><title>Sign in &amp; pay</title></head>hunter2</html>"
    cases = [
        ("", "application/json", "an empty body"),
        (" \n", "application/json", "an empty body"),
        (page, "text/html", "titled 'Sign in & pay'"),
        ("<html>hunter2</html>", "text/html", "an HTML page"),
        ("hunter2", "text/plain", "not JSON (text/plain)"),
        ('{"token": "hunter2"', "application/json", "not JSON (application/json)"),
        ('["hunter2"]', "application/json", "JSON of type list"),
        ('"hunter2"', "application/json", "JSON of type str"),
        ("null", "application/json", "not a JSON object"),
        ("[" * 100_000, "application/json", "not a JSON object"),
        ("{}", "application/json", "no token"),
        ('{"token": null}', "application/json", "no token"),
        ('{"token": ""}', "application/json", "no token"),
        ('{"token": 17}', "application/json", "token in its response is invalid"),
        ('{"token": {"value": "hunter2"}}', "application/json", "token in its response is invalid"),
    ]
    for options in ({}, {"user_id": USER}):
        emulator.reset()
        emulator.fail(
            *({"path": "/androidenterprise/", "body": body, "content_type": kind} for body, kind, dummy in cases)
        )
        results = mint_each(*[options] * len(cases))
        for result, (body, dummy, fragment) in zip(results, cases, strict=True):
            with subtests.test(body=body[:100], **options):
                assert result["failed"]
                assert fragment in result["msg"]
                assert result["http_status"] == 200
                assert "Traceback" not in result["_output"]
                assert "hunter2" not in result["_output"]
        assert len(emulator.mints()) == len(cases)


def test_errors_of_all_shapes(mint_each: MintEach, emulator: Emulator, subtests: pytest.Subtests) -> None:
    cases: list[tuple[int, str, str, list[str]]] = [
        (403, "<html><title>Blocked by policy</title></html>", "text/html", ["HTTP 403", "'Blocked by policy'"]),
        (502, "", "text/html", ["HTTP 502", "an empty body"]),
        (400, "null", "application/json", ["HTTP 400"]),
        (400, '{"error": "hunter2"}', "application/json", ["HTTP 400", "JSON of type dict"]),
        (400, '{"error": {}}', "application/json", ["HTTP 400", "no message"]),
        (400, '{"error": {"message": 7, "errors": "x"}}', "application/json", ["HTTP 400", "no message"]),
        (418, '{"error": {"message": "Short and stout"}}', "application/json", ["HTTP 418", "Short and stout."]),
    ]
    emulator.fail(
        *(
            {"path": "enrollmentTokens", "status": status, "body": body, "content_type": kind}
            for status, body, kind, dummy in cases
        )
    )
    results = mint_each(*[{"retries": 0}] * len(cases))
    for result, (status, body, dummy, fragments) in zip(results, cases, strict=True):
        with subtests.test(status=status, body=body):
            assert result["http_status"] == status
            for fragment in fragments:
                assert fragment in result["msg"]
            assert "Traceback" not in result["_output"]
            assert "hunter2" not in result["_output"]


def test_an_error_that_quotes_the_request_shows_no_secret(mint: Mint, emulator: Emulator) -> None:
    token = emulator.access_token()
    message = json.dumps({"error": {"message": f"I saw {token} and Bearer hunter2", "errors": [{"reason": token}]}})
    emulator.fail({"path": "enrollmentTokens", "status": 400, "body": message})
    result = mint(auth_kind="accesstoken", access_token=token)
    assert "I saw [redacted]" in result["msg"]
    assert token not in result["_output"]
    assert "hunter2" not in result["_output"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Date": "Fri, 31 Dec 9999 23:59:59 -0100"},
        {"Date": "Fri, 31 Dec 2027 23:59:59 +99999999999999"},
        {"Date": "yesterday"},
        {"Location": "http://[bad"},
    ],
)
def test_odd_headers_do_not_cost_a_token(mint: Mint, emulator: Emulator, headers: dict[str, str]) -> None:
    emulator.fail({"path": "enrollmentTokens", "body": '{"token": "precious"}', "headers": headers})
    assert mint()["enrollment_token"]["token"] == "precious"


def test_a_redirect_to_nowhere(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 302, "body": "", "headers": {"Location": "http://[bad"}})
    result = mint()
    assert result["http_status"] == 302
    assert "redirect to http://[bad" in result["msg"]


def test_a_password_of_a_proxy_is_not_shown(mint_each: MintEach, proxied_hosts: dict[str, str | None]) -> None:
    proxies = ["http://user:hunter2@127.0.0.1:99999", "http://user:hunter2@127.0.0.1:9", "http://user:hun#ter2@[x"]
    for proxy in proxies:
        [result] = mint_each({"retries": 0}, environment={**proxied_hosts, "HTTPS_PROXY": proxy})
        assert result["failed"]
        assert "hunter2" not in result["msg"]
        assert "ter2" not in result["msg"]
        assert "may have been carried out" not in result["msg"]


@pytest.mark.parametrize("path", ["enrollmentTokens", "^/token$"])
def test_no_redirect_is_followed(mint_each: MintEach, emulator: Emulator, path: str) -> None:
    elsewhere = f"{emulator.address.url}/elsewhere"
    statuses = [301, 302, 303, 307, 308]
    emulator.fail(
        *({"path": path, "status": status, "body": "", "headers": {"Location": elsewhere}} for status in statuses)
    )
    fragment = f"redirect to {elsewhere}, which is not followed" if path == "enrollmentTokens" else "No access token"
    for result in mint_each(*[{}] * len(statuses)):
        assert result["failed"]
        assert fragment in result["msg"]
    assert emulator.journal("/elsewhere") == []
    assert len(emulator.journal("/token")) == len(statuses)


def test_an_untrusted_certificate_is_refused(mint: Mint, emulator: Emulator) -> None:
    result = mint(api_url=emulator.address.https_url)
    assert "the TLS connection failed" in result["msg"]
    assert "certificate verify failed" in result["msg"].lower()
    assert emulator.mints() == []


def _key_for_https(emulator: Emulator, directory: Path) -> str:
    """A key whose token endpoint has a certificate of the emulator's, too."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key["token_uri"] = f"{emulator.address.https_url}/token"
    path = directory / "https_key.json"
    path.write_text(json.dumps(key), encoding="utf-8")
    return str(path)


def test_ca_path_holds_for_the_api_and_for_the_token_request(mint: Mint, emulator: Emulator, tmp_path: Path) -> None:
    key = _key_for_https(emulator, tmp_path)
    result = mint(api_url=emulator.address.https_url, service_account_file=key)
    assert "No access token from https://" in result["msg"]
    assert "certificate verify failed" in result["msg"].lower()
    options = {"api_url": emulator.address.https_url, "service_account_file": key, "ca_path": emulator.address.ca_file}
    assert mint(**options)["enrollment_token"]["token"]
    assert {request["scheme"] for request in emulator.journal()} == {"https"}
    # The option goes before the environment.
    (tmp_path / "other.pem").write_text(Path(emulator.address.ca_file).read_text(encoding="utf-8"), encoding="utf-8")
    assert mint(**options, environment={"REQUESTS_CA_BUNDLE": "/does/not/exist.pem"})["enrollment_token"]["token"]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_ca_environment_variables(mint: Mint, emulator: Emulator, tmp_path: Path, variable: str) -> None:
    options = {"api_url": emulator.address.https_url, "service_account_file": _key_for_https(emulator, tmp_path)}
    assert mint(**options, environment={variable: emulator.address.ca_file})["enrollment_token"]["token"]
    result = mint(**options, environment={variable: "/does/not/exist.pem"})
    assert "/does/not/exist.pem" in result["msg"]
    assert "Traceback" not in result["_output"]


def test_no_environment_variable_turns_verification_off(mint_each: MintEach, emulator: Emulator) -> None:
    url = emulator.address.https_url
    variables = [{"PYTHONHTTPSVERIFY": "0"}, {"CURL_CA_BUNDLE": ""}, {"REQUESTS_CA_BUNDLE": ""}]
    for result in mint_each(*[{"api_url": url}] * len(variables), environments=variables):
        assert "certificate verify failed" in result["msg"].lower()
    assert emulator.mints() == []


def test_proxies_of_the_environment_are_used(
    mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None], tmp_path: Path
) -> None:
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key["token_uri"] = "https://oauth2.googleapis.com/token"
    (tmp_path / "key.json").write_text(json.dumps(key), encoding="utf-8")
    options = {"service_account_file": str(tmp_path / "key.json"), "ca_path": emulator.address.ca_file}
    assert mint(environment=proxied_hosts, **options)["enrollment_token"]["token"]
    assert emulator.proxied() == ["oauth2.googleapis.com:443", "www.googleapis.com:443"]
    assert [request["headers"]["Host"] for request in emulator.journal()] == [
        "oauth2.googleapis.com",
        "www.googleapis.com",
    ]


def test_no_proxy_is_obeyed(mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None]) -> None:
    port = emulator.address.https_url.rpartition(":")[2]
    url = f"https://play.emulator.test:{port}"
    result = mint(environment={**proxied_hosts, "NO_PROXY": "emulator.test"}, api_url=url, retries=0)
    assert "Name or service not known" in result["msg"], "without the proxy, there is no such host"
    assert emulator.proxied() == []


def test_a_proxy_that_refuses(mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None]) -> None:
    environment = {**proxied_hosts, "HTTPS_PROXY": "http://127.0.0.1:9"}
    result = mint(environment=environment, retries=0)
    assert "proxy" in result["msg"]
    assert emulator.mints() == []


def test_loopback_is_never_asked_for_through_a_proxy(mint: Mint, emulator: Emulator) -> None:
    """Plain HTTP to this machine is fine; plain HTTP with a token to a proxy is not."""
    proxy = emulator.address.proxy_url
    environment: dict[str, str | None] = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), proxy)
    assert mint(environment=environment)["enrollment_token"]["token"]
    assert emulator.proxied() == []


def test_plain_http_to_another_host_is_refused_for_the_token_request_too(
    mint: Mint, emulator: Emulator, tmp_path: Path
) -> None:
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key["token_uri"] = "http://oauth.example.com/token"
    (tmp_path / "key.json").write_text(json.dumps(key), encoding="utf-8")
    environment: dict[str, str | None] = {"HTTP_PROXY": emulator.address.proxy_url}
    result = mint(service_account_file=str(tmp_path / "key.json"), environment=environment)
    assert "plain HTTP" in result["msg"]
    assert "http://oauth.example.com/token" in result["msg"]
    assert emulator.proxied() == []


def test_netrc_does_not_replace_the_credentials(mint: Mint, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password hunter2\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    assert mint()["enrollment_token"]["token"]
    exchange, request = emulator.journal()
    assert (exchange["authorization"], request["authorization"]) == ("", "Bearer")


def test_the_url_may_have_a_slash_at_its_end(mint: Mint, emulator: Emulator) -> None:
    assert mint(api_url=f"{emulator.address.url}/")["enrollment_token"]["token"]
    assert emulator.mints()[0]["path"] == "/androidenterprise/v1/enterprises/LC03demo00/enrollmentTokens"


@pytest.fixture(autouse=True)
def _nothing_but_loopback(emulator: Emulator) -> Iterator[None]:
    """No test here may have made the emulator's proxy ask for anything but the names it stands in for."""
    yield
    assert all(host.startswith(("www.", "oauth2.")) for host in emulator.proxied())
