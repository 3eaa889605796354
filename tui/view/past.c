#include "tui/view/past.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool concerns(const struct audit_change *change, const char *login, const char *ext)
{
    return same(change->agent, login) || same(change->ext, ext) ||
           (change->kind == CHANGE_REASSIGN && same(change->from, ext));
}

void past_find(const struct history *history, const char *login, const char *ext, struct past *out)
{
    size_t capacity = 0;
    *out = (struct past){.n = 0};
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        for (size_t k = 0; k < action->n_changes; k++) {
            if (!concerns(&action->changes[k], login, ext)) {
                continue;
            }
            if (out->n == capacity) {
                capacity = capacity ? 2 * capacity : 16;
                out->changes = mem_resize(out->changes, capacity, sizeof *out->changes);
            }
            out->changes[out->n++] = (struct past_change){action, &action->changes[k]};
        }
    }
}

void past_release(struct past *past)
{
    free(past->changes);
    *past = (struct past){.n = 0};
}
