# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""A local stand-in for the Google Play EMM API and the OAuth 2.0 endpoints in front of it.

It is written from Google's documentation and discovery document and shares no code with the collection, so that the
two cannot agree on a mistake. Start it with ``python -m tests.emulator``; tests use ``tests.emulator.process``.

=================  ====================================================================
``__main__.py``    the command line
``server.py``      puts the parts together and serves them over HTTP and HTTPS
``api.py``         the calls of the Play EMM API
``discovery.py``   checks requests and responses against Google's discovery document
``errors.py``      errors in Google's envelope
``store.py``       enterprises, users, devices, tokens, and the rules that they obey
``identity.py``    OAuth token endpoint, IAM credentials, STS, metadata server
``control.py``     what only an emulator has: journal, faults, clock, and a device's side
``faults.py``      failures on demand
``quota.py``       so many calls in each window of time
``journal.py``     the record of all requests
``proxy.py``       a forward proxy under which the emulator answers as Google's own hosts
``files.py``       keys, certificates and credential files, made anew at each start
``process.py``     starts the emulator as a process of its own and talks to its controls
=================  ====================================================================
"""
