# What leaves this tree: what is installed, other libraries and processors.

# ---- install ------------------------------------------------------------------------------------
# The manual pages and the completions come from the program's own tables.
TO := $(DESTDIR)$(PREFIX)
BIN := $(TO)/bin/extpool
MAN := $(TO)/share/man/man1/extpool.1
MAN_CONF := $(TO)/share/man/man5/extpool.conf.5
COMPLETION := $(TO)/share/bash-completion/completions/extpool
# Where zsh looks by itself; Debian's zsh looks into vendor-completions for packages.
ZSH_FOLDER ?= site-functions
COMPLETION_ZSH := $(TO)/share/zsh/$(ZSH_FOLDER)/_extpool
COMPLETION_FISH := $(TO)/share/fish/vendor_completions.d/extpool.fish
PAPERS_TO := $(MAN) $(MAN_CONF) $(COMPLETION) $(COMPLETION_ZSH) $(COMPLETION_FISH)
THEMES_TO := $(TO)/share/extpool/themes
UNITS_TO := $(TO)/lib/systemd/system
SYSTEMD := extpool.service extpool.timer extpool-failed@.service

# Built for this machine, whatever the program is for; the program itself is not run. It needs no JSON,
# so this machine needs no library for it.
PAPERS := $(filter-out core/format/json_%,$(sort $(wildcard core/base/*.c core/format/*.c core/pool/*.c \
	core/settings/*.c core/dist/*.c)))
build/host/papers: $(PAPERS) $(wildcard core/*/*.h tui/terminal/style.h tui/widget/command.h) Makefile
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=c17 $(CPPFLAGS_PLAIN) -pthread -o $@ $(PAPERS)

.PHONY: install uninstall
install: build/release/extpool build/host/papers
	install -d $(dir $(BIN) $(PAPERS_TO)) $(THEMES_TO) $(UNITS_TO)
	install -m 755 $< $(BIN)
	build/host/papers man > $(MAN)
	build/host/papers conf > $(MAN_CONF)
	build/host/papers bash > $(COMPLETION)
	build/host/papers zsh > $(COMPLETION_ZSH)
	build/host/papers fish > $(COMPLETION_FISH)
	chmod 644 $(PAPERS_TO)
	install -m 644 $(THEMES) $(THEMES_TO)
	set -e; for unit in $(SYSTEMD); do \
		sed 's|@PREFIX@|$(PREFIX)|g' core/dist/$$unit > $(UNITS_TO)/$$unit; \
		chmod 644 $(UNITS_TO)/$$unit; \
	done

uninstall:
	rm -f $(BIN) $(PAPERS_TO) $(addprefix $(UNITS_TO)/,$(SYSTEMD)) $(addprefix $(THEMES_TO)/,$(notdir $(THEMES)))
	-rmdir $(THEMES_TO) $(dir $(THEMES_TO))

# ---- another libc -------------------------------------------------------------------------------
# musl, for what needs no other library: all files of core and tui that include none. The papers are
# those that glibc makes, and the fuzz targets that need no more read their corpora.
M := build/musl
M_CC := musl-gcc $(CPPFLAGS_PLAIN) -std=c17 -O2 -pthread $(WARN) -Werror
NO_LIBRARY = $(shell grep -LE 'include (<(jansson|sqlite3|curses|ncurses.*|term)\.h>|".*/(json_members|plan_file_rows|store_sqlite_private)\.h")' \
	$(SRC_core) $(SRC_tui))
M_OBJ = $(NO_LIBRARY:%.c=$(M)/%.o) $(M)/themes.o
M_FUZZ := $(addprefix $(M)/replay/fuzz_,csv ini config cli policy words filter keys theme)
$(M)/%.o: %.c Makefile core/dist/dist.mk
	@mkdir -p $(@D)
	$(Q)$(M_CC) -MMD -MP -c -o $@ $<
$(M)/themes.o: build/release/themes.c
	@mkdir -p $(@D)
	$(Q)$(M_CC) -c -o $@ $<
$(M)/all.a: $$(M_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^
$(M)/papers: $(M)/core/dist/papers.o $(M)/core/dist/conf_page.o $(M)/all.a
	$(Q)$(M_CC) $(LD_ALONE) -o $@ $^
$(M_FUZZ): $(M)/replay/%: $(M)/tests/fuzz/%.o $(M)/tests/fuzz/replay.o $(M)/all.a
	@mkdir -p $(@D)
	$(Q)$(M_CC) $(LD_ALONE) -o $@ $^

.PHONY: check-musl check-arm64
check-musl: $(M)/papers $(M_FUZZ) build/host/papers
	$(Q)for paper in man conf bash zsh fish; do \
		build/host/papers $$paper >$(M)/wanted && $(M)/papers $$paper | cmp - $(M)/wanted || exit 1; \
	done
	$(Q)sh tests/run-replays.sh $(M)/replay

# ---- another processor --------------------------------------------------------------------------
# The program and the unit tests for arm64, with Debian's compiler and Debian's libraries unpacked
# below build/, run by qemu. A processor's own compiler and libraries are all that a cross build needs.
A_ROOT := $(CURDIR)/build/sysroot-arm64
A_LIBRARIES := libncurses-dev libcurl4-openssl-dev libssl-dev libjansson-dev libsqlite3-dev libcmocka-dev
A_MAKE = PKG_CONFIG_SYSROOT_DIR=$(A_ROOT) PKG_CONFIG_LIBDIR=$(A_ROOT)/usr/lib/aarch64-linux-gnu/pkgconfig \
	$(MAKE) --no-print-directory CC='aarch64-linux-gnu-gcc --sysroot=$(A_ROOT)' AR=aarch64-linux-gnu-ar \
	B=build/arm64 SAN=
A_RUN := qemu-aarch64-static -L $(A_ROOT)
# qemu cannot tell posix_spawn that a program is not there. The others take long under it, and say
# nothing about the processor that the quicker ones do not; EMULATED_ALL=1 runs them as well.
A_NOT := aws/credentials/process
A_LONG := core/embedded/store_sqlite core/plan/property core/session/usecase_rows aws/dynamodb/load \
	tui/console/machine core/demo/demo
A_UNITS := $(patsubst $(B)/%,build/arm64/%,$(filter-out $(addprefix $(B)/unit/,$(A_NOT) \
	$(if $(EMULATED_ALL),,$(A_LONG))),$(UNITS)))
check-arm64:
	$(Q)sh core/dist/sysroot.sh arm64 $(A_ROOT) $(A_LIBRARIES)
	+$(Q)$(A_MAKE) all $(A_UNITS)
	$(Q)$(A_RUN) build/arm64/extpool --version
	$(Q)rm -rf build/arm64/try && mkdir -p build/arm64/try
	$(Q)$(A_RUN) build/arm64/extpool --directory tests/data/sample/agents.csv \
		--store sqlite:build/arm64/try/extpool.db --export-to file:build/arm64/try/list.csv --quiet --sync
	$(Q)test "$$(wc -l <build/arm64/try/list.csv)" = 251
	$(Q)EMULATOR='$(A_RUN)' sh tests/run-unit.sh $(A_UNITS)

# ---- packages -----------------------------------------------------------------------------------
# Of what is committed: the tarball is the same whoever makes it.
D := build/dist
TARBALL := $(D)/extpool-$(VERSION).tar.gz
.PHONY: dist deb rpm check-packages
dist:
	$(Q)mkdir -p $(D)
	$(Q)git archive --format=tar --prefix=extpool-$(VERSION)/ HEAD | gzip -9 -n >$(TARBALL)
	$(Q)cd $(D) && sha256sum $(notdir $(TARBALL)) | tee $(notdir $(TARBALL)).sha256

deb: dist
	$(Q)sh tests/setup.sh deb
	$(Q)sh core/dist/deb.sh $(TARBALL) $(VERSION) build/deb

# The binary package is for the system that builds it; on another one build from the source package.
rpm: dist
	$(Q)sh tests/setup.sh rpm
	$(Q)rm -rf build/rpm && mkdir -p build/rpm/SOURCES
	$(Q)cp $(TARBALL) build/rpm/SOURCES/
	$(Q)rpmbuild -ba $(if $(wildcard /etc/debian_version),--nodeps) --define '_topdir $(CURDIR)/build/rpm' \
		--define 'extpool_version $(VERSION)' core/dist/extpool.spec

# Both packages in bare systems, as root: core/dist/check_packages.sh says what it looks at.
check-packages: deb rpm
	$(Q)sh tests/setup.sh packages
	$(Q)sh core/dist/check_packages.sh build/deb/extpool_$(VERSION)-1_$$(dpkg --print-architecture).deb
	$(Q)$(MAKE) --no-print-directory check-arm64 EMULATED_ALL=1

# ---- a release ----------------------------------------------------------------------------------
# One target checks everything and fills build/dist; the tag is a step of its own, when somebody has
# looked at that.
.PHONY: cast release release-tag
cast: build/release/extpool
	$(Q)sh tests/setup.sh test
	$(Q)mkdir -p $(D)
	$(Q)/usr/bin/python3 core/doc/record.py build/release/extpool $(D)/extpool-$(VERSION).cast

release:
	$(Q)sh core/dist/release.sh ready $(VERSION)
	$(Q)rm -rf $(D)
	$(Q)$(MAKE) --no-print-directory test-all
	$(Q)$(MAKE) --no-print-directory check-packages
	$(Q)$(MAKE) --no-print-directory cast
	$(Q)cp build/deb/extpool_$(VERSION)-1_*.deb build/rpm/SRPMS/extpool-$(VERSION)-*.rpm $(D)/
	$(Q)for arch in x86_64 arm64; do \
		cp build/lambda-$$arch/extpool.zip $(D)/extpool-$(VERSION)-lambda-$$arch.zip || exit 1; \
	done
	$(Q)sh core/dist/release.sh sum $(VERSION)

release-tag:
	$(Q)sh core/dist/release.sh tag $(VERSION)
