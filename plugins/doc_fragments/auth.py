# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The options of C(_auth.options.AuthOptions)."""

    DOCUMENTATION = r"""
options:
  auth_kind:
    description:
      - The kind of credentials to use.
      - V(application) uses Application Default Credentials, as found by C(google-auth). These include logins made with
        C(gcloud auth application-default login), workload identity federation, and the metadata server.
      - V(serviceaccount) uses a service account key, in O(service_account_file) or O(service_account_contents).
      - V(machineaccount) uses the service account of the Google Cloud machine that the module runs on, or the one named
        in O(service_account_email).
      - V(accesstoken) uses the access token in O(access_token).
      - If not set, the environment variable E(GCP_AUTH_KIND) is used. If that is not set either, the kind is that of
        the credential given in the task, or else in the environment. If none is given, it is V(application).
      - Credentials of another kind are ignored in the environment, but are an error in the task.
    type: str
    choices:
      - application
      - serviceaccount
      - machineaccount
      - accesstoken
  service_account_file:
    description:
      - The path of a service account key file in JSON, on the machine that the module runs on.
      - If not set, the environment variable E(GCP_SERVICE_ACCOUNT_FILE) is used.
    type: path
  service_account_contents:
    description:
      - The contents of a service account key file in JSON, as a string or as a dictionary.
      - If not set, the environment variable E(GCP_SERVICE_ACCOUNT_CONTENTS) is used.
    type: raw
  service_account_email:
    description:
      - The e-mail address of the machine's service account to use with O(auth_kind=machineaccount), if not the default
        one.
      - If not set, the environment variable E(GCP_SERVICE_ACCOUNT_EMAIL) is used.
    type: str
  access_token:
    description:
      - An OAuth 2.0 access token.
      - If not set, the environment variable E(GCP_ACCESS_TOKEN) is used.
    type: str
  impersonate_service_account:
    description:
      - The e-mail address of a service account to impersonate. The credentials need the role Service Account Token
        Creator on it.
      - Cannot be combined with O(auth_kind=accesstoken).
      - If not set, the environment variable E(GCP_IMPERSONATE_SERVICE_ACCOUNT) is used.
    type: str
  scopes:
    description:
      - The OAuth 2.0 scopes to request. Has no effect with O(auth_kind=accesstoken).
      - If not set, the environment variable E(GCP_SCOPES) is used, a comma-separated list.
        If that is not set either, V(https://www.googleapis.com/auth/androidenterprise) is used.
    type: list
    elements: str
requirements:
  - google-auth >= 2.30.0
notes:
  - The authentication options and environment variables are those of the C(google.cloud) collection.
    The C(Google Compute Engine) credential of AWX and automation controller sets these environment variables; nothing
    else is needed.
  - Environment variables are read on the machine that the module runs on. In most cases this is the controller, by
    C(delegate_to) C(localhost).
  - Do not set secrets with the C(environment) keyword. Ansible shows them at the highest verbosity, even with
    C(no_log).
"""
