# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The version of the collection, as in ``galaxy.yml``, which modules cannot read.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

VERSION = "0.2.0"
