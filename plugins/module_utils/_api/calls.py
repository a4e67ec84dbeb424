# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Calls of the API: the effect of a call, which decides about retries and messages, and its response.

This file is private to the collection; it may change at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.emm.android_enterprise.plugins.module_utils._api.times import Clocks
from ansible_collections.emm.android_enterprise.plugins.module_utils._errors import UnusableResponseError
from ansible_collections.emm.android_enterprise.plugins.module_utils._redaction import sanitize


@dataclass(frozen=True)
class Effect:
    """What a call does at the server.

    A ``repeatable`` call has no other effect if it is carried out twice, so it is retried if its response is lost. The
    texts are sentences for messages, or empty: ``if_lost`` if it is unknown whether the call was carried out, and
    ``if_carried_out`` if it was, but its response cannot be used.
    """

    repeatable: bool
    if_lost: str = ""
    if_carried_out: str = ""

    def describe_lost(self, problem: str) -> str:
        """A message about a call of which it is unknown whether it was carried out."""
        return f"{problem} {self.if_lost}".rstrip()

    def describe_carried_out(self, problem: str) -> str:
        """A message about a call that was carried out, but whose response cannot be used."""
        return f"{problem} {self.if_carried_out}".rstrip()


READ = Effect(repeatable=True)
CHANGE = Effect(  # such as a PUT, a DELETE, or a POST that updates what exists already
    repeatable=True,
    if_lost="The request may have been carried out all the same.",
    if_carried_out="The request was carried out all the same.",
)


@dataclass(frozen=True)
class ApiResponse:
    """The successful response to a ``call``: the decoded ``resource``, and when it was made.

    The ``resource`` of an empty response is empty. The ``clocks`` are the server's and ours.
    """

    call: str
    effect: Effect
    http_status: int
    resource: Mapping[str, Any]
    clocks: Clocks

    def check_kind(self, kind: str) -> None:
        """Raise ``UnusableResponseError`` if the resource says that it is of another kind."""
        returned = self.resource.get("kind", kind)
        if returned != kind:
            problem = f"the kind {sanitize(returned)!r}" if isinstance(returned, str) else "an invalid kind"
            raise self.unusable(f"its response has {problem} instead of {kind!r}")

    def unusable(self, problem: str) -> UnusableResponseError:
        """The error for a successful response without the requested resource."""
        message = f"{self.call}: the server reported success, but {problem}."
        return UnusableResponseError(self.effect.describe_carried_out(message), http_status=self.http_status)
