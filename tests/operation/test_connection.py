# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Retries, timeouts, TLS, proxies and invalid responses, over real connections."""

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
SLACK = 5.0  # seconds of delay that a busy machine may add


@pytest.fixture
def proxied_hosts(emulator: Emulator) -> dict[str, str | None]:
    """Changes to the environment: the API has Google's own host name, and the emulator responds under it."""
    return {"ANDROID_ENTERPRISE_API_URL": None, "HTTPS_PROXY": emulator.address.proxy_url}


def seconds_between(requests: list[dict[str, Any]]) -> list[float]:
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
    # Half a second, then one second, each plus or minus 50 percent, and the delay of the machine.
    first, second = seconds_between(requests)
    assert 0.25 <= first < 0.75 + SLACK
    assert 0.5 <= second < 1.5 + SLACK
    assert len(emulator.journal("/token")) == 1, "all attempts use one access token"


@pytest.mark.parametrize("status", [429, 503])
def test_temporary_failures_of_the_authorization_server_are_retried(
    mint: Mint, emulator: Emulator, status: int
) -> None:
    emulator.fail({"path": "^/token$", "status": status, "times": 2})
    assert mint()["enrollment_token"]["token"]
    assert [request["status"] for request in emulator.journal("/token")] == [status, status, 200]


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_stop_at_the_limit(mint: Mint, emulator: Emulator, retries: int) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 503, "times": None})
    result = mint(retries=retries)
    assert (result["http_status"], result["reason"], result["status"]) == (503, "backendError", "UNAVAILABLE")
    assert len(emulator.mints()) == retries + 1


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_of_the_token_request_stop_at_the_limit(mint: Mint, emulator: Emulator, retries: int) -> None:
    emulator.fail({"path": "^/token$", "status": 503, "times": None})
    result = mint(retries=retries)
    assert result["http_status"] == 503
    assert "/token responded with HTTP 503" in result["msg"]
    assert len(emulator.journal("/token")) == retries + 1, "google-auth must not retry as well"


def test_permanent_errors_are_not_retried(mint_each: MintEach, emulator: Emulator) -> None:
    statuses = [401, 400, 403, 404, 409]  # 401 first: with an older access token, it causes a retry
    emulator.fail(*({"path": "enrollmentTokens", "status": status} for status in statuses))
    assert [result["http_status"] for result in mint_each(*[{}] * len(statuses))] == statuses
    assert len(emulator.mints()) == len(statuses)


def test_retry_after_is_obeyed(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 429, "headers": {"Retry-After": "2"}})
    assert mint()["enrollment_token"]["token"]
    assert 2.0 <= seconds_between(emulator.mints())[0] < 2.0 + SLACK


@pytest.mark.parametrize("retry_after", ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_retry_after_beyond_the_total_time_ends_the_retries(mint: Mint, emulator: Emulator, retry_after: str) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 429, "times": None, "headers": {"Retry-After": retry_after}})
    result = mint(timeout=1, retries=2)
    assert (result["http_status"], result["reason"]) == (429, "rateLimitExceeded")
    assert "quota" in result["msg"]
    assert len(emulator.mints()) == 1, (
        "the total time, timeout * (retries + 1) seconds, is shorter than any retry delay"
    )


def test_invalid_retry_after_is_ignored(mint_each: MintEach, emulator: Emulator) -> None:
    values = ["soon", "9" * 5000, "Fri, 31 Dec 10000 23:59:59 GMT", "-5"]
    for value in values:
        emulator.fail({"path": "enrollmentTokens", "status": 503, "headers": {"Retry-After": value}})
        assert mint_each({})[0]["enrollment_token"]["token"]


def test_connect_errors_are_retried(mint: Mint, emulator: Emulator) -> None:
    """The server starts to listen a second after the access token was issued, just before the request."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    arrivals: list[float] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.append(time.time())
            body = b'{"token": "late"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    def serve_after_a_delay() -> None:
        while not emulator.journal("/token"):
            time.sleep(0.05)
        time.sleep(1.0)
        with http.server.HTTPServer(("127.0.0.1", port), Handler) as server:
            server.timeout = 30
            server.handle_request()

    thread = threading.Thread(target=serve_after_a_delay, daemon=True)
    thread.start()
    result = mint(api_url=f"http://127.0.0.1:{port}", retries=8)
    thread.join(60)
    assert result["enrollment_token"]["token"] == "late"
    assert arrivals[0] - emulator.journal("/token")[0]["time"] >= 1.0


@pytest.mark.parametrize("retries", [0, 1])
def test_refused_connection_is_explained(mint: Mint, emulator: Emulator, retries: int) -> None:
    result = mint(api_url="http://127.0.0.1:9", retries=retries)
    assert "POST http://127.0.0.1:9/androidenterprise/v1/enterprises/LC03demo00/enrollmentTokens" in result["msg"]
    assert "Connection refused" in result["msg"]
    assert "may have been carried out" not in result["msg"]
    assert "http_status" not in result
    assert emulator.mints() == []


@pytest.mark.parametrize("after", [False, True])
def test_broken_connection_is_not_retried(mint: Mint, emulator: Emulator, after: bool) -> None:
    emulator.fail({"path": "enrollmentTokens", "reset": True, "after": after, "times": 1})
    result = mint()
    assert "the connection failed" in result["msg"]
    assert "may have been carried out" in result["msg"]
    assert len(emulator.mints()) == 1
    assert len(emulator.tokens()) == int(after)


@pytest.mark.parametrize("prefix", ["/a%7Eb", "/a/../b", "/caf\u00e9", "/a%20b", "/A"])
def test_broken_connection_is_not_retried_however_the_url_is_written(
    mint: Mint, emulator: Emulator, prefix: str
) -> None:
    """The retry policy depends on the URL, and the library requests normalizes some URLs."""
    emulator.fail({"path": "enrollmentTokens", "reset": True, "times": None})
    result = mint(api_url=emulator.address.url.replace("127.0.0.1", "LOCALHOST") + prefix)
    assert "may have been carried out" in result["msg"]
    assert len(emulator.mints() + emulator.journal(f"{prefix}/androidenterprise")) >= 1
    assert len([entry for entry in emulator.journal() if entry["path"].endswith("/enrollmentTokens")]) == 1


@pytest.mark.parametrize("path", ["enrollmentTokens", "^/token$"])
def test_broken_proxy_connection_is_retried_only_for_access_tokens(
    mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None], tmp_path: Path, path: str
) -> None:
    """urllib3 reports a proxy error, although the request was sent."""
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


def test_broken_connection_is_retried_for_access_tokens(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "^/token$", "reset": True, "times": 2})
    assert mint()["enrollment_token"]["token"]
    assert len(emulator.journal("/token")) == 3


def test_timed_out_request_is_not_retried(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "latency": 3.0, "times": None})
    result = mint(timeout=1)
    assert "no response arrived in time" in result["msg"]
    assert "may have been carried out" in result["msg"]
    assert len(emulator.mints()) == 1


def test_timeout_applies_to_the_token_request(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "^/token$", "latency": 20.0, "times": None})
    result = mint(timeout=1, retries=0)
    assert "No access token from" in result["msg"]
    assert "no response arrived in time" in result["msg"]


def test_truncated_response_is_explained_and_not_shown(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "truncate": True})
    result = mint()
    assert "the response was cut short" in result["msg"]
    assert "may have been carried out" in result["msg"]
    assert len(emulator.tokens()) == 1
    assert emulator.tokens()[0]["token"][:20] not in result["_output"]


def test_invalid_success_responses_fail_and_show_no_secret(
    mint_each: MintEach, emulator: Emulator, subtests: pytest.Subtests
) -> None:
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


def test_error_responses_of_any_form_are_reported(
    mint_each: MintEach, emulator: Emulator, subtests: pytest.Subtests
) -> None:
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


def test_error_that_quotes_the_request_shows_no_secret(mint: Mint, emulator: Emulator) -> None:
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
def test_invalid_headers_do_not_lose_the_token(mint: Mint, emulator: Emulator, headers: dict[str, str]) -> None:
    emulator.fail({"path": "enrollmentTokens", "body": '{"token": "precious"}', "headers": headers})
    assert mint()["enrollment_token"]["token"] == "precious"


def test_redirect_to_an_invalid_url_is_reported(mint: Mint, emulator: Emulator) -> None:
    emulator.fail({"path": "enrollmentTokens", "status": 302, "body": "", "headers": {"Location": "http://[bad"}})
    result = mint()
    assert result["http_status"] == 302
    assert "redirect to http://[bad" in result["msg"]


def test_proxy_password_is_not_shown(mint_each: MintEach, proxied_hosts: dict[str, str | None]) -> None:
    proxies = ["http://user:hunter2@127.0.0.1:99999", "http://user:hunter2@127.0.0.1:9", "http://user:hun#ter2@[x"]
    for proxy in proxies:
        [result] = mint_each({"retries": 0}, environment={**proxied_hosts, "HTTPS_PROXY": proxy})
        assert result["failed"]
        assert "hunter2" not in result["msg"]
        assert "ter2" not in result["msg"]
        assert "may have been carried out" not in result["msg"]


@pytest.mark.parametrize("path", ["enrollmentTokens", "^/token$"])
def test_redirects_are_not_followed(mint_each: MintEach, emulator: Emulator, path: str) -> None:
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


def test_untrusted_certificate_is_refused(mint: Mint, emulator: Emulator) -> None:
    result = mint(api_url=emulator.address.https_url)
    assert "the TLS connection failed" in result["msg"]
    assert "certificate verify failed" in result["msg"].lower()
    assert emulator.mints() == []


def _key_for_https(emulator: Emulator, directory: Path) -> str:
    """A key whose token endpoint is the emulator's over HTTPS."""
    key = json.loads(Path(emulator.address.service_account_file).read_text(encoding="utf-8"))
    key["token_uri"] = f"{emulator.address.https_url}/token"
    path = directory / "https_key.json"
    path.write_text(json.dumps(key), encoding="utf-8")
    return str(path)


def test_ca_path_applies_to_the_api_and_the_token_request(mint: Mint, emulator: Emulator, tmp_path: Path) -> None:
    key = _key_for_https(emulator, tmp_path)
    result = mint(api_url=emulator.address.https_url, service_account_file=key)
    assert "No access token from https://" in result["msg"]
    assert "certificate verify failed" in result["msg"].lower()
    options = {"api_url": emulator.address.https_url, "service_account_file": key, "ca_path": emulator.address.ca_file}
    assert mint(**options)["enrollment_token"]["token"]
    assert {request["scheme"] for request in emulator.journal()} == {"https"}
    # The option overrides the environment.
    assert mint(**options, environment={"REQUESTS_CA_BUNDLE": "/does/not/exist.pem"})["enrollment_token"]["token"]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_ca_environment_variables_are_used(mint: Mint, emulator: Emulator, tmp_path: Path, variable: str) -> None:
    options = {"api_url": emulator.address.https_url, "service_account_file": _key_for_https(emulator, tmp_path)}
    assert mint(**options, environment={variable: emulator.address.ca_file})["enrollment_token"]["token"]
    result = mint(**options, environment={variable: "/does/not/exist.pem"})
    assert "/does/not/exist.pem" in result["msg"]
    assert "Traceback" not in result["_output"]


def test_environment_variables_cannot_disable_verification(mint_each: MintEach, emulator: Emulator) -> None:
    url = emulator.address.https_url
    variables = [{"PYTHONHTTPSVERIFY": "0"}, {"CURL_CA_BUNDLE": ""}, {"REQUESTS_CA_BUNDLE": ""}]
    for result in mint_each(*[{"api_url": url}] * len(variables), environments=variables):
        assert "certificate verify failed" in result["msg"].lower()
    assert emulator.mints() == []


def test_proxy_of_the_environment_is_used(
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


def test_no_proxy_variable_is_obeyed(mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None]) -> None:
    port = emulator.address.https_url.rpartition(":")[2]
    url = f"https://play.emulator.test:{port}"
    result = mint(environment={**proxied_hosts, "NO_PROXY": "emulator.test"}, api_url=url, retries=0)
    assert "Name or service not known" in result["msg"], "without the proxy, the host name does not resolve"
    assert emulator.proxied() == []


def test_refused_proxy_connection_is_reported(
    mint: Mint, emulator: Emulator, proxied_hosts: dict[str, str | None]
) -> None:
    environment = {**proxied_hosts, "HTTPS_PROXY": "http://127.0.0.1:9"}
    result = mint(environment=environment, retries=0)
    assert "proxy" in result["msg"]
    assert emulator.mints() == []


def test_loopback_bypasses_the_proxy(mint: Mint, emulator: Emulator) -> None:
    """A token may travel over plain HTTP on this machine, but not to a proxy."""
    proxy = emulator.address.proxy_url
    environment: dict[str, str | None] = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), proxy)
    assert mint(environment=environment)["enrollment_token"]["token"]
    assert emulator.proxied() == []


def test_token_request_over_plain_http_is_refused(mint: Mint, emulator: Emulator, tmp_path: Path) -> None:
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


def test_api_url_may_end_with_a_slash(mint: Mint, emulator: Emulator) -> None:
    assert mint(api_url=f"{emulator.address.url}/")["enrollment_token"]["token"]
    assert emulator.mints()[0]["path"] == "/androidenterprise/v1/enterprises/LC03demo00/enrollmentTokens"


@pytest.fixture(autouse=True)
def _only_google_hosts_are_proxied(emulator: Emulator) -> Iterator[None]:
    """Assert after each test that the emulator's proxy was asked for no other hosts."""
    yield
    assert all(host.startswith(("www.", "oauth2.")) for host in emulator.proxied())
