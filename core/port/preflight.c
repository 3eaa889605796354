#include "core/port/preflight.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

void checks_init(struct checks *checks)
{
    *checks = (struct checks){.arena = ARENA_INIT};
}

void checks_add(struct checks *checks, const struct check *check)
{
    struct arena *arena = &checks->arena;
    checks->items = mem_resize(checks->items, checks->n_items + 1, sizeof *checks->items);
    checks->items[checks->n_items++] = (struct check){
        .what = arena_strdup(arena, check->what),
        .subject = arena_strdup(arena, check->subject),
        .result = check->result,
        .code = check->code,
        .detail = arena_strdup(arena, check->detail ? check->detail : ""),
        .action = arena_strdup(arena, check->action),
        .fix = arena_strdup(arena, check->fix),
    };
}

size_t checks_wrong(const struct checks *checks)
{
    size_t n = 0;
    for (size_t i = 0; i < checks->n_items; i++) {
        n += checks->items[i].result == CHECK_WRONG;
    }
    return n;
}

void checks_release(struct checks *checks)
{
    free(checks->items);
    arena_release(&checks->arena);
    checks_init(checks);
}
