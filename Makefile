# Every target installs what it misses first; see scripts/setup.sh.

DEMO := demo-output
DIR ?= $(DEMO)
BIN := .venv/bin
LOCALE := presales_repo/locale
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help demo test lint bench docs messages lock clean setup setup-test

help:
	@echo 'make demo      a populated repository in $(DIR) (or DIR=...), its register, its PDFs'
	@echo 'make test      the test suite without its slow tests; TESTS="tests/unit -m slow" for others'
	@echo 'make lint      ruff, mypy'
	@echo 'make bench     the performance table; SIZE="--docs 100,1000"'
	@echo 'make docs      docs/rules.md, commands.md, requirements.md, the output shown in README and docs'
	@echo 'make messages  translations: extract, update, compile'
	@echo 'make lock      refresh the lock files'
	@echo 'make clean     remove all that these make'

setup:
	@sh scripts/setup.sh

setup-test:
	@sh scripts/setup.sh test

# Only the default place is removed: `prs demo` refuses a DIR that holds something.
demo: setup
	@rm -rf $(DEMO)
	$(BIN)/prs demo "$(DIR)"
	$(BIN)/prs -C "$(DIR)" project list
	$(BIN)/prs -C "$(DIR)" verify
	@echo
	@ls "$(DIR)"/pdf/*.pdf
	@echo
	@echo 'Commands to try next (`. .venv/bin/activate` puts prs on the PATH):'
	@echo '  prs -C $(DIR) list'
	@echo '  prs -C $(DIR) project show XM2023005'
	@echo '  PRS_NOW=2023-07-17T18:00:00+08:00 prs -C $(DIR) due'
	@echo '  prs -C $(DIR) trace XM2023001'
	@echo '  prs -C $(DIR) show QD202305006'
	@echo '  prs -C $(DIR) --key $(DIR)/keys/shen.yanzhou inbox'
	@echo '  git -C $(DIR) log --show-signature --first-parent approved'

test: setup-test
	$(BIN)/python -m pytest -n auto --dist loadgroup $(or $(TESTS),-m "not slow")

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m bench $(SIZE)

docs: setup
	$(BIN)/python -m scripts.make_docs

# The .mo files are committed: hooks run from a checkout without a build step.
messages: setup
	@mkdir -p build
	$(BIN)/python -m scripts.extract_messages build/prs.pot
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date \
		--domain prs -i build/prs.pot -d $(LOCALE)
	$(BIN)/pybabel compile --domain prs --statistics -d $(LOCALE)

lock: setup
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv build dist $(DEMO) .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
