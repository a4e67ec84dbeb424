# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The examples in the documentation run without changes."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import textwrap
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.emulator.process import Emulator
from tests.integration.devices import GOOGLE_MANAGED_USER, user
from tests.integration.playbooks import REPOSITORY, Ansible

# The example of the inventory plugin is an inventory; tests/integration/test_spreadsheet.py runs it, and its guide.
PLUGINS = sorted(
    str(path.relative_to(REPOSITORY).with_suffix("")).replace("/", ".")
    for path in REPOSITORY.glob("plugins/*/*.py")
    if "\nEXAMPLES = " in path.read_text(encoding="utf-8") and path.parent.name != "inventory"
)
MINTING = re.compile(
    r"emm\.android_enterprise\.android_enterprise_(?:enrollment_token|user_auth_token|device_tokens)\b"
)
_BLOCKS = {
    ".md": re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL),
    ".rst": re.compile(r"^\.\. code-block:: yaml\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE),
}


def examples_of(page: str) -> list[Any]:
    """The YAML blocks of a page in Markdown or reStructuredText."""
    path = REPOSITORY / page
    blocks = _BLOCKS[path.suffix].findall(path.read_text(encoding="utf-8"))
    return [yaml.safe_load(textwrap.dedent(block)) for block in blocks]


def documents() -> list[str]:
    """All pages of the documentation: the Markdown files, the READMEs of the roles, and the guides."""
    patterns = ("*.md", "roles/*/README.md", "docs/docsite/rst/*.rst")
    return sorted(str(path.relative_to(REPOSITORY)) for pattern in patterns for path in REPOSITORY.glob(pattern))


# The guides on how tokens reach devices. Their test also checks the files that the examples create.
GUIDES = [f"docs/docsite/rst/guide_{name}.rst" for name in ("qr_code", "nfc", "zero_touch", "own_dpc")]
SPREADSHEET = "docs/docsite/rst/guide_spreadsheet.rst"
PAGES = [page for page in documents() if examples_of(page) and page not in (*GUIDES, SPREADSHEET)]


@pytest.fixture
def full_environment(
    environment: dict[str, str], google_hosts: dict[str, str | None], emulator: Emulator
) -> dict[str, str]:
    """The environment of a machine on which all ways to authenticate work."""
    host = emulator.address.url.removeprefix("http://")
    changed = {
        **environment,
        **google_hosts,
        "GCP_AUTH_KIND": "serviceaccount",
        "GCP_SERVICE_ACCOUNT_FILE": emulator.address.service_account_file,
        "GOOGLE_APPLICATION_CREDENTIALS": emulator.address.service_account_file,
        "GCE_METADATA_HOST": host,
        "GCE_METADATA_IP": host,
    }
    return {name: value for name, value in changed.items() if value is not None}


class Backend(BaseHTTPRequestHandler):
    """A reader's own backend. It stores what it receives."""

    received: dict[str, Any]

    def do_PUT(self) -> None:
        assert self.headers["Authorization"] == "Bearer the token of the backend"
        self.received[self.path] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def backend() -> Iterator[HTTPServer]:
    Backend.received = {}
    with HTTPServer(("127.0.0.1", 0), Backend) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture
def variables(emulator: Emulator, backend: HTTPServer, tmp_path: Path) -> str:
    """The variables that the reader sets for the examples."""
    key = Path(emulator.address.service_account_file)
    certificate = tmp_path / "dpc.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=DPC", "-keyout", "/dev/null"]
    subprocess.run([*command, "-out", str(certificate)], check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "dpc.apk", "w") as archive:
        archive.writestr("AndroidManifest.xml", b"")
    return json.dumps(
        {
            "bench_directory": str(tmp_path / "bench"),
            "bench_wifi_password": "correct horse",
            "dpc_backend_token": "the token of the backend",
            "dpc_backend_url": f"http://127.0.0.1:{backend.server_port}",
            "dpc_certificate_file": str(certificate),
            "dpc_file": str(tmp_path / "dpc.apk"),
            "bench_service_account_file": emulator.address.builder_file,
            "emm_access_token": emulator.access_token(),
            "emm_service_account_email": json.loads(key.read_text(encoding="utf-8"))["client_email"],
            "emm_service_account_file": str(key),
            "todays_user_ids": [user(1), GOOGLE_MANAGED_USER],
            "user_ids_of_the_batch": [user(1), GOOGLE_MANAGED_USER],
            "vault_emm_service_account": key.read_text(encoding="utf-8"),
        }
    )


@pytest.fixture
def inventory() -> dict[str, Any]:
    """The inventory of the reader, for pages that show none."""
    return {
        "devices": {
            "vars": {"device_tokens_enterprise_id": "LC03demo00", "device_tokens_enrollment_token_type": "userDevice"},
            "children": {"tablets": {"hosts": {"tablet-01": {"device_tokens_user_id": user(1)}}}},
        }
    }


def test_plugin_examples_run(
    ansible: Ansible, full_environment: dict[str, str], emulator: Emulator, variables: str
) -> None:
    """Each plugin's for a host of its own, so that none can use the facts of another's."""
    examples = {
        plugin: importlib.import_module(f"ansible_collections.emm.android_enterprise.{plugin}").EXAMPLES
        for plugin in PLUGINS
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory = {"all": {"vars": local, "hosts": dict.fromkeys(examples)}}
    plays = [
        {"hosts": plugin, "gather_facts": False, "tasks": yaml.safe_load(text)} for plugin, text in examples.items()
    ]
    (ansible.directory / "bench").mkdir(0o700)
    run = ansible.play(plays, "--extra-vars", variables, inventory=inventory, environment=full_environment)
    assert run.returncode == 0, run.output
    everything = "\n".join(examples.values())
    counts = [int(count) for count in re.findall(r"^    count: (\d+)$", everything, re.MULTILINE)]
    single = len(MINTING.findall(everything)) - len(counts)
    assert len(emulator.tokens()) == single + sum(counts)


@pytest.mark.parametrize("page", PAGES)
def test_page_examples_run(
    ansible: Ansible,
    full_environment: dict[str, str],
    emulator: Emulator,
    variables: str,
    inventory: dict[str, Any],
    page: str,
) -> None:
    """A mapping is the inventory for the examples after it on the page. Anything else is plays or tasks."""
    assert isinstance(examples_of(page)[-1], list), "the page ends with an unused inventory"
    (ansible.directory / "bench").mkdir(0o700)
    for examples, with_inventory in grouped(examples_of(page), inventory):
        emulator.reset()
        plays = [play for example in examples for play in plays_of(example)]
        run = ansible.play(plays, "--extra-vars", variables, inventory=with_inventory, environment=full_environment)
        assert run.returncode == 0, run.output
        assert bool(emulator.tokens()) == mints(examples[0])


def grouped(examples: list[Any], inventory: dict[str, Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The examples that can share a run: successive ones with the same inventory that all mint tokens, or none does.

    The first inventory is the given one.
    """
    group: list[Any] = []
    for example in examples:
        if group and (isinstance(example, dict) or mints(example) != mints(group[0])):
            yield group, inventory
            group = []
        if isinstance(example, dict):
            inventory = example
        else:
            group.append(example)
    yield group, inventory


def mints(example: list[Any]) -> bool:
    """Whether an example mints tokens."""
    return bool(MINTING.search(str(example))) or "device_tokens'" in str(example)


def plays_of(example: list[Any]) -> list[Any]:
    """An example as plays. An example of tasks only runs for all devices of the inventory."""
    return example if "hosts" in example[0] else [{"hosts": "devices", "gather_facts": False, "tasks": example}]


def test_guides_produce_the_files_that_they_describe(
    ansible: Ansible, full_environment: dict[str, str], emulator: Emulator, variables: str
) -> None:
    bench = ansible.directory / "bench"
    for page in GUIDES:
        inventory, *examples = examples_of(page)
        plays = [play for example in examples for play in plays_of(example)]
        run = ansible.play(plays, "--extra-vars", variables, inventory=inventory, environment=full_environment)
        assert run.returncode == 0, run.output
    names = {path.name.partition(".")[2] for path in bench.iterdir() if path.is_file()}
    of_hosts = {"payload.json", "qr.svg", "nfc.properties", "ndef", "zero-touch.json", "svg"}
    assert names == {*of_hosts, "html", "provisioning_sheet", "provisioning_sheet.lock"}
    issued = {token["token"] for token in emulator.tokens()}
    for host in ("sales-tablets", "shop-kiosks"):
        extras = json.loads((bench / f"{host}.zero-touch.json").read_text(encoding="utf-8"))
        bundle = extras["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"]
        assert bundle["com.example.dpc.ENROLLMENT_TOKEN"] in issued
    for host in ("tablet-01", "tablet-02"):
        payload = json.loads((bench / f"{host}.payload.json").read_text(encoding="utf-8"))
        extras = payload["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"]
        given = Backend.received[f"/devices/{extras['com.example.dpc.DEVICE']}"]
        assert given["claim"] == extras["com.example.dpc.CLAIM"]
        assert given["enrollment_token"] in issued
        assert not [token for token in issued if token in json.dumps(payload)]


def test_every_code_block_is_recognized() -> None:
    """Otherwise, a block in another form or language would remain untested."""
    for page in documents():
        text = (REPOSITORY / page).read_text(encoding="utf-8")
        if page.endswith(".md"):
            fences = re.findall(r"^.*(?:```|~~~).*$", text, re.MULTILINE)
            openings, closings = fences[::2], fences[1::2]
            assert set(openings) <= {"```console", "```text", "```yaml"}, page
            assert set(closings) <= {"```"}, page
        else:
            openings = re.findall(r"^.*(?:code-block|sourcecode|highlight)::.*$", text, re.MULTILINE)
            assert set(openings) <= {f".. code-block:: {language}" for language in ("console", "text", "yaml")}, page
        assert len(examples_of(page)) == sum(opening.endswith("yaml") for opening in openings), page
