# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

import pytest
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Progress
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._run.progress import show_progress


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(total=1000, minted=500, failed=0), "MINTING: Mint all (500 of 1000 tokens)."),
        (Progress(total=1000, minted=0, failed=20), "MINTING: Mint all (0 of 1000 tokens, 20 failed)."),
    ],
)
def test_progress_is_shown(capsys: pytest.CaptureFixture[str], progress: Progress, expected: str) -> None:
    show_progress("Mint all", progress)
    assert capsys.readouterr().out == f"{expected}\n"
