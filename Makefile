# The two commands: `make run` shows the site on this machine, `make test` tests it.
# Python 3.11 or newer and a network to the package registries are all they need.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled when they are first imported: compiling all of them would double the time of the first start.
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-compile --require-hashes

MESSAGES := $(wildcard locale/*/LC_MESSAGES/*.po)

# A server as in production that waits for the disk, with more memory than a laptop's demo needs.
BENCH_SETTINGS := shared_buffers=2GB maintenance_work_mem=512MB max_wal_size=8GB checkpoint_timeout=15min

.PHONY: run bench test check setup setup-dev assets messages messages-update lock clean

run: setup
	@$(BIN)/python manage.py demo $(ARGS)

# make bench ARGS="claim --sizes 10000,1000000 --json": our code against plain SQL, on a server and a database of its own
bench: setup
	@RUN_FOLDER="$(CURDIR)/.run-bench" POSTGRES_SETTINGS="$(BENCH_SETTINGS)" $(BIN)/python manage.py bench $(ARGS)

# --- what both need: packages, interface assets, translations
setup: $(VENV)/.installed assets messages

setup-dev: setup $(VENV)/.installed-dev

$(BIN)/python:
	@.ci/find-python $(PYTHON)
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements-embedded.txt | $(BIN)/python
	@echo "Installing Python packages ..."
	@$(PIP) -r requirements-embedded.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing Python packages for tests and checks ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

assets: node_modules/.installed

node_modules/.installed: package-lock.json package.json $(VENV)/.installed
	@echo "Installing interface assets ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH"; \
	command -v npm >/dev/null || $(PIP) -r requirements-node.txt; \
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

messages: $(MESSAGES:.po=.mo)

%.mo: %.po $(VENV)/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# --- tests and checks
test: setup-dev
	@.ci/test $(ARGS)

check: setup-dev
	@.ci/check

# --- after a text is new or changed: bring the catalogues up to date and list what is to be translated
messages-update: setup-dev
	@$(BIN)/python -m tests.translating

# --- after a change of a requirements*.in file; the lock holds versions and hashes, no address
lock:
	@test -x $(VENV)/lock/bin/uv || { $(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/python -m pip install --quiet uv; }
	@for name in requirements requirements-embedded requirements-dev requirements-node; do \
	  $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" $(LOCK_ARGS) $$name.in -o $$name.txt || exit 1; done
	@npm install --package-lock-only --ignore-scripts

clean:
	rm -rf $(VENV) node_modules staticfiles $(MESSAGES:.po=.mo)
