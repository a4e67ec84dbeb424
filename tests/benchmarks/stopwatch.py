# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Run commands against the emulator, and measure them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.emulator.process import Emulator
from tests.integration.playbooks import COLLECTIONS

LATENCY = 0.05  # seconds before the emulator responds
# Not PYTHONDONTWRITEBYTECODE: Python would recompile what Ansible puts into temporary files each time.
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_LAUNCH = Path(__file__).resolve().parent / "launch.py"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """The measurements of one run of a command."""

    cpu: float  # seconds of processor time, of all of its processes
    wall: float  # seconds from its start to its end
    memory: float  # MiB, at its peak; see launch.py
    spread: float  # seconds from the request for the first token to the request for the last
    busy: float  # seconds of processor time of the emulator


Runs = dict[str, list[Sample]]


class Stopwatch:
    """Runs commands in an environment with only the variables that direct them to the emulator."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        self._emulator = emulator
        self._directory = directory
        self._environment = {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "HOME": str(directory),
            "ANSIBLE_HOME": str(directory / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            **emulator.address.environment(),
        }

    def measure(
        self,
        command: Sequence[str],
        tokens: int,
        latency: float = LATENCY,
        environment: Mapping[str, str] | None = None,
    ) -> Sample:
        """Run a command that mints ``tokens`` tokens, with ``environment`` added to that of all commands."""
        self._emulator.reset()
        self._emulator.change_settings(latency=latency)
        output, report = self._directory / "output.txt", self._directory / "report.txt"
        busy = self._processor_time()
        with output.open("wb") as file:
            subprocess.run(
                [sys.executable, "-I", "-S", str(_LAUNCH), str(report), *command],
                cwd=self._directory,
                env={**self._environment, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=True,
            )
        busy = self._processor_time() - busy
        status, cpu, wall, memory = map(float, report.read_text(encoding="ascii").split())
        minted = [entry["time"] for entry in self._emulator.mints() if entry["status"] == 200]
        if status != 0 or len(minted) != tokens:
            text = output.read_text(encoding="utf-8")[-2000:]
            raise RuntimeError(f"{command} ended with {status:.0f} and {len(minted)} of {tokens} tokens:\n{text}")
        spread = max(minted) - min(minted) if minted else 0.0
        return Sample(cpu, wall, memory / 1024, spread, busy)

    def _processor_time(self) -> float:
        """The emulator's processor time so far: fields 14 and 15 of proc(5), in user mode and in the kernel."""
        stat = Path(f"/proc/{self._emulator.address.pid}/stat").read_text(encoding="utf-8")
        # From the third field on. The second is a name, which may contain any character.
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def interleave(contestants: Mapping[str, Callable[[], Sample]], repetitions: int) -> Runs:
    """Run all contestants in turn, repeatedly, so that changes in the machine's speed affect all of them."""
    runs: Runs = {name: [] for name in contestants}
    for repetition in range(1, repetitions + 1):
        for name, run in contestants.items():
            sample = run()
            runs[name].append(sample)
            sys.stderr.write(
                f"{repetition}/{repetitions}  {name}: {sample.cpu:.2f} s of a processor, {sample.wall:.2f} s, "
                f"{sample.memory:.0f} MiB\n"
            )
    return runs
