# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""``python -m tests.emulator``: serve until interrupted, or for as long as a command runs."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.emulator.server import Address, serve
from tests.emulator.store import DEMO_SEED


def main() -> int:
    arguments = _parse_arguments()
    seed = json.loads(arguments.seed.read_text(encoding="utf-8")) if arguments.seed else DEMO_SEED
    with tempfile.TemporaryDirectory(prefix="emm-emulator-") as temporary:
        directory = arguments.directory or Path(temporary)
        return asyncio.run(_run(directory, arguments.port, seed, arguments.json, arguments.command))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator",
        description="A local stand-in for the Google Play EMM API, on loopback. It serves until it is interrupted. "
        "With a command, it runs the command with environment variables that direct it here, and exits "
        "when the command ends.",
    )
    parser.add_argument("--port", type=int, default=0, help="the port for HTTP (default: any free port)")
    parser.add_argument("--directory", type=Path, help="where to write credential files (default: temporary)")
    parser.add_argument("--seed", type=Path, help="a JSON file with the initial enterprises and users")
    parser.add_argument("--json", action="store_true", help="print the addresses and files as one line of JSON")
    parser.add_argument("command", nargs="*", help="a command to run, after --")
    return parser.parse_args()


async def _run(directory: Path, port: int, seed: Mapping[str, Any], as_json: bool, command: list[str]) -> int:
    async with serve(directory, port, seed) as address:
        if command:
            return await _run_command(command, address)
        print(json.dumps(address.as_dict()) if as_json else _describe(address), flush=True)
        await _interrupted()
        return 0


async def _run_command(command: list[str], address: Address) -> int:
    # Without other variables for Google's services, which could direct the command to them.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GCP_", "GOOGLE_"))}
    process = await asyncio.create_subprocess_exec(*command, env={**inherited, **address.environment()})
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # a terminal also sends it to the command
    loop.add_signal_handler(signal.SIGTERM, process.terminate)
    return await process.wait()


async def _interrupted() -> None:
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    await done.wait()


def _describe(address: Address) -> str:
    exports = "\n".join(f"  export {name}={value}" for name, value in address.environment().items())
    return f"""\
The Play EMM API emulator is running. Interrupt it with Ctrl+C.

  API                  {address.url} and {address.https_url}
  Enterprise           {address.enterprise_id}
  Service account key  {address.service_account_file}
  CA for https         {address.ca_file}
  Proxy                {address.proxy_url} (redirects Google's host names here)

To direct the collection to it:

{exports}"""


if __name__ == "__main__":
    sys.exit(main())
