# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The option for the enterprise that a request is about."""

    DOCUMENTATION = r"""
options:
  enterprise_id:
    description:
      - The ID of the enterprise.
      - Must not contain white space, control characters, or any of C(/), C(\\), C(?), C(#) and C(%).
      - Quote the ID. Without quotes, YAML may turn it into another value, such as C(012) into 10. Values that are not
        strings are therefore refused, except integers of at least 15 digits. If C(jinja2_native) is enabled with
        ansible-core older than 2.19, end a template with the C(string) filter.
    type: raw
    required: true
"""
