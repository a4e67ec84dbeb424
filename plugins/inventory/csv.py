# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: csv
short_description: Reads devices from a spreadsheet that was saved as CSV
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Each row of the spreadsheet is a host, and each column a variable of the hosts. Blank rows are ignored, and an empty
    cell does not set a variable.
  - The configuration is a YAML file whose name ends in C(csv.yml) or C(csv.yaml), such as C(devices.csv.yml).
  - Every value is text without the blanks around it. It is never parsed as YAML, and never used as a template.
  - The file may be in UTF-8 or, with a byte order mark, in UTF-16. Cells in quotes may contain line breaks.
  - What is probably a mistake is refused with the row and the column. This includes a host that stands in two rows, a row
    without a host, a row with more cells than the header, and a number that a spreadsheet program has rounded, such as
    C(1.00E+20).
extends_documentation_fragment:
  - constructed
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices:
      - emm.android_enterprise.csv
  path:
    description: The CSV file. A relative path is relative to the configuration file.
    type: str
    required: true
  delimiter:
    description: The character between the cells. If not set, it is a comma, a semicolon or a tab, whichever the first row
      has most of.
    type: str
  host:
    description:
      - The header of the column with the name of the host.
      - Or a template over the variables of the row; see the example.
    type: str
    required: true
  columns:
    description:
      - The variables for columns, by their headers. A column that is not listed is the variable of the same name. If its
        header is not the name of a variable, or is a name that is reserved by Ansible, it must be listed.
      - A column that is mapped to an empty value is ignored.
    type: dict
    default: {}
"""

EXAMPLES = r"""
# The file devices.csv.yml, for a file devices.csv with the columns "Asset Tag", "Serial", "User ID" and "Department"
plugin: emm.android_enterprise.csv
path: devices.csv
host: "tablet-{{ provisioning_sheet_asset_tag }}"
columns:
  Asset Tag: provisioning_sheet_asset_tag
  Serial: device_serial_number
  User ID: device_tokens_user_id
keyed_groups:
  - key: Department
    prefix: department
groups:
  tablets: device_tokens_user_id is defined
compose:
  provisioning_sheet_user: Department ~ ', ' ~ provisioning_sheet_asset_tag
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible.vars.reserved import get_reserved_names
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._spreadsheet.columns import variables_of
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._spreadsheet.table import Row, Table, read_table


class InventoryModule(BaseInventoryPlugin, Constructable):
    """Reads devices from a spreadsheet."""

    NAME = "emm.android_enterprise.csv"

    def verify_file(self, path: str) -> bool:
        """Whether a file is a configuration of this plugin, by its name."""
        return bool(super().verify_file(path)) and path.endswith(("csv.yml", "csv.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts of the spreadsheet to the inventory."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        source = Path(path).parent / Path(str(self.get_option("path"))).expanduser()
        try:
            table = _read(source, self.get_option("delimiter"))
            self._add_hosts(inventory, table)
        except EmmError as error:
            # Without the cause, whose text Ansible would repeat.
            raise AnsibleParserError(f"{source}: {error}") from None

    def _add_hosts(self, inventory: Any, table: Table) -> None:
        host = str(self.get_option("host"))
        is_template = "{{" in host
        if not is_template and host not in table.headers:
            raise EmmError(f"host: There is no column '{host}'. The columns are: {', '.join(table.headers)}.")
        names = variables_of(
            table.headers, self.get_option("columns"), get_reserved_names(), unnamed="" if is_template else host
        )
        rows: dict[str, int] = {}
        for row in table.rows:
            variables = {names[header]: wrap_var(cell) for header, cell in row.cells.items() if header in names}
            name = self._host_from(host, row, variables) if is_template else row.cells.get(host, "")
            if not name:
                raise EmmError(f"Row {row.number} has no host.")
            if name in rows:
                raise EmmError(f"The host '{name}' stands in row {rows[name]} and in row {row.number}.")
            rows[name] = row.number
            self._add_host(inventory, name, variables)

    def _host_from(self, template: str, row: Row, variables: dict[str, Any]) -> str:
        """The name of the host of a row, from a template. Raises ``EmmError``."""
        self.templar.available_variables = variables
        try:
            return "".join(str(self.templar.template(self.get_option("host")))).strip()
        except AnsibleError as error:
            raise EmmError(f"Row {row.number}: the name of the host, {template}, cannot be made: {error}") from error

    def _add_host(self, inventory: Any, name: str, variables: dict[str, Any]) -> None:
        """Add a host with its variables and groups."""
        inventory.add_host(name)
        for variable, value in variables.items():
            inventory.set_variable(name, variable, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)


def _read(path: Path, delimiter: str | None) -> Table:
    """Read a CSV file. Raises ``EmmError``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EmmError(f"The file cannot be read: {error.strerror}.") from error
    return read_table(content, delimiter)
