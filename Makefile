# Everything below runs in an environment of its own: uv where it is installed, else venv and pip.
# HASHES=yes installs wheels whose hashes are those of requirements-hashes.txt; the environment stays
# one of hashes (docs/security.md).
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= python3
ifeq ($(strip $(VENV)),)
$(error VENV names no folder: leave it out, or name one)
endif
BIN := $(VENV)/bin
HASHES ?= $(if $(wildcard $(VENV)/.installed-by-hash),yes)
ifneq ($(filter-out yes,$(HASHES)),)
$(error HASHES=$(HASHES): say HASHES=yes, or leave it out)
endif
MARK := $(VENV)/.velo
STAMP := $(VENV)/.installed$(if $(HASHES),-by-hash)
PINS := requirements$(if $(HASHES),-hashes).txt
BY_HASH := $(if $(HASHES),--require-hashes --only-binary :all:)
COMPILE := uv pip compile --quiet --no-emit-index-url --no-emit-find-links --no-header \
	--no-annotate --universal --python-version 3.11
export VELO_HOME ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check train backtest daily serve status ui bench clean pins sbom \
	test-feast mutants docs pictures

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# What is built is built by the pinned backend: nothing is fetched behind the pins.
$(STAMP): $(PINS) pyproject.toml
	@if [ -e "$(VENV)" ] && [ ! -e "$(MARK)" ] && [ ! -e "$(VENV)/.installed" ]; then \
		echo "$(VENV) is there and was not made by this Makefile:" \
			"name another with VENV=, or remove it" >&2; exit 2; \
	fi
	@mkdir -p "$(VENV)" && touch "$(MARK)"
	@if command -v uv >/dev/null 2>&1; then \
		export VIRTUAL_ENV="$(abspath $(VENV))"; \
		uv venv --quiet --allow-existing --python $(PYTHON) "$(VENV)" \
		&& uv pip install --quiet $(if $(HASHES),--reinstall) $(BY_HASH) -r $(PINS) \
		&& uv pip install --quiet --no-deps --no-build-isolation -e . ; \
	else \
		pip="$(BIN)/python -m pip install --quiet --disable-pip-version-check"; \
		$(PYTHON) -m venv "$(VENV)" \
		&& $$pip $(if $(HASHES),--force-reinstall) $(BY_HASH) -r $(PINS) \
		&& $$pip --no-deps --no-build-isolation -e . ; \
	fi
	@rm -f "$(VENV)/.installed" "$(VENV)/.installed-by-hash"
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

docs: ## the documentation as a site, site/index.html
	@$(PYTHON) -m venv $(VENV)/docs
	@$(VENV)/docs/bin/python -m pip install --quiet --disable-pip-version-check \
		-r docs/requirements.txt
	NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/mkdocs build --strict --quiet
	@echo "open site/index.html"

pictures: $(STAMP) ## the pictures of docs/pictures, taken of the demo's home with Chromium
	$(BIN)/python docs/take_pictures.py

check: $(STAMP) ## ruff and mypy
	$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
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

bench: $(STAMP) ## the first table of docs/benchmarks.md, measured anew
	$(BIN)/python -m benchmarks.whole_way

pins: ## pin every package anew, for all platforms, exact, with hashes too, without addresses
	$(COMPILE) --group dev --group build pyproject.toml -o requirements.txt
	$(COMPILE) --group dev --group build pyproject.toml -o requirements-hashes.txt \
		--generate-hashes --constraint requirements.txt
	$(COMPILE) --group pyproject.toml:sbom -o requirements-sbom.txt

sbom: $(STAMP) ## sbom.json: what is installed, as CycloneDX
	@$(BIN)/python -m venv "$(VENV)/sbom"
	@$(VENV)/sbom/bin/python -m pip install --quiet --disable-pip-version-check \
		-r requirements-sbom.txt
	@$(VENV)/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file sbom.json.partial $(BIN)/python
	@mv sbom.json.partial sbom.json && echo "wrote sbom.json"

clean: ## caches; with CONFIRM=1 the demo's home as well
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@if [ "$(CONFIRM)" = "1" ] && [ -f "$(VELO_HOME)/demo/.velo-demo" ]; then \
		rm -rf "$(VELO_HOME)/demo"; fi
