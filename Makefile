# extpool: build, try, test, measure, install.
#
#   make            build ./extpool (a link into build/release)
#   make demo       install what is missing, build, show a sample contact centre
#   make test       what to run before each commit: build, unit tests, fuzz corpora, one short run
#   make test-all   everything, as CI runs it; both install what the tests need
#   make build      build with gcc and with clang, warnings are errors
#   make layers     which folder may include which, who owns which library
#   make lint       layers, format, clang-tidy, cppcheck
#   make bench      what things cost, beside their limits
#   make fuzz       run the fuzz targets for FUZZ_SECONDS each
#   make install    into $(DESTDIR)$(PREFIX); make uninstall takes it out again
#   make dist, make deb, make rpm       a tarball of the sources, packages (core/dist/dist.mk)
#   make check-packages                 the packages in bare systems, as root
#   make check-musl, make check-arm64   another libc, another processor
#   make release    all checks, and what is published in build/dist; then make release-tag
#   make clean
#
#   SAN=address,undefined or SAN=thread   the same with sanitizers, objects apart
#   CC=clang, V=1 (show commands), DEVELOPER=1 (warnings are errors)

PREFIX ?= /usr/local
# The one place where the version stands.
VERSION := 0.1.0
# For another machine: CC=aarch64-linux-gnu-gcc PKG_CONFIG=aarch64-linux-gnu-pkg-config
PKG_CONFIG ?= pkg-config
HOSTCC ?= cc

empty :=
comma := ,
VARIANT := $(if $(SAN),$(subst $(comma),-,$(SAN)),release)$(if $(filter clang%,$(CC)),-$(CC),)
B := build/$(VARIANT)

# ---- flags ------------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual \
	-Wimplicit-fallthrough -Wpointer-arith -Wswitch-enum
GCC_WARN := -Wduplicated-cond -Wlogical-op -Wnull-dereference
ifeq ($(filter clang%,$(CC)),)
WARN += $(GCC_WARN)
endif
ifeq ($(DEVELOPER),1)
WARN += -Werror
endif

PKGS_core := sqlite3 jansson
PKGS_aws := libcurl libcrypto jansson
PKGS_tui := ncursesw
PKGS := $(sort $(PKGS_core) $(PKGS_aws) $(PKGS_tui))
# ncurses asks for an older _XOPEN_SOURCE than ours; ours holds.
PKG_CFLAGS := $(filter-out -D_XOPEN_SOURCE=% -D_DEFAULT_SOURCE,$(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)

CPPFLAGS_PLAIN := -I. -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DEXTPOOL_VERSION='"$(VERSION)"'
CPPFLAGS_ALL := $(CPPFLAGS_PLAIN) -I$(B) $(PKG_CFLAGS) $(CPPFLAGS)
include core/base/platform.mk
CFLAGS_ALL := -std=c17 -O2 -g -pthread -fno-common $(HARDEN) $(WARN) $(CFLAGS)
LDFLAGS_ALL := -pthread $(LD_NEEDED) $(LD_HARDEN) $(LDFLAGS)
ifneq ($(SAN),)
CFLAGS_ALL += -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
CPPFLAGS_ALL += -DARENA_DEBUG
LDFLAGS_ALL += -fsanitize=$(SAN)
else
CPPFLAGS_ALL += $(FORTIFY)
endif

Q := $(if $(V),,@)
say = @printf '  %-6s %s\n' $(1) $(2)

# ---- the program ------------------------------------------------------------------------------
# A room is a folder of core, aws or tui; aws/ports.c alone stands above its rooms.
SRC_core := $(sort $(filter-out core/dist/%,$(wildcard core/*/*.c)))
SRC_aws := $(sort $(wildcard aws/*.c aws/*/*.c))
SRC_tui := $(sort $(wildcard tui/*/*.c))
THEMES := $(sort $(wildcard themes/*.theme))

OBJ_core := $(SRC_core:%.c=$(B)/%.o)
OBJ_aws := $(SRC_aws:%.c=$(B)/%.o)
OBJ_tui := $(SRC_tui:%.c=$(B)/%.o)
ifneq ($(THEMES),)
OBJ_tui += $(B)/themes.o
endif

LIBS := $(if $(SRC_tui),$(B)/libtui.a) $(if $(SRC_aws),$(B)/libaws.a) $(B)/libcore.a

.DEFAULT_GOAL := all
.PHONY: all
all: $(B)/extpool extpool

# The link at the top always points to the plain build: it is what people run.
extpool: build/release/extpool
	$(Q)ln -sf build/release/extpool $@

ifneq ($(B),build/release)
build/release/extpool:
	$(Q)$(MAKE) --no-print-directory SAN= CC=cc $@
endif

$(B)/extpool: $(B)/main.o $(LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(B)/main.o $(LIBS) $(PKG_LIBS)

$(B)/lib%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^
$(B)/libcore.a: $(OBJ_core)
$(B)/libaws.a: $(OBJ_aws)
$(B)/libtui.a: $(OBJ_tui)

# Said before anything is compiled, instead of a header that is not found.
$(B)/.libraries:
	$(Q)PKG_CONFIG='$(PKG_CONFIG)' CC='$(CC)' sh tests/setup.sh check $(PKGS)
	@mkdir -p $(@D) && touch $@

$(B)/%.o: %.c Makefile | $(B)/.libraries
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# --version -v says what protects the program.
$(B)/core/headless/version.o: CPPFLAGS_ALL += \
	-DEXTPOOL_PROTECTIONS='"$(strip $(HARDEN) $(if $(SAN),-fsanitize=$(SAN),$(filter -D%,$(FORTIFY))))"'

# The themes in the tree are built in: one array of name and text, in the syntax of a user's.
$(B)/themes.c: $(THEMES) themes/embed.sh
	@mkdir -p $(@D)
	$(Q)sh themes/embed.sh $(THEMES) > $@.tmp && mv $@.tmp $@
$(B)/themes.o: $(B)/themes.c
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

# ---- unit tests, fuzz targets -------------------------------------------------------------------
# tests/unit mirrors the rooms: tests/unit/core/plan/sync.c tests core/plan/sync.c. It is linked with its
# room and those before it in tests/rooms.txt, one of aws or tui with core as well, and with nothing else.
rooms_of = $(shell sed -n 's/^$(1) *//p' tests/rooms.txt)
# $(1) a wing, $(2) a room, $(3) what is below: LINK_wing/room is what a test of the room is linked with.
define room
$(B)/rooms/$(1)-$(2).a: $(patsubst %.c,$(B)/%.o,$(sort $(wildcard $(1)/$(2)/*.c)))
$(1)_ROOMS := $(B)/rooms/$(1)-$(2).a $($(1)_ROOMS)
LINK_$(1)/$(2) := $(B)/rooms/$(1)-$(2).a $($(1)_ROOMS) $(3)
endef
core_ROOMS :=
aws_ROOMS :=
tui_ROOMS :=
$(foreach r,$(call rooms_of,core),$(eval $(call room,core,$(r),)))
$(foreach r,$(call rooms_of,aws),$(eval $(call room,aws,$(r),$(core_ROOMS))))
$(B)/rooms/tui-terminal.a: $(B)/themes.o
$(foreach r,$(call rooms_of,tui),$(eval $(call room,tui,$(r),$(core_ROOMS))))
LINK_aws := $(B)/libaws.a $(core_ROOMS)
# Thin: they hold the names of the objects.
$(B)/rooms/%.a:
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) $(AR_THIN) $@ $^

units_of = $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard $(1:%=tests/unit/%.c))))
UNIT_core := $(call units_of,core/*/*)
UNIT_aws := $(call units_of,aws/* aws/*/*)
UNIT_tui := $(call units_of,tui/*/*)
UNITS := $(UNIT_core) $(UNIT_aws) $(UNIT_tui)
# What several unit tests share (contract suites, builders of worlds).
$(B)/rooms/support.a: $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/unit/support/*.c)))
$(B)/rooms/support_aws.a: $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/unit/support_aws/*.c)))
SUPPORT_core := $(B)/rooms/support.a
SUPPORT_aws := $(B)/rooms/support_aws.a $(B)/rooms/support.a
SUPPORT_tui := $(B)/rooms/support.a
LIBS_core := $(shell $(PKG_CONFIG) --libs $(PKGS_core) 2>/dev/null)
LIBS_aws := $(shell $(PKG_CONFIG) --libs $(PKGS_aws) $(PKGS_core) 2>/dev/null)
LIBS_tui := $(shell $(PKG_CONFIG) --libs $(PKGS_tui) $(PKGS_core) 2>/dev/null)

define link_test
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(call ld_group,$(filter %.o %.a,$^)) $(1) -lcmocka
endef
.SECONDEXPANSION:
room_libs = $$(LINK_$$(subst $(B)/unit/,,$$(@D)))
$(UNIT_core): $(B)/unit/%: $(B)/tests/unit/%.o $(SUPPORT_core) $(room_libs)
	$(call link_test,$(LIBS_core))
$(UNIT_aws): $(B)/unit/%: $(B)/tests/unit/%.o $(SUPPORT_aws) $(room_libs)
	$(call link_test,$(LIBS_aws))
$(UNIT_tui): $(B)/unit/%: $(B)/tests/unit/%.o $(SUPPORT_tui) $(room_libs)
	$(call link_test,$(LIBS_tui))

# tests/tools/NAME.c is a program that the end-to-end tests talk to, linked as the tests of aws are.
TOOLS := $(patsubst tests/tools/%.c,$(B)/tools/%,$(sort $(wildcard tests/tools/*.c)))
$(B)/tools/sigv4_stages: $(B)/tests/unit/support_aws/sigv4_presign.o
$(TOOLS): $(B)/tools/%: $(B)/tests/tools/%.o $(B)/libaws.a $(B)/libcore.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o %.a,$^) $(LIBS_aws)

FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
REPLAYS := $(patsubst tests/fuzz/%.c,$(B)/replay/%,$(FUZZ_SRC))
$(REPLAYS): $(B)/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIBS) $(PKG_LIBS)

# The same targets under libFuzzer, for `make fuzz`, which sets this variant.
FUZZ_VARIANT := CC=clang SAN=fuzzer-no-link,address,undefined
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))
$(FUZZERS): $(B)/fuzz/%: $(B)/tests/fuzz/%.o $(LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(LIBS) $(PKG_LIBS)

.PHONY: unit replays fuzzers tools
unit: $(UNITS)
replays: $(REPLAYS)
fuzzers: $(FUZZERS)
tools: $(TOOLS)

# Programs that measure, for `make bench`.
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
$(BENCHES): $(B)/bench/%: $(B)/tests/bench/%.o $(SUPPORT_core) $(B)/libtui.a $(B)/libcore.a
	$(call link_test,$(LIBS_tui))

.PHONY: benches libs
benches: $(BENCHES)
libs: $(LIBS)

.SECONDARY:

# ---- what people call -----------------------------------------------------------------------------
.PHONY: test test-all test-unit test-threads test-fuzz demo bench fuzz clean
demo:
	$(Q)sh tests/setup.sh build
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh tests/demo.sh

test:
	$(Q)sh tests/setup.sh test
	$(Q)sh tests/run.sh test $(STAGES_test)

test-all:
	$(Q)sh tests/setup.sh test-all
	$(Q)EXTPOOL_SEQUENCES=1000 sh tests/run.sh test-all $(STAGES_all)

# The gates of CI, each alone, are build, test, layers and lint.
.PHONY: build layers check lint
build:
	$(Q)sh tests/setup.sh test
	$(Q)sh tests/run.sh build gcc clang
layers check:
	$(Q)$(MAKE) --no-print-directory SAN= CC=cc libs build/release/main.o
	$(Q)sh tests/check-layers.sh
lint:
	$(Q)sh tests/setup.sh test
	$(Q)sh tests/run.sh lint $(STAGES_lint)

# A stage is one of the targets below. Those that do not need each other run side by side, in this
# order.
STAGES_lint := layers lint-format lint-tidy lint-cppcheck lint-functions
STAGES_test := gcc layers unit corpora smoke
STAGES_all := gcc e2e lambda asan e2e-lambda e2e-asan $(STAGES_lint) unit corpora unit-asan corpora-asan \
	tsan unit-tsan e2e-tsan clang musl arm64 deb fuzzers fuzz-targets
.PHONY: stage-smoke $(STAGES_all:%=stage-%)
STAGE = +$(Q)sh tests/stage.sh $(@:stage-%=%)
SUBMAKE := $(MAKE) --no-print-directory DEVELOPER=1
ASAN := SAN=address,undefined
TSAN := SAN=thread

stage-gcc:
	$(STAGE) $(SUBMAKE) all unit replays tools
stage-clang:
	$(STAGE) $(SUBMAKE) CC=clang all
stage-musl stage-arm64:
	$(STAGE) $(SUBMAKE) $(@:stage-%=check-%)
stage-deb:
	$(STAGE) $(SUBMAKE) deb
stage-asan:
	$(STAGE) $(SUBMAKE) $(ASAN) all unit replays
stage-tsan:
	$(STAGE) $(SUBMAKE) $(TSAN) all threaded
stage-fuzzers:
	$(STAGE) $(SUBMAKE) $(FUZZ_VARIANT) fuzzers
stage-layers: stage-gcc
	$(STAGE) sh tests/check-layers.sh
$(filter stage-lint-%,$(STAGES_lint:%=stage-%)):
	$(STAGE) sh tests/lint.sh $(@:stage-lint-%=%)
stage-unit: stage-gcc
	$(STAGE) $(SUBMAKE) test-unit
stage-corpora: stage-gcc
	$(STAGE) $(SUBMAKE) test-fuzz
stage-unit-asan: stage-asan
	$(STAGE) $(SUBMAKE) $(ASAN) test-unit
stage-corpora-asan: stage-asan
	$(STAGE) $(SUBMAKE) $(ASAN) test-fuzz
stage-unit-tsan: stage-tsan
	$(STAGE) $(SUBMAKE) $(TSAN) test-threads
stage-fuzz-targets: stage-fuzzers
	$(STAGE) $(SUBMAKE) $(FUZZ_VARIANT) fuzz-run FUZZ_SECONDS=0
stage-smoke: stage-gcc
	$(STAGE) sh tests/run-e2e.sh build/release/extpool tests/e2e/test_smoke.py
stage-e2e: stage-gcc
	$(STAGE) sh tests/run-e2e.sh build/release/extpool tests/e2e --ignore-glob='*test_lambda_package*' \
		--ignore-glob='*test_lambda_client*'
# The packages of both processors, and both of them at work in an empty folder; and Amazon's own client
# on the emulator that they are tested with.
stage-lambda:
	$(STAGE) sh -c '$(SUBMAKE) lambda && $(SUBMAKE) lambda ARCH=arm64'
stage-e2e-lambda: stage-lambda
	$(STAGE) env EXTPOOL_LAMBDA=1 sh tests/run-e2e.sh build/release/extpool tests/e2e/test_lambda_package.py \
		tests/e2e/test_lambda_client.py
# The worker and the screen.
stage-e2e-tsan: stage-tsan
	$(STAGE) sh tests/run-e2e.sh build/thread/extpool tests/e2e/test_console_actions.py \
		tests/e2e/test_headless.py
# Without what says nothing about the sanitized program: the tests of the test servers and of other
# builds, the torture, which is about kills, and the size of a process, which the sanitizer makes grow.
NOT_ASAN := gate gate_faults gate_identities origin servers start term fold sigv4 install torture_sqlite \
	lambda_package lambda_client
stage-e2e-asan: stage-asan stage-gcc
	$(STAGE) sh tests/run-e2e.sh build/address-undefined/extpool tests/e2e \
		$(NOT_ASAN:%=--ignore=tests/e2e/test_%.py) -k 'not torture and not do_not_grow'

test-unit: $(UNITS)
	$(Q)sh tests/run-unit.sh $(UNITS)

# What uses threads: run with SAN=thread.
THREADED := $(addprefix $(B)/unit/,core/base/job core/pool/model aws/http/http aws/client/client)
.PHONY: threaded
threaded: $(THREADED)
test-threads: $(THREADED)
	$(Q)sh tests/run-unit.sh $(THREADED)

test-fuzz: $(REPLAYS)
	$(Q)sh tests/run-replays.sh $(B)/replay

bench:
	$(Q)sh tests/setup.sh bench
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh tests/bench/run.sh

FUZZ_SECONDS ?= 60
fuzz:
	$(Q)$(MAKE) --no-print-directory $(FUZZ_VARIANT) fuzz-run

# Every target gets its turn, whatever the others find.
.PHONY: fuzz-run
fuzz-run: $(FUZZERS)
	$(Q)sh tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZERS)

include core/dist/dist.mk
include aws/deploy/lambda.mk

clean:
	rm -rf build extpool

-include $(shell find $(B) -name '*.d' 2>/dev/null)
