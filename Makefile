# Two commands do everything: `make run` opens Accord, `make test` checks it. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint types tests system test-system setup clean

run: setup
	@$(BIN)/python -m accord.app.start

test: setup test-system lint types tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

tests: setup test-system
	$(BIN)/python -m pytest -q

setup: system $(STAMP)

# Qt and off-screen OpenGL need a few libraries of the system; the script installs them as root, or says how.
system:
	@sh assets/system-libraries.sh

test-system:
	@sh assets/system-libraries.sh tests

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Accord needs Python 3.11 or newer, this is " + sys.version) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[window,fit,hid,devices,test]'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps pynput python-xlib six
	touch $@

clean:
	rm -rf $(VENV) .test-envs .mypy_cache .ruff_cache .pytest_cache *.egg-info
