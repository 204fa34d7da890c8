# qmsreport: what people do with a checkout. `make` alone says what there is.

BIN := .venv/bin
PACKAGE := qmsreport tests
# the tests start hundreds of processes, each of which would compile everything anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench lock clean

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.run  ## Make a whole demonstration organisation and its report in ./demo
	@$(BIN)/qmsreport demo

# three at once, also on two cores: many tests wait for a server
test: .venv/.dev lint  ## Install the test tools and real servers, then run all checks and tests
	$(BIN)/pytest -n 3 --dist worksteal -p no:benchmark --ignore=tests/benchmarks

lint: .venv/.dev  ## Format, lint, types, direction of imports, SQL
	$(BIN)/ruff format --check $(PACKAGE)
	$(BIN)/ruff check $(PACKAGE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 queries

bench: .venv/.dev  ## Measure speed and memory (minutes; not part of the tests)
	@mkdir -p .benchmarks
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-json=.benchmarks/last.json -s; \
	status=$$?; $(BIN)/python -m tests.benchmarks.table; exit $$status

lock:  ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile $(LOCK) --group build pyproject.toml -o requirements.txt
	uv pip compile $(LOCK) --constraint requirements.txt --group dev pyproject.toml -o requirements-dev.txt
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean:  ## Remove what was made: environment, demonstration, caches
	rm -rf .venv demo dist build node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# each stamp is younger than the environment it stands for
.venv/.run: requirements.txt pyproject.toml
	@.ci/system-packages run
	@.ci/environment requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml .ci/system-packages
	@.ci/system-packages test
	@.ci/environment requirements-dev.txt
	@touch $@ .venv/.run
