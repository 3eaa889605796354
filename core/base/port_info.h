#ifndef CORE_BASE_PORT_INFO_H
#define CORE_BASE_PORT_INFO_H

/*
 * Names and values for people and for --json: what a port knows about itself (account, role,
 * region, endpoint, minutes to expiry, capacity units, journal mode, ...).
 */

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

struct fact {
    const char *name;  /* "account", "role", "region", "expires_at" */
    const char *value; /* text; sanitise before it is shown */
};

struct facts {
    struct arena arena;
    struct fact *items;
    size_t n_items;
    size_t capacity;
};

void facts_init(struct facts *facts);
void facts_release(struct facts *facts);
/* Copies both; a later value under the same name replaces the earlier one. */
void facts_set(struct facts *facts, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *facts_get(const struct facts *facts, const char *name); /* NULL where absent */

#endif
