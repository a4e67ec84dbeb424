# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

from __future__ import annotations


class ModuleDocFragment:
    """The options of C(_http.options.ConnectionOptions)."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - The base URL of the Play EMM API. The path C(/androidenterprise/v1) is appended.
      - Must be an C(https://) URL. C(http://) is accepted for loopback addresses only, such as an emulator on the same
        machine.
      - If not set, the environment variable E(ANDROID_ENTERPRISE_API_URL) is used.
    type: str
    default: https://www.googleapis.com
  timeout:
    description:
      - The time limit of each step of an attempt, from V(1) to V(600) seconds. The steps are to connect; to complete
        the proxy and TLS handshakes; and to send the request and read the whole response.
      - No attempt starts later than O(timeout) times (O(retries) + 1) seconds after the first failure,
        so a request ends within O(timeout) times (O(retries) + 7) seconds.
    type: int
    default: 30
  retries:
    description:
      - How often to retry, from V(0) to V(10), if the connection fails, if the server responds with HTTP status 429,
        500, 502, 503 or 504, or if it responds with HTTP status 403 because the quota is exceeded.
      - A request that the server may have carried out is not retried, and the message says so, unless the request has
        no other effect if it is repeated.
      - The delays grow from half a second to 16 seconds, each varied at random by up to 50 %.
        A longer delay that the server requests with C(Retry-After) is honored, up to 60 seconds.
    type: int
    default: 5
  ca_path:
    description:
      - The path of a file with trusted CA certificates in PEM format, or of a directory of them that was prepared with
        C(c_rehash).
      - If not set, the environment variable E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) or E(SSL_CERT_FILE) is used, or
        else the C(certifi) bundle of C(requests).
      - Certificate verification cannot be disabled.
    type: path
requirements:
  - python >= 3.10
  - requests >= 2.31.0
  - urllib3 >= 1.26.18
notes:
  - The connection options apply to the API and to the endpoints that issue access tokens.
  - The environment variables E(HTTPS_PROXY), E(ALL_PROXY) and E(NO_PROXY) are honored.
    Loopback addresses and Google's metadata server are never reached through a proxy.
  - Redirects are not followed, because requests carry credentials.
  - The time limits do not include name resolution, one O(timeout) for each additional address of a host, or the time
    that a request waits because the server asked other requests of the task to wait.
"""
