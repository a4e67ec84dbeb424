# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The sheet of a batch: its cards on a page that is printed, and the list for a label printer.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError

_LABEL = ("host", "asset_tag", "user", "tokens", "validity", "expires_at", "payload")


def render(sheet: Mapping[str, Any], cards: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> str:
    """The sheet as HTML, made with the template in a file. Raises ``EmmError``.

    The template has the fields of ``_card.Sheet``, and ``cards`` and ``missing``, the names of hosts without one. It is
    no template of Ansible's, to which a value could be one, too.
    """
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    try:
        template = environment.from_string(Path(sheet["template"]).expanduser().read_text(encoding="utf-8"))
        return template.render(**sheet, cards=cards, missing=missing)
    except OSError as error:
        raise EmmError(f"The template '{sheet['template']}' cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, jinja2.TemplateError) as error:
        raise EmmError(f"The template '{sheet['template']}' cannot be used: {error}.") from error


def to_csv(cards: Sequence[Mapping[str, Any]]) -> str:
    """A line for each card, with what a label printer puts on its label; the payload is what its QR code is to hold."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_LABEL)
    for card in cards:
        tokens, validity = ("; ".join(token[key] for token in card["tokens"]) for key in ("description", "validity"))
        values = {**card, "tokens": tokens, "validity": validity}
        writer.writerow(values[name] for name in _LABEL)
    return text.getvalue()
