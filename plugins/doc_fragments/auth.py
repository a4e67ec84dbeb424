# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The options of C(_credentials.AuthOptions)."""

    DOCUMENTATION = r"""
options:
  auth_kind:
    description:
      - The kind of credentials to use.
      - V(application) stands for the application default credentials. See C(google-auth) for where they are looked for.
        They bring logins made with C(gcloud auth application-default login), workload identity federation, and the metadata server.
      - V(serviceaccount) is a service account key, in O(service_account_file) or O(service_account_contents).
      - V(machineaccount) is the service account of the machine in Google's cloud that the module runs on, or the one of
        O(service_account_email).
      - V(accesstoken) is a ready access token, in O(access_token).
      - If not set, the environment variable E(GCP_AUTH_KIND) is used. If that is not set either, the kind follows from the
        credential that is given,
        in the task or else in the environment, and is V(application) if none is.
      - Credentials in the environment that are of another kind are ignored. In the task, they are an error.
    type: str
    choices:
      - application
      - serviceaccount
      - machineaccount
      - accesstoken
  service_account_file:
    description:
      - The path of a service account's JSON key file, on the machine that the module runs on.
      - If not set, the environment variable E(GCP_SERVICE_ACCOUNT_FILE) is used.
    type: path
  service_account_contents:
    description:
      - The contents of a service account's JSON key file, as text or as a dictionary.
      - If not set, the environment variable E(GCP_SERVICE_ACCOUNT_CONTENTS) is used.
    type: raw
  service_account_email:
    description:
      - Which of the service accounts of the machine to use with O(auth_kind=machineaccount), if not its default one.
      - If not set, the environment variable E(GCP_SERVICE_ACCOUNT_EMAIL) is used.
    type: str
  access_token:
    description:
      - An OAuth 2.0 access token.
      - If not set, the environment variable E(GCP_ACCESS_TOKEN) is used.
    type: str
  impersonate_service_account:
    description:
      - The e-mail address of a service account to act as. The credentials need the role Service Account Token Creator on it.
      - Cannot be combined with O(auth_kind=accesstoken).
      - If not set, the environment variable E(GCP_IMPERSONATE_SERVICE_ACCOUNT) is used.
    type: str
  scopes:
    description:
      - The OAuth 2.0 scopes to ask for. Has no effect with O(auth_kind=accesstoken).
      - If not set, the environment variable E(GCP_SCOPES) is used, a list separated by commas.
        If that is not set either, it is V(https://www.googleapis.com/auth/androidenterprise).
    type: list
    elements: str
requirements:
  - google-auth >= 2.30.0
notes:
  - The options and environment variables for authentication are those of the C(google.cloud) collection.
    The C(Google Compute Engine) credential of AWX and automation controller sets the environment variables and needs nothing more.
  - Environment variables are those of the machine that the module runs on. In most cases this is the controller, by C(delegate_to)
    C(localhost).
  - Do not set secrets with the C(environment) keyword. Ansible shows them at the highest verbosity, whatever C(no_log) says.
"""
