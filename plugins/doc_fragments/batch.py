# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The options for many tokens in one task."""

    DOCUMENTATION = r"""
options:
  concurrency:
    description:
      - How many requests are under way at the same time, V(1) to V(100), where a task mints many tokens.
      - They share one pool of connections. Whatever the number is, they stay below the API's quota; see the notes.
    type: int
    default: 50
    version_added: 0.2.0
  on_failure:
    description:
      - What becomes of a task that mints many tokens if some of them were not minted, after all retries.
      - With V(fail), it fails; with V(continue), it succeeds.
      - In both cases, the result has the tokens that were minted, and a list of the failures.
    type: str
    choices:
      - fail
      - continue
    default: fail
    version_added: 0.2.0
notes:
  - The API's quota is 60,000 requests a minute for an EMM, for everything that it does. A task sends no more than 1,000 requests a
    second, and 20 % less each time it meets the quota (HTTP 429); while it does not, the rate rises by 5 % a second. When the quota is
    met, all requests of the task pause, for as long as the server asks for with C(Retry-After) or else about half a second; then one of
    them tries, and the others follow once it is accepted.
  - The credentials are exchanged for an access token once for a task, however many tokens it mints.
  - On the controller (a local connection without C(become), C(async), C(environment), or a Python of its own), the task runs in a process
    of Ansible's and starts none. The results are the same, and the credentials are exchanged once for the whole run. A task that
    mints for longer than five seconds shows how far it is, then and every five seconds; one that runs elsewhere cannot.
  - The time limit of a task (the keyword C(timeout), or C(ANSIBLE_TASK_TIMEOUT)) ends it without its result, and what it had minted
    is lost. Leave time for O(retries). No request is sent or tried again after that. Those that are under way are not waited for, and their
    tokens may have been minted, too.
  - The same goes for an interrupt (Ctrl-C) and for the end of C(ansible-playbook) by other means. Only where a task runs in a process of
    its own and C(ansible-playbook) is ended by C(SIGKILL) does it go on to the end of its batch, since Ansible's process for the
    task goes on reading its output; what it mints is lost. If that process ends too, or the connection to the host is closed, no more
    requests are sent.
"""
