# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which hosts there are, and what was registered for them. The rest is tested in plays over many hosts."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._hosts import hosts_of_batch, registered


@pytest.mark.parametrize(("batch", "hosts"), [({"c", "a"}, ["a", "c"]), (None, ["a", "b", "c"])])
def test_hosts_of_a_batch(batch: set[str] | None, hosts: list[str]) -> None:
    hostvars = Mock(_inventory=Mock(_restriction=batch))
    assert hosts_of_batch({"ansible_play_hosts_all": ["a", "b", "c"], "hostvars": hostvars}) == hosts


def test_what_is_registered() -> None:
    a, c = {"n": 1}, {"n": 4}
    cache = {"a": {"one": a, "other": c}, "b": {"other": a}, "c": {"one": c}}
    task_vars = {"hostvars": Mock(_variable_manager=Mock(_nonpersistent_fact_cache=cache))}
    assert list(registered("one", ["c", "b", "nobody", "a"], task_vars)) == [("c", c), ("a", a)]
