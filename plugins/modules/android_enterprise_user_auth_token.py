#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

DOCUMENTATION = r"""
module: android_enterprise_user_auth_token
short_description: Generate authentication tokens for users with the Google Play EMM API
version_added: 0.1.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Generates a token that the device policy controller (DPC) uses to provision a user's account on a device
    (C(users.generateAuthenticationToken)).
  - The token can be used once and expires after a few minutes. Generate it when the device is ready for it.
  - A user can be provisioned on at most 10 devices.
  - Only EMM-managed accounts (C(managementType) C(emmManaged)) have authentication tokens. The API refuses to generate
    one for a Google-managed account.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.attributes.action_group
  - emm.android_enterprise.tokens
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch
  - emm.android_enterprise.connection
  - emm.android_enterprise.enterprise
options:
  user_id:
    description:
      - The ID of the user, as returned by C(users.insert). It is neither an e-mail address nor the account identifier.
      - Quote the ID. The same rules apply as for O(enterprise_id).
      - Exactly one of O(user_id) and O(user_ids) is required.
    type: raw
  user_ids:
    description:
      - The IDs of several users. A token is generated for each entry of the list. A user who is listed twice gets two
        tokens.
      - Quote each ID; see O(user_id).
      - With an empty list, the module sends nothing and reports no change.
    type: list
    elements: raw
    version_added: 0.2.0
notes:
  - Every run generates a new token, so the module always reports a change.
  - A request is retried only if it cannot have generated a token, or if the server reports a temporary failure (HTTP
    429, 500, 502, 503 or 504, or HTTP 403 with a reason that says that the quota is exhausted). If the connection
    breaks before the response has arrived, the module fails and says so.
seealso:
  - module: emm.android_enterprise.android_enterprise_enrollment_token
  - ref: ansible_collections.emm.android_enterprise.docsite.guide_user
    description: Which kind of token to use, many tokens in one task, credentials, and errors.
  - name: Play EMM API reference for authentication tokens
    description: The API reference of this method.
    link: https://developers.google.com/android/work/play/emm-api/v1/users/generateAuthenticationToken
"""

EXAMPLES = r"""
- name: Generate a token for a user, with credentials from the environment
  emm.android_enterprise.android_enterprise_user_auth_token:
    enterprise_id: LC03demo00
    user_id: "100000000000000000001"
  register: sam
  no_log: true

- name: Generate a token with a service account key
  emm.android_enterprise.android_enterprise_user_auth_token:
    enterprise_id: LC03demo00
    user_id: "100000000000000000002"
    auth_kind: serviceaccount
    service_account_file: "{{ emm_service_account_file }}"
  register: kim
  no_log: true

- name: Generate tokens for all of today's users, even if some of them fail
  emm.android_enterprise.android_enterprise_user_auth_token:
    enterprise_id: LC03demo00
    user_ids: "{{ todays_user_ids }}"
    on_failure: continue
  register: today
  no_log: true

- name: Show the failures
  ansible.builtin.debug:
    msg: "{{ item.id }}: {{ item.message }}"
  loop: "{{ today.failures }}"

- name: Set the token as an extra for the DPC
  ansible.builtin.set_fact:
    dpc_extras:
      com.example.dpc.AUTHENTICATION_TOKEN: "{{ sam.authentication_token.token }}"
  no_log: true
"""

RETURN = r"""
authentication_token:
  description: The authentication token.
  returned: success, with O(user_id)
  type: dict
  contains:
    token:
      description:
        - The token that the DPC needs to provision the account. It is a secret until it is used or expires.
        - Null in check mode.
      type: str
      returned: success
      sample: ZXhhbXBsZS1vZi1hbi1hdXRoZW50aWNhdGlvbi10b2tlbg
    enterprise_id:
      description: The ID of the enterprise, as requested.
      type: str
      returned: success
      sample: LC03demo00
      version_added: 0.2.0
    user_id:
      description: The ID of the user, as requested.
      type: str
      returned: success
      sample: "100000000000000000001"
    issued_at:
      description:
        - When the token was issued, by the server's clock (ISO 8601, UTC). If the response has no date, by the clock of
          the machine that the module runs on. The module warns if the clocks differ by a minute or more.
        - The token expires a few minutes later. The API does not say when exactly.
        - Null in check mode.
      type: str
      returned: success
      sample: '2026-11-21T09:30:00Z'
authentication_tokens:
  description:
    - The authentication tokens that were generated, each as described for RV(authentication_token), in the order of
      O(user_ids).
    - Tokens that were not generated are omitted and listed in RV(failures).
  returned: with O(user_ids), unless the task failed before a token was requested
  type: list
  elements: dict
  version_added: 0.2.0
  sample:
    - token: ZXhhbXBsZS1vZi1hbi1hdXRoZW50aWNhdGlvbi10b2tlbg
      enterprise_id: LC03demo00
      user_id: "100000000000000000001"
      issued_at: '2026-11-21T09:30:00Z'
failures:
  description: The tokens that were not generated, in order.
  returned: with O(user_ids), unless the task failed before a token was requested
  type: list
  elements: dict
  version_added: 0.2.0
  contains:
    index:
      description: The index of the token, starting at 0.
      type: int
      returned: always
      sample: 3
    id:
      description: The ID of the user.
      type: str
      returned: always
      sample: "17"
    message:
      description: The request, the server's error message, and the likely cause.
      type: str
      returned: always
      sample: >-
        POST https://www.googleapis.com/androidenterprise/v1/enterprises/LC03demo00/users/17/authenticationToken: the
        server responded with HTTP 404 (notFound, NOT_FOUND): No user was found for the given user id.
    http_status:
      description: The HTTP status code of the response.
      type: int
      returned: if the server responded
      sample: 404
    reason:
      description: The C(errors[].reason) of Google's error response.
      type: str
      returned: if the response has one
      sample: notFound
    status:
      description: The canonical status code of Google's error response.
      type: str
      returned: if the response has one
      sample: NOT_FOUND
http_status:
  description: The HTTP status code of the response.
  returned: failure, if the server responded
  type: int
  sample: 404
reason:
  description: The C(errors[].reason) of Google's error response, or the error code of the OAuth endpoint.
  returned: failure, if the response has one
  type: str
  sample: notFound
status:
  description: The canonical status code of Google's error response.
  returned: failure, if the response has one
  type: str
  sample: NOT_FOUND
"""

from ansible_collections.emm.android_enterprise.plugins.module_utils._python import require_python


def main():
    # type: () -> None
    require_python()
    from ansible_collections.emm.android_enterprise.plugins.module_utils._module import run_module
    from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.user_auth_token import OPERATION

    run_module(OPERATION)


if __name__ == "__main__":
    main()
