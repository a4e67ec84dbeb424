# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""``python -m tests.benchmarks``: measure everything, and write the figures to ``.cache/benchmarks``."""

from __future__ import annotations

import argparse
import compileall
import importlib.metadata
import importlib.util
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
from tests.benchmarks.contestants import TOKENS, ContestantFactory, Contestants, seed
from tests.benchmarks.stopwatch import LATENCY, Runs, Stopwatch, interleave
from tests.emulator.process import Emulator
from tests.integration.playbooks import COLLECTIONS, REPOSITORY

RESULTS = REPOSITORY / ".cache" / "benchmarks"
GUIDE_PLOT = REPOSITORY / "docs" / "docsite" / "rst" / "images" / "time_by_hosts.svg"
CORE = importlib.metadata.version("ansible-core")
ONCE = 1000  # hosts; contestants with as many or more run only once

GROUPS = {
    "tasks": "single tasks, loops and many tokens on localhost",
    "http": "the role plain, with a condition, by include_role and under the strategy free",
    "https": "the same over HTTPS",
    "slow": "the role with slow responses",
    "sizes": "the role over inventories of several sizes, with one kind of token and with both",
    "sheet": "the role provisioning_sheet",
}


def main() -> None:
    options = _parse_arguments()
    # Compile first, so as not to measure the first start after an installation.
    for code in (*site.getsitepackages(), str(COLLECTIONS / "ansible_collections/emm/android_enterprise/plugins")):
        compileall.compile_dir(code, quiet=2)
    machine = _machine()
    with tempfile.TemporaryDirectory(prefix="emm-benchmarks-") as temporary:
        directory = Path(temporary)
        users = directory / "seed.json"
        users.write_text(json.dumps(seed(max(TOKENS, options.hosts, *options.sizes))), encoding="utf-8")
        with Emulator(directory, "--seed", str(users)) as emulator:
            runs, found = _measure(ContestantFactory(emulator, Stopwatch(emulator, directory), directory), options)
    text = "".join(f"{name}: {value}\n" for name, value in machine.items()) + "\n" + figures.as_text(found, runs)
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": machine,
        "options": vars(options),
        "figures": [{**asdict(figure), "verdict": figure.verdict()} for figure in found],
        "runs": {name: [asdict(sample) for sample in samples] for name, samples in runs.items()},
    }
    name = f"ansible-core-{CORE}"
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (RESULTS / f"{name}.txt").write_text(text, encoding="utf-8")
    if options.docs:
        plot.write(GUIDE_PLOT, plot.draw(runs, options.sizes))
    sys.stdout.write(f"{text}\nWrote {name}.txt and .json into {RESULTS.relative_to(REPOSITORY)}\n")


def _parse_arguments() -> argparse.Namespace:
    groups = "\n".join(f"  {name:6} {what}" for name, what in GROUPS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure the cost of the collection, against the emulator.",
        epilog=f"groups:\n{groups}\n\n"
        "Everything runs with the Python that runs this command, and the ansible-core installed with it. For another\n"
        "version, use the Python of another environment, such as those that make test-matrix creates in .nox. The\n"
        "measured collection is the one in the environment's directory collections.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        metavar="GROUP[,GROUP...]",
        type=_groups,
        default=list(GROUPS),
        help="the groups to measure (default: all)",
    )
    parser.add_argument(
        "--repetitions",
        type=int,
        default=3,
        help=f"how often to run each contestant; once if it has {ONCE:,} or more hosts (default: %(default)s)",
    )
    parser.add_argument(
        "--hosts", type=int, default=150, help="the number of hosts for http, https and slow (default: %(default)s)"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[100, 1000], help="ascending numbers of hosts (default: 100 1000)"
    )
    parser.add_argument("--cards", type=int, default=1000, help="the number of devices on the sheet (default: 1000)")
    parser.add_argument("--docs", action="store_true", help="redraw the plot in the guide from the group sizes")
    options = parser.parse_args()
    if options.docs and "sizes" not in options.only:
        parser.error("--docs needs the group sizes")
    if options.docs and importlib.util.find_spec("matplotlib") is None:
        parser.error("--docs needs the requirements in tests/requirements/benchmarks.txt: use make bench")
    return options


def _groups(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= set(GROUPS):
        raise argparse.ArgumentTypeError(f"choose from {', '.join(GROUPS)}")
    return names


def _machine() -> dict[str, Any]:
    """The properties of the machine that the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "Python": platform.python_version(),
        "ansible-core": CORE,
        "latency in seconds": LATENCY,
        "load before": round(os.getloadavg()[0], 2),
    }


def _measure(factory: ContestantFactory, options: argparse.Namespace) -> tuple[Runs, list[figures.Figure]]:
    few = options.repetitions
    interleave({**factory.size(2), **factory.cards(2)}, 1)  # fills caches; the result is discarded
    runs: Runs = {}
    found: list[figures.Figure] = []
    if "tasks" in options.only:
        runs |= interleave(factory.tasks(), few)
        found += figures.of_tasks(runs)
    schemes = [scheme for scheme in ("http", "https") if scheme in options.only]
    ways: Contestants = {}
    for scheme in schemes:
        ways |= factory.ways(options.hosts, scheme)
    runs |= interleave(ways, few)
    found += figures.of_ways(runs, options.hosts, schemes, CORE)
    if "slow" in options.only:
        runs |= interleave(factory.slow(options.hosts), few)
        found += figures.of_slow_responses(runs, options.hosts)
    if "sizes" in options.only:
        for hosts in (1, *options.sizes):
            runs |= interleave(factory.size(hosts), few if hosts < ONCE else 1)
        found += figures.of_sizes(runs, options.sizes)
    if options.docs:
        runs |= interleave(factory.uri_over_hosts(), few)
    if "sheet" in options.only:
        runs |= interleave(factory.cards(options.cards), few if options.cards < ONCE else 1)
        found += figures.of_cards(runs, options.cards)
    return runs, found


if __name__ == "__main__":
    main()
