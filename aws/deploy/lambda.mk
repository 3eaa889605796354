# `make lambda`, and `make lambda ARCH=arm64`: the function's package, build/lambda-ARCH/extpool.zip.
#
# One static-pie `bootstrap`: the same sources and the same main.c, without the console. libcurl.a is
# built once from Debian's source package (aws/deploy/libcurl.sh). Two builds from two folders are
# equal byte for byte. build/lambda.zip is a copy of the last one: the template deploys that.
#
#   CONFIG=FILE   a configuration that goes into the package, beside the bootstrap, as `config`

ARCH ?= x86_64
L := build/lambda-$(ARCH)
L_LAST := build/lambda.zip
L_DEPS := build/lambda/$(ARCH)
L_MACHINE := $(if $(filter arm64,$(ARCH)),aarch64,x86_64)
L_CC := $(if $(filter $(L_MACHINE),$(shell uname -m)),gcc,$(L_MACHINE)-linux-gnu-gcc)
L_STRIP := $(if $(filter $(L_MACHINE),$(shell uname -m)),strip,$(L_MACHINE)-linux-gnu-strip)
L_SYSROOT := $(L_DEPS)/sysroot/usr
L_OBJ := $(patsubst %.c,$(L)/%.o,$(SRC_core) $(SRC_aws) main.c)
L_CPPFLAGS := $(CPPFLAGS_PLAIN) -I$(L_DEPS)/include -I$(L_SYSROOT)/include -I$(L_SYSROOT)/include/$(L_MACHINE)-linux-gnu \
	-DEXTPOOL_NO_CONSOLE -DCURL_STATICLIB -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
L_CFLAGS := -std=c17 -O2 -fPIE -pthread -fno-common $(HARDEN_STACK) -ffunction-sections \
	-fdata-sections -ffile-prefix-map=$(CURDIR)=. $(WARN)
L_LIBS := -L$(L_DEPS)/lib -L$(L_SYSROOT)/lib/$(L_MACHINE)-linux-gnu -lcurl -lssl -lcrypto -ljansson \
	-lsqlite3 -lm

.PHONY: lambda deploy-flows deploy-check
# The template, both flows and the roles, without a network: what Amazon would refuse is found here.
deploy-check: all
	$(Q)sh tests/setup.sh test
	$(Q)/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/e2e/test_deploy.py

deploy-flows:
	$(Q)python3 aws/deploy/embed_flows.py

lambda:
	$(Q)sh tests/setup.sh lambda $(ARCH)
	$(Q)sh aws/deploy/libcurl.sh $(ARCH) build/lambda
	$(Q)$(MAKE) --no-print-directory $(L)/extpool.zip ARCH=$(ARCH)

$(L)/%.o: %.c Makefile aws/deploy/lambda.mk
	$(call say,CC,$< for $(ARCH))
	@mkdir -p $(@D)
	$(Q)$(L_CC) $(L_CPPFLAGS) $(L_CFLAGS) -MMD -MP -c -o $@ $<

# getaddrinfo and its kind warn in every static program: at run time they use what libc has built in.
$(L)/bootstrap: $(L_OBJ)
	$(call say,LINK,$@)
	$(Q)$(L_CC) $(LD_STATIC) -pthread $(LD_SMALL) $(LD_SAME) $(LD_HARDEN) \
		-o $@ $(L_OBJ) $(L_LIBS) 2>$(L)/link.log || { cat $(L)/link.log >&2; exit 1; }
	$(Q)$(L_STRIP) $@

$(L)/extpool.zip: $(L)/bootstrap $(CONFIG) FORCE
	$(call say,ZIP,$@)
	$(Q)rm -rf $(L)/package $@ && mkdir -p $(L)/package
	$(Q)install -m 755 $(L)/bootstrap $(L)/package/bootstrap
	$(Q)$(if $(CONFIG),install -m 444 $(CONFIG) $(L)/package/config)
	$(Q)cd $(L)/package && touch -d @1577836800 * && TZ=UTC zip -X -9 -q ../extpool.zip *
	$(Q)cp $@ $(L_LAST)
.PHONY: FORCE
FORCE:

-include $(L_OBJ:.o=.d)
