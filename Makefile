# What people and CI call. `make test` on a fresh machine needs nothing but Swift: scripts/setup installs the rest.

# Swift's archives do not put themselves on PATH; /opt/swift is where we unpack them.
export PATH := $(PATH):/opt/swift/usr/bin
# A crash should end a test, not wait for a debugger that has no terminal.
export SWIFT_BACKTRACE = enable=no
# All tests at once share a thread a core, and a test's time limit runs while it waits for its turn.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := $(shell expr 2 \* $$(nproc))

TARGET ?= sqlite
# Simulated jobs.
SEEDS ?= 20000
FORMATTED = Package.swift Sources Tests Benchmarks

.PHONY: help demo build test test-servers simulate bench prove prove-sqlserver format lint setup
.DEFAULT_GOAL := help

help:
	@echo "make demo [TARGET=sqlite|postgres|sqlserver]"
	@echo "                                     the whole story: generate, replicate under faults, verify, corrupt, find"
	@echo "make test                            every test; servers are started for them"
	@echo "make simulate [SEEDS=20000]          the engine in virtual time, in a release build"
	@echo "make bench                           measurements, as ratios"
	@echo "make prove                           a million simulated jobs, and the tests with longer sweeps of seeds"
	@echo "make prove-sqlserver                 a thousand interruptions on the way into and out of the simulated SQL Server"
	@echo "make test-servers                    the tests of SQL Server on a real one: docker compose up --wait starts it"
	@echo "make build | lint | format | setup   what CI and contributors need besides"

demo: setup
	scripts/build -c release --static-swift-stdlib --product proofload
	.build/release/proofload demo --target $(TARGET)

# Warnings are errors, and a target may import only what Package.swift says it depends on.
build: setup
	scripts/build --build-tests --explicit-target-dependency-import-check error

# Line by line: whoever looks on sees where it is.
test: build
	stdbuf -oL swift test --skip-build --disable-xctest

# Tests that ask for a SQL Server get this one instead of the simulated.
test-servers: export PROOFLOAD_TEST_SQLSERVER_URL ?= sqlserver://sa:Proofload-Test-1@127.0.0.1:21433/master
test-servers: build
	swift test --skip-build --disable-xctest --filter 'SQLServerDatabaseTests|ServerTests'

simulate: setup
	scripts/build -c release --static-swift-stdlib --product proofload
	.build/release/proofload simulate --seeds 1..$(SEEDS) --workers $$(nproc)

prove: build
	$(MAKE) simulate SEEDS=1000000
	PROOFLOAD_PROVE=1 swift test --skip-build --disable-xctest

prove-sqlserver: build
	PROOFLOAD_PROVE_SQLSERVER=1 swift test --skip-build --disable-xctest --filter ProveSQLServerTests

bench: setup
	scripts/build -c release --static-swift-stdlib --product proofload
	scripts/build -c release --static-swift-stdlib --product Benchmarks
	.build/release/Benchmarks

format:
	swift format format --in-place --parallel --recursive $(FORMATTED)

lint:
	swift format lint --strict --parallel --recursive $(FORMATTED)

setup:
	@scripts/setup
