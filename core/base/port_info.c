#include "core/base/port_info.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

void port_info_init(struct port_info *facts)
{
    *facts = (struct port_info){.items = NULL};
}

void port_info_release(struct port_info *facts)
{
    free(facts->items);
    arena_release(&facts->arena);
    port_info_init(facts);
}

static struct port_info_item *find(const struct port_info *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_items; i++) {
        if (strcmp(facts->items[i].name, name) == 0) {
            return &facts->items[i];
        }
    }
    return NULL;
}

void port_info_set(struct port_info *facts, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t room = length < 0 ? 1 : (size_t)length + 1;
    char *value = arena_alloc(&facts->arena, room);
    va_start(args, format);
    vsnprintf(value, room, format, args);
    va_end(args);
    struct port_info_item *fact = find(facts, name);
    if (!fact) {
        if (facts->n_items == facts->capacity) {
            facts->capacity = facts->capacity ? facts->capacity * 2 : 16;
            facts->items = mem_resize(facts->items, facts->capacity, sizeof *facts->items);
        }
        fact = &facts->items[facts->n_items++];
        fact->name = arena_strdup(&facts->arena, name);
    }
    fact->value = value;
}

const char *port_info_get(const struct port_info *facts, const char *name)
{
    const struct port_info_item *fact = find(facts, name);
    return fact ? fact->value : NULL;
}
