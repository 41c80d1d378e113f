# What people do daily. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo serve test test-all fuzz lint format bench bench-query pins clean
.DEFAULT_GOAL := help

help:            ## show this list ## 列出这些目标
	@case "$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}" in zh*) column=3;; *) column=2;; esac; \
	awk -F ' *## *' -v column=$$column \
		'/^[a-z-]+:.*##/ {sub(/:.*/, "", $$1); printf "%-12s%s\n", $$1, $$column}' $(MAKEFILE_LIST)

# One environment a set of pins: the stamp is newer than the pins it was made from.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@echo 'Making the environment in $(VENV): about a minute, this once …'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/run
	@echo 'Adding what the tests and linters need …'
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/bench: requirements/bench.txt $(VENV)/dev
	@echo 'Adding what the benchmark compares with …'
	@$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@

# One client of resumable uploads is JavaScript, and so are generators of clients; without them their
# tests are skipped.
CLIENTS := tests/clients

$(VENV)/clients: $(CLIENTS)/package-lock.json $(VENV)/dev
	@if npm ci --prefix $(CLIENTS) --ignore-scripts --no-audit --no-fund \
		--fetch-retries 1 --fetch-timeout 30000 >/dev/null 2>&1; then touch $@; \
	else echo 'No npm, or no network: the tests of JavaScript clients are skipped.'; fi

demo: $(VENV)/run       ## start everything and replay the two stories ## 启动全部组件并演示两个故事
	@exec $(BIN)/wildlife demo

serve: $(VENV)/run      ## the same without the stories ## 同上，不演示故事
	@exec $(BIN)/wildlife demo --no-stories

test: $(VENV)/dev $(VENV)/clients  ## every test, against a real PostgreSQL ## 在真实的 PostgreSQL 上运行全部测试
	$(BIN)/python -m pytest -n 3 --dist worksteal

test-all: $(VENV)/dev $(VENV)/clients  ## the same, sparing nothing: every value in every place ## 同上，且不省略任何组合
	$(BIN)/python -m pytest -n 3 --dist worksteal --thorough

N := 100000
SEED := 1

fuzz: $(VENV)/dev       ## send N=100000 requests that nobody should send ## 发送 N=100000 个不该有的请求
	FUZZ_REQUESTS=$(N) FUZZ_SEED=$(SEED) $(BIN)/python -m pytest -s tests/fuzz

lint: $(VENV)/bench       ## ruff, mypy --strict, the architecture ## ruff、mypy --strict 和架构检查
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/dev     ## let ruff put the code in order ## 用 ruff 整理代码
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/bench    ## measure against the limit and the usual way ## 与极限和常规做法对比测速
	$(BIN)/python -m bench.opening
	$(BIN)/python -m bench.appending
	$(BIN)/python -m bench.species
	$(BIN)/python -m bench.hidden
	$(BIN)/python -m bench.exports
	$(BIN)/python -m bench.photos
	$(BIN)/python -m bench.renditions
	$(BIN)/python -m bench.resuming
	$(BIN)/python -m bench.queue
	$(BIN)/python -m bench.signin
	$(BIN)/python -m bench.access
	$(BIN)/python -m bench.listening
	$(BIN)/python -m bench.webhooks
	$(BIN)/python -m bench.outages
	$(BIN)/python -m bench.verifying

# ROWS=20000 takes some minutes, a million an hour and 25 GB, ROWS=10000000 ten times as much.
bench-query: $(VENV)/bench ## measure what is asked among a million ## 测量百万条记录的查询
	$(BIN)/python -m bench.query

# Hashes and no address of where the packages came from.
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header

pins:                   ## compile requirements/*.txt anew (needs uv) ## 重新生成 requirements/*.txt（需要 uv）
	$(COMPILE) pyproject.toml requirements/build.in -o requirements/run.txt
	$(COMPILE) -c requirements/run.txt --extra pdf pyproject.toml requirements/build.in -o requirements/pdf.txt
	$(COMPILE) -c requirements/run.txt -c requirements/pdf.txt --group dev -o requirements/dev.txt
	$(COMPILE) -c requirements/run.txt -c requirements/dev.txt --group bench -o requirements/bench.txt

clean:                  ## remove the environment and the demo's data ## 删除环境和演示数据
	rm -rf $(VENV) $(CLIENTS)/node_modules var build *.egg-info
