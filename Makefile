# Every target sets up what it needs: a virtual environment in .venv with the pinned versions of constraints.txt.
# The demo needs the base install alone; tests and checks add torch and what else is optional for users.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
TESTED := $(VENV)/.ready-tests
PYTEST_WORKERS ?= 2
EXTRAS ?= dev,train,server,gazetteer,wiki,live,dense

.PHONY: demo test check bench clean help

help:
	@echo "make demo   generated world -> verified tasks -> rollouts -> training sets -> report (runs/demo/report.html)"
	@echo "make test   set up and run all tests"
	@echo "make check  formatting, lint, types, spelling"
	@echo "make bench  the benchmarks, in their quick form"

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $$($(PYTHON) --version) came. Set PYTHON=/path/to/python3.11"; exit 2; }
	@echo "== setting up $(VENV) (once; a few minutes of downloads)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(TESTED): $(STAMP)
	@echo "== adding what tests and checks need to $(VENV) (once; torch is 200 MB)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

demo: $(STAMP)
	@echo "== running the main job of configs/demo.toml into runs/demo"
	$(BIN)/redsearcher run configs/demo.toml

test: $(TESTED)
	@echo "== running the tests$(if $(REDSEARCHER_DATA),, (REDSEARCHER_DATA is not set: tests on real data will skip))"
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile -rs

check: $(TESTED)
	@echo "== checking format, lint, types and spelling"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/typos src tests docs benchmarks configs *.md

bench: $(TESTED)
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file --quick || exit 1; done

clean:
	rm -rf $(VENV) runs build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
