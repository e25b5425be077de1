# Two commands do everything: `make demo` and `make test`. Each target sets up .venv from the lock first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test lint check proof bench lab lock clean

VENV := .venv
BIN := $(VENV)/bin
# What is installed: requirements-spark.lock adds the extras: Spark, which needs a Java of its own, and splink.
LOCK := requirements.lock
READY := $(VENV)/.ready-$(basename $(LOCK))
# Optional parts of other packages that cost much and serve nothing here: GPU collectives (469 MB), and two seconds
# at every start of a kernel.
UNWANTED := nvidia-nccl-cu12 nvidia-nccl-cu13 rfc3987-syntax
COMPILE := pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 10

# The interpreter is chosen by running it: a name on the path may be a shim that starts nothing.
$(READY): $(LOCK) pyproject.toml
	@for python in python3.11 python3.12 python3 python; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then break; fi; python=; \
	done; \
	if [ -z "$$python" ]; then echo "cjlab needs Python 3.11 or 3.12 on the path" >&2; exit 1; fi; \
	$(BIN)/python -c '' 2>/dev/null || $$python -m venv --clear $(VENV)
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/python -m uv pip sync --quiet --python $(BIN)/python --compile-bytecode $(LOCK)
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.ready*
	@echo "compiling the simulator, once" >&2
	@$(BIN)/python -c 'import cjlab as cj; cj.simulator.simulate(cj.simulator.World.retail(n_customers=9), days=2)'
	@touch $@

demo: $(READY) ## read a real test out into a report, or a simulated one, print where it is, and take three turns of the loop
	@$(BIN)/cjlab demo --turns 3

test: lint ## run all checks and tests
	@$(BIN)/pytest -n 2 --dist worksteal

lint: $(READY) ## style, types, and the floors of the house
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

proof: $(READY) ## rerun the statistical evidence into benchmarks/PROOF.md
	@$(BIN)/python -m benchmarks.proof

bench: $(READY) ## rerun the side-by-side figures into benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks.experiments
	@$(BIN)/python -m benchmarks.simulator
	@$(BIN)/python -m benchmarks.features
	@$(BIN)/python -m benchmarks.models.churn
	@$(BIN)/python -m benchmarks.features.once
	@$(BIN)/python -m benchmarks.simulator.stored
	@$(BIN)/python -m benchmarks.models.uplift
	@$(BIN)/python -m benchmarks.models.offers
	@$(BIN)/python -m benchmarks.models.value

lab: $(READY) ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir . \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate notebooks/00_start.ipynb

lock: $(READY) ## resolve the dependencies again
	@set -e; unwanted=$$(mktemp); trap 'rm -f "$$unwanted"' EXIT; printf '%s\n' $(UNWANTED) > "$$unwanted"; \
	$(BIN)/python -m uv $(COMPILE) --quiet --excludes "$$unwanted" --output-file requirements.lock; \
	$(BIN)/python -m uv $(COMPILE) --quiet --extra spark --extra links --excludes "$$unwanted" --output-file requirements-spark.lock

clean: ## remove what was built, not what was reported
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
