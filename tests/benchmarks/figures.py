# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""From what was measured to figures that can be compared with a goal. All are made from medians."""

from __future__ import annotations

import itertools
import operator
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.contestants import (
    BARE,
    DRAWN,
    EMPTY,
    IN_A_LOOP,
    LOOP,
    MANY,
    MANY_URI,
    ONE,
    ONE_URI,
    ROLE_BOTH,
    ROLE_USER_AUTH,
    SET_FACT,
    SHEET,
    over,
)
from tests.benchmarks.stopwatch import LATENCY, Runs

_COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Figure:
    """A figure, and what it is to be: ``<= 0.5`` or ``>= 100``, or nothing where it only explains another."""

    name: str
    value: float
    goal: str = ""

    def verdict(self) -> str:
        """Whether the goal is met."""
        if not self.goal:
            return ""
        comparison, limit = self.goal.split()
        return "met" if _COMPARE[comparison](self.value, float(limit)) else "missed"


def median(runs: Runs, name: str, quantity: str = "seconds") -> float:
    return float(statistics.median(getattr(sample, quantity) for sample in runs[name]))


def scaled(runs: Runs, name: str, few: int, many: int) -> float:
    """The seconds of a play that was measured with ``few`` tokens, if it were for ``many``."""
    start = median(runs, EMPTY)
    return start + (median(runs, name) - start) / few * many


def on_localhost(runs: Runs, tokens: int, tokens_by_uri: int, flood: float) -> list[Figure]:
    """The figures of tasks that run on localhost. ``flood`` is how many requests a second the emulator can answer."""
    empty = median(runs, EMPTY)
    one, one_uri, looped, many = (median(runs, name) - empty for name in (ONE, ONE_URI, IN_A_LOOP, MANY))
    many_uri = scaled(runs, MANY_URI, tokens_by_uri, tokens)
    figures = [
        Figure("one token: time relative to a uri task", one / one_uri, "<= 0.5"),
        Figure(f"{LOOP} tokens in a loop: time of each relative to a uri task", looped / LOOP / one_uri, "<= 0.08"),
        Figure(f"  of which {LOOP + 1} answers take, by themselves", (LOOP + 1) * LATENCY / LOOP / one_uri),
        Figure(
            f"{tokens:,} tokens in a task: times faster than a loop of uri", many_uri / median(runs, MANY), ">= 100"
        ),
        Figure(f"  seconds of that loop, scaled from {tokens_by_uri} tokens", many_uri),
        Figure(f"{tokens:,} tokens in a task: time relative to a script", many / median(runs, BARE), "<= 1.25"),
        Figure("the emulator: requests a second that it answers, if flooded", flood),
    ]
    for name, contestant in (("task", MANY), ("script", BARE)):
        spread = median(runs, contestant, "spread")
        figures += [
            Figure(f"  requests a second from the {name}", tokens / spread),
            Figure("  the emulator's share of a processor, meanwhile", median(runs, contestant, "busy") / spread),
        ]
    return figures


def over_hosts(runs: Runs, sizes: Sequence[int]) -> list[Figure]:
    """The figures of plays over inventories of several sizes, in ascending order."""
    figures = []
    for hosts in sizes:
        base = over(hosts, SET_FACT)
        figures += _per_host(runs, base, hosts)
        for role in (ROLE_USER_AUTH, ROLE_BOTH):
            name = over(hosts, role)
            figures += _per_host(runs, name, hosts)
            for quantity, title in (("seconds", "time"), ("memory", "memory")):
                ratio = median(runs, name, quantity) / median(runs, base, quantity)
                figures.append(Figure(f"  {title} relative to one set_fact", ratio, "<= 2.5"))
            spread = median(runs, name, "spread")
            figures.append(
                Figure("  seconds from the first token to the last", spread, "<= 5" if hosts == 1000 else "")
            )
    for contestant in (SET_FACT, ROLE_USER_AUTH, ROLE_BOTH):
        for fewer, more in itertools.pairwise(sizes):
            growth = median(runs, over(more, contestant)) / median(runs, over(fewer, contestant)) * fewer / more
            figures.append(Figure(f"{contestant}: time per host, {more:,} hosts to {fewer:,}", growth))
    return figures


def over_cards(runs: Runs, hosts: int) -> list[Figure]:
    """The figures of a sheet for so many devices."""
    sheet, drawn = over(hosts, SHEET), over(hosts, DRAWN)
    ratio = median(runs, sheet) / median(runs, drawn)
    return [
        *_per_host(runs, drawn, hosts),
        *_per_host(runs, sheet, hosts),
        Figure("  time relative to drawing the same codes", ratio, "<= 2.5"),
    ]


def _per_host(runs: Runs, name: str, hosts: int) -> list[Figure]:
    return [
        Figure(f"{name}: milliseconds per host", median(runs, name) / hosts * 1000),
        Figure("  KiB per host", median(runs, name, "memory") / hosts * 1024),
    ]


def as_text(figures: Sequence[Figure], runs: Runs) -> str:
    """Two tables: the figures, and what they are made from."""
    width = max(map(len, [*runs, *(figure.name for figure in figures)]))
    lines = [f"{'FIGURE':{width}}  {'MEASURED':>9}  GOAL"]
    for figure in figures:
        row = f"{figure.name:{width}}  {figure.value:9.3f}  {figure.goal:9}  {figure.verdict()}"
        lines.append(row.rstrip())
    lines += ["", f"{'MEDIANS':{width}}  {'SECONDS':>9}  {'(MIN':>9}  {'MAX)':>9}  {'MIB':>6}  RUNS"]
    for name, samples in runs.items():
        times = [sample.seconds for sample in samples]
        values = f"{median(runs, name):9.3f}  {min(times):9.3f}  {max(times):9.3f}  {median(runs, name, 'memory'):6.0f}"
        lines.append(f"{name:{width}}  {values}  {len(samples):4}")
    return "\n".join(lines) + "\n"
