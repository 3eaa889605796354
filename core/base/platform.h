#ifndef CORE_BASE_PLATFORM_H
#define CORE_BASE_PLATFORM_H

/*
 * What the system gives beyond POSIX and C: everything else of extpool is portable. This is Linux
 * with glibc or musl. A port to another system is another platform.c, and another platform.mk for
 * the flags of its compiler and linker. Where a system lacks something, the answer that is named
 * here is safe.
 *
 * All of it may be called from any thread.
 */

#include <stdbool.h>
#include <stddef.h>

/* ---- memory ------------------------------------------------------------------------------ */

/* Fills `bytes` from the system's source of randomness. False: there is none now. */
bool platform_random(void *bytes, size_t size);

/* Overwrites `bytes`, also if nothing reads them afterwards. */
void platform_wipe(void *bytes, size_t size);

/* Keeps this process from being dumped and from being looked into by other processes of its user. */
void platform_hide_memory(void);

/* From now on freed memory goes back to the system soon. May do nothing. */
void platform_return_memory(void);

/* Asks for large pages for the whole pages of this memory. May do nothing. */
void platform_large_pages(void *bytes, size_t size);

/* ---- processes --------------------------------------------------------------------------- */

#define PLATFORM_NAME_ROOM 32

/* The parent of a process, and its short name ("cron"). False: not known. */
bool platform_process_parent(long pid, char name[PLATFORM_NAME_ROOM], long *parent);

/* The owner of a process. False: not known. */
bool platform_process_owner(long pid, unsigned long *uid);

/* The command line of a process, words separated by blanks, cut to `size`; "" if not known. It is
   text from outside. */
void platform_process_command(long pid, char *out, size_t size);

/* ---- the rest ---------------------------------------------------------------------------- */

/* Whether something keeps the system's clock right (NTP). True if the system does not tell. */
bool platform_clock_is_kept(void);

/* Whether a file system is mounted at the file itself: `mount --bind`, or a volume of a container
   that is one file. False if the system does not tell. */
bool platform_is_mounted(const char *path);

/* The version of the C library, "unknown" if it says none. */
const char *platform_libc_version(void);

/* In a static program: hosts are looked up by what libc has built in. */
void platform_static_names(void);

#endif
