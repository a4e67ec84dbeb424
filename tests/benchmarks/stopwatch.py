# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Runs commands against the emulator, and measures them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.emulator.process import Emulator
from tests.integration.playbooks import COLLECTIONS

LATENCY = 0.05  # seconds until the emulator answers
# Not PYTHONDONTWRITEBYTECODE: Python would compile again and again what Ansible puts into temporary files.
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_LAUNCH = Path(__file__).resolve().parent / "launch.py"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """What one run of a command came to."""

    cpu: float  # seconds of processor time, of all of its processes
    wall: float  # seconds from its start to its end
    memory: float  # MiB, at its peak; see launch.py
    spread: float  # seconds from the first token that was asked for to the last one
    busy: float  # seconds of processor time that the emulator took


Runs = dict[str, list[Sample]]


class Stopwatch:
    """Runs commands in an environment that holds nothing but what leads them to the emulator."""

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
        """Run a command that mints so many tokens, with ``environment`` added to that of all commands."""
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
        """What the emulator has used so far: fields 14 and 15 of proc(5), in user mode and in the kernel."""
        stat = Path(f"/proc/{self._emulator.address.pid}/stat").read_text(encoding="utf-8")
        fields = stat.rpartition(")")[
            2
        ].split()  # from the third on; the second is a name, which may have any character
        return (int(fields[11]) + int(fields[12])) / _TICKS


def interleave(contestants: Mapping[str, Callable[[], Sample]], repetitions: int) -> Runs:
    """Run all contestants once, and all of them again, so that a change of the machine's pace is one for all."""
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
