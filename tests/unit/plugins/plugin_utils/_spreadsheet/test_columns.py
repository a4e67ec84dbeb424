# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Which variable each column of a spreadsheet is."""

from __future__ import annotations

import pytest
from ansible.vars.reserved import get_reserved_names
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._spreadsheet.columns import variables_of

RESERVED = get_reserved_names()


def test_columns_are_variables_of_the_same_name_or_mapped() -> None:
    headers = ["device", "Asset Tag", "Notes", "serial"]
    columns = {"Asset Tag": "provisioning_sheet_asset_tag", "Notes": "", "serial": "device_serial_number"}
    assert variables_of(headers, columns, RESERVED) == {
        "device": "device",
        "Asset Tag": "provisioning_sheet_asset_tag",
        "serial": "device_serial_number",
    }
    assert variables_of(["Notes"], {"Notes": None}, RESERVED) == {}


def test_column_with_the_host_needs_no_variable() -> None:
    assert variables_of(["Device name", "a"], {}, RESERVED, unnamed="Device name") == {"a": "a"}
    assert variables_of(["device"], {}, RESERVED, unnamed="device") == {"device": "device"}


@pytest.mark.parametrize(
    ("header", "problem", "line"),
    [
        ("Asset Tag", "is not a name of a variable", "Asset Tag: provisioning_sheet_asset_tag"),
        ("User ID", "is not a name of a variable", "User ID: device_tokens_user_id"),
        ("Abteilung (neu)", "is not a name of a variable", "Abteilung (neu): device_abteilung_neu"),
        ("2nd: it's", "is not a name of a variable", "'2nd: it''s': device_2nd_it_s"),
        ("名", "is not a name of a variable", "'名': the_name_of_a_variable"),
        ("größe", "is not a name of a variable", "größe: device_gr_e"),
        *(
            (name, "is reserved by Ansible", f"{name}: ")
            for name in ("serial", "name", "port", "tags", "order", "hostvars", "groups")
        ),
    ],
)
def test_headers_that_are_no_variables_are_refused_with_the_line_to_add(header: str, problem: str, line: str) -> None:
    with pytest.raises(EmmError) as caught:
        variables_of([header], {}, RESERVED)
    start = f"The column '{header}' {problem}. Map it to one, or to nothing, in the section columns: "
    assert str(caught.value).startswith(start + line)


@pytest.mark.parametrize(
    ("headers", "columns", "reason"),
    [
        (["Tag"], {"Tga": "tag"}, "columns: There is no column 'Tga' (did you mean 'Tag'?)."),
        (["Tag"], {"Tag": "a-b"}, "columns: 'Tag' is mapped to 'a-b', which is not a name of a variable."),
        (["Tag"], {"Tag": "name"}, "columns: 'Tag' is mapped to 'name', which is reserved by Ansible."),
        (["Tag", "tag"], {"Tag": "tag"}, "The columns 'Tag' and 'tag' are both the variable 'tag'."),
    ],
)
def test_wrong_mappings_are_refused(headers: list[str], columns: dict[str, str | None], reason: str) -> None:
    with pytest.raises(EmmError) as caught:
        variables_of(headers, columns, RESERVED)
    assert str(caught.value) == reason
