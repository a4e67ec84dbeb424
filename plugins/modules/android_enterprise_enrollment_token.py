#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

DOCUMENTATION = r"""
module: android_enterprise_enrollment_token
short_description: Create enrollment tokens of the Google Play EMM API
version_added: 0.1.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Creates a token with which devices enroll into an enterprise (C(enrollmentTokens.create)).
    It is handed to the device's policy controller (DPC) in the provisioning payload, or fetched by the DPC itself.
  - A token may be used for one device or for many. There is no way to list or to revoke one, so its lifetime is its only limit.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch
  - emm.android_enterprise.connection
options:
  enterprise_id:
    description:
      - The ID of the enterprise.
      - White space, control characters and any of C(/), C(\\), C(?), C(#) and C(%) do not belong in an ID and are refused.
      - It is text. What YAML makes of it without quotes may be something else, such as 10 of C(012). Numbers are refused therefore, as are
        all other values that are no text, but for whole numbers of at least 15 digits. Where C(jinja2_native) is on, before ansible-core
        2.19, add the filter C(string) to a template.
    type: raw
    required: true
  enrollment_token_type:
    description:
      - What kind of device the token is for.
      - V(userDevice) is a device that is used by a particular user.
      - V(userlessDevice) is a device that belongs to no particular user, such as a kiosk.
    type: str
    required: true
    choices:
      - userDevice
      - userlessDevice
  duration:
    description:
      - How long the token is valid, from 1 minute to about 10,000 years
        (C(Durations.MAX_VALUE), 315576000000.999999999 seconds).
      - It is text such as V(30d), V(12h), V(90m), V(1h30m) or the API's own V(3600s); a whole number of seconds; or a dictionary.
      - If not set, the API's default applies, 1 hour.
      - Before 0.2.0, it had to be a dictionary.
    type: raw
    suboptions:
      seconds:
        description:
          - Whole seconds.
        type: int
        required: true
      nanos:
        description:
          - Nanoseconds beyond the whole seconds, V(0) to V(999999999).
        type: int
        default: 0
  count:
    description:
      - How many tokens to create, V(0) to V(10000), all with the same options. They are returned in RV(enrollment_tokens).
      - If not set, one token is created and returned in RV(enrollment_token).
    type: int
    version_added: 0.2.0
  google_authentication_options:
    description:
      - Whether and as whom the user signs in with Google during enrollment.
    type: dict
    suboptions:
      authentication_requirement:
        description:
          - Whether the user has to sign in with Google during enrollment.
          - With V(optional), the user may skip it. With V(required), the user must sign in with a Google Account to go on.
          - For devices that enroll with this token it takes precedence over the enterprise's own setting.
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
  - Creating a token is a write, so the module always reports that it changed something.
    Every run creates another token.
  - The result contains the token. Set C(no_log) on the task to keep it out of logs.
  - Requests that failed on the way are tried again only as long as no token can have been created by them, or when the server itself
    reported a temporary failure (HTTP 429, 500, 502, 503 and 504, and 403 with a reason that says that the quota is exhausted). If the
    connection breaks while the answer is awaited, the module fails and says so.
  - An answer has to be that of the request, and its token printable ASCII without spaces, of up to 4,096 characters. Whatever else the
    server answers is a failure, which says that a token may exist all the same.
attributes:
  check_mode:
    support: partial
    details:
      - The options and the credentials are checked as far as that is possible without the network, and no request is sent.
        The result has the structure of a real one, with a null token, and is reported as changed.
      - Tasks that need the token should set C(check_mode=false) on this task, or be skipped in check mode.
seealso:
  - module: emm.android_enterprise.android_enterprise_user_auth_token
  - name: Play EMM API reference for enrollment tokens
    description: The reference page of the call.
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

- name: Show until when it can be used
  ansible.builtin.debug:
    msg: "Enroll before {{ kiosk.enrollment_token.expires_at }}."

- name: Create a token for a batch that is staged over a month, with the credentials of the environment
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userDevice
    duration: 30d
  register: batch
  no_log: true

- name: Create a token that only one person can use, and only for an hour and a half
  emm.android_enterprise.android_enterprise_enrollment_token:
    enterprise_id: LC03demo00
    enrollment_token_type: userDevice
    duration: 1h30m
    google_authentication_options:
      authentication_requirement: required
      required_account_email: sam@example.com
  register: personal
  no_log: true

- name: Create a token of its own for each of 200 devices
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
        - The value that the device needs to enroll. It is a secret until it has expired.
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
      description: What kind of device the token is for, as requested.
      type: str
      returned: success
      sample: userDevice
    duration:
      description:
        - How long the token is valid, as the server said; else as requested; else the API's default.
        - Left out if the server's answer states a duration in a form that cannot be understood, so that it is unknown.
      type: dict
      returned: success
      contains:
        seconds:
          description: Whole seconds.
          type: int
          returned: success
          sample: 3600
        nanos:
          description: Nanoseconds beyond the whole seconds.
          type: int
          returned: success
          sample: 0
    google_authentication_options:
      description: The options as requested.
      type: dict
      returned: when requested
      sample:
        authentication_requirement: required
        required_account_email: sam@example.com
    issued_at:
      description:
        - When the token was issued, by the server's clock (ISO 8601, UTC); by that of the machine that asked if the server does not say.
        - Null in check mode.
      type: str
      returned: success
      sample: '2026-11-21T09:30:00Z'
    expires_at:
      description:
        - When the token expires, RV(enrollment_token.issued_at) plus RV(enrollment_token.duration) (ISO 8601, UTC, rounded down to
          the second).
        - Where the clock of the machine that asked is behind the server's, it is that much earlier. So a token is never said to be valid
          for longer than either clock says. A difference of a minute or more, beyond what the time on the way explains, is warned of.
        - Left out if that is after the year 9999, or if RV(enrollment_token.duration) is left out because it is unknown. Null in check
          mode.
      type: str
      returned: success
      sample: '2026-11-21T10:30:00Z'
enrollment_tokens:
  description: The enrollment tokens that were created, each as described for RV(enrollment_token).
  returned: with O(count), unless nothing was tried
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
  description: The tokens that were not minted, in order.
  returned: with O(count), unless nothing was tried
  type: list
  elements: dict
  version_added: 0.2.0
  contains:
    index:
      description: Which one it was, counted from 0.
      type: int
      returned: always
      sample: 3
    message:
      description: What was asked, what the server said, and the likely cause.
      type: str
      returned: always
      sample: >-
        POST https://www.googleapis.com/androidenterprise/v1/enterprises/LC03demo00/enrollmentTokens: the server answered
        HTTP 404 (notFound, NOT_FOUND): No enterprise was found for the given enterprise id.
    http_status:
      description: The HTTP status of the server's answer.
      type: int
      returned: if the server answered
      sample: 404
    reason:
      description: The reason the server gave, C(errors[].reason) of Google's error envelope.
      type: str
      returned: if the server gave one
      sample: notFound
    status:
      description: The canonical status the server gave.
      type: str
      returned: if the server gave one
      sample: NOT_FOUND
http_status:
  description: The HTTP status of the server's answer.
  returned: failure, if the server answered
  type: int
  sample: 403
reason:
  description: The reason the server gave, C(errors[].reason) of Google's error envelope, or the error code of the OAuth endpoint.
  returned: failure, if the server gave one
  type: str
  sample: forbidden
status:
  description: The canonical status the server gave.
  returned: failure, if the server gave one
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
