#ifndef CORE_EMBEDDED_STORE_SQLITE_NAMES_H
#define CORE_EMBEDDED_STORE_SQLITE_NAMES_H

/*
 * Names in an embedded store that begin as somebody types them, for a shell's completion: quick, without
 * a lock, without a write, and silent. What is still in the journal of a store that is open elsewhere is
 * not seen.
 */

#include "core/port/store.h"

#define STORE_NAMES_MAX 500

enum store_names_kind {
    STORE_NAMES_AGENTS,     /* who hold a number; the text beside it is the number */
    STORE_NAMES_EXTENSIONS, /* beside it the holder, or the state */
    STORE_NAMES_FREE
};

struct store_names {
    void (*put)(void *context, const char *name, const char *beside);
    void *context;
};

/* `store` is one of store_sqlite_new, and not used for anything else. In order, at most
   STORE_NAMES_MAX; nothing if the store cannot be read. */
void store_sqlite_names(struct store *store, enum store_names_kind kind, const char *begin,
                        const struct store_names *names);

#endif
