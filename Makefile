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

.DEFAULT_GOAL := all
.PHONY: all setup check generate regenerate demo test test-all test-pythons lint types contract corpus bench clean help

all: check generate demo ## validate the specs, generate the packages, show each client at work against the mock

setup: $(READY) ## make the virtual environment

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "speclient needs Python 3.11 or later: make PYTHON=python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

check: $(READY) ## validate and lint the specs
	@$(SPECLIENT) check --strict

generate: $(READY) ## bring the packages to what the specs say
	@$(SPECLIENT) generate

regenerate: $(READY) ## the same, although no spec changed (after a change of the generator)
	@$(SPECLIENT) generate --again --force

demo: $(READY) generate ## each generated client calls each operation, answered by the embedded mock
	@$(SPECLIENT) demo

lint: $(READY) ## ruff over the toolkit, the tests and the packages
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check generator tests
	@for project in generated/*/; do $(BIN)/ruff check --quiet $$project && $(BIN)/ruff format --quiet --check $$project || exit 1; done
	@echo "ruff: clean"

types: $(READY) ## mypy --strict and pyright over the toolkit, the tests and the packages
	@$(BIN)/python tests/typing/check.py

test: $(READY) lint types ## every check that needs no network
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-pythons: $(READY) ## the packages, in an environment of their own, on each Python from 3.11 up that is here
	@$(BIN)/python tests/execution/pythons.py

contract: $(READY) ## judge a service: make contract SPEC=cortex URL=https://... [PARAMS="jobId=abc"]
	@test -n "$(SPEC)" -a -n "$(URL)" || { echo 'usage: make contract SPEC=cortex URL=https://api.example.com [PARAMS="jobId=abc"]'; exit 2; }
	@$(SPECLIENT) contract $(SPEC) --url $(URL) $(foreach param,$(PARAMS),--param $(param))

corpus: $(READY) ## judge the packages of all documents in the folder that SPECLIENT_CORPUS names: ARGS="--contract --types --write"
	@$(BIN)/python tests/corpus/run.py $(ARGS)

bench: $(READY) ## the clients against a hand-written one, as ratios
	@PYTHONPATH=tests $(BIN)/python -m bench.run

clean: ## remove what `make` made, but not the packages
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'
