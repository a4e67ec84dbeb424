# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Compute figures from measurements, to compare with goals. All figures are based on medians.

A figure has a value for each quantity that it makes sense for, named as in ``stopwatch.Sample``. The goals of the roles
over hosts are in processor time, the one cost that does not depend on what else the machine does. Where a user waits
for a task, the goals are in elapsed time.
"""

from __future__ import annotations

import operator
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.contestants import (
    BARE,
    BOTH_KINDS,
    CONDITIONAL,
    DRAWN,
    EMPTY,
    FORKS,
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
    SHEET,
    SLOW,
    TOKENS,
    by,
    forked,
    over,
)
from tests.benchmarks.stopwatch import LATENCY, Runs

_COMPARE = {"<=": operator.le, ">=": operator.ge}
_QUANTITIES = ("cpu", "wall", "memory")
_TIMES = ("cpu", "wall")


@dataclass(frozen=True)
class Figure:
    """A figure with a goal, such as ``cpu <= 2.8`` or ``wall >= 100``, or with none if it only explains another."""

    name: str
    values: Mapping[str, float]
    goal: str = ""

    def verdict(self) -> str:
        """Whether the goal is met."""
        if not self.goal:
            return ""
        quantity, comparison, limit = self.goal.split()
        return "met" if _COMPARE[comparison](self.values[quantity], float(limit)) else "missed"


def median(runs: Runs, name: str, quantity: str) -> float:
    return float(statistics.median(getattr(sample, quantity) for sample in runs[name]))


def beyond(runs: Runs, name: str, least: str, quantity: str) -> float:
    """What a contestant takes beyond the minimum."""
    return median(runs, name, quantity) - median(runs, least, quantity)


def scaled(runs: Runs, name: str, few: int, many: int, quantity: str) -> float:
    """Scale a play that was measured with ``few`` tokens to ``many``."""
    return median(runs, EMPTY, quantity) + beyond(runs, name, EMPTY, quantity) / few * many


def growth(runs: Runs, contestant: str, few: int, many: int) -> float:
    """The processor time of each host after the first, with ``many`` hosts relative to ``few``."""
    first = over(1, contestant)
    of_few, of_many = (beyond(runs, over(hosts, contestant), first, "cpu") / (hosts - 1) for hosts in (few, many))
    return of_many / of_few


def goal_of_the_role(core: str) -> str:
    """The role's goal relative to a ``set_fact``, for a version of ansible-core.

    Before 2.21, an action cannot set variables of its host, so the role runs a ``set_fact`` task.
    """
    major, minor, *dummy = core.split(".")
    return f"cpu <= {2.8 if (int(major), int(minor)) >= (2, 21) else 4.6}"


def of_tasks(runs: Runs) -> list[Figure]:
    """The figures of tasks on localhost, each without the start of the play."""

    def relative(name: str, goal: str, contestant: str, peer: str, times: float = 1) -> Figure:
        ratios = {
            quantity: times * beyond(runs, contestant, EMPTY, quantity) / beyond(runs, peer, EMPTY, quantity)
            for quantity in _TIMES
        }
        return Figure(name, ratios, goal)

    many_uri = {quantity: scaled(runs, LOOP_URI, LOOP, TOKENS, quantity) for quantity in _TIMES}
    faster = {quantity: many_uri[quantity] / median(runs, MANY, quantity) for quantity in _TIMES}
    script = {quantity: beyond(runs, MANY, EMPTY, quantity) / median(runs, BARE, quantity) for quantity in _TIMES}
    responses = (LOOP + 1) * LATENCY / LOOP / beyond(runs, ONE_URI, EMPTY, "wall")
    figures = [
        relative("one token: relative to a uri task", "wall <= 0.5", ONE, ONE_URI),
        relative(f"{LOOP} tokens in a loop: each relative to a uri task", "wall <= 0.08", IN_A_LOOP, ONE_URI, 1 / LOOP),
        Figure(f"  {LOOP + 1} responses alone", {"wall": responses}),
        Figure(f"{TOKENS:,} tokens in a task: times faster than a loop of uri", faster, "wall >= 100"),
        Figure(f"  seconds of that loop, scaled from {LOOP} tokens", many_uri),
        Figure(f"{TOKENS:,} tokens in a task: relative to a script", script, "wall <= 1.25"),
    ]
    for name, contestant in (("task", MANY), ("script", BARE)):
        spread = median(runs, contestant, "spread")
        figures += [
            Figure(f"  requests a second from the {name}", {"wall": TOKENS / spread}),
            Figure(
                "  the emulator's share of a processor, meanwhile", {"cpu": median(runs, contestant, "busy") / spread}
            ),
        ]
    return figures


def of_ways(runs: Runs, hosts: int, schemes: Sequence[str], core: str) -> list[Figure]:
    """The figures of the role in every way to use it, by scheme."""
    figures = []
    for scheme in schemes:
        plain = over(hosts, by(PLAIN, scheme))
        figures.append(_relative(runs, plain, over(hosts, SET_FACT), "one set_fact", goal_of_the_role(core)))
        for way, goal in ((CONDITIONAL, "cpu <= 1.3"), (INCLUDED, "cpu <= 1.5"), (FREE, "cpu <= 1.3")):
            figures.append(_relative(runs, over(hosts, by(way, scheme)), plain, "the plain role", goal))
    return figures


def of_sizes(runs: Runs, sizes: Sequence[int]) -> list[Figure]:
    """The figures of the role over inventories of several sizes, in ascending order."""
    figures = []
    for hosts in sizes:
        for contestant, kinds in ((ONE_KIND, 1), (BOTH_KINDS, 2)):
            name = over(hosts, contestant)
            if name in runs:
                figures.append(_relative(runs, name, over(hosts, SET_FACT), "one set_fact"))
                figures += _waiting(runs, name, hosts * kinds, LATENCY, FORKS[0])
    few, many = sizes[0], sizes[-1]
    if few != many:
        least, role = (growth(runs, contestant, few, many) for contestant in (SET_FACT, ONE_KIND))
        title = f"for each host after the first, {many:,} hosts to {few:,}"
        figures += [
            Figure(f"{SET_FACT}: {title}", {"cpu": least}),
            Figure(f"{ONE_KIND}: {title}", {"cpu": role}),
            Figure("  relative to that of one set_fact", {"cpu": role / least}, "cpu <= 1.2"),
        ]
    return figures


def of_slow_responses(runs: Runs, hosts: int) -> list[Figure]:
    """The figures of the role with slow responses."""
    figures = []
    for forks in FORKS:
        name = over(hosts, forked(PLAIN, forks))
        figures.append(_relative(runs, name, over(hosts, forked(SET_FACT, forks)), "one set_fact"))
        figures += _waiting(runs, name, hosts, SLOW, forks)
    return figures


def of_cards(runs: Runs, hosts: int) -> list[Figure]:
    """The figures of a sheet for a number of devices."""
    return [_relative(runs, over(hosts, SHEET), over(hosts, DRAWN), "drawing the same codes", "wall <= 2.5")]


def _relative(runs: Runs, name: str, peer: str, title: str, goal: str = "") -> Figure:
    ratios = {quantity: median(runs, name, quantity) / median(runs, peer, quantity) for quantity in _QUANTITIES}
    return Figure(f"{name}: relative to {title}", ratios, goal)


def _waiting(runs: Runs, name: str, calls: int, latency: float, forks: int) -> list[Figure]:
    """The time from the first token to the last, and its minimum: each fork waits for one response at a time."""
    return [
        Figure("  seconds from the first token to the last", {"wall": median(runs, name, "spread")}),
        Figure(f"  hosts × calls × response time / forks, with {forks} forks", {"wall": calls * latency / forks}),
    ]


def as_text(figures: Sequence[Figure], runs: Runs) -> str:
    """Two tables: the figures and the medians that they are based on."""
    width = max(map(len, [*runs, *(figure.name for figure in figures)]))
    lines = [f"{'FIGURE':{width}}  {'CPU':>8}  {'WALL':>8}  {'MEMORY':>8}  GOAL"]
    for figure in figures:
        values = "  ".join(
            f"{figure.values[quantity]:8.3f}" if quantity in figure.values else " " * 8 for quantity in _QUANTITIES
        )
        lines.append(f"{figure.name:{width}}  {values}  {figure.goal:13}  {figure.verdict()}".rstrip())
    lines += ["", f"{'MEDIANS':{width}}  {'CPU/S':>8}  {'(MIN':>8}  {'MAX)':>8}  {'WALL/S':>8}  {'MIB':>6}  RUNS"]
    for name, samples in runs.items():
        times = [sample.cpu for sample in samples]
        cpu, wall, memory = (median(runs, name, quantity) for quantity in _QUANTITIES)
        values = f"{cpu:8.2f}  {min(times):8.2f}  {max(times):8.2f}  {wall:8.2f}  {memory:6.0f}"
        lines.append(f"{name:{width}}  {values}  {len(samples):4}")
    return "\n".join(lines) + "\n"
