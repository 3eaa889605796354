#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

/*
 * An arena: many small objects of one lifetime, freed in one call. What the screen shows is an
 * immutable snapshot in one arena, made by the worker and handed over by pointer.
 * Built with -DARENA_DEBUG, every object is an allocation of its own, so that the address
 * sanitizer sees an overrun. Not thread-safe while it grows; read-only sharing is fine.
 */

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used; /* bytes given out, for statistics */
};

/* The versions of clang-format lay out a braced macro in different ways. */
/* clang-format off */
#define ARENA_INIT                                                                                 \
    {                                                                                              \
        .head = NULL, .used = 0                                                                    \
    }
/* clang-format on */

void *arena_alloc(struct arena *arena, size_t size);       /* zeroed, aligned for any type */
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *arena);

#endif
