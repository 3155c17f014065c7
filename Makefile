# `make` lists what can be done. The first target that needs it makes .venv; nothing else is needed
# than Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all lint types check bench docs clean

help:            ## list the targets
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

setup: $(READY)  ## make .venv with everything in it

demo: $(READY)   ## import 69,659 real purchases and look around
	$(BIN)/jifen demo --again

test: $(READY)   ## the test suite
	$(BIN)/python -m pytest -n auto -m 'not slow'

test-all: $(READY)  ## the suite with its slow parts and long fuzzing
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n auto

lint: $(READY)   ## style, imports between the rooms, generated files fresh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.export --check
	$(BIN)/python -m console.reference --check

types: $(READY)  ## mypy --strict
	$(BIN)/mypy

check: lint types test  ## all that has to hold before a commit

bench: $(READY)  ## each figure beside its reference, as a ratio
	$(BIN)/python -m benchmarks

docs: $(READY)   ## write the generated files again: JSON Schemas, CLI reference
	$(BIN)/python -m schemas.export
	$(BIN)/python -m console.reference

clean:           ## take away what was made
	rm -rf $(VENV) demo-store build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
