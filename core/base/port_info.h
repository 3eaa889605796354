#ifndef CORE_BASE_PORT_INFO_H
#define CORE_BASE_PORT_INFO_H

/*
 * Names and values for people and for --json: what a port knows about itself (account, role,
 * region, endpoint, minutes to expiry, capacity units, journal mode, ...).
 */

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

struct port_info_item {
    const char *name;  /* "account", "role", "region", "expires_at" */
    const char *value; /* text; sanitise before it is shown */
};

struct port_info {
    struct arena arena;
    struct port_info_item *items;
    size_t n_items;
    size_t capacity;
};

void port_info_init(struct port_info *facts);
void port_info_release(struct port_info *facts);
/* Copies both; a later value under the same name replaces the earlier one. */
void port_info_set(struct port_info *facts, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *port_info_get(const struct port_info *facts, const char *name); /* NULL if absent */

#endif
