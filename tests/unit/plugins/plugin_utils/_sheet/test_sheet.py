# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""The sheet as text, and the hosts on it. The role's tests view the sheet in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleError
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import EmmError
from ansible_collections.emm.android_enterprise.plugins.plugin_utils._sheet.sheet import (
    HostState,
    find_template,
    first_host_on_sheet,
    render,
)

TEMPLATE = Path(__file__).parents[5] / "roles" / "provisioning_sheet" / "templates" / "sheet.html.j2"
NONE = {"description": "", "validity": "", "expires_at": None}
ODD = "<script>alert(1)</script> & \"{{ 1 + 1 }}\" '{% raw %}' مكتب"


def card(host: str, **more: Any) -> dict[str, Any]:
    return {
        "host": host,
        "asset_tag": None,
        "user": None,
        "wifi_ssid": None,
        "tokens": [],
        "expires_at": None,
        "payload": "{}",
        "svg": "<svg></svg>",
        **more,
    }


def sheet(**more: Any) -> dict[str, Any]:
    return {"title": "Devices", "paper": "A4", "template": str(TEMPLATE), **more}


def test_all_values_are_escaped() -> None:
    odd = card(ODD, asset_tag=ODD, user=ODD, wifi_ssid=ODD, tokens=[{**NONE, "description": ODD, "validity": ODD}])
    html = render(sheet(title=ODD), [odd], [ODD])
    html = html.replace("\u2011", "-")
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;{{ 1 + 1 }}&#34; &#39;{% raw %}&#39; مكتب") == 9
    assert html.count("<script>") == 1
    assert "alert(1)</script>" not in html


def test_sheet_loads_nothing_else() -> None:
    """The content security policy forbids it, too."""
    html = render(sheet(), [card("a")], [])
    assert re.findall(r"\b(?:src|srcset|href|data)=|\burl\(|@import|//\w", html) == []
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"" in html


def test_paper_size() -> None:
    assert "size: Letter;" in render(sheet(paper="Letter"), [card("a")], [])


def test_missing_hosts_are_named() -> None:
    assert "Not on this sheet: <bdi>b</bdi>, <bdi>c</bdi></p>" in render(sheet(), [card("a")], ["b", "c"])
    assert "Not on this sheet" not in render(sheet(), [card("a")], [])


def test_custom_template(tmp_path: Path) -> None:
    template = tmp_path / "own.j2"
    template.write_text("{% for card in cards %}{{ card.host }}: {{ title }}{% endfor %}", encoding="utf-8")
    assert render(sheet(template=str(template)), [card("ä")], []) == "ä: Devices"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a\n{{ cards", "used: line 2, unexpected end of template"),
        (b"a\n\n{{ card.nothing }}", r"used: line 3, UndefinedError\.$"),
        (b"{{ {}[cards[0].host] }}", r"used: line 1, UndefinedError\.$"),
        (b"{{ 1 / 0 }}", r"used: line 1, ZeroDivisionError\.$"),
        (b"\xff", "read: it is not in UTF-8"),
        (None, "read: No such file or directory"),
    ],
)
def test_invalid_template_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    template = tmp_path / "own.j2"
    if content is not None:
        template.write_bytes(content)
    with pytest.raises(EmmError, match=f"The template '{template}' cannot be {reason}"):
        render(sheet(template=str(template)), [card("a")], [])


def test_custom_template_is_found(tmp_path: Path) -> None:
    path = tmp_path / "own.j2"
    path.write_text("{{ title }}", encoding="utf-8")
    find = Mock(return_value=str(path))
    assert find_template("own.j2", find) == str(path)
    assert find.call_args.args == ("templates", "own.j2")
    assert find_template("", find) == "", "no sheet was requested"
    with pytest.raises(EmmError, match=r"^provisioning_sheet_template: There is no file 'own\.j2'\.$"):
        find_template("own.j2", Mock(side_effect=AnsibleError("no")))
    path.write_text("{{", encoding="utf-8")
    with pytest.raises(EmmError, match="cannot be used: line 1"):
        find_template("own.j2", find)


def made(host: str = "z", parts: str = "sheet labels", made_at: float = 10, **more: str) -> dict[str, Any]:
    sheet = {"directory": "/d", "name": "s", "title": "t", "parts": parts.split(), **more}
    return {"made_at": made_at, "card": {"host": host}, "sheet": sheet}


def entry(host: str, *, came_at: float | None = None, is_active: bool = True, **more: Any) -> HostState:
    return HostState(host, made(host, **more), came_at, is_active)


def test_first_host_on_a_sheet() -> None:
    """It runs the role together with the others, on the same sheet."""
    assert first_host_on_sheet(made(), [entry("a"), entry("b")]) == "a"
    assert first_host_on_sheet(made(), [entry("a", name="t"), entry("b", directory="/e"), entry("c")]) == "c"
    assert first_host_on_sheet(made(), [entry("a", parts="", title="u"), entry("b")]) == "b"
    assert first_host_on_sheet(made(), [HostState("a", {"refusal": "x"}, None, is_active=True), entry("b")]) == "b"
    # With run_once on the role.
    assert first_host_on_sheet(made("a"), [HostState("b", made("a"), None, is_active=True), entry("a")]) == "a"
    assert first_host_on_sheet(made(), []) is None


@pytest.mark.parametrize(
    ("known", "together"),
    [
        ({"made_at": 9}, True),
        ({"made_at": 11}, True),
        ({"made_at": 9, "came_at": 5}, True),  # ran the role before, too
        ({"made_at": 9, "came_at": 12}, True),  # has already run the sheet task
        ({"made_at": 9, "came_at": 12, "is_active": False}, True),  # and failed in it
        ({"made_at": 4, "came_at": 5}, False),
        ({"made_at": 4, "came_at": 5, "is_active": False}, False),
        ({"made_at": 9, "is_active": False}, False),  # failed before the sheet task
    ],
)
def test_hosts_that_run_the_role_together(known: dict[str, Any], together: bool) -> None:
    """The card of the host itself was created at 10."""
    assert entry("a", **known).runs_with(made()) is together
    assert first_host_on_sheet(made(), [entry("a", **known), entry("b")]) == ("a" if together else "b")
    # A host from an earlier run of the role counts while it has a card.
    if together or known.get("is_active", True):
        with pytest.raises(EmmError, match="the sheet of 'a' has the same name"):
            first_host_on_sheet(made(), [entry("a", **known, title="u"), entry("b")])
    else:
        assert first_host_on_sheet(made(), [entry("a", **known, title="u"), entry("b")]) == "b"


@pytest.mark.parametrize("parts", ["sheet", "labels"])
def test_different_sheets_with_the_same_name_are_refused(parts: str) -> None:
    message = (
        "Option 'provisioning_sheet_name' is 's', but the sheet of 'a' has the same name, and its title is 'u' and "
    )
    with pytest.raises(EmmError, match=message):
        first_host_on_sheet(made(), [entry("a", parts=parts, title="u"), entry("b")])
    other = "labels" if parts == "sheet" else "sheet"
    assert first_host_on_sheet(made(parts=other), [entry("a", parts=parts, title="u"), entry("b", parts=other)]) == "b"
