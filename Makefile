# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# make demo           stage the devices of an example inventory against a local emulator: tokens, QR codes and a sheet
# make quick          format the code, and run the checks that take seconds
# make lint           run all checks that do not run the code
# make test           check everything, under one version of ansible-core
# make test-matrix    run the checks that depend on ansible-core, under all supported versions
# make unit-matrix    run the unit tests of what uses ansible-core, under the oldest and the newest supported version
# make fuzz           try random inputs until one shows a defect; TIMES multiplies the number of examples in each round
# make bench          measure the cost of the collection; OPTIONS=--help shows the options
# make picture        redraw the image of a sheet in the documentation
#
# noxfile.py and antsibull-nox.toml define the checks. The targets here only call them.

# After changing PYTHON, run "make clean".
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Ansible starts many processes, and each of them would compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

# A proxy may present certificates that only the system trusts.
export UV_SYSTEM_CERTS ?= true

USES_ANSIBLE := $(addprefix tests/unit/plugins/,action filter module_utils/test_module.py plugin_utils/_run) \
	$(wildcard tests/unit/plugins/plugin_utils/test_*.py) \
	$(addprefix tests/unit/plugins/plugin_utils/,_device_tokens/test_plan.py _provisioning/test_payload.py) \
	$(addprefix tests/unit/plugins/plugin_utils/,_sheet/test_sheet.py _sheet/test_variables.py _spreadsheet/test_columns.py)

# Reuse existing environments, and install only what is missing.
NOX := .venv/bin/nox --reuse-existing-virtualenvs

.PHONY: demo test test-matrix lint sanity tests unit operation unit-matrix integration molecule docs quick fuzz bench picture release requirements clean

demo: export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
demo: export BENCH_WIFI_PASSWORD := correct horse
demo: export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
demo: .venv/installed
	ANSIBLE_CALLBACK_RESULT_FORMAT=yaml ANSIBLE_DISPLAY_SKIPPED_HOSTS=no \
	python -m tests.emulator -- ansible-playbook -i examples/devices.yml emm.android_enterprise.stage_devices \
	--extra-vars '{"provisioning_sheet_directory": "$(CURDIR)/.cache/demo"}'

# Nox formats the code, unless CI is set.
test: lint
	$(NOX) --session ansible-test-sanity tests molecule

test-matrix: .venv/installed
	$(NOX) --tags matrix

lint: .venv/installed
	CI=true $(NOX)

sanity: .venv/installed
	$(NOX) --session ansible-test-sanity

tests: .venv/installed
	$(NOX) --session tests

unit operation integration: .venv/installed
	$(NOX) --session tests -- tests/$@

unit-matrix: .venv/installed
	$(NOX) --tags outer-tests -- --numprocesses 0 $(USES_ANSIBLE)

molecule docs release requirements: .venv/installed
	$(NOX) --session $@

quick: .venv/installed
	$(NOX) --session formatters codeqa yamllint typing license-check

fuzz: .venv/installed
	while FUZZ_TIMES=$(or $(TIMES),10) python -m pytest --numprocesses 2 tests/fuzz; do :; done; exit 1

bench: .venv/installed
	$(NOX) --session $@ -- $(OPTIONS)

picture: .venv/installed
	python -m tests.picture

# An environment with the pinned requirements, in which Ansible finds this checkout as a collection.
.venv/installed: tests/requirements/develop.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint $< uv
	.venv/bin/uv pip install --quiet --python .venv --requirement $<
	mkdir -p .venv/collections/ansible_collections/emm
	ln -s ../../../.. .venv/collections/ansible_collections/emm/android_enterprise
	touch $@

clean:
	rm -rf .venv .nox .cache
