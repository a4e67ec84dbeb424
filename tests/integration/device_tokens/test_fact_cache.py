# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Tokens in Ansible's fact cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__
from packaging.version import Version

from tests.emulator.process import Emulator
from tests.integration.devices import BOTH, Bench, Scenario, facts_of, fleet, role_play
from tests.integration.playbooks import Ansible


@pytest.fixture
def cache(ansible: Ansible, environment: dict[str, str]) -> Path:
    """The directory of a fact cache that is enabled in ``environment``."""
    directory = ansible.directory / "facts"
    environment["ANSIBLE_CACHE_PLUGIN"] = "jsonfile"
    environment["ANSIBLE_CACHE_PLUGIN_CONNECTION"] = str(directory)
    return directory


def content_of(cache: Path) -> str:
    """The cached facts of all devices."""
    return "".join(file.read_text(encoding="utf-8") for file in sorted(cache.glob("*device-0*")))


def test_cached_token_is_kept_while_it_is_valid_for_long_enough(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, cache: Path
) -> None:
    def run(**variables: Any) -> str:
        inventory = fleet(2, device_tokens_kinds=BOTH, device_tokens_duration="2h", **variables)
        result = ansible.play([role_play()], inventory=inventory, environment=environment)
        assert result.returncode == 0, result.output
        return str(facts_of(result)["device-01"]["device_tokens_enrollment"]["token"])

    run()
    assert "token" not in content_of(cache), "tokens are cached only if device_tokens_cacheable is set"
    first = run(device_tokens_cacheable=True)
    assert first in content_of(cache)
    assert not [token for token in emulator.tokens("user_auth") if token["token"] in content_of(cache)]
    assert run(device_tokens_keep_if_valid_for="1h") == first
    assert len(emulator.tokens("enrollment")) == 4
    assert len(emulator.tokens("user_auth")) == 6, "authentication tokens are never kept"
    assert run(device_tokens_keep_if_valid_for="3h") != first
    assert run() != first
    assert len(emulator.tokens("enrollment")) == 8


def test_boolean_variables_may_be_text_as_in_an_ini_inventory(bench: Bench, cache: Path) -> None:
    scenarios = {
        text: Scenario(fleet(2, device_tokens_cacheable=text, device_tokens_no_log="false"))
        for text in ("true", "false")
    }
    outcomes = bench.run(scenarios)
    for text, outcome in outcomes.items():
        assert outcome.failures == {}, outcome.run.output
        assert len(set(outcome.held())) == 2
        cached = [token["token"] in content_of(cache) for token in outcome.tokens()]
        assert cached == [text == "true"] * 2


def test_check_mode_leaves_the_token_in_a_cache_whose_facts_are_not_variables(
    ansible: Ansible, environment: dict[str, str], emulator: Emulator, cache: Path
) -> None:
    environment["ANSIBLE_INJECT_FACT_VARS"] = "false"
    inventory = fleet(1, device_tokens_cacheable=True, device_tokens_duration="2h")
    assert ansible.play([role_play()], inventory=inventory, environment=environment).returncode == 0
    [issued] = emulator.tokens()
    run = ansible.play([role_play()], "--check", inventory=inventory, environment=environment)
    assert facts_of(run)["device-01"]["device_tokens_enrollment"]["token"] is None
    assert issued["token"] in content_of(cache)
    inventory = fleet(1, device_tokens_keep_if_valid_for="1h", device_tokens_duration="2h")
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert facts_of(run)["device-01"]["device_tokens_enrollment"]["token"] == issued["token"]


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("job", [False, True], ids=["no-job", "job"])
def test_awx_job_warns_that_cached_tokens_are_not_found(
    ansible: Ansible, environment: dict[str, str], job: bool
) -> None:
    if job:
        environment["AWX_PRIVATE_DATA_DIR"] = str(ansible.directory)
    inventory = fleet(2, device_tokens_keep_if_valid_for="1h")
    run = ansible.play([role_play()], inventory=inventory, environment=environment)
    assert run.returncode == 0, run.output
    lost = job and Version(__version__) >= Version("2.19")
    assert " ".join(run.output.split()).count("device_tokens_keep_if_valid_for does not find") == lost
