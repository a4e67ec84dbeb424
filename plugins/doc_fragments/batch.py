# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The options of tasks with several requests, and notes about their requests."""

    # For modules with a single request.
    WITHOUT_EFFECT = r"""
options:
  concurrency:
    description:
      - Has no effect. It exists so that C(module_defaults) of the action group can set it for other modules.
    type: int
    default: 50
  on_failure:
    description:
      - Has no effect, like O(concurrency).
    type: str
    choices:
      - fail
      - continue
    default: fail
"""

    DOCUMENTATION = r"""
options:
  concurrency:
    description:
      - How many requests a task with several of them sends in parallel, from V(1) to V(100).
      - The requests share one connection pool. Their rate is limited as described in the notes, whatever the number is.
    type: int
    default: 50
    version_added: 0.2.0
  on_failure:
    description:
      - What a task with several requests does if, after all retries, some of them failed.
      - With V(fail), the task fails. With V(continue), it succeeds.
      - In both cases, the result contains what the others returned and a list of the failures.
    type: str
    choices:
      - fail
      - continue
    default: fail
    version_added: 0.2.0
notes:
  - The API's quota is 60,000 requests per minute for an EMM, across all of its requests. A task sends at most 1,000
    requests per second. Each time it exceeds the quota (HTTP 429), it lowers the rate by 20 %; otherwise, it raises the
    rate by 5 % per second. When the quota is exceeded, all requests of the task pause for as long as the server
    requests with C(Retry-After), or else for about half a second. Then one request is sent, and the others follow once
    it is accepted.
  - A task exchanges the credentials for an access token once, however many requests it sends.
  - On the controller (a local connection without C(become), C(async), C(environment), or a different Python
    interpreter), the task runs in Ansible's worker process and starts no other process. The results are the same, and
    the credentials are exchanged once for the whole run. A task that takes longer than five seconds shows its progress
    every five seconds. A task that runs elsewhere cannot show progress.
  - The time limit of a task (the keyword C(timeout), or C(ANSIBLE_TASK_TIMEOUT)) ends the task without a result.
    What its requests have returned, such as tokens, is lost. Leave time for O(retries). After the time limit, no request
    is sent or retried. The task does not wait for requests in flight, which may have been carried out, too.
  - The same applies to an interrupt (Ctrl-C), and if C(ansible-playbook) ends in another way, with one exception. If
    the module runs in a separate process and C(ansible-playbook) is killed by C(SIGKILL), the module continues to the
    end of its requests, because Ansible's worker process still reads its output; the result is lost. If the worker
    process ends too, or the connection to the host is closed, no more requests are sent.
"""
