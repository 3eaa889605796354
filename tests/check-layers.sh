#!/bin/sh
# The rooms and the owners of libraries (rooms.txt), the banned functions and the top level.
set -u
cd "$(dirname "$0")/.."
status=0

# complain WHAT LINES
complain() {
	if [ -n "$2" ]; then
		printf '%s:\n%s\n' "$1" "$2"
		status=1
	fi
}
# Files are those that git knows or could know, so that it also works before the first commit.
files() { git ls-files --cached --others --exclude-standard -- "$@" 2>/dev/null || ls "$@"; }
# shellcheck disable=SC2046
find_in() { pattern=$1; shift; set -- $(files "$@"); [ $# -eq 0 ] || grep -nE "$pattern" "$@" /dev/null; }

/usr/bin/python3 tests/check_rooms.py build/release || status=1

banned='strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|gets|gmtime|localtime|ctime|asctime|atoi|system|popen|alloca'
complain "banned functions" "$(find_in "(^|[^_a-zA-Z0-9])($banned)[[:space:]]*\(" 'core/*.[ch]' 'tui/*.[ch]' 'aws/*.[ch]' main.c | grep -v '^core/base/banned.h:' | grep -vE ':[0-9]+:[[:space:]]*(/?\*|//)')"

# Only main.c ends the process; only main.c and the headless face print.
complain "only main.c exits" "$(find_in '(^|[^_a-zA-Z0-9])exit[[:space:]]*\(' 'core/*.c' 'tui/*.c' 'aws/*.c')"

# What is not portable has one file (and platform.mk, for flags).
beyond='<(sys/(prctl|random|timex|mman|epoll|inotify|eventfd|signalfd|syscall|sysinfo)|linux/[^>]*|asm/[^>]*|malloc|nss|features)\.h>|"/(proc|sys)/|_GNU_SOURCE|__GLIBC__|__linux__|(^|[^_a-zA-Z0-9])(prctl|getrandom|adjtimex|explicit_bzero|mallopt|madvise|statx|syscall|pipe2|accept4|memfd_create|secure_getenv)[[:space:]]*\('
complain "only core/base/platform.c is about one system" "$(find_in "$beyond" 'core/*.[ch]' 'tui/*.[ch]' 'aws/*.[ch]' main.c | grep -v '^core/base/platform\.')"
flags='(-Wl,|[^a-z0-9]-static|-fcf-|-fstack-)'
complain "only core/base/platform.mk has flags of one system" "$(find_in "$flags" Makefile '*.mk' | grep -v '^core/base/platform\.mk')"

top=$(git ls-files 2>/dev/null | sed 's|/.*||' | sort -u | grep -vE '^(Makefile|README\.md|LICENSE|main\.c|core|tui|aws|themes|tests|\..*)$')
complain "the top level is fixed" "$top"

long=$(files 'core/*.c' 'aws/*.c' 'tui/*.c' main.c | xargs wc -l | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }')
complain "a file is one idea and fits in the head (600 lines)" "$long"

[ $status = 0 ] && echo "layers: ok"
exit $status
