# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A local stand-in for the Google Play EMM API and the OAuth 2.0 endpoints in front of it.

It follows Google's documentation and discovery document and shares no code with the collection, so that the two cannot
agree on a mistake. Start it with ``python -m tests.emulator``; tests use ``tests.emulator.process``.

=================  ====================================================================
``__main__.py``    the command line
``server.py``      assembles the parts and serves them over HTTP and HTTPS
``api.py``         the calls of the Play EMM API
``discovery.py``   validates requests and responses against Google's discovery document
``errors.py``      errors in Google's envelope
``store.py``       enterprises, users, devices and tokens, and their rules
``identity.py``    OAuth token endpoint, IAM credentials, STS, metadata server
``control.py``     the emulator's controls: journal, faults, clock, simulated device
``faults.py``      failures on demand
``quota.py``       a limit of calls for each window of time
``journal.py``     the record of all requests
``proxy.py``       a forward proxy through which the emulator responds as Google's own hosts
``files.py``       keys, certificates and credential files, generated at each start
``process.py``     starts the emulator as a separate process and uses its controls
=================  ====================================================================
"""
