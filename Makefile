PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CASE ?= data/cases/moffatt-v-air-canada.yaml

CHECKS := .venv-checks
CHECKS_READY := $(CHECKS)/.ready

.PHONY: demo test servers agreement bench docs checks release clean

demo: $(READY)
	@$(BIN)/answerable assess $(CASE)

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2

# What the tests of other people's stores start: they are skipped where it is absent.
servers:
	@command -v virtuoso-t >/dev/null || { apt-get -q update && \
		DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends virtuoso-opensource; }

agreement: $(READY)
	$(BIN)/pytest -n 2 -m exhaustive tests/law/test_agreement.py tests/engine/test_agreement.py

bench: $(READY)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.shapes
	$(BIN)/python -m benchmarks.endpoint

docs: $(READY)
	@rm -rf build/docs
	@$(BIN)/python -m answerable.catalogue build/docs

checks: $(READY) $(CHECKS_READY)
	@$(BIN)/pytest -n 1 tests/ontology/test_alignments.py

release: checks
	@rm -rf dist
	@$(BIN)/python -m answerable.release dist
	@$(BIN)/python -m tests.release.checks dist

$(CHECKS_READY): requirements-checks.lock
	@echo "Setting up $(CHECKS) (once) ..."
	@$(PYTHON) -m venv $(CHECKS)
	@$(CHECKS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-checks.lock
	@touch $@

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "answerable needs Python 3.11, 3.12 or 3.13; try: make PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

clean:
	rm -rf $(VENV) $(CHECKS) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
