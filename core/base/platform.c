#define _GNU_SOURCE /* statx */

#include "core/base/platform.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#include <malloc.h>
#ifdef EXTPOOL_NO_CONSOLE
#include <nss.h>
#endif
#endif

#include "core/base/banned.h"

/* ---- memory ------------------------------------------------------------------------------ */

bool platform_random(void *bytes, size_t size)
{
    return getrandom(bytes, size, 0) == (ssize_t)size;
}

void platform_wipe(void *bytes, size_t size)
{
    explicit_bzero(bytes, size);
}

void platform_hide_memory(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* the sanitizers look at themselves by ptrace */
#endif
}

void platform_return_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    mallopt(M_TRIM_THRESHOLD, 64 * 1024);
#endif
}

void platform_large_pages(void *bytes, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t skip = -(uintptr_t)bytes & (page - 1);
    if (size > skip) {
        madvise((char *)bytes + skip, size - skip, MADV_HUGEPAGE);
    }
}

/* ---- processes: proc(5) -------------------------------------------------------------------- */

#define PATH_ROOM 64
#define STATUS_ROOM 4096

/* One file of /proc/PID, with a NUL behind it, cut to `size`; how long it is. */
static size_t read_about(long pid, const char *file, char *out, size_t size)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "/proc/%ld/%s", pid, file);
    FILE *stream = fopen(path, "re");
    size_t length = stream ? fread(out, 1, size - 1, stream) : 0;
    if (stream) {
        fclose(stream);
    }
    out[length] = '\0';
    return length;
}

/* "42 (cron) S 1 ...": a name can have brackets. */
bool platform_process_parent(long pid, char name[PLATFORM_NAME_ROOM], long *parent)
{
    char stat[STATUS_ROOM];
    read_about(pid, "stat", stat, sizeof stat);
    const char *open = strchr(stat, '(');
    const char *close = strrchr(stat, ')');
    if (!open || !close || close < open || strlen(close) < strlen(") S 1")) {
        return false;
    }
    const char *digits = close + strlen(") S ");
    char *end;
    long number = strtol(digits, &end, 10);
    if (end == digits || number < 0) {
        return false;
    }
    snprintf(name, PLATFORM_NAME_ROOM, "%.*s", (int)(close - open - 1), open + 1);
    *parent = number;
    return true;
}

/* Asked of `status`: the folder of a process that hides its memory, as extpool itself does, belongs
   to root. */
bool platform_process_owner(long pid, unsigned long *uid)
{
    char status[STATUS_ROOM];
    read_about(pid, "status", status, sizeof status);
    const char *line = strstr(status, "\nUid:");
    if (line) {
        *uid = strtoul(line + strlen("\nUid:"), NULL, 10);
    }
    return line != NULL;
}

void platform_process_command(long pid, char *out, size_t size)
{
    size_t length = read_about(pid, "cmdline", out, size);
    for (size_t i = 0; i + 1 < length; i++) {
        if (out[i] == '\0') {
            out[i] = ' ';
        }
    }
}

/* ---- the rest ---------------------------------------------------------------------------- */

/* adjtimex(2): a daemon that sets the clock clears STA_UNSYNC. In a sandbox it may not be asked. */
bool platform_clock_is_kept(void)
{
    struct timex told = {.modes = 0};
    int state = adjtimex(&told);
    return state == -1 || (state != TIME_ERROR && (told.status & STA_UNSYNC) == 0);
}

/* Kernels before 5.8 do not say; nor does a libc without statx. */
bool platform_is_mounted(const char *path)
{
#ifdef STATX_ATTR_MOUNT_ROOT
    struct statx info;
    return statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &info) == 0 &&
           (info.stx_attributes_mask & info.stx_attributes & STATX_ATTR_MOUNT_ROOT);
#else
    (void)path;
    return false;
#endif
}

const char *platform_libc_version(void)
{
#ifdef __GLIBC__
    return gnu_get_libc_version();
#else
    return "unknown";
#endif
}

/* A static program must not load the modules that the system's nsswitch.conf names: they belong to
   another libc. Files and DNS are built in. */
void platform_static_names(void)
{
#if defined(__GLIBC__) && defined(EXTPOOL_NO_CONSOLE)
    __nss_configure_lookup("hosts", "files dns");
#endif
}
