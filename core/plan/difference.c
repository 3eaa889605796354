#include "core/plan/difference.h"

#include <string.h>

#include "core/plan/builder.h"

#include "core/base/banned.h"

void snapshot_differences(const struct snapshot *before, const struct snapshot *after,
                          difference_fn take, void *context)
{
    size_t a = 0;
    size_t b = 0;
    while (a < before->n_slots || b < after->n_slots) {
        const struct slot *left = a < before->n_slots ? &before->slots[a] : NULL;
        const struct slot *right = b < after->n_slots ? &after->slots[b] : NULL;
        int order = !left ? 1 : !right ? -1 : strcmp(left->ext, right->ext);
        if (order != 0) {
            left = order < 0 ? left : NULL;
            right = order > 0 ? right : NULL;
        }
        if (!slot_same(left, right)) {
            take(context, left, right);
        }
        a += left ? 1 : 0;
        b += right ? 1 : 0;
    }
}
