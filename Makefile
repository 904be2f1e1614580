# Everything goes through here: `make run` for the site, `make test` for the tests. `make help` lists the rest.
# Plain GNU make, no options needed; what can be set is listed under "help".

ifeq ($(origin PYTHON),undefined)
PYTHON := $(firstword $(shell command -v python3.11 python3 2>/dev/null))
endif
PORT ?= 8000
BIND ?= 127.0.0.1
TORCH_BUILD ?= cpu
TORCH_INDEX_URL ?= https://download.pytorch.org/whl/$(TORCH_BUILD)
PYTEST_ARGS ?=
export PORT BIND TORCH_BUILD TORCH_INDEX_URL PYTEST_ARGS
# One thread per process: more make a busy small machine many times slower.
export OMP_NUM_THREADS := 1

BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help python install install-tests run test lint types migrations clean

help:
	@echo "make run       set up what is missing, start the site, print its address and three demo accounts; Ctrl-C stops it"
	@echo "make install   the set-up alone"
	@echo "make test      the set-up, then unit and integration tests, then browser tests"
	@echo "make lint      ruff: mistakes and formatting"
	@echo "make types     mypy"
	@echo "make clean     remove what the set-up made (.venv, static/vendor); your data in var/ stays"
	@echo
	@echo "make run PORT=8001        another port            make run BIND=0.0.0.0     for the whole network (see .env.example)"
	@echo "make install PYTHON=...   another Python 3.11     TORCH_INDEX_URL=...       another place for the PyTorch build"

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 was not found: install it (Debian: apt-get install python3.11 python3.11-venv)," \
		"or name one: make install PYTHON=/path/to/python3.11"; exit 1; }

install: python
	@$(PYTHON) -m deploy.install

install-tests: python
	@$(PYTHON) -m deploy.install --tests

run: install
	@exec $(BIN)/python -m deploy.run

test: install-tests
	@$(BIN)/python -m deploy.test

lint: install-tests
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: install-tests
	$(BIN)/python -m mypy manage.py deploy models_core tutor_app

migrations: install-tests
	$(BIN)/python manage.py makemigrations --check --dry-run

clean:
	rm -rf .venv static/vendor var/encoder .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path "./.git/*" -prune -exec rm -rf {} +
