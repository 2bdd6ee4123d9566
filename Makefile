PYTHON ?= python3
BIN := .venv/bin

.PHONY: run demo test lint check format bench

$(BIN)/sterilog: pyproject.toml
	$(PYTHON) -m venv .venv && $(BIN)/pip install -e '.[test]'
	touch $@

run demo: $(BIN)/sterilog
	$(BIN)/sterilog demo

test: $(BIN)/sterilog
	$(BIN)/pytest -n auto --ignore tests/journeys
	$(BIN)/pytest tests/journeys

lint check: $(BIN)/sterilog
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(BIN)/sterilog
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(BIN)/sterilog
	$(BIN)/python -m benchmarks
