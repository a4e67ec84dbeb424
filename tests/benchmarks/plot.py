# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Plot the time of a play by the number of its hosts."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.contestants import BOTH_KINDS, LOOP, ONE_KIND, SET_FACT, URI_PER_HOST, over
from tests.benchmarks.figures import median, scaled
from tests.benchmarks.stopwatch import Runs

# Keep text as text, and change nothing from one drawing to the next except the measurements.
_STYLE = {"font.size": 11, "svg.fonttype": "none", "svg.hashsalt": "benchmarks"}
_MARKERS = {BOTH_KINDS: "s-", ONE_KIND: "o-", SET_FACT: "^-"}


def draw(runs: Runs, sizes: Sequence[int]) -> str:
    """The plot, as SVG. The play with uri tasks is measured over a few hosts and scaled."""
    # Import by name, since the environment that checks types does not have matplotlib.
    matplotlib = importlib.import_module("matplotlib")
    ticker = importlib.import_module("matplotlib.ticker")
    with matplotlib.rc_context(_STYLE):
        figure = importlib.import_module("matplotlib.figure").Figure(figsize=(8, 5), layout="constrained")
        axes = figure.subplots()
        by_uri = [scaled(runs, over(LOOP, URI_PER_HOST), LOOP, hosts, "wall") for hosts in sizes]
        axes.plot(sizes, by_uri, "--", color="gray", label=f"{URI_PER_HOST}\n(scaled from {LOOP} hosts)")
        for name, marker in _MARKERS.items():
            measured = [hosts for hosts in sizes if over(hosts, name) in runs]
            axes.plot(measured, [median(runs, over(hosts, name), "wall") for hosts in measured], marker, label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(sizes)
        axes.minorticks_off()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
        axes.set_xlabel("number of hosts")
        axes.set_ylabel("time of ansible-playbook, in seconds")
        axes.grid(alpha=0.4)
        axes.legend()
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Creator": None, "Date": None, "Format": None, "Type": None})
    declaration, *lines = drawn.getvalue().splitlines()
    # The license is that of this file.
    header = [line.removeprefix("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]
    return "\n".join([declaration, "<!--", *header, "-->", *(line.rstrip() for line in lines)]) + "\n"


def write(path: Path, drawing: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawing, encoding="utf-8")
