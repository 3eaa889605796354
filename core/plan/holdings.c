#include "core/plan/holdings.h"

#include <stdlib.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

void holdings_init(struct holdings *holdings, size_t expected)
{
    *holdings = (struct holdings){.n = 0};
    strmap_init(&holdings->by_login, expected);
}

void holdings_release(struct holdings *holdings)
{
    strmap_release(&holdings->by_login);
    free(holdings->slots);
}

void holdings_want(struct holdings *holdings, const char *login)
{
    if (login && strmap_add(&holdings->by_login, login, holdings->n) == holdings->n) {
        holdings->n++;
    }
}

void holdings_read(struct holdings *holdings, const struct snapshot *snapshot)
{
    holdings->slots = mem_array(holdings->n + 1, sizeof *holdings->slots);
    for (size_t i = 0; i < snapshot->n_slots && holdings->n > 0; i++) {
        const struct slot *slot = &snapshot->slots[i];
        size_t index = slot->state == SLOT_ASSIGNED ? strmap_get(&holdings->by_login, slot->agent)
                                                    : STRMAP_NONE;
        if (index != STRMAP_NONE && !holdings->slots[index]) {
            holdings->slots[index] = slot;
        }
    }
}

const struct slot *holdings_of(const struct holdings *holdings, const char *login)
{
    size_t index = strmap_get(&holdings->by_login, login);
    return index == STRMAP_NONE ? NULL : holdings->slots[index];
}
