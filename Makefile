# Two commands are all a fresh machine needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet
SAMPLE := examples/garden
QUESTION := what should we charge for a seat

.PHONY: demo test test-aimock test-ghost check docs attacks chaos bench bench-quality bench-speed clean

demo: $(VENV)/.installed
	@if [ -t 1 ]; then \
	  $(BIN)/pmagent index --words-only --quiet --garden $(SAMPLE) >/dev/null && \
	  cd $(SAMPLE) && exec ../../$(BIN)/pmagent; \
	else \
	  $(BIN)/pmagent index --quiet --garden $(SAMPLE) >/dev/null && \
	  $(BIN)/pmagent where --garden $(SAMPLE) "$(QUESTION)"; \
	fi

test: $(VENV)/.developed
	@$(BIN)/python -m pytest

test-aimock: $(VENV)/.developed
	@npm install --silent --no-audit --no-fund --prefix $(VENV)/aimock @copilotkit/aimock@1.43.0
	@$(BIN)/python -m pytest tests/llm/test_aimock.py

# The first time takes five minutes and 900 MB of GHOST_DIR; the server is ended with the tests.
test-ghost: $(VENV)/.developed
	@bash tests/publishers/ghost_server.sh run $(BIN)/python -m pytest tests/publishers/test_ghost_contract.py

check: $(VENV)/.developed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports

docs: $(VENV)/.developed
	@$(BIN)/python docs/generate.py

attacks: $(VENV)/.developed
	@$(BIN)/python -m benchmarks.attacks

chaos: $(VENV)/.developed
	@PMAGENT_CHAOS_S=60 $(BIN)/python -m pytest tests/chaos -p no:cacheprovider --timeout=900

bench: bench-quality bench-speed

BENCH_HOME := $(CURDIR)/.bench

bench-quality: $(VENV)/.developed
	@$(BIN)/python -m benchmarks.quality --home $(BENCH_HOME)
	@rm -rf $(BENCH_HOME)/sample && cp -r $(SAMPLE) $(BENCH_HOME)/sample
	@PMAGENT_HOME=$(BENCH_HOME)/sample-home $(BIN)/pmagent index --quiet --garden $(BENCH_HOME)/sample
	@$(BIN)/python -m benchmarks.checking --home $(BENCH_HOME) --root $(BENCH_HOME)/garden \
	  --garden-home $(BENCH_HOME)/sample-home --garden $(BENCH_HOME)/sample
	@$(BIN)/python -m benchmarks.checking_given
	@$(BIN)/python -m benchmarks.publishing_mentions --home $(BENCH_HOME)
	@$(BIN)/python -m benchmarks.publishing_words
	@$(BIN)/python -m benchmarks.publishing_chapters --models $(BENCH_HOME)/cache

bench-speed: $(VENV)/.developed
	@$(BIN)/python -m benchmarks.speed

clean:
	rm -rf $(VENV) $(BENCH_HOME) dist build

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "setting up .venv: a few minutes, once"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -c constraints.txt torch==2.13.0
	@$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed
	@$(PIP) -c constraints.txt -e '.[dev]'
	@touch $@
