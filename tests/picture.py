# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""``python -m tests.picture``: draw the documentation's picture of a sheet, with the devices of the examples."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image

from tests.emulator.process import Emulator
from tests.integration.playbooks import REPOSITORY, Ansible
from tests.integration.printing import print_out

PICTURE = REPOSITORY / "docs" / "docsite" / "rst" / "images" / "provisioning_sheet.png"
_VISIBLE = 0.745  # the upper part of the page, with three cards
_WIDTH = 1000  # pixels


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        with Emulator(directory) as emulator:
            ansible = Ansible(directory)
            variables = f"provisioning_sheet_directory={directory}/sheet"
            run = ansible.play(
                "emm.android_enterprise.stage_devices",
                "--inventory",
                str(REPOSITORY / "examples" / "devices.yml"),
                "--extra-vars",
                variables,
                environment=ansible.environment(BENCH_WIFI_PASSWORD="correct horse", **emulator.address.environment()),
            )
        if run.returncode != 0:
            raise RuntimeError(run.output)
        page = print_out(directory / "sheet" / "sheet.html", directory)[0].image.convert("L")
    part = page.crop((0, 0, page.width, round(page.height * _VISIBLE)))
    small = part.resize((_WIDTH, round(part.height * _WIDTH / part.width)), Image.Resampling.LANCZOS)
    small.quantize(8).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
