# One target for each thing a person wants to do; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python
# Trust what this machine trusts (a company's own proxy, say), as pip does.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= 1
endif
SOURCES := benchmarks dags mailers pipeline reader_station validators sql tests
TEST_PACKAGES := dovecot-imapd pcscd vsmartcard-vpcd chromium fonts-noto-cjk

.DEFAULT_GOAL := help
.PHONY: help demo up station test screens check bench pins clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

demo: $(VENV)/demo  ## the nightly job on sample data, through Airflow, with all set-up
	@$(BIN)/nhicard demo

up: $(VENV)/station  ## Airflow, portal, station and mail catcher on this machine; Ctrl-C stops all
	@$(BIN)/nhicard up

station: $(VENV)/station  ## the reader station in the browser; with sample cards where no reader is found
	@$(BIN)/nhicard station $$($(BIN)/nhicard card list --json 2>/dev/null | grep -q '"reader"' || echo --simulate)

test:  ## all tests, with all set-up
	@began=$$(date +%s); \
	  $(MAKE) --no-print-directory $(VENV)/dev $(VENV)/station $(VENV)/debian/test && ready=$$(date +%s) && \
	  { $(BIN)/pytest -n 2 --dist loadfile; ended=$$?; } && \
	  echo "Set-up took $$((ready - began)) s, pytest $$(($$(date +%s) - ready)) s." && exit $$ended

check: $(VENV)/dev  ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

screens: $(VENV)/dev $(VENV)/station $(VENV)/debian/test  ## pictures of every page, in var/screens
	$(BIN)/python -m tests.reader_station.screens

bench: $(VENV)/dev $(VENV)/station $(VENV)/debian/test $(VENV)/debian/postfix $(VENV)/peers/ready  ## benchmarks, in at most ten minutes
	$(BIN)/python -m benchmarks

pins: $(VENV)/uv  ## renew requirements/*.txt from pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --extra demo --extra portal --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --extra demo -c requirements/dev.txt pyproject.toml -o requirements/demo.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra station --extra portal -c requirements/dev.txt pyproject.toml -o requirements/station.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url requirements/uv.in -o requirements/uv.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -c requirements/dev.txt requirements/peers.in -o requirements/peers.txt

clean:  ## delete everything generated, the sample data and the local databases included
	rm -rf $(VENV) var

# Stamps in the environment say what is installed; a changed pin installs again.
$(VENV)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || \
	  { echo "This needs CPython 3.11 or 3.12: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/demo: $(VENV)/uv requirements/demo.txt pyproject.toml
	@echo "Installing the packages of the demo ..."
	@$(UV) --require-hashes -r requirements/demo.txt
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/demo requirements/dev.txt
	@echo "Installing the packages of the tests ..."
	@$(UV) --require-hashes -r requirements/dev.txt
	@touch $@

# pyscard is built here; without libpcsclite-dev the station has its sample cards only.
$(VENV)/station: $(VENV)/demo requirements/station.txt
	@VENV=$(VENV) requirements/debian.sh libpcsclite-dev
	@echo "Installing the packages of station and portal ..."
	@$(UV) --require-hashes -r requirements/station.txt || \
	  { [ "$$CI" != true ] && grep -v '^pyscard' requirements/station.txt > $@.txt && $(UV) -r $@.txt && \
	    echo "No card readers: pyscard could not be built; sample cards will do." >&2; }
	@touch $@

# Debian's packages are installed where we may, else named, and the tests go on with less.
$(VENV)/debian/test: requirements/debian.sh
	@VENV=$(VENV) requirements/debian.sh $(TEST_PACKAGES)
	@mkdir -p $(@D) && touch $@

$(VENV)/debian/postfix: requirements/debian.sh
	@VENV=$(VENV) requirements/debian.sh postfix

# What others would write runs in an environment of its own, beside ours in the benchmarks.
$(VENV)/peers/ready: $(VENV)/uv requirements/peers.txt
	@echo "Installing the peers of the benchmarks ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	@$(BIN)/uv pip install --quiet --python $(@D)/bin/python --require-hashes -r requirements/peers.txt
	@touch $@
