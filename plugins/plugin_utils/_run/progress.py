# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Shows the progress of a long batch.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from ansible.utils.display import Display
from ansible_collections.emm.android_enterprise.plugins.module_utils._api.batch import Progress


def show_progress(task: str, progress: Progress) -> None:
    """Show one line at any verbosity. It contains no secret."""
    failed = f", {progress.failed} failed" if progress.failed else ""
    Display().display(f"MINTING: {task} ({progress.minted} of {progress.total} tokens{failed}).")
