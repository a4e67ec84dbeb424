# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""``python -m tests.benchmarks``: measure everything, and write the figures into ``.cache/benchmarks``."""

from __future__ import annotations

import argparse
import compileall
import importlib.metadata
import itertools
import json
import os
import platform
import site
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks import figures, plot
from tests.benchmarks.contestants import LOOP, Field, seed
from tests.benchmarks.stopwatch import LATENCY, Runs, Stopwatch, interleave
from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY

RESULTS = REPOSITORY / ".cache" / "benchmarks"
GUIDE_PLOT = REPOSITORY / "docs" / "docsite" / "rst" / "images" / "time_by_hosts.svg"


def main() -> None:
    options = _parse_arguments()
    # What is measured is not the first start after an installation.
    for code in (*site.getsitepackages(), str(REPOSITORY / "plugins")):
        compileall.compile_dir(code, quiet=2)
    machine = _machine()
    with tempfile.TemporaryDirectory(prefix="emm-benchmarks-") as temporary:
        directory = Path(temporary)
        users = directory / "seed.json"
        users.write_text(json.dumps(seed(max(options.tokens, *options.hosts))), encoding="utf-8")
        with Emulator(directory, "--seed", str(users)) as emulator:
            field = Field(emulator, Stopwatch(emulator, directory), directory)
            runs, found = _measure(field, options)
    text = figures.as_text(found, runs)
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": machine,
        "options": vars(options),
        "figures": [{**asdict(figure), "verdict": figure.verdict()} for figure in found],
        "runs": {name: [asdict(sample) for sample in samples] for name, samples in runs.items()},
    }
    (RESULTS / "figures.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    head = "".join(f"{name}: {value}\n" for name, value in machine.items())
    (RESULTS / "figures.txt").write_text(f"{head}\n{text}", encoding="utf-8")
    drawing = plot.draw(runs, options.hosts, options.tokens_by_uri)
    plot.write(RESULTS / GUIDE_PLOT.name, drawing)
    if options.docs:
        plot.write(GUIDE_PLOT, drawing)
    sys.stdout.write(f"{head}\n{text}\nWrote {RESULTS.relative_to(REPOSITORY)}\n")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure what the collection costs, against the emulator. A short run of everything "
        "comes first, and is not counted.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--repetitions", type=int, default=7, help="how often to run what needs no inventory")
    parser.add_argument("--tokens", type=int, default=1000, help="how many are many tokens, 20 or more")
    parser.add_argument("--tokens-by-uri", type=int, default=50, help="how many are minted by uri, to be scaled")
    parser.add_argument("--hosts", type=int, nargs="+", default=[100, 1000], help="sizes of inventories, ascending")
    parser.add_argument(
        "--repetitions-over-hosts",
        type=int,
        nargs="+",
        default=[3],
        help="how often to run each of those; the last number is for the rest",
    )
    parser.add_argument("--cards", type=int, default=1000, help="how many devices to make a sheet for")
    parser.add_argument("--flood-seconds", type=float, default=5, help="how long to flood the emulator")
    parser.add_argument("--docs", action="store_true", help="put the plot into the guide, too")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "Python": platform.python_version(),
        "ansible-core": importlib.metadata.version("ansible-core"),
        "latency in seconds": LATENCY,
        "load before": round(os.getloadavg()[0], 2),
    }


def _measure(field: Field, options: argparse.Namespace) -> tuple[Runs, list[figures.Figure]]:
    interleave(
        {**field.on_localhost(LOOP, 2), **field.over_hosts(LOOP), **field.over_cards(LOOP)}, 1
    )  # fills caches, and is not counted
    flood = field.flood(os.cpu_count() or 1, options.flood_seconds)
    runs = interleave(field.on_localhost(options.tokens, options.tokens_by_uri), options.repetitions)
    found = figures.on_localhost(runs, options.tokens, options.tokens_by_uri, flood)
    repetitions = options.repetitions_over_hosts
    runs |= interleave(field.uri_over_hosts(options.tokens_by_uri), repetitions[0])
    for hosts, times in zip(
        options.hosts, itertools.chain(repetitions, itertools.repeat(repetitions[-1])), strict=False
    ):
        runs |= interleave(field.over_hosts(hosts), times)
    runs |= interleave(field.over_cards(options.cards), repetitions[-1])
    return runs, [*found, *figures.over_hosts(runs, options.hosts), *figures.over_cards(runs, options.cards)]


if __name__ == "__main__":
    main()
