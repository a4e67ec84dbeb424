#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

DOCUMENTATION = r"""
module: android_enterprise_enterprise_info
short_description: Get information about an enterprise with the Google Play EMM API
version_added: 0.2.0
author:
  - The emm.android_enterprise contributors (!UNKNOWN)
description:
  - Gets what the API says about an enterprise (C(enterprises.get)).
  - The request changes nothing. Use it to find out whether the ID of the enterprise, the credentials and the network
    are right, before you mint tokens that cannot be revoked.
extends_documentation_fragment:
  - emm.android_enterprise.attributes
  - emm.android_enterprise.attributes.action_group
  - emm.android_enterprise.auth
  - emm.android_enterprise.batch.without_effect
  - emm.android_enterprise.connection
  - emm.android_enterprise.enterprise
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Sends the request in check mode, too, since it changes nothing.
seealso:
  - ref: ansible_collections.emm.android_enterprise.docsite.guide_user
    description: Credentials, retries and errors.
  - name: Play EMM API reference for enterprises
    description: The API reference of this method.
    link: https://developers.google.com/android/work/play/emm-api/v1/enterprises/get
"""

EXAMPLES = r"""
- name: Find out whether the credentials of the environment are right for an enterprise
  emm.android_enterprise.android_enterprise_enterprise_info:
    enterprise_id: LC03demo00
  register: bench

- name: Show the name of the enterprise
  ansible.builtin.debug:
    var: bench.enterprise.name
"""

RETURN = r"""
enterprise:
  description: The enterprise. What the response does not contain is missing.
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the enterprise, as requested.
      type: str
      returned: success
      sample: LC03demo00
    name:
      description: The name of the enterprise.
      type: str
      returned: if the response has one
      sample: Example, Inc
    primary_domain:
      description: The primary domain of the enterprise.
      type: str
      returned: if the response has one
      sample: example.com
    enterprise_type:
      description: Whether the enterprise is a managed Google domain (V(managedGoogleDomain)) or has managed Google Play
        accounts (V(managedGooglePlayAccountsEnterprise)).
      type: str
      returned: if the response has one
      sample: managedGooglePlayAccountsEnterprise
    managed_google_domain_type:
      description: Whether the domain is only verified by e-mail (V(typeTeam)) or as a domain (V(typeDomain)).
      type: str
      returned: if the response has one
      sample: typeDomain
    google_authentication_settings:
      description: The settings for the authentication of users by Google.
      type: dict
      returned: if the response has them
      contains:
        google_authentication_required:
          description: Whether Google must authenticate the user of a device, V(required) or V(notRequired).
          type: str
          returned: always
          sample: notRequired
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
    from ansible_collections.emm.android_enterprise.plugins.module_utils._resources.enterprise import OPERATION

    run_module(OPERATION)


if __name__ == "__main__":
    main()
