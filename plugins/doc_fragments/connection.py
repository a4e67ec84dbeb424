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
      - How many seconds each step of an attempt may take as a whole, V(1) to V(600). The steps are to connect, to get through the proxy and
        TLS, and to send the request and read the whole answer.
      - No attempt starts later than O(timeout) times (O(retries) + 1) seconds after the first failure,
        so a request ends within O(timeout) times (O(retries) + 7) seconds.
    type: int
    default: 30
  retries:
    description:
      - How often to try again, V(0) to V(10), when no connection could be made, when the server answered with HTTP status 429,
        500, 502, 503 or 504, or when it refused the request because of the quota with HTTP status 403.
      - A request that may have been carried out is not tried again, and the message says so.
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
  - A bound on the time does not include the resolver's own time, one O(timeout) for each further address of a host, and waiting because
    the server has asked other requests of the task to wait.
"""
