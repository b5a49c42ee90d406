# make run · make test · make bench · make check · make chaos · make fuzz · make fonts
.DEFAULT_GOAL := help
SHELL := /bin/bash
SETUP := tests/setup/packages.sh
# Cargo's own folder, wherever it is: reports, screenshots and the tests' scratch go beside the build.
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run test bench check chaos fuzz audit screenshots fonts

help:
	@echo "make run      build, create the demo and serve it on http://127.0.0.1:8080"
	@echo "make test     set up everything the tests need and run them all, on SQLite and PostgreSQL"
	@echo "make check    format, clippy, documentation, licences and sources of dependencies"
	@echo "make bench    measure, each figure beside its limit"
	@echo "make fonts    fetch the fonts that PDF and pictures are set in (run, test and bench do it by themselves)"
	@echo "make chaos    the long form of the kill tests;  make fuzz  the long form of the hostile input"

# The fonts come from the npm registry, so fetching them needs node; using them does not.
fonts:
	@[ -e crates/print/fonts/NotoEmoji_400Regular.ttf ] || $(SETUP) node
	@crates/print/fonts/fetch.sh

run: fonts
	@$(SETUP) cc
	@echo "== building (the first time takes some minutes)"
	cargo build --bin mundap
	@echo "== starting the demo; Ctrl-C stops it, its data stays in ./data"
	@exec $(TARGET)/debug/mundap serve --demo

test: fonts
	@$(SETUP) cc postgres postfix dovecot chromium node java print
	@tests/setup/run.sh

check:
	@$(SETUP) cc
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	cargo test --quiet --workspace --all-features --test house

# Known vulnerabilities; needs the network, so it is not part of `check`.
audit:
	cargo deny check advisories

bench: fonts
	@$(SETUP) cc postgres postfix bench
	@tests/setup/bench.sh

chaos:
	@$(SETUP) cc postgres postfix dovecot
	@MUNDAP_TEST_LONG=1 tests/setup/run.sh chaos

fuzz:
	@$(SETUP) cc
	@echo "== three targets, one after the other: ten minutes each, or MUNDAP_TEST_SECONDS; MUNDAP_TEST_SEED repeats a run"
	MUNDAP_TEST_LONG=1 cargo test --quiet --release -p mail --lib -- --nocapture --test-threads 1 --exact \
	  read::tests::hostile::mutations::broken_mails_are_read read::tests::hostile::mutations::broken_bounces_are_read \
	  smtp_in::tests::hostile::sessions_out_of_order_end_and_keep_only_whole_mails

screenshots: fonts
	@$(SETUP) cc chromium node java
	@tests/setup/run.sh browser
