# Every command of the project. `make test` sets up whatever it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

RESULT := results/shadow_embargo_2010
SOURCES := $(shell find sim scenarios -name '*.py' -o -name '*.yaml' -o -name '*.csv')

.PHONY: setup run briefing validation predictions test bounds bench soak cluster-demo reference figure browser lint clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

setup: $(STAMP)

run: $(STAMP)
	$(BIN)/ytterby run shadow_embargo_2010 --replicates 64 --out $(RESULT) --overwrite
	$(BIN)/ytterby plot $(RESULT)

# the briefing of that run on screen; the run is made again only where code or world have changed since
briefing: $(RESULT)/manifest.json
	$(BIN)/ytterby report $(RESULT) --open

$(RESULT)/manifest.json: $(SOURCES) | $(STAMP)
	$(BIN)/ytterby run shadow_embargo_2010 --replicates 64 --out $(RESULT) --overwrite

# the score card and its figures, as they are kept in docs
validation: $(STAMP)
	$(BIN)/ytterby history --out docs/validation

# bands of 2025 and 2026 as they come, in docs/validation/predictions
predictions: $(STAMP)
	$(BIN)/python examples/predictions.py

bench: $(STAMP)
	$(BIN)/python tests/speed/bench.py
	$(BIN)/python tests/speed/bench_studies.py

# the README's figure, drawn by `ytterby plot` from the result of `make run`
figure: run
	mkdir -p docs/figures
	cp $(RESULT)/figures/weeks_short.png docs/figures/weeks_short_2010.png

# pages of docs/reference, from the code's own declarations
reference: $(STAMP)
	$(BIN)/python -m sim.faces.reference docs/reference

soak: $(STAMP)
	$(BIN)/python tests/study/soaking.py

cluster-demo: $(STAMP)
	$(BIN)/python examples/cluster.py

# fonts and browser from Debian's packages, for tests of pages; without them those tests are skipped
browser:
	@command -v apt-get >/dev/null || { echo "no apt-get here; tests of pages in a browser will be skipped"; exit 0; }; \
	set -- $$(command -v chromium >/dev/null || echo chromium) $$(command -v chromedriver >/dev/null || echo chromium-driver) $$(fc-list 2>/dev/null | grep -q "Noto Sans CJK" || echo fonts-noto-cjk); \
	if [ $$# -gt 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$$@" >/dev/null \
		|| echo "could not install $$@; tests of pages in a browser will be skipped"; fi

test: $(STAMP) lint bounds
	$(BIN)/python -m pytest -n 2

# every rule once with its indices checked: out of range they would end the interpreter
bounds: $(STAMP)
	NUMBA_BOUNDSCHECK=1 XDG_CACHE_HOME=$(VENV)/bounds $(BIN)/python -m pytest -n 2 tests/mechanisms/test_plain_twins.py tests/twins

lint: $(STAMP)
	$(BIN)/ruff check sim tests
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
