# Everything below runs in an environment of its own: uv where it is installed, else venv and pip.
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export VELO_HOME ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check train backtest daily serve status ui bench clean pins test-feast mutants

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.txt pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) \
		&& VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install --quiet -r requirements.txt \
		&& VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install --quiet --no-deps -e . ; \
	else \
		$(PYTHON) -m venv $(VENV) \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $(STAMP)

demo: $(STAMP) ## the whole platform on a synthetic world, in minutes
	$(BIN)/velo demo

test: $(STAMP) ## linters, types and the default tests
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

test-slow: $(STAMP) ## every test, the slow ones too
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "slow or not slow"

test-feast: $(STAMP) ## Feast's own tests on our stores and on its own; FEAST_SOURCE=a checkout
	@[ -d "$(FEAST_SOURCE)/sdk/python/tests" ] || \
		{ echo "give FEAST_SOURCE=a checkout of github.com/feast-dev/feast" >&2; exit 2; }
	@$(BIN)/python -m venv $(VENV)/feast-suite
	@$(BIN)/python -c "import sysconfig as s; print(s.get_path('purelib'))" \
		> "$$($(VENV)/feast-suite/bin/python -c "import sysconfig as s; print(s.get_path('purelib'))")/velo.pth"
	@$(VENV)/feast-suite/bin/python -m pip install --quiet --disable-pip-version-check \
		-r benchmarks/feast_suite/requirements.txt
	FEAST_SOURCE="$(FEAST_SOURCE)" $(VENV)/feast-suite/bin/python -m benchmarks.feast_suite

mutants: $(STAMP) ## faults put into what money goes by, and whether tests notice; ONLY=part of a path
	@$(BIN)/python -m venv $(VENV)/mutants
	@$(BIN)/python -c "import sysconfig as s; print(s.get_path('purelib'))" \
		> "$$($(VENV)/mutants/bin/python -c "import sysconfig as s; print(s.get_path('purelib'))")/velo.pth"
	@$(VENV)/mutants/bin/python -m pip install --quiet --disable-pip-version-check \
		-r benchmarks/mutants/requirements.txt
	$(VENV)/mutants/bin/python -m benchmarks.mutants $(ONLY)

check: $(STAMP) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

train: $(STAMP) ## train on what is built and judge
	$(BIN)/velo train

backtest: $(STAMP) ## backtest the challenger
	$(BIN)/velo backtest

daily: $(STAMP) ## a day: CARD=card.csv in the morning, RESULTS=results.csv at night, or both
	@[ -n "$(CARD)$(RESULTS)" ] || { echo "give CARD=card.csv, RESULTS=results.csv or both" >&2; exit 2; }
	$(if $(CARD),$(BIN)/velo predict "$(CARD)" $(PREDICT))
	$(if $(RESULTS),$(BIN)/velo results "$(RESULTS)")
	$(if $(RESULTS),$(BIN)/velo ledger)

serve: $(STAMP) ## prices over HTTP on loopback, port 8000, until Ctrl-C
	$(BIN)/velo serve

status: $(STAMP) ## where the home stands
	$(BIN)/velo status

ui: $(STAMP) ## MLflow's pages on loopback, port 5000
	$(BIN)/velo ui

bench: $(STAMP) ## the README's table of speed, printed anew
	$(BIN)/python -m benchmarks.whole_way

pins: ## pin every package anew, exact and without addresses
	uv pip compile --quiet --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--python-version 3.11 --group dev pyproject.toml -o requirements.txt

clean: ## caches; with CONFIRM=1 the demo's home as well
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@if [ "$(CONFIRM)" = "1" ] && [ -f "$(VELO_HOME)/demo/.velo-demo" ]; then \
		rm -rf "$(VELO_HOME)/demo"; fi
