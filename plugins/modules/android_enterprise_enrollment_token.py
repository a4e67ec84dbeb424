#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

DOCUMENTATION = r"""
module: android_enterprise_enrollment_token
short_description: Create enrollment tokens with the Google Play EMM API
version_added: 0.1.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Creates a token that devices use to enroll into an enterprise (C(enrollmentTokens.create)).
    The device policy controller (DPC) gets the token in the provisioning payload, or fetches it itself.
  - A token can enroll one device or many. Tokens cannot be listed or revoked, so only the lifetime limits their use.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.attributes.action_group
  - emm.android_enterprise.tokens
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch
  - emm.android_enterprise.connection
  - emm.android_enterprise.enterprise
options:
  enrollment_token_type:
    description:
      - The type of device that the token is for.
      - V(userDevice) is a device for a particular user.
      - V(userlessDevice) is a device without a particular user, such as a kiosk.
    type: str
    required: true
    choices:
      - userDevice
      - userlessDevice
  duration:
    description:
      - How long the token is valid, from 1 minute to about 10,000 years
        (C(Durations.MAX_VALUE), 315576000000.999999999 seconds).
      - Can be a string such as V(30d), V(12h), V(90m), V(1h30m) or the API's own V(3600s); an integer number of
        seconds; or a dictionary.
      - If not set, the API's default of 1 hour applies.
      - Before 0.2.0, only a dictionary was accepted.
    type: raw
    suboptions:
      seconds:
        description:
          - Number of whole seconds.
        type: int
        required: true
      nanos:
        description:
          - Nanoseconds in addition to the whole seconds, from V(0) to V(999999999).
        type: int
        default: 0
  count:
    description:
      - How many tokens to create, from V(0) to V(10000), all with the same options. The tokens are returned in
        RV(enrollment_tokens).
      - If not set, one token is created and returned in RV(enrollment_token).
    type: int
    version_added: 0.2.0
  google_authentication_options:
    description:
      - Whether the user signs in with Google during enrollment, and with which account.
    type: dict
    suboptions:
      authentication_requirement:
        description:
          - Whether the user must sign in with Google during enrollment.
          - With V(optional), the user can skip the sign-in. With V(required), the user must sign in with a Google
            Account to continue.
          - For devices that enroll with this token, it overrides the setting of the enterprise.
        type: str
        choices:
          - optional
          - required
      required_account_email:
        description:
          - The e-mail address of the managed Google Account that the user must sign in with.
          - Requires O(google_authentication_options.authentication_requirement=required).
        type: str
notes:
  - Every run creates a new token, so the module always reports a change.
  - A request is retried only if it cannot have created a token, or if the server reports a temporary failure (HTTP
    429, 500, 502, 503 or 504, or HTTP 403 with a reason that says that the quota is exhausted). If the connection
    breaks before the response has arrived, the module fails and says so.
seealso:
  - module: emm.android_enterprise.android_enterprise_user_auth_token
  - ref: ansible_collections.emm.android_enterprise.docsite.guide_user
    description: Which kind of token to use, many tokens in one task, credentials, and errors.
  - name: Play EMM API reference for enrollment tokens
    description: The API reference of this method.
    link: https://developers.google.com/android/work/play/emm-api/v1/enrollmentTokens/create
"""

EXAMPLES = r"""
- name: Create a token for a kiosk device, valid for the API's default of one hour
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userlessDevice
    auth_kind: serviceaccount
    service_account_file: "{{ emm_service_account_file }}"
  register: kiosk
  no_log: true

- name: Show when the token expires
  ansible.builtin.debug:
    msg: "Enroll before {{ kiosk.enrollment_token.expires_at }}."

- name: Create a token that is valid for a month, with credentials from the environment
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userDevice
    duration: 30d
  register: month
  no_log: true

- name: Create a token that only one user can use, valid for an hour and a half
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userDevice
    duration: 1h30m
    google_authentication_options:
      authentication_requirement: required
      required_account_email: sam@example.com
  register: personal
  no_log: true

- name: Create 200 tokens, one for each device
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userlessDevice
    count: 200
  register: shelf
  no_log: true

- name: Set the credentials once for several tasks
  module_defaults:
    group/emm.android_enterprise.android_enterprise:
      auth_kind: serviceaccount
      service_account_contents: "{{ lookup('ansible.builtin.file', emm_service_account_file) }}"
  block:
    - name: Create a token for user devices
      emm.android_enterprise.android_enterprise_enrollment_token:
        enterprise_id: LC03demo00
        enrollment_token_type: userDevice
      register: user_device
      no_log: true
"""

RETURN = r"""
enrollment_token:
  description: The enrollment token.
  returned: success, without O(count)
  type: dict
  contains:
    token:
      description:
        - The token that the device needs to enroll. It is a secret until it expires.
        - Null in check mode.
      type: str
      returned: success
      sample: CjQKMgowZXhhbXBsZS1vZi1hbi1lbnJvbGxtZW50LXRva2Vu
    enterprise_id:
      description: The ID of the enterprise, as requested.
      type: str
      returned: success
      sample: LC03demo00
      version_added: 0.2.0
    enrollment_token_type:
      description: The type of device that the token is for, as requested.
      type: str
      returned: success
      sample: userDevice
    duration:
      description:
        - How long the token is valid, according to the response. If the response does not say, the requested duration,
          or else the API's default.
        - Omitted if the response has a duration that cannot be parsed.
      type: dict
      returned: success
      contains:
        seconds:
          description: Number of whole seconds.
          type: int
          returned: success
          sample: 3600
        nanos:
          description: Nanoseconds in addition to the whole seconds.
          type: int
          returned: success
          sample: 0
    google_authentication_options:
      description: The options, as requested.
      type: dict
      returned: if requested
      sample:
        authentication_requirement: required
        required_account_email: sam@example.com
    issued_at:
      description:
        - When the token was issued, by the server's clock (ISO 8601, UTC). If the response has no date, by the clock of
          the machine that the module runs on.
        - Null in check mode.
      type: str
      returned: success
      sample: '2026-11-21T09:30:00Z'
    expires_at:
      description:
        - When the token expires, RV(enrollment_token.issued_at) plus RV(enrollment_token.duration) (ISO 8601, UTC,
          rounded down to the second).
        - If the clock of the machine that the module runs on is behind the server's, the time is earlier by the
          difference, so that the token is not reported as valid for longer than by either clock. The module warns if
          the clocks differ by a minute or more, not counting the time that the request took.
        - Omitted if the time is after the year 9999, or if RV(enrollment_token.duration) is unknown. Null in check
          mode.
      type: str
      returned: success
      sample: '2026-11-21T10:30:00Z'
enrollment_tokens:
  description: The enrollment tokens that were created, each as described for RV(enrollment_token).
  returned: with O(count), unless the task failed before a token was requested
  type: list
  elements: dict
  version_added: 0.2.0
  sample:
    - token: CjQKMgowZXhhbXBsZS1vZi1hbi1lbnJvbGxtZW50LXRva2Vu
      enterprise_id: LC03demo00
      enrollment_token_type: userDevice
      duration:
        seconds: 3600
        nanos: 0
      issued_at: '2026-11-21T09:30:00Z'
      expires_at: '2026-11-21T10:30:00Z'
failures:
  description: The tokens that were not created, in order.
  returned: with O(count), unless the task failed before a token was requested
  type: list
  elements: dict
  version_added: 0.2.0
  contains:
    index:
      description: The index of the token, starting at 0.
      type: int
      returned: always
      sample: 3
    message:
      description: The request, the server's error message, and the likely cause.
      type: str
      returned: always
      sample: >-
        POST https://www.googleapis.com/androidenterprise/v1/enterprises/LC03demo00/enrollmentTokens: the server
        responded with HTTP 404 (notFound, NOT_FOUND): No enterprise was found for the given enterprise id.
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
  sample: 403
reason:
  description: The C(errors[].reason) of Google's error response, or the error code of the OAuth endpoint.
  returned: failure, if the response has one
  type: str
  sample: forbidden
status:
  description: The canonical status code of Google's error response.
  returned: failure, if the response has one
  type: str
  sample: PERMISSION_DENIED
"""

from ansible_collections.emm.android_enterprise.plugins.module_utils._python import require_python


def main():
    # type: () -> None
    require_python()
    from ansible_collections.emm.android_enterprise.plugins.module_utils._module import run_module
    from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enrollment_token import OPERATION

    run_module(OPERATION)


if __name__ == "__main__":
    main()
