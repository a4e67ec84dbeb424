# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# make demo    mint both kinds of token for an example inventory, against a local emulator
# make test    everything that is checked; the targets it consists of can be called one by one

PYTHON ?= python3
COLLECTIONS := $(CURDIR)/.venv/collections
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible

.PHONY: demo test unit integration molecule lint requirements clean

demo: .venv/installed
	ANSIBLE_CALLBACK_RESULT_FORMAT=yaml ANSIBLE_DISPLAY_SKIPPED_HOSTS=no \
	python -m tests.emulator -- ansible-playbook -i examples/devices.yml emm.android_enterprise.stage_devices

test: lint unit integration molecule

lint: .venv/installed
	ansible-lint --offline --profile production

unit: .venv/installed
	pytest tests/unit

integration: .venv/installed
	pytest --numprocesses 2 tests/integration

molecule: .venv/installed
	cd extensions && PYTHONPATH=$(CURDIR) python -m tests.emulator -- molecule test

# An environment with what is pinned, in which this checkout is found as the collection that it is.
.venv/installed: requirements.txt tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt
	mkdir -p $(COLLECTIONS)/ansible_collections/emm
	ln -s ../../../.. $(COLLECTIONS)/ansible_collections/emm/android_enterprise
	touch $@

# Pins what tests/requirements.in asks for, for all supported versions of Python.
requirements: .venv/installed
	python -m pip install --quiet uv
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate --no-emit-index-url \
	  --custom-compile-command 'make requirements' --output-file tests/requirements.txt tests/requirements.in

clean:
	rm -rf .venv .cache
