# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Provisioning payloads: the values of each option, and the rules between options."""

from __future__ import annotations

import json
import re
import subprocess
import traceback
from datetime import date
from typing import Any

import pytest
import yaml
from ansible_collections.emm.android_enterprise.plugins.filter import provisioning_payload
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload import (
    build_payload,
    for_nfc,
    for_zero_touch,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.payload_options import (
    EAP_METHODS,
    EXTRAS,
    PHASE2_AUTHS,
    SECURITY_TYPES,
    UNSUPPORTED_EXTRAS,
)
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._provisioning.values import find_time_zone

PREFIX = "android.app.extra.PROVISIONING_"
COMPONENT = {"device_admin_component_name": "com.example.dpc/.AdminReceiver"}
CHECKSUM = "gJD3u4WO_A0VRdcDtCPLT4xqVzbhzQNTqnEBnMnKNMM"
LOCATION = {"device_admin_package_download_location": "https://dpc.example.com/dpc.apk"}
DOWNLOAD = {**LOCATION, "device_admin_signature_checksum": CHECKSUM}
OPEN = {"wifi_ssid": "Bench"}
WPA = {**OPEN, "wifi_security_type": "WPA", "wifi_password": "correct horse"}
EAP = {**OPEN, "wifi_security_type": "EAP", "wifi_eap_method": "SIM"}
PROXY = {**OPEN, "wifi_proxy_host": "proxy.example.com", "wifi_proxy_port": 8080}
# The public constants of Android's DevicePolicyManager that are accepted in a payload, without EXTRA_PROVISIONING_, and
# the Android version that introduced each.
REFERENCE = {
    "ADMIN_EXTRAS_BUNDLE": "5.0",
    "ALLOW_OFFLINE": "13",
    "DEVICE_ADMIN_COMPONENT_NAME": "6.0",
    "DEVICE_ADMIN_MINIMUM_VERSION_CODE": "6.0",
    "DEVICE_ADMIN_PACKAGE_CHECKSUM": "5.0",
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_COOKIE_HEADER": "5.0",
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "5.0",
    "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "6.0",
    "KEEP_SCREEN_ON": "13",
    "LEAVE_ALL_SYSTEM_APPS_ENABLED": "5.1",
    "LOCALE": "5.0",
    "LOCAL_TIME": "5.0",
    "SENSORS_PERMISSION_GRANT_OPT_OUT": "12",
    "SKIP_ENCRYPTION": "6.0",
    "TIME_ZONE": "5.0",
    "USE_MOBILE_DATA": "13",
    "WIFI_ANONYMOUS_IDENTITY": "10",
    "WIFI_CA_CERTIFICATE": "10",
    "WIFI_DOMAIN": "10",
    "WIFI_EAP_METHOD": "10",
    "WIFI_HIDDEN": "5.0",
    "WIFI_IDENTITY": "10",
    "WIFI_PAC_URL": "5.0",
    "WIFI_PASSWORD": "5.0",
    "WIFI_PHASE2_AUTH": "10",
    "WIFI_PROXY_BYPASS": "5.0",
    "WIFI_PROXY_HOST": "5.0",
    "WIFI_PROXY_PORT": "5.0",
    "WIFI_SECURITY_TYPE": "5.0",
    "WIFI_SSID": "5.0",
    "WIFI_USER_CERTIFICATE": "10",
}
# The other public constants.
OTHERS = [
    "ACCOUNT_TO_MIGRATE",
    "ALLOWED_PROVISIONING_MODES",
    "DEVICE_ADMIN_PACKAGE_NAME",
    "DISCLAIMERS",
    "DISCLAIMER_CONTENT",
    "DISCLAIMER_HEADER",
    "EMAIL_ADDRESS",
    "IMEI",
    "KEEP_ACCOUNT_ON_MIGRATION",
    "LOGO_URI",
    "MAIN_COLOR",
    "MODE",
    "SERIAL_NUMBER",
    "SHOULD_LAUNCH_RESULT_INTENT",
    "SKIP_EDUCATION_SCREENS",
    "SKIP_USER_CONSENT",
]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A certificate."""
    directory = tmp_path_factory.mktemp("keys")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=CA", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(command, cwd=directory, check=True, capture_output=True)
    return (directory / "certificate.pem").read_text()


def payload(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A payload without the component name, by names without their prefix."""
    merged = {name: value for part in options for name, value in part.items()}
    built = build_payload({**COMPONENT, **merged, **more})
    assert all(name.startswith(PREFIX) for name in built)
    return {
        name.removeprefix(PREFIX): value
        for name, value in built.items()
        if name != f"{PREFIX}DEVICE_ADMIN_COMPONENT_NAME"
    }


def refusal(*options: dict[str, Any], **more: Any) -> str:
    with pytest.raises(EmmError) as caught:
        payload(*options, **more)
    return str(caught.value)


# --- The reference


def test_each_constant_has_an_option() -> None:
    assert {name.upper() for name in EXTRAS} == REFERENCE.keys()
    assert {name.upper() for name in UNSUPPORTED_EXTRAS} == set(OTHERS)


def test_each_option_documents_its_android_version() -> None:
    documentation = yaml.safe_load(provisioning_payload.DOCUMENTATION)
    options = documentation["options"]["_input"]["suboptions"]
    assert options.keys() == EXTRAS.keys()
    for name, version in REFERENCE.items():
        text = options[name.lower()]["description"][-1]
        assert re.match(rf"(Since|Public since) Android {re.escape(version)}[.;, ]", text), name
    assert options["wifi_security_type"]["choices"] == list(SECURITY_TYPES)
    assert options["wifi_eap_method"]["choices"] == list(EAP_METHODS)
    assert options["wifi_phase2_auth"]["choices"] == list(PHASE2_AUTHS)
    assert [name for name, option in options.items() if option.get("required")] == ["device_admin_component_name"]


SAMPLES = {"int": 8080, "bool": True, "dict": {"key": "value"}}
SAMPLES_OF_TEXT = {
    "device_admin_component_name": "com.example.dpc/.AdminReceiver",
    "device_admin_package_download_location": "https://dpc.example.com/dpc.apk",
    "device_admin_package_checksum": CHECKSUM,
    "device_admin_signature_checksum": CHECKSUM,
    "locale": "de_DE",
    "time_zone": "Europe/Berlin",
    "wifi_pac_url": "http://proxy.example.com/proxy.pac",
    "wifi_user_certificate": "QUJD",
}


@pytest.mark.parametrize("name", EXTRAS)
def test_only_documented_types_are_accepted(name: str, pem: str) -> None:
    option = yaml.safe_load(provisioning_payload.DOCUMENTATION)["options"]["_input"]["suboptions"][name]
    kind = option["type"]
    if kind == "str":
        sample = pem if name == "wifi_ca_certificate" else SAMPLES_OF_TEXT.get(name, option.get("choices", ["text"])[0])
    else:
        sample = 1_790_000_000_000 if name == "local_time" else SAMPLES[kind]
    convert = EXTRAS[name].convert
    assert convert(sample) == (sample if name != "wifi_ca_certificate" else "".join(pem.splitlines()[1:-1]))
    for wrong in (None, "", 1.5, [], ["a"], b"a", *(SAMPLES[other] for other in SAMPLES if other != kind)):
        with pytest.raises(ValueError, match=r"it must be|its keys must"):
            convert(wrong)


# --- A payload from elsewhere

CONSOLE = {
    f"{PREFIX}DEVICE_ADMIN_COMPONENT_NAME": "com.example.dpc/.AdminReceiver",
    f"{PREFIX}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://dpc.example.com/dpc.apk",
    f"{PREFIX}DEVICE_ADMIN_SIGNATURE_CHECKSUM": CHECKSUM,
    f"{PREFIX}LEAVE_ALL_SYSTEM_APPS_ENABLED": False,
    f"{PREFIX}ADMIN_EXTRAS_BUNDLE": {"com.example.dpc.ENROLLMENT_TOKEN": "a-token"},
}


def test_payload_under_the_names_of_android_is_accepted() -> None:
    assert build_payload(CONSOLE) == CONSOLE
    with_wifi = build_payload({**CONSOLE, **WPA})
    assert with_wifi.items() > CONSOLE.items()
    assert with_wifi[f"{PREFIX}WIFI_SSID"] == "Bench"


@pytest.mark.parametrize("constant_first", [False, True])
def test_option_overrides_the_name_of_android(constant_first: bool) -> None:
    options = [("locale", "de_DE"), (f"{PREFIX}LOCALE", "fr_FR")]
    given = dict(reversed(options) if constant_first else options)
    assert payload(given) == {"LOCALE": "de_DE"}


def test_values_under_the_names_of_android_are_checked() -> None:
    name = f"{PREFIX}LOCALE"
    assert refusal({name: "german"}).startswith(f"Option '{name}' is 'german', but it must be a language")
    assert refusal({f"{PREFIX}WIFI_PASSWORD": "secret"}).startswith("Option 'wifi_password' does not fit")
    assert refusal({f"{PREFIX}WIFI_PASSWORD": 5}).startswith(
        f"Option '{PREFIX}WIFI_PASSWORD' has an invalid value (not"
    )


@pytest.mark.parametrize("name", [f"{PREFIX}IMEI", f"{PREFIX}wifi_ssid", "com.example.EXTRA", f"{PREFIX}NONSENSE", 5])
def test_other_names_are_refused_unless_they_are_requested(name: Any) -> None:
    text = refusal({name: "value"})
    assert "is not supported" in text or text.startswith("There is no option")
    built = build_payload({**COMPONENT, name: "value"}, [str(name)])
    assert built == {
        f"{PREFIX}DEVICE_ADMIN_COMPONENT_NAME": COMPONENT["device_admin_component_name"],
        str(name): "value",
    }
    assert for_zero_touch(built) == {str(name): "value"}


@pytest.mark.parametrize("extra_keys", ["com.example.EXTRA", None, [1], {"com.example.EXTRA": 1}, 5])
def test_other_names_must_be_a_list(extra_keys: Any) -> None:
    """Text would match any name that is a part of it."""
    with pytest.raises(EmmError, match=r"^The extra keys of a provisioning payload must be a list of strings\.$"):
        build_payload({**COMPONENT, "EXTRA": "value"}, extra_keys)


def test_values_of_other_names_have_types_that_android_reads() -> None:
    name = "com.example.EXTRA"
    for value in (1, True, 1.5, "text", ["a", "b"], {"a": {"b": 1}}):
        assert build_payload({**COMPONENT, name: value}, [name])[name] == value
    for wrong in (None, date(2026, 11, 27), ["a", 1], {"a": None}):
        with pytest.raises(EmmError, match=rf"^Option '{name}' has an invalid value \(not shown here\): "):
            build_payload({**COMPONENT, name: wrong}, [name])


# --- Each option


@pytest.mark.parametrize(
    "name",
    [
        "com.example.dpc/com.example.dpc.AdminReceiver",
        "com.example.dpc/.AdminReceiver",
        "com.example.dpc/.receivers.AdminReceiver",
        "com.example.dpc/com.other.Admin$Receiver",
        "com.Example_2.dpc/.A",
    ],
)
def test_valid_component_names_are_accepted(name: str) -> None:
    assert build_payload({"device_admin_component_name": name}) == {f"{PREFIX}DEVICE_ADMIN_COMPONENT_NAME": name}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "com.example.dpc",
        "com.example.dpc/",
        "com.example.dpc/AdminReceiver",  # for Android, a class without a package
        "/.AdminReceiver",
        "example/.AdminReceiver",
        "com.example.dpc/.Admin/Receiver",
        "com.example.dpc /.AdminReceiver",
        "com..dpc/.AdminReceiver",
        "com.example.dpc/..AdminReceiver",
        "com.example.dpc/.2Receiver",
        "com.exämple.dpc/.AdminReceiver",
        "com.example.dpc/.AdminReceiver\n",
        5,
    ],
)
def test_invalid_component_names_are_refused(name: Any) -> None:
    message = f"Option 'device_admin_component_name' is {name!r}, but it must be the package and the class"
    assert refusal(device_admin_component_name=name).startswith(message)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://dpc.example.com/dpc.apk",
        "dpc.example.com/dpc.apk",
        "https:///dpc.apk",
        "https://dpc.example.com/d pc.apk",
        "https://dpc.example.com/dpc.apk\n",
        "https://dpc.example.com/\0dpc.apk",
        "\x01https://dpc.example.com/dpc.apk",
        "HTTPS://dpc.example.com/dpc.apk",  # not https for Android
        "https://[::1/dpc.apk",
        "https://dpc.example.com:port/dpc.apk",
        "file:///dpc.apk",
        5,
    ],
)
def test_invalid_download_locations_are_refused(url: Any) -> None:
    text = refusal(DOWNLOAD, device_admin_package_download_location=url)
    assert "Option 'device_admin_package_download_location' is " in text
    assert "it must be" in text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ftp://sam:secret@dpc.example.com/dpc.apk", "ftp://[redacted]@dpc.example.com/dpc.apk"),
        ("ftp://dpc.example.com/dpc.apk?signature=secret", "ftp://dpc.example.com/dpc.apk"),
        ("ftp://dpc.example.com/dpc.apk#secret", "ftp://dpc.example.com/dpc.apk"),
        ("sam:secret@dpc.example.com/dpc.apk", "[redacted]@dpc.example.com/dpc.apk"),
        ("ftp://sam:se/secret?secret#@dpc.example.com/dpc.apk", "ftp://[redacted]@dpc.example.com/dpc.apk"),
    ],
)
def test_secrets_in_a_url_are_not_shown(address: str, shown: str) -> None:
    text = refusal(DOWNLOAD, device_admin_package_download_location=address)
    assert f"is '{shown}', but it must be a URL that begins with http:// or https://." in text
    text = refusal(OPEN, wifi_pac_url=address)
    assert "secret" not in text
    assert "is 'a list', but it must be a non-empty string" in refusal(OPEN, wifi_pac_url=[address])


def test_secret_options() -> None:
    assert {name for name, extra in EXTRAS.items() if extra.secret} == {
        "admin_extras_bundle",
        "device_admin_package_download_cookie_header",
        "wifi_ca_certificate",  # a key may be set by mistake
        "wifi_password",
        "wifi_user_certificate",
    }


def test_number_instead_of_a_string_is_refused() -> None:
    text = refusal(WPA, wifi_password=12345678)
    assert text.endswith(
        "not shown here): it must be a non-empty string; quote a number; if it is a template, "
        "and jinja2_native is enabled with ansible-core older than 2.19, end it with the 'string' filter."
    )


@pytest.mark.parametrize("name", ["device_admin_signature_checksum", "wifi_ssid", "locale"])
def test_keys_in_a_wrong_option_are_not_shown(name: str) -> None:
    text = refusal(LOCATION, **dict[str, Any]({name: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0"}))
    assert "has an invalid value (not shown here)" in text
    assert "c2VjcmV0" not in text


def test_invalid_checksum_is_refused() -> None:
    text = refusal(LOCATION, device_admin_package_checksum=CHECKSUM[1:])
    assert text == (
        f"Option 'device_admin_package_checksum' is '{CHECKSUM[1:]}', "
        "but it must be a SHA-256 digest in URL-safe base64, 43 characters."
    )


@pytest.mark.parametrize(
    ("given", "locale"),
    [
        ("de_DE", "de_DE"),
        ("de-de", "de_DE"),
        ("DE_de", "de_DE"),
        ("fil_PH", "fil_PH"),
        ("es_419", "es_419"),
        ("zh_Hant_TW", "zh_Hant_TW"),
        ("SR-latn-rs", "sr_Latn_RS"),
        # Codes that Android writes for he, id and yi.
        ("iw_IL", "iw_IL"),
        ("in_ID", "in_ID"),
        ("ji_001", "ji_001"),
        ("he_IL", "he_IL"),
    ],
)
def test_valid_locales_are_normalized(given: str, locale: str) -> None:
    assert payload(locale=given) == {"LOCALE": locale}


@pytest.mark.parametrize(
    ("locale", "rule"),
    [
        ("de", "it must be a language and a country, such as 'de_DE'"),
        ("german", "it must be a language and a country"),
        ("de_DE.UTF-8", "it must be a language and a country"),
        ("de_DE\n", "it must be a language and a country"),
        ("zh_Hant", "it must be a language and a country"),
        ("zh_TW_Hant", "it must be a language and a country"),
        ("zh_Xxxx_TW", "there is no script 'Xxxx'"),
        ("zh_Zyyy_TW", "there is no script 'Zyyy'"),
        ("xq_DE", "there is no language 'xq'"),
        ("de_XQ", "there is no country 'XQ'"),
        ("de_ZZ", "there is no country 'ZZ'"),
        ("de_XA", "there is no country 'XA'"),
        ("en_EU", "there is no country 'EU'"),
        ("und_DE", "there is no language 'und'"),
        ("de_999", "there is no country '999'"),
        (5, "it must be a language and a country"),
    ],
)
def test_invalid_locales_are_refused(locale: Any, rule: str) -> None:
    assert refusal(locale=locale).startswith(f"Option 'locale' is {locale!r}, but {rule}")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "GMT"])
def test_valid_time_zones_are_accepted(zone: str) -> None:
    assert payload(time_zone=zone) == {"TIME_ZONE": zone}


@pytest.mark.parametrize(
    ("zone", "suggestion"),
    [
        ("Europe/Berln", " (did you mean 'Europe/Berlin'?)"),
        ("europe/berlin", " (did you mean 'Europe/Berlin'?)"),
        ("", ""),
        ("CEST", ""),
        ("localtime", ""),
        ("Factory", ""),
        ("right/UTC", None),
        ("/etc/passwd", ""),
        ("../UTC", None),
        ("a\0b", ""),
        (5, ""),
        (None, ""),
    ],
)
def test_invalid_time_zones_are_refused(zone: Any, suggestion: str | None) -> None:
    with pytest.raises(
        ValueError, match="it must be a time zone of the tz database, such as 'Europe/Berlin'"
    ) as caught:
        find_time_zone(zone)
    if suggestion is not None:
        assert str(caught.value).endswith(f"'Europe/Berlin'{suggestion}")


def test_local_time() -> None:
    assert payload(local_time=1_790_000_000_000) == {"LOCAL_TIME": 1_790_000_000_000}
    assert payload(local_time="1790000000000") == {"LOCAL_TIME": 1_790_000_000_000}
    assert "milliseconds since 1970, and this looks like seconds" in refusal(local_time=1_790_000_000)
    assert "an integer from 1 to 9223372036854775807" in refusal(local_time=2**63)


@pytest.mark.parametrize("number", [0, -1, 65536, 80.5, "http", " 80", "８０", True, None, "9" * 5000])
def test_invalid_integers_are_refused(number: Any) -> None:
    text = refusal(PROXY, wifi_proxy_port=number)
    assert text.endswith("but it must be an integer from 1 to 65535.")
    assert text.startswith("Option 'wifi_proxy_port' is ")


@pytest.mark.parametrize(
    ("given", "value"), [(True, True), ("yes", True), ("False", False), ("0", False), (False, False)]
)
def test_valid_booleans_are_accepted(given: Any, value: bool) -> None:
    assert payload(skip_encryption=given) == {"SKIP_ENCRYPTION": value}


@pytest.mark.parametrize("given", ["maybe", "", 1, 0, 1.0, None, []])
def test_invalid_booleans_are_refused(given: Any) -> None:
    text = refusal(skip_encryption=given)
    assert text == f"Option 'skip_encryption' is {given!r}, but it must be a boolean."


@pytest.mark.parametrize(("ssid", "size"), [("a" * 33, 33), ("é" * 17, 34), ("电" * 11, 33)])
def test_length_of_an_ssid_is_limited_in_bytes(ssid: str, size: int) -> None:
    assert payload(wifi_ssid=ssid[:-1]) == {"WIFI_SSID": ssid[:-1]}
    assert f"at most 32 bytes long in UTF-8, not {size}" in refusal(wifi_ssid=ssid)


def test_ssid_in_quotes_is_refused() -> None:
    assert payload(wifi_ssid='"') == {"WIFI_SSID": '"'}
    assert payload(wifi_ssid='Sam"s') == {"WIFI_SSID": 'Sam"s'}
    assert "the bare SSID, without quotes" in refusal(wifi_ssid='"Bench"')


def test_ca_certificates(pem: str) -> None:
    body = "".join(pem.splitlines()[1:-1])
    for given in (pem, f"text before\n{pem}", body, body[:64] + "\n" + body[64:]):
        assert payload(EAP, wifi_ca_certificate=given)["WIFI_CA_CERTIFICATE"] == body
    for wrong in (pem * 2, pem.replace("CERTIFICATE", "PRIVATE KEY"), body[:-8], "QUJD", "not base64"):
        text = refusal(EAP, wifi_ca_certificate=wrong)
        assert text.endswith("it must be one X.509 certificate, in PEM, or in DER encoded in base64.")
        assert wrong[:40] not in text, "it may be a key"


def test_user_certificates() -> None:
    tls = {**EAP, "wifi_eap_method": "TLS"}
    assert payload(tls, wifi_user_certificate="QU\nJD")["WIFI_USER_CERTIFICATE"] == "QUJD"
    assert "in the standard alphabet" in refusal(tls, wifi_user_certificate="Q_JD")
    assert "in the standard alphabet" in refusal(tls, wifi_user_certificate=" ")


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "",
        0,
        2**63 - 1,
        -(2**63),
        0.5,
        True,
        [],
        ["a", "b"],
        [1, 2],
        [True, False],
        [0.5, 1.5],
        {},
        {"deeper": {"still": [1], "on": True}},
    ],
)
def test_bundle_accepts_all_value_types(value: Any) -> None:
    built = payload(admin_extras_bundle={"key": value, "电": "脑"})
    assert built == {"ADMIN_EXTRAS_BUNDLE": {"key": value, "电": "脑"}}
    assert json.loads(json.dumps(built)) == built


def test_bundle_accepts_lists_of_different_string_classes() -> None:
    """Before ansible-core 2.19, registered and looked-up strings have their own class."""

    class AnsibleUnsafeText(str):
        __slots__ = ()

    assert payload(admin_extras_bundle={"key": [AnsibleUnsafeText("a"), "b"]}) == {
        "ADMIN_EXTRAS_BUNDLE": {"key": ["a", "b"]}
    }


@pytest.mark.parametrize(
    ("bundle", "rule"),
    [
        ("secret", "it must be a dictionary"),
        (["secret"], "it must be a dictionary"),
        ({5: "secret"}, "its keys must be non-empty strings, and 5 is not"),
        ({"": "secret"}, "its keys must be non-empty strings, and '' is not"),
        ({"key": None}, "'key' is null, but must be a string"),
        ({"key": b"secret"}, "'key' is bytes, but must be a string"),
        ({"key": date(2026, 11, 25)}, "'key' is a date, but must be a string"),
        ({"key": float("inf")}, "'key' is a number, but must be a string"),
        ({"key": 2**63}, "the number 'key' must fit into 64 bits"),
        (
            {"key": ["secret", 1]},
            "the list 'key' must contain values of one type only; quote a number; if it is a",
        ),
        ({"key": [1, True]}, "the list 'key' must contain values of one type only"),
        ({"key": [["secret"]]}, "'key' is a list, but must be a string"),
        ({"key": [{"deep": "secret"}]}, "'key' is a dictionary, but must be a string"),
        ({"deep": {"deeper": {"key": None}}}, "in 'deep', in 'deeper', 'key' is null"),
    ],
)
def test_invalid_bundles_are_refused(bundle: Any, rule: str) -> None:
    text = refusal(admin_extras_bundle=bundle)
    assert text.startswith(f"Option 'admin_extras_bundle' has an invalid value (not shown here): {rule}")
    assert "secret" not in text


# --- Rules between options


@pytest.mark.parametrize(
    "options",
    [
        DOWNLOAD,
        {**LOCATION, "device_admin_package_checksum": f"{CHECKSUM}="},
        {**DOWNLOAD, "device_admin_minimum_version_code": 3, "device_admin_package_download_cookie_header": "a=b; c=d"},
        OPEN,
        {**OPEN, "wifi_security_type": "NONE", "wifi_hidden": True},
        WPA,
        {**WPA, "wifi_password": "a" * 63},
        {**WPA, "wifi_security_type": "WEP", "wifi_password": "abcde"},
        {**WPA, "wifi_security_type": "WEP", "wifi_password": "0123456789abcdefABCDEF0123"},
        EAP,
        {
            **EAP,
            "wifi_eap_method": "PEAP",
            "wifi_identity": "sam",
            "wifi_password": "x",
            "wifi_phase2_auth": "MSCHAPV2",
        },
        {**EAP, "wifi_eap_method": "TLS", "wifi_user_certificate": "QUJD", "wifi_domain": "example.com"},
        PROXY,
        {**PROXY, "wifi_proxy_bypass": "a.example.com,b.example.com"},
        {**OPEN, "wifi_pac_url": "http://proxy.example.com/proxy.pac"},
        {"use_mobile_data": True, "allow_offline": False},
        {**WPA, "wifi_password": "é" * 31},
    ],
)
def test_valid_combinations_are_accepted(options: dict[str, Any]) -> None:
    assert payload(options) == {name.upper(): value for name, value in options.items()}


CHECKSUMS = "it requires exactly one of device_admin_signature_checksum and device_admin_package_checksum"


@pytest.mark.parametrize(
    ("options", "option", "rule"),
    [
        (LOCATION, "device_admin_package_download_location", CHECKSUMS),
        (
            {**DOWNLOAD, "device_admin_package_checksum": CHECKSUM},
            "device_admin_package_download_location",
            CHECKSUMS,
        ),
        (
            {"device_admin_signature_checksum": CHECKSUM},
            "device_admin_signature_checksum",
            "Android ignores it without device_admin_package_download_location",
        ),
        (
            {"device_admin_minimum_version_code": 3},
            "device_admin_minimum_version_code",
            "Android ignores it without device_admin_package_download_location",
        ),
        ({"wifi_hidden": True}, "wifi_hidden", "Android ignores it without wifi_ssid"),
        (
            {**OPEN, "wifi_password": "secret word"},
            "wifi_password",
            "without a wifi_security_type other than NONE, Android treats the network as open",
        ),
        (
            {**OPEN, "wifi_security_type": "NONE", "wifi_password": "secret word"},
            "wifi_password",
            "without a wifi_security_type other than NONE, Android treats the network as open",
        ),
        ({**OPEN, "wifi_security_type": "WPA"}, "wifi_security_type", "WPA requires wifi_password"),
        ({**OPEN, "wifi_security_type": "WEP"}, "wifi_security_type", "WEP requires wifi_password"),
        (
            {**WPA, "wifi_password": "secret!"},
            "wifi_password",
            "a WPA password must have 8 to 63 characters (bytes in UTF-8)",
        ),
        (
            {**WPA, "wifi_password": "0" * 64},
            "wifi_password",
            "a WPA password must have 8 to 63 characters (bytes in UTF-8)",
        ),
        (
            {**WPA, "wifi_password": "é" * 32},
            "wifi_password",
            "a WPA password must have 8 to 63 characters (bytes in UTF-8)",
        ),
        ({**WPA, "use_mobile_data": True}, "use_mobile_data", "Android ignores it with wifi_ssid"),
        (
            {**WPA, "wifi_security_type": "WEP", "wifi_password": "secret"},
            "wifi_password",
            "a WEP key must have 5, 13, 16 or 29 characters, or 10, 26, 32 or 58 hexadecimal digits",
        ),
        (
            {**WPA, "wifi_security_type": "WEP", "wifi_password": "secret wor"},
            "wifi_password",
            "a WEP key must have 5, 13, 16 or 29 characters, or 10, 26, 32 or 58 hexadecimal digits",
        ),
        ({**OPEN, "wifi_security_type": "EAP"}, "wifi_security_type", "EAP requires wifi_eap_method"),
        ({**EAP, "wifi_eap_method": "PEAP"}, "wifi_eap_method", "PEAP requires wifi_identity"),
        (
            {**EAP, "wifi_eap_method": "TTLS", "wifi_identity": "sam"},
            "wifi_eap_method",
            "TTLS requires wifi_password",
        ),
        ({**EAP, "wifi_eap_method": "TLS"}, "wifi_eap_method", "TLS requires wifi_user_certificate"),
        ({**WPA, "wifi_identity": "sam"}, "wifi_identity", "it requires wifi_security_type: EAP"),
        (
            {**PROXY, "wifi_pac_url": "https://proxy.example.com/proxy.pac"},
            "wifi_pac_url",
            "Android ignores it with wifi_proxy_host",
        ),
        ({**OPEN, "wifi_proxy_host": "proxy.example.com"}, "wifi_proxy_host", "it requires wifi_proxy_port"),
        ({**OPEN, "wifi_proxy_port": 80}, "wifi_proxy_port", "Android ignores it without wifi_proxy_host"),
        ({**OPEN, "wifi_proxy_bypass": "a"}, "wifi_proxy_bypass", "Android ignores it without wifi_proxy_host"),
    ],
)
def test_invalid_combinations_are_refused(options: dict[str, Any], option: str, rule: str) -> None:
    text = refusal(options)
    assert text.startswith(f"Option '{option}' does not fit the other options: {rule}.")
    assert "secret" not in text


def test_all_errors_are_reported_together() -> None:
    with pytest.raises(EmmError) as caught:
        payload({"locale": "german", "wifi_sid": "x", **WPA, "wifi_password": "short"})
    first, second = caught.value.reasons()
    assert first.startswith("Option 'locale' is 'german', but it must be")
    assert second.startswith("There is no option 'wifi_sid'")
    assert str(caught.value) == f"{first} {second}"
    with pytest.raises(EmmError) as caught:
        payload({"wifi_identity": "sam", "use_mobile_data": True, **OPEN})
    assert len(caught.value.reasons()) == 2, "rules between options, once each value is valid"
    with pytest.raises(EmmError) as caught:
        build_payload({"locale": "german"})
    assert caught.value.reasons()[1:] == ["Option 'device_admin_component_name' is required."]


@pytest.mark.parametrize("header", ["secret\nX-Other: y", "secret\r", "", 5])
def test_invalid_cookie_headers_are_refused(header: Any) -> None:
    text = refusal(DOWNLOAD, device_admin_package_download_cookie_header=header)
    assert text.startswith("Option 'device_admin_package_download_cookie_header' has an invalid value (not shown here)")
    assert "secret" not in text


# --- Names


def test_component_name_is_required() -> None:
    with pytest.raises(EmmError, match="Option 'device_admin_component_name' is required"):
        build_payload({})


@pytest.mark.parametrize(("options", "kind"), [(None, "null"), ("text", "a string"), ([], "a list")])
def test_other_types_than_dictionaries_are_refused(options: Any, kind: str) -> None:
    with pytest.raises(EmmError, match=f"requires a dictionary of options, not {kind}"):
        build_payload(options)


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("wifi_sid", "wifi_ssid"),
        ("component_name", "device_admin_component_name"),
        ("download_location", "device_admin_package_download_location"),
        ("signature_checksum", "device_admin_signature_checksum"),
        ("WIFI-SSID", "wifi_ssid"),
        ("EXTRA_PROVISIONING_TIME_ZONE", "time_zone"),
        ("android.app.extra.PROVISIONING_WIFI_SID", "wifi_ssid"),
        ("admin_extras", "admin_extras_bundle"),
    ],
)
def test_misspelled_names_are_refused_with_a_suggestion(name: str, suggestion: str) -> None:
    assert refusal(**{name: "secret"}) == f"There is no option '{name}' (did you mean '{suggestion}'?)."


@pytest.mark.parametrize("name", ["organization_name", "role_holder_package_download_location"])
def test_constants_that_are_not_public_are_refused(name: str) -> None:
    assert refusal(**{name: "x"}) == (
        f"'{name}' is not supported in a provisioning payload: it is not public in Android's reference."
    )


@pytest.mark.parametrize("name", ["something_else", 5, None])
def test_unknown_names_are_refused(name: Any) -> None:
    assert refusal({name: "secret"}) == f"There is no option '{name}'."


@pytest.mark.parametrize("name", ["token", "enrollment_token", "TOKEN"])
def test_error_explains_where_a_token_belongs(name: str) -> None:
    assert refusal(**{name: "secret"}) == (
        f"There is no option '{name}'. Put a token into 'admin_extras_bundle', under the key that the DPC reads."
    )


@pytest.mark.parametrize("name", ["logo_uri", "EXTRA_PROVISIONING_LOGO_URI"])
def test_unsupported_constants_are_refused_with_the_reason(name: str) -> None:
    text = refusal(**{name: "content://logo"})
    assert text.startswith(f"'{name}' is not supported in a provisioning payload: it is for an app that starts")


# --- Zero-touch and NFC


def test_zero_touch_contains_only_useful_extras() -> None:
    bundle = {"token": "a"}
    built = build_payload({**COMPONENT, **DOWNLOAD, **WPA, "locale": "de_DE", "admin_extras_bundle": bundle})
    assert for_zero_touch(built) == {f"{PREFIX}LOCALE": "de_DE", f"{PREFIX}ADMIN_EXTRAS_BUNDLE": bundle}


def test_nfc_quotes_the_ssid() -> None:
    built = build_payload({**COMPONENT, **WPA})
    assert for_nfc(built) == {**built, f"{PREFIX}WIFI_SSID": '"Bench"'}
    assert for_nfc(build_payload(COMPONENT)) == build_payload(COMPONENT)


# --- Vaults


class Encrypted:
    """A vaulted value in ansible-core 2.18, until it is used."""

    __ENCRYPTED__ = True

    def __str__(self) -> str:
        return "correct horse"


def test_vaulted_values_are_decrypted() -> None:
    options = {
        **WPA,
        "wifi_password": Encrypted(),
        "admin_extras_bundle": {"token": Encrypted(), "more": [Encrypted()]},
    }
    assert payload(options) == {
        **{name.upper(): value for name, value in WPA.items()},
        "ADMIN_EXTRAS_BUNDLE": {"token": "correct horse", "more": ["correct horse"]},
    }


@pytest.mark.parametrize(
    "options",
    [
        {**WPA, "wifi_password": "hunter2-\ud800"},
        {**PROXY, "wifi_proxy_host": "a\ud800"},
        {"admin_extras_bundle": {"token": "hunter2-\ud800"}},
        {"admin_extras_bundle": {"deep": {"hunter2-\ud800": 1}}},
        {"admin_extras_bundle": {"list": ["hunter2-\ud800"]}},
    ],
)
def test_surrogates_are_refused(options: dict[str, Any]) -> None:
    """A device could not read them correctly."""
    with pytest.raises(EmmError, match="half of a character") as caught:
        build_payload({**COMPONENT, **options})
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
