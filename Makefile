# One target for each thing a person wants to do; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python
# Trust what this machine trusts (a company's own proxy, say), as pip does.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= 1
endif
SOURCES := benchmarks dags mailers pipeline validators sql tests

.DEFAULT_GOAL := help
.PHONY: help demo up test check bench pins clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

demo: $(VENV)/demo  ## the nightly job on sample data, through Airflow, with all set-up
	@$(BIN)/nhicard demo

up: $(VENV)/demo  ## Airflow and a mail catcher on this machine, to look around; Ctrl-C stops all
	@$(BIN)/nhicard up

test:  ## all tests, with all set-up
	@began=$$(date +%s); \
	  $(MAKE) --no-print-directory $(VENV)/dev $(VENV)/debian/dovecot-imapd && ready=$$(date +%s) && \
	  { $(BIN)/pytest -n 2 --dist loadgroup; ended=$$?; } && \
	  echo "Set-up took $$((ready - began)) s, pytest $$(($$(date +%s) - ready)) s." && exit $$ended

check: $(VENV)/dev  ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev $(VENV)/debian/dovecot-imapd $(VENV)/debian/postfix  ## benchmarks, in at most ten minutes
	$(BIN)/python -m benchmarks

pins: $(VENV)/uv  ## renew requirements/*.txt from pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --all-extras --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --extra demo -c requirements/dev.txt pyproject.toml -o requirements/demo.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url requirements/uv.in -o requirements/uv.txt

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

# Debian's packages are installed where we may, else named, and the tests go on with less.
$(VENV)/debian/%: requirements/debian.sh
	@VENV=$(VENV) requirements/debian.sh $*
