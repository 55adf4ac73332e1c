# Proofpress: `make run` makes today's creatives, `make help` lists the rest.
# Every target first sets up what it needs; that takes under a second when nothing changed.

.DEFAULT_GOAL := help
.PHONY: help setup run serve stop test lint types doctor clean

PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) scripts/setup.py

# Two test processes share the machine; each engine inside them keeps to one thread.
WORKERS ?= 2
test: export OMP_NUM_THREADS ?= 1
test: export OMP_THREAD_LIMIT ?= 1

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1  \2/p' $(MAKEFILE_LIST)

setup: ## install everything that is needed, once
	@$(SETUP)

run: ## make, proofread and publish what is due in every campaign
	@$(SETUP)
	@$(BIN)/proofpress run $(ARGS)

serve: ## the same every hour, until Ctrl-C
	@$(SETUP)
	@$(BIN)/proofpress serve $(ARGS)

stop: ## end the Prefect server that a run left for its UI
	@$(SETUP) python
	@$(BIN)/proofpress stop

test: ## run every test
	@$(SETUP) python tesseract postgresql
	@$(BIN)/pytest --quiet --numprocesses=$(WORKERS) --dist=loadgroup $(ARGS)

lint: ## style, formatting and the direction of imports
	@$(SETUP) python
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-cache

types: ## mypy, strict
	@$(SETUP) python
	@$(BIN)/mypy

doctor: ## say what is installed and what is missing
	@$(SETUP)
	@$(BIN)/proofpress doctor

clean: ## remove the virtual environment and every cache; out/ and .proofpress/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
