# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Values that YAML, templates and JSON can produce, and the outcomes of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any, ParamSpec, TypeVar

from hypothesis import strategies as st

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Error = TypeVar("_Error", bound=Exception)

_ODD_TEXT = (
    "",
    " ",
    "\n",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "\x85",
    "\u0660",
    "..",
    "/",
    "null",
    "True",
    "012",
    "1:30",
    "0x1f",
    "1e9",
)
ANY_TEXT = st.text(max_size=30) | st.sampled_from(_ODD_TEXT)
_SCALARS: st.SearchStrategy[Any] = st.one_of(
    ANY_TEXT,
    st.none() | st.booleans() | st.integers() | st.binary(max_size=5),
    st.floats(allow_nan=False) | st.sampled_from([16**1000, 2**63, -1]),
    st.sampled_from([date(2026, 11, 27), datetime(2026, 11, 27, tzinfo=timezone.utc), object]),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SCALARS, inner, max_size=3),
    max_leaves=5,
)


_REMOVED = object()


@st.composite
def changed(draw: st.DrawFn, valid: Mapping[str, Any], more: Sequence[str] = ()) -> dict[str, Any]:
    """A dictionary with some values replaced, and some keys removed or added."""
    changes = draw(st.dictionaries(st.sampled_from([*valid, *more]), VALUES | st.just(_REMOVED), max_size=3))
    return {key: value for key, value in {**valid, **changes}.items() if value is not _REMOVED}


def outcome(
    error: type[_Error], function: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
) -> _Result | _Error:
    """Return the result of a function, or its documented error. Any other error is a defect."""
    try:
        return function(*args, **kwargs)
    except error as raised:
        return raised
