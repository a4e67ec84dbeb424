# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The figures that the benchmarks calculate from measurements."""

from __future__ import annotations

import pytest

from tests.benchmarks import figures
from tests.benchmarks.contestants import (
    BARE,
    BOTH_KINDS,
    CONDITIONAL,
    EMPTY,
    FREE,
    IN_A_LOOP,
    INCLUDED,
    LOOP,
    LOOP_URI,
    MANY,
    ONE,
    ONE_KIND,
    ONE_URI,
    PLAIN,
    SET_FACT,
    TOKENS,
    by,
    over,
)
from tests.benchmarks.stopwatch import Runs, Sample


def sample(cpu: float, wall: float = 1.0, memory: float = 50.0, spread: float = 0.0, busy: float = 0.0) -> Sample:
    return Sample(cpu, wall, memory, spread, busy)


def named(found: list[figures.Figure]) -> dict[str, figures.Figure]:
    return {figure.name.strip(): figure for figure in found}


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        ("", ""),
        ("cpu <= 2.8", "met"),
        ("cpu <= 2.7", "missed"),
        ("wall >= 100", "met"),
        ("wall >= 100.1", "missed"),
    ],
)
def test_goal_applies_to_one_quantity(goal: str, verdict: str) -> None:
    assert figures.Figure("a figure", {"cpu": 2.8, "wall": 100.0}, goal).verdict() == verdict


@pytest.mark.parametrize(
    ("core", "goal"),
    [
        ("2.16.19", "cpu <= 4.6"),
        ("2.20.3", "cpu <= 4.6"),
        ("2.21.0", "cpu <= 2.8"),
        ("2.22.0rc1", "cpu <= 2.8"),
        ("2.23.dev0", "cpu <= 2.8"),
        ("3.0.0", "cpu <= 2.8"),
    ],
)
def test_goal_of_the_role_depends_on_the_ansible_core_version(core: str, goal: str) -> None:
    assert figures.goal_of_the_role(core) == goal


def test_start_of_a_play_is_subtracted_from_tasks() -> None:
    runs: Runs = {
        EMPTY: [sample(0.5, 0.6)],
        ONE: [sample(0.9, 1.1), sample(100.0, 1.0), sample(0.8, 0.0)],  # the medians are 0.9 and 1.0
        ONE_URI: [sample(1.3, 1.6)],
        IN_A_LOOP: [sample(1.3, 2.6)],
        LOOP_URI: [sample(4.5, 8.6)],
        MANY: [sample(1.5, 2.0, spread=1.25, busy=0.5)],
        BARE: [sample(1.0, 2.0, spread=1.0, busy=0.25)],
    }
    found = named(figures.of_tasks(runs))
    assert found["one token: relative to a uri task"].values == pytest.approx({"cpu": 0.5, "wall": 0.4})
    looped = found[f"{LOOP} tokens in a loop: each relative to a uri task"].values
    assert looped == pytest.approx({"cpu": 0.05, "wall": 0.1})
    assert found["21 responses alone"].values == pytest.approx({"wall": 0.0525})
    by_uri = {"cpu": 0.5 + 0.2 * TOKENS, "wall": 0.6 + 0.4 * TOKENS}
    assert found["seconds of that loop, scaled from 20 tokens"].values == pytest.approx(by_uri)
    faster = {"cpu": by_uri["cpu"] / 1.5, "wall": by_uri["wall"] / 2.0}
    assert found["1,000 tokens in a task: times faster than a loop of uri"].values == pytest.approx(faster)
    script = found["1,000 tokens in a task: relative to a script"].values
    assert script == pytest.approx({"cpu": 1.0, "wall": 0.7})
    assert found["requests a second from the task"].values == pytest.approx({"wall": 800.0})
    assert found["requests a second from the script"].values == pytest.approx({"wall": 1000.0})
    assert found["the emulator's share of a processor, meanwhile"].values == pytest.approx({"cpu": 0.25})


def test_role_is_compared_with_set_fact_and_its_variants_with_the_role() -> None:
    runs: Runs = {over(150, SET_FACT): [sample(2.0, memory=50.0)]}
    for scheme, plain in (("http", 5.0), ("https", 6.0)):
        seconds = {PLAIN: plain, CONDITIONAL: plain * 1.2, INCLUDED: plain * 1.4, FREE: plain * 1.5}
        runs |= {over(150, by(way, scheme)): [sample(cpu, memory=60.0)] for way, cpu in seconds.items()}
    found = figures.of_ways(runs, 150, ["http", "https"], "2.21.5")
    assert [(round(figure.values["cpu"], 3), figure.verdict()) for figure in found] == [
        (2.5, "met"),
        (1.2, "met"),
        (1.4, "met"),
        (1.5, "missed"),
        (3.0, "missed"),
        (1.2, "met"),
        (1.4, "met"),
        (1.5, "missed"),
    ]
    assert found[0].values["memory"] == pytest.approx(1.2)


def _sizes(contestant: str, start: float, each: float, more: float) -> Runs:
    """Runs in which each further host takes ``each``, or ``more`` times that for the largest number of hosts."""
    return {
        over(1, contestant): [sample(start)],
        over(101, contestant): [sample(start + 100 * each)],
        over(1001, contestant): [sample(start + 1000 * each * more)],
    }


def test_growth_excludes_the_start() -> None:
    """Otherwise, the cost per host would seem to fall with the number of hosts."""
    runs = _sizes(SET_FACT, start=0.5, each=0.02, more=1.1) | _sizes(ONE_KIND, start=1.5, each=0.05, more=1.43)
    assert figures.growth(runs, SET_FACT, 101, 1001) == pytest.approx(1.1)
    [*dummy, role, ratio] = figures.of_sizes(runs, [101, 1001])
    assert role.values["cpu"] == pytest.approx(1.43)
    assert ratio.values["cpu"] == pytest.approx(1.3)
    assert ratio.verdict() == "missed"


def test_missing_measurements_are_skipped() -> None:
    runs = _sizes(SET_FACT, 0.5, 0.02, 1.0) | _sizes(ONE_KIND, 1.5, 0.05, 1.0)
    runs[over(101, BOTH_KINDS)] = [sample(13.0, spread=2.5)]
    found = figures.of_sizes(runs, [101, 1001])
    assert [figure.name for figure in found if BOTH_KINDS in figure.name] == [
        "the role, both kinds of token, 101 hosts: relative to one set_fact"
    ]
    assert figures.of_sizes(runs, [101])[-1].name.strip().startswith("hosts × calls"), "growth needs two sizes"
    calls = {figure.values["wall"] for figure in found if "hosts × calls" in figure.name}
    assert calls == {101 * 0.05 / 5, 101 * 2 * 0.05 / 5, 1001 * 0.05 / 5}


def test_text_has_a_column_for_each_quantity() -> None:
    found = [
        figures.Figure("a ratio", {"cpu": 2.5, "wall": 2.25, "memory": 1.125}, "cpu <= 2.8"),
        figures.Figure("  seconds", {"wall": 9.0}),
    ]
    lines = figures.as_text(found, {"a play": [sample(3.0, 2.0), sample(1.0, 4.0)]}).splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["FIGURE", "CPU", "WALL", "MEMORY", "GOAL"],
        ["a", "ratio", "2.500", "2.250", "1.125", "cpu", "<=", "2.8", "met"],
        ["seconds", "9.000"],
    ]
    assert lines[2].rindex("9.000") == lines[1].rindex("2.250")
    assert lines[-1].split() == ["a", "play", "2.00", "1.00", "3.00", "3.00", "50", "2"]
