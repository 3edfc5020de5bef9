# `make run` and `make test` are all that is needed; each installs and builds what is missing, and only that.
# Needs make, bash and Python 3.11 with venv; Node.js is taken from PATH or, where it is missing, from PyPI.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-slow drill check install front lint imports types deploy migrations \
        translations openapi clean bench bench-quick bench-explain bench-10m

# A home for the caches of pip and npm where the environment has none.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/var/home
endif

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --require-hashes
VAR_DIR ?= var

CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
FRONT := $(shell find static/src -type f 2>/dev/null)
IMAGES := $(shell find static/img -type f 2>/dev/null)

# Makes `node` and `npm` (18 or newer) available to the rest of a recipe's line.
define with_node
if ! { command -v npm && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)'; } \
    >/dev/null 2>&1; then \
  [ -x $(VENV)/bin/npm ] || { echo "Installing Node.js from PyPI …"; $(PIP) -r requirements-node.txt; }; \
  export PATH="$(CURDIR)/$(VENV)/bin:$$PATH"; \
fi
endef

help:  ## Show what there is
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
	  printf '  make %-13s %s\n' "$$name" "$$text"; done

run: install front $(CATALOGUES:.po=.mo) $(VAR_DIR)/static/.collected  ## Start everything at http://127.0.0.1:8000/ with the demo (HOST=, PORT=)
	@exec $(PY) manage.py serve --demo

test: $(VENV)/.installed-dev front $(CATALOGUES:.po=.mo)  ## Run all tests but those in a browser (DATABASE_URL=, REDIS_URL=, ARGS=)
	@$(PY) -m pytest -n 2 --dist loadgroup -m "not browser and not slow" $(ARGS)

test-browser: $(VENV)/.installed-dev front $(CATALOGUES:.po=.mo)  ## Run the journeys in a real browser (needs chromium)
	@$(PY) -m pytest -m "browser and timing" $(ARGS) || [ $$? -eq 5 ]  # 5: there is none
	@$(PY) -m pytest -n 2 --dist loadgroup -m "browser and not timing" $(ARGS)

test-slow: $(VENV)/.installed-dev front $(CATALOGUES:.po=.mo)  ## Run the tests that take longer than the others
	@$(PY) -m pytest -n 2 --dist loadgroup -m "slow and not browser and not faults" $(ARGS) || [ $$? -eq 5 ]  # 5: there is none

drill: $(VENV)/.installed-dev front $(CATALOGUES:.po=.mo)  ## Break processes, broker and database (DRILL=short, DRILL_SEED=)
	@DRILL=$(or $(DRILL),long) $(PY) -m pytest -m "slow and faults" $(ARGS)

bench: $(VENV)/.installed-dev front $(CATALOGUES:.po=.mo)  ## Measure every figure at 1,000,000 cases into docs/performance.md (needs PostgreSQL, redis-server; BENCH_SERVER=, ARGS=)
	@$(PY) -m bench $(ARGS)

bench-quick: $(VENV)/.installed-dev front $(CATALOGUES:.po=.mo)  ## The same with shorter rounds
	@$(PY) -m bench --quick $(ARGS)

bench-explain: $(VENV)/.installed-dev  ## How PostgreSQL answers the ten hottest queries (NAME=1m)
	@$(PY) -m bench.explain $(or $(NAME),1m) $(ARGS)

bench-10m: $(VENV)/.installed-dev  ## The same at 10,000,000 cases without history (about 30 GB and an hour, removed afterwards)
	@$(PY) -m bench.explain 10m --make 10000000 --drop $(ARGS)

check: lint imports types deploy migrations translations openapi  ## Run every check that needs no test

# --- What the targets above are made of ---------------------------------------------------------

install: $(VENV)/.installed  ## Install what the system runs on into .venv

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making the virtual environment …"
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python lacks its venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.installed: requirements.txt | $(PY)
	@echo "Installing Python packages …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(PY)
	@echo "Installing Python packages for tests …"
	@$(PIP) -r requirements-dev.txt
	@touch $(VENV)/.installed $@

front: static/dist/.built  ## Build the style sheets and scripts

node_modules/.installed: package.json package-lock.json $(wildcard .npmrc) | $(PY)
	@echo "Installing front-end packages …"
	@$(with_node); npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

static/dist/.built: node_modules/.installed static/build.mjs $(FRONT)
	@echo "Building the front end …"
	@$(with_node); npm run --silent build
	@touch $@

%.mo: %.po | $(VENV)/.installed
	@$(PY) manage.py compile_translations

$(VAR_DIR)/static/.collected: static/dist/.built requirements.txt $(IMAGES) | $(VENV)/.installed $(CATALOGUES:.po=.mo)
	@echo "Collecting static files …"
	@$(PY) manage.py collectstatic --noinput --clear --verbosity 0
	@mkdir -p $(@D) && touch $@

lint: $(VENV)/.installed-dev  ## Style and form of the code (ruff)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

imports: $(VENV)/.installed-dev  ## Imports run downwards only (import-linter)
	@$(VENV)/bin/lint-imports --no-logo

types: $(VENV)/.installed-dev  ## Types (mypy, strict)
	@$(PY) -m mypy .

# Settings as production has them; nothing connects to these addresses.
deploy: $(VENV)/.installed-dev  ## Django's own deployment check in production settings
	@folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	  DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
	  SITE_URL=https://blocks.example ALLOWED_HOSTS=blocks.example BEHIND_PROXY=true VAR_DIR="$$folder" \
	  PASSWORD_MAX_DAYS=90 UNUSED_ACCOUNT_DAYS=90 SINGLE_SESSION=true SECOND_FACTOR=required \
	  $(PY) manage.py check --deploy --fail-level WARNING

migrations: $(VENV)/.installed-dev  ## Models and migrations agree
	@$(PY) manage.py makemigrations --check --dry-run

translations: $(VENV)/.installed-dev  ## Everything is translated (needs gettext)
	@$(PY) manage.py check_translations

openapi: $(VENV)/.installed-dev  ## The API's description is complete and the same as docs/openapi.yaml
	@mkdir -p var
	@$(PY) manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
	@diff -u docs/openapi.yaml var/openapi.yaml \
	  || { echo "docs/openapi.yaml is out of date: cp var/openapi.yaml docs/openapi.yaml" >&2; exit 1; }

clean:  ## Remove what was built and installed; data in var/ stays
	@rm -rf $(VENV) node_modules static/dist $(VAR_DIR)/static $(CATALOGUES:.po=.mo)
