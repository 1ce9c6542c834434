# make run    sets up what is missing, then opens the program (without a screen: plays the main job, build/tour)
# make test   sets up what is missing, then checks everything
# make lint   style and types only          make tour     the main job with pictures, in build/tour
# make deep   all random cases, hours       make coverage what the tests reach, with its floor
# make lock   renew requirements.lock       make package  Linux bundle and .deb, in dist/
# make clean  remove what was made (the environment .venv stays)   make pictures  renew docs/pictures from the tour

PY := .venv/bin/python
JOBS ?= 2

# Chromium refuses to start as root inside its sandbox. Only here, never in the program.
ifeq ($(shell id -u),0)
export QTWEBENGINE_DISABLE_SANDBOX := 1
endif

.PHONY: run test lint deep coverage tour lock package clean pictures ready ready-test
.NOTPARALLEL:

run: ready
	@installer/run.sh

# All checks run even when one fails, so that one call tells everything; the count of tests comes last.
test: ready-test
	@failed=0; \
	$(PY) -m ruff check . || failed=1; \
	$(PY) -m mypy || failed=1; \
	$(PY) -m pytest -n $(JOBS) || failed=1; \
	exit $$failed

lint: ready-test
	$(PY) -m ruff check .
	$(PY) -m mypy

# Every random case of the properties (10,000 of most), hours; and what the tests reach of the program.
deep: ready-test
	JDY_DEEP=1 $(PY) -m pytest -n $(JOBS) --timeout=0 tests/property tests/unit/models tests/unit/services/ali1688/test_fuzz.py tests/unit/services/queries/test_search_index.py tests/faults/test_simulation.py

coverage: ready-test
	$(PY) -m pytest -n $(JOBS) --cov --cov-report=term

tour: ready
	QT_QPA_PLATFORM=offscreen $(PY) -m jdy_desktop --tour build/tour

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--extra dev --output-file requirements.lock pyproject.toml

package: ready
	installer/build.sh

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

ready:
	@installer/setup.sh run

ready-test:
	@installer/setup.sh test

# The pictures of the READMEs are the tour's own.
pictures: tour
	@mkdir -p docs/pictures
	@for name in match goods sale code pre_orders; do cp build/tour/*_$$name.png docs/pictures/$$name.png; done
	@cp build/tour/code_80mm.png docs/pictures/receipt.png
