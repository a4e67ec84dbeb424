# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Makes this checkout importable as the collection that it is."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(sys.prefix) / "collections"))
