# `make` sets up and does the main job; `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPECLIENT := $(BIN)/speclient
SPEC ?=
URL ?=
PARAMS ?=
ARGS ?=
PROVED := coalesce mode cortex etlworks

.DEFAULT_GOAL := all
.PHONY: all setup check generate regenerate demo pages test test-fast test-all test-pythons coverage lint types contract detect mutate corpus bench size clean help

all: check generate demo ## validate the specs, generate the packages, call each client against the mock

setup: $(READY) ## create the virtual environment

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "speclient needs Python 3.11 or later: make PYTHON=python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

check: $(READY) ## validate and lint the specs
	@$(SPECLIENT) check --strict

generate: $(READY) ## update the packages from the specs
	@$(SPECLIENT) generate

regenerate: $(READY) ## generate all packages even if no spec changed (after a change of the generator)
	@$(SPECLIENT) generate --again --force

demo: $(READY) generate ## call each operation of each client against the embedded mock
	@$(SPECLIENT) demo

pages: $(READY) ## compare the specs with the docs pages: what changed on saved copies, and whether the specs state it
	@$(SPECLIENT) pages diff; changed=$$?; $(SPECLIENT) pages check --strict && exit $$changed

lint: $(READY) ## ruff over the toolkit, the tests and the packages
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check generator tests
	@for project in generated/*/; do $(BIN)/ruff check --quiet $$project && $(BIN)/ruff format --quiet --check $$project || exit 1; done
	@echo "ruff: clean"

types: $(READY) ## mypy --strict and pyright over the toolkit, the tests and the packages
	@$(BIN)/python tests/typing/check.py

test: $(READY) lint types ## run all checks, with a sample of the slow tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-fast: $(READY) ## run a small fixed sample of the tests, for the inner loop
	@$(BIN)/python -m pytest -n 2 --dist worksteal --fast

test-all: $(READY) lint types ## run all tests, including all slow ones
	@$(BIN)/python -m pytest -n 2 --dist worksteal --all

coverage: $(READY) ## measure the coverage of the tests, in htmlcov/
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term --cov-report=html

test-pythons: $(READY) ## test the packages in separate environments, on each installed Python from 3.11 up
	@$(BIN)/python tests/execution/pythons.py

contract: $(READY) ## test the packages and their mocks, or a service: make contract SPEC=cortex URL=https://... [PARAMS="jobId=abc"] [ARGS="--report a.html"]
ifeq ($(SPEC)$(URL),)
	@printf '%s\n' $(PROVED) | COALESCE_TOKEN=mock CORTEX_TOKEN=mock ETLWORKS_TOKEN=mock MODE_USERNAME=mock MODE_PASSWORD=mock \
		xargs -P 2 -I NAME sh -c '$(SPECLIENT) contract client generated/NAME-client --spec specs/NAME.yaml > $(VENV)/NAME.txt 2>&1; client=$$?; \
		$(SPECLIENT) contract service specs/NAME.yaml --mock >> $(VENV)/NAME.txt 2>&1; service=$$?; \
		sed "s/^/NAME: /" $(VENV)/NAME.txt; rm $(VENV)/NAME.txt; exit $$((client | service))'
else
	@test -n "$(SPEC)" -a -n "$(URL)" || { echo 'usage: make contract SPEC=cortex URL=https://api.example.com [PARAMS="jobId=abc"]'; exit 2; }
	@$(SPECLIENT) contract service $(SPEC) --url $(URL) $(foreach param,$(PARAMS),--param $(param)) $(ARGS)
endif

mutate: $(READY) ## find mutants of generated packages with `speclient contract client`: docs/client-mutants.md
	@PYTHONPATH=tests $(BIN)/python -m contract.mutate 1 2 3 --count 50

detect: $(READY) ## find the faults of services, next to plain schemathesis: docs/contract-faults.md
	@PYTHONPATH=tests $(BIN)/python -m contract.detect

corpus: $(READY) ## check the packages of all documents in the folder SPECLIENT_CORPUS: ARGS="--contract --types --write"
	@$(BIN)/python tests/corpus/run.py $(ARGS)

bench: $(READY) ## compare the clients with a hand-written one, as ratios
	@PYTHONPATH=tests $(BIN)/python -m bench.run

size: $(READY) ## measure the lines of the runtime per feature: docs/package-size.md
	@PYTHONPATH=tests $(BIN)/python -m bench.size > docs/package-size.md

clean: ## remove everything that make created, except the packages
	rm -rf htmlcov .coverage $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'
