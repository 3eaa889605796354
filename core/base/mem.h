#ifndef CORE_BASE_MEM_H
#define CORE_BASE_MEM_H

/*
 * Memory. Small allocations whose size the program chooses cannot fail here: when the system has
 * no memory left, the hook runs (the console gives the terminal back) and the process aborts with
 * one line. Sizes that come from outside go through buf (core/base/buf.h) or arena (core/base/arena.h),
 * which have a stated maximum and report ERR_NOMEM.
 */

#include <stddef.h>

void *mem_alloc(size_t size);                           /* zeroed */
void *mem_array(size_t count, size_t size);             /* zeroed, overflow checked */
void *mem_resize(void *old, size_t count, size_t size); /* overflow checked, not zeroed */
char *mem_strdup(const char *text);                     /* NULL gives NULL */
char *mem_strndup(const char *text, size_t length);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Overwrites bytes in a way that the compiler keeps, for what was secret. */
void mem_wipe(void *bytes, size_t size);

/* Called once before the abort on exhaustion; NULL takes it away. */
void mem_on_exhausted(void (*hook)(void));

#endif
