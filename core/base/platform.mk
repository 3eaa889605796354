# What this system's compiler, linker and ar take beyond POSIX: GNU binutils, gcc or clang. The code of
# the platform is in platform.c.

# What the compiler at hand can do against the misuse of a mistake; together under 2 % of instructions.
able = $(shell $(CC) -O2 -Werror $(1) -include stdio.h -c -x c /dev/null -o /dev/null 2>/dev/null && echo '$(1)')
HARDEN_STACK := -fstack-protector-strong
HARDEN := $(HARDEN_STACK) $(call able,-fstack-clash-protection) $(call able,-fcf-protection) \
	$(call able,-ftrivial-auto-var-init=zero)
FORTIFY := -U_FORTIFY_SOURCE $(or $(call able,-D_FORTIFY_SOURCE=3),-D_FORTIFY_SOURCE=2)

LD_HARDEN := -Wl,-z,relro,-z,now
LD_NEEDED := -Wl,--as-needed
# A static program that is small, and the same whoever builds it.
LD_STATIC := -static-pie
LD_ALONE := -static
LD_SMALL := -Wl,--gc-sections
LD_SAME := -Wl,--build-id=none
# Archives that need each other.
ld_group = -Wl,--start-group $(1) -Wl,--end-group
# An archive that holds the names of its objects alone.
AR_THIN := qcsT
