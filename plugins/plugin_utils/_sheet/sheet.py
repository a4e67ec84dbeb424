# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The sheet of a batch, with its cards on a page for printing: which hosts are on it, and its template.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jinja2
from ansible.errors import AnsibleError
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError, OptionError

SHEET_ENDINGS = {"sheet": ".html", "labels": ".csv"}  # of the file names, by part
_UNNAMED_TEMPLATE = "<template>"  # Jinja's name for a template without one


@dataclass(frozen=True)
class Sheet:
    """The sheet that a card belongs to. Cards with equal sheets are printed on the same one."""

    directory: str  # normalized
    name: str
    title: str
    paper: str
    template: str
    parts: list[str]  # of SHEET_OUTPUTS

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class HostState:
    """The state of a host of the batch. The times are from a clock that all processes share."""

    host: str
    card_result: Mapping[str, Any]  # of the action provisioning_card for the host, in this play
    came_at: float | None  # when it last ran the action provisioning_sheet
    is_active: bool  # whether it is still in the play, and has not failed

    def has_card(self) -> bool:
        """Whether it has its own card. With ``run_once`` on the role, all hosts have the card of one host."""
        return bool(self.card_result.get("card", {}).get("host") == self.host)

    def runs_with(self, own: Mapping[str, Any]) -> bool:
        """Whether it runs the role together with the host whose card is given.

        If hosts run the role together, all of their cards are made before the first host reaches the sheet.
        """
        if self.came_at is None or self.came_at < self.card_result["made_at"]:
            return self.is_active  # it will still reach the sheet
        return bool(self.came_at >= own["made_at"])


def first_host_on_sheet(own: Mapping[str, Any], states: Iterable[HostState]) -> str | None:
    """The first host on the sheet of a card, among the hosts of the batch that run the role together.

    It stays the first one even if it fails to write the sheet. Raises ``EmmError`` if an earlier host is on a different
    sheet that would be written to the same file.
    """
    sheet = own["sheet"]
    for state in states:
        if not state.has_card():
            continue
        together = state.runs_with(own)
        other = state.card_result["sheet"]
        if together and other == sheet:
            return state.host
        if (together or state.is_active) and write_same_file(other, sheet):
            [field, *dummy] = [field for field in sheet if other[field] != sheet[field]]
            what = "list of outputs" if field == "parts" else field
            difference = f"its {what} is {other[field]!r} and not {sheet[field]!r}"
            rule = f"the sheet of '{state.host}' has the same name, and {difference}"
            raise OptionError("provisioning_sheet_name", sheet["name"], rule)
    return None


def write_same_file(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two different sheets would be written to the same file."""
    same_place = all(one[field] == other[field] for field in ("directory", "name"))
    return one != other and same_place and bool(set(one["parts"]) & set(other["parts"]))


def find_template(template: str, find: Callable[[str, str], Any]) -> str:
    """The path of the template of a sheet, if requested. ``find`` finds a file in a folder, as for Ansible's templates.

    Raises ``EmmError`` if the template cannot be used.
    """
    if not template:
        return ""
    try:
        path = str(find("templates", template))
    except AnsibleError as error:
        raise EmmError(f"provisioning_sheet_template: There is no file '{template}'.") from error
    load(path)
    return path


def load(path: str) -> jinja2.Template:
    """Load a template. It does not use Ansible's templating, which could template values, too. Raises ``EmmError``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(path).parent),  # for what it includes
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    try:
        return environment.from_string(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise EmmError(f"The template '{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise EmmError(f"The template '{path}' cannot be read: it is not in UTF-8.") from error
    except jinja2.TemplateSyntaxError as error:
        raise EmmError(f"The template '{path}' cannot be used: line {error.lineno}, {error.message}.") from error


def render(sheet: Mapping[str, Any], cards: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> str:
    """Render the sheet as HTML. Raises ``EmmError``.

    The variables of the template are the fields of ``Sheet``; ``cards``; and ``missing``, the names of hosts
    without a card.
    """
    template = load(sheet["template"])
    try:
        return template.render(**sheet, cards=cards, missing=missing)
    except Exception as error:
        # A template may do anything. Without the text of the error, which may quote a card.
        line = next(
            (
                frame.lineno
                for frame in reversed(traceback.extract_tb(error.__traceback__))
                if frame.filename == _UNNAMED_TEMPLATE
            ),
            "unknown",
        )
        kind = type(error).__name__
        raise EmmError(f"The template '{sheet['template']}' cannot be used: line {line}, {kind}.") from None
