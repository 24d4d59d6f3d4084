# Everything sets itself up from nothing on Debian 12 with Python 3.11, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# What the tests' real peers need from Debian; installed by `make test` when root.
PEERS := mosquitto rsyslog rsyslog-gnutls rsyslog-openssl bsdutils openssl logrotate systemd-journal-remote chromium chromium-driver postgresql opencv-doc python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-x socat
RUN_STAMP := $(VENV)/.run-$(shell cat requirements.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements-dev.lock requirements.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)

.PHONY: help run test check bench lock peers
help: ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(RUN_STAMP) ## The console with the demo organisation on http://127.0.0.1:8000
	$(BIN)/bartizan demo --port $(PORT)

test: $(DEV_STAMP) peers ## All tests, against real peers
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: $(DEV_STAMP) ## Style, types, layers, migrations, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	BARTIZAN_DATA=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings bartizan.settings
	$(BIN)/python -m pytest tests/architecture

bench: $(DEV_STAMP) ## Every benchmark; see docs/measured.md
	for name in detect lake durability intake latency search console pinpoint alarms doors cctv; do $(BIN)/python -m benchmarks.$$name --json || exit 1; done

lock: $(DEV_STAMP) ## Write the lock files anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra cameras --extra doors -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements.lock --group dev -o requirements-dev.lock

# Debian's own python3 comes without ensurepip: python3-venv brings it.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Bartizan needs Python 3.11 or newer; say which with `make PYTHON=python3.11 …`.'; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; \
	  else echo 'Python cannot make virtual environments here: install the package python3-venv (apt-get install python3-venv).'; exit 1; fi; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@rm -f $(VENV)/.run-*; touch $@

$(DEV_STAMP): $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@rm -f $(VENV)/.dev-*; touch $@

peers:
	@missing=""; for package in $(PEERS); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "Tests that need these Debian packages will skip:$$missing"; fi
