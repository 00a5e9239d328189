# `make` prints this help; `make up` and `make test` are the two commands that a newcomer needs.
# A system builds its own Python with the optimizations that a Python installed otherwise often lacks: a fifth less time.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PLATFORM_PORT ?= 8001
export NO_MKDOCS_2_WARNING := 1
# Python keeps what it compiled, whatever the machine says: tests start thousands of processes of hundreds of modules.
unexport PYTHONDONTWRITEBYTECODE
# Two builds of the same commit are byte-identical.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
PAGE := tests/browser/test_pages.py::test_every_template_at_each_width_in_each_scheme[status/]
QUICK := tests/core tests/policy tests/rules tests/sources "$(PAGE)"
# What runs core, policy and rules in the test's own process.
COVERED := tests/core tests/policy tests/rules tests/certification tests/clock tests/gate/test_corpus.py \
  tests/gate/test_receipts.py tests/importing/test_import.py tests/importing/test_bad_files.py tests/accounts tests/turn \
  tests/exchange/test_chain.py tests/exchange/test_export.py tests/exchange/test_receipt.py tests/exchange/test_year.py
# Tests write and remove many small files: in memory, where there is enough of it, that takes a third of the time.
MEMORY := $(shell [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }')" -gt 8000000 ] 2>/dev/null && echo /dev/shm)
# One test more than there are cores: some wait for a browser or for git.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install up build offline quick test check coverage format bless regenerate lock bench zensical audit interop pictures pdf browser server clean

help: ## print this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/runtime.stamp ## set up what licheng needs, and nothing else

up: $(VENV)/platform.stamp ## set up, check the school in content/, serve its site at 127.0.0.1:$(PORT) and the platform at :$(PLATFORM_PORT)
	@echo "歷程：檢查 content/ … / checking content/ …"
	@$(BIN)/licheng check
	@echo "歷程：建置網站，完成後請開啟 http://127.0.0.1:$(PORT)/ （按 Ctrl+C 結束）"
	@echo "Building the site; when it is done open http://127.0.0.1:$(PORT)/ (Ctrl+C stops it)."
	@$(BIN)/licheng platform serve --demo --port $(PLATFORM_PORT) & platform=$$!; trap 'kill $$platform 2>/dev/null; wait $$platform' EXIT; \
	  trap 'exit 0' INT TERM; $(BIN)/mkdocs serve --strict --dev-addr 127.0.0.1:$(PORT)

build: $(VENV)/runtime.stamp ## the same without serving: the site is written to site/
	@echo "歷程：檢查 content/ … / checking content/ …"
	@$(BIN)/licheng check
	@echo "歷程：建置網站 … / building the site …"
	@$(BIN)/mkdocs build --strict

offline: $(VENV)/runtime.stamp ## a copy of the site that opens from a disk without a server: site-offline/
	@OFFLINE=true $(BIN)/mkdocs build --strict --site-dir site-offline

quick: $(VENV)/dev.stamp browser ## the tests to run while working, under a minute: core, policy, rules, sources, one page
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not hypothesis" $(QUICK)

test: export TMPDIR := $(or $(MEMORY),$(TMPDIR),/tmp)
test: $(VENV)/dev.stamp browser server ## run every test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/dev.stamp ## lint, format, types, import layers, drift: what CI checks besides the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/licheng docs --check
	@$(BIN)/zizmor --offline --quiet --no-progress --persona=pedantic .github
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml

coverage: $(VENV)/dev.stamp ## branch coverage of core, policy and rules, with its floor in pyproject.toml
	@mkdir -p .cache
	@$(BIN)/coverage run -m pytest -n 0 $(COVERED)
	@$(BIN)/coverage report

format: $(VENV)/dev.stamp ## rewrite the code in the house format
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

# `make bench RUNS=3 PAIRS=1`: the whole table three times, each ratio with all that it was.
bench: RUNS ?= 1
bench: PAIRS ?= 3
bench: export LICHENG_FIGURES := .cache/figures.jsonl
bench: $(VENV)/dev.stamp ## all that has a peer or a limit, as ratios in one run, and the handbook's table of figures from it
	@mkdir -p .cache && rm -f $(LICHENG_FIGURES)
	@for run in $$(seq $(RUNS)); do \
	  for bench in "check --pairs $(PAIRS)" gate fleet importing "receiving --seeds 1" "site --pairs $(PAIRS)" start \
	    "platform --students 330 --seconds 60 --last 250 --rush 30"; do \
	    $(BIN)/python -m tests.benchmarks.$$bench || failed=1; done; done; \
	  $(BIN)/python -m tests.benchmarks.figures && [ -z "$$failed" ]

zensical: $(VENV)/runtime.stamp requirements/zensical.lock ## the site by Zensical, the generator after MkDocs, into .cache/zensical
	@$(PYTHON) -m venv .cache/zensical-venv
	@.cache/zensical-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/zensical.lock
	@$(BIN)/python -m tests.zensical.build .cache/zensical-venv/bin/zensical .cache/zensical

audit: $(VENV)/dev.stamp browser ## the built site before an HTML checker and Lighthouse (installs Java and Node tools)
	@sh tests/audit/install.sh .cache/audit
	@$(BIN)/python -m tests.audit.run .cache/audit

interop: $(VENV)/dev.stamp ## rosters, packages and sealed files before LibreOffice, bagit.py, age and ssh-keygen (installs them)
	@sh tests/interop/install.sh
	@$(BIN)/python -m tests.interop.run

pictures: $(VENV)/dev.stamp browser ## the pictures of the README and the handbook, made anew from the real site and command
	@$(BIN)/python -m tests.browser.pictures .github/pictures content/handbook/pictures

pdf: build $(VENV)/dev.stamp browser ## the regulation of the built site as a PDF beside its page, with a link to it
	@$(BIN)/python -m tests.browser.regulation_pdf site

bless: $(VENV)/dev.stamp ## write anew all that is expected of the outputs, showing each difference: read it
	@$(BIN)/licheng docs
	@$(BIN)/python -m tests.bless
	@$(BIN)/python -m tests.gate.bless
	@$(BIN)/python -m tests.golden.test_golden
	@$(BIN)/python -m tests.golden.test_commands
	@git --no-pager diff

regenerate: $(VENV)/dev.stamp ## write anew the demo school in content/, the signed fixtures and the generated docs
	@$(BIN)/python -m tests.regenerate
	@$(BIN)/licheng docs

lock: $(VENV)/dev.stamp ## resolve the dependencies anew: names, versions and hashes only
	@cd requirements && for name in runtime platform fleet release-pdf dev; do \
	  extra=$$(case $$name in platform|fleet|release-pdf) echo "--extra $$name -c runtime.lock";; \
	    dev) echo "--extra dev --extra platform --extra fleet --extra release-pdf -c platform.lock -c fleet.lock -c release-pdf.lock";; esac); \
	  ../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-annotate --no-header --extra build $$extra ../pyproject.toml -o $$name.lock || exit 1; done; \
	  echo zensical | ../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-annotate --no-header - -o zensical.lock

browser: ## install Chromium and CJK fonts for the browser tests, where they are missing
	@sh tests/browser/install.sh

server: ## install git-lfs and an OpenSSH server for the end-to-end tests, where they are missing
	@sh tests/e2e/install.sh

clean: ## remove what the other targets made
	rm -rf $(VENV) site site-offline .git/licheng/*.sqlite .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 以上 / Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "無法建立虛擬環境；Debian、Ubuntu 請執行 / no virtual environment; on Debian and Ubuntu run: apt-get install python3-venv" >&2; exit 1; }

# The package's own build tool comes from the lock as well, so that nothing unlocked is ever fetched.
define EDITABLE
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
@$(BIN)/python -m compileall -q --invalidation-mode timestamp scripts/licheng
@touch $(VENV)/runtime.stamp
endef

$(VENV)/runtime.stamp: $(BIN)/python requirements/runtime.lock pyproject.toml
	@echo "歷程：安裝執行所需套件 … / installing the runtime packages …"
	@$(PIP_INSTALL) -r requirements/runtime.lock
	$(EDITABLE)

$(VENV)/platform.stamp: $(VENV)/runtime.stamp requirements/platform.lock
	@echo "歷程：安裝平臺所需套件 … / installing the packages of the platform …"
	@$(PIP_INSTALL) -r requirements/platform.lock
	@touch $@

# 130 packages: uv, of the same lock, takes a fifth of pip's time and compiles nothing that is not used. It knows no
# settings of pip's: where it does not get to the packages, pip does.
$(VENV)/dev.stamp: $(BIN)/python requirements/dev.lock pyproject.toml
	@echo "歷程：安裝測試所需套件 … / installing the test packages …"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements/dev.lock | $(PIP_INSTALL) -r /dev/stdin
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock || \
	  { echo "uv 取不到套件，改用 pip … / uv does not get to the packages; asking pip …"; $(PIP_INSTALL) -r requirements/dev.lock; }
	$(EDITABLE)
	@touch $@
