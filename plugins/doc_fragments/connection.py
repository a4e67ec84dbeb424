# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The options of C(_http.ConnectionOptions)."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Where the Play EMM API is reached. The path C(/androidenterprise/v1) is appended.
      - Must be an C(https://) URL; C(http://) is accepted for loopback addresses only, for an emulator on this machine.
      - If not set, the environment variable E(ANDROID_ENTERPRISE_API_URL) is used.
    type: str
    default: https://www.googleapis.com
  timeout:
    description:
      - How many seconds to wait at each attempt for a connection, then for an answer to begin, and then for it to be complete.
        From V(1) to V(600).
      - Retrying ends at the latest O(timeout) times (O(retries) + 1) seconds after the first failure.
    type: int
    default: 30
  retries:
    description:
      - How often to try again, V(0) to V(10), when no connection could be made, or when the server answered with HTTP status 429,
        500, 502, 503 or 504.
      - The waits grow from half a second to 16 seconds, each varied at random by up to half of itself.
        Where the server asks for a longer one with C(Retry-After), that is obeyed, up to 60 seconds.
    type: int
    default: 5
  ca_path:
    description:
      - A file, or a directory prepared with C(c_rehash), of certificates of certification authorities to trust, in PEM format.
      - If not set, E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) or E(SSL_CERT_FILE) is used, else the C(certifi) bundle that comes
        with C(requests).
      - There is no option to turn the verification off.
    type: path
requirements:
  - python >= 3.10
  - requests >= 2.31.0
  - urllib3 >= 1.26.18
notes:
  - These options hold for the API and for the endpoints that issue access tokens alike.
  - The environment variables E(HTTPS_PROXY), E(ALL_PROXY) and E(NO_PROXY) are obeyed.
    Loopback addresses and Google's metadata server are never asked for through a proxy.
  - No redirect is followed, since requests carry credentials.
"""
