# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Draw a QR code for each payload with a minimal script, for comparison: ``python draw.py PAYLOADS DRAWN``.

``PAYLOADS`` is a directory with the files of the role provisioning_sheet. ``DRAWN`` is the directory for the codes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import segno


def main() -> None:
    payloads, drawn = map(Path, sys.argv[1:])
    drawn.mkdir(exist_ok=True)
    for path in payloads.glob("*.payload.json"):
        code = segno.make(path.read_text(encoding="utf-8"), error="m", micro=False)
        code.save(str(drawn / f"{path.name}.svg"), scale=0.5, unit="mm")


if __name__ == "__main__":
    main()
