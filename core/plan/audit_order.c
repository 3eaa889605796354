#include "core/plan/audit.h"

#include <string.h>

#include "core/base/strmap.h"

#include "core/base/banned.h"

/*
 * Which of two actions was first, if only clocks can tell and these differ by a second or two. The
 * actions that changed one extension form a chain: what one left there is what the next one found.
 */

/* An extension at one end of a change, as far as the record says it. */
struct end {
    bool known;
    bool any_state; /* of what an assignment found only the last holder is recorded */
    enum slot_state state;
    const char *agent; /* who holds or held it, NULL: nobody */
};

static struct end end_of(enum slot_state state, const char *agent)
{
    return (struct end){.known = true, .state = state, .agent = agent};
}

static struct end taken(const char *agent)
{
    return (struct end){.known = true, .any_state = true, .agent = agent};
}

/* What the change found at the extension, and what it left there. */
static void ends_of(const struct audit_change *change, bool is_former, struct end *found,
                    struct end *left)
{
    *found = *left = (struct end){.known = false};
    switch (change->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        *found = is_former ? end_of(SLOT_ASSIGNED, change->agent) : taken(change->was.agent);
        *left = end_of(is_former ? SLOT_FREE : SLOT_ASSIGNED, change->agent);
        break;
    case CHANGE_RELEASE:
        *found = end_of(SLOT_ASSIGNED, change->agent);
        *left = end_of(SLOT_FREE, change->agent);
        break;
    case CHANGE_PIN:
    case CHANGE_UNPIN:
        *found = *left = end_of(SLOT_ASSIGNED, change->agent);
        break;
    case CHANGE_SET:
        *found = *left = change->agent ? end_of(SLOT_ASSIGNED, change->agent)
                                       : end_of(SLOT_RESERVED, change->was.agent);
        break;
    case CHANGE_RESERVE:
        *found = taken(change->was.agent);
        *left = end_of(SLOT_RESERVED, change->was.agent);
        break;
    case CHANGE_UNRESERVE:
        *found = end_of(SLOT_RESERVED, change->was.agent);
        *left = end_of(SLOT_FREE, change->was.agent);
        break;
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
}

static bool fits(const struct end *left, const struct end *found)
{
    bool same_agent = left->agent == found->agent ||
                      (left->agent && found->agent && strcmp(left->agent, found->agent) == 0);
    return left->known && found->known && same_agent &&
           (found->any_state || left->state == found->state);
}

/* The extensions of one action: where each was found, and how it was left. */
struct ends {
    struct end found, left;
};

struct touched {
    struct strmap by_ext;
    const char **exts;
    struct ends *ends;
    size_t n;
};

static void touch(struct touched *touched, const char *ext, const struct audit_change *change,
                  bool is_former)
{
    struct end found;
    struct end left;
    ends_of(change, is_former, &found, &left);
    size_t place = strmap_add(&touched->by_ext, ext, touched->n);
    if (place == touched->n) {
        touched->exts[place] = ext;
        touched->ends[touched->n++].found = found;
    }
    touched->ends[place].left = left;
}

static void touched_init(struct touched *touched, const struct audit_action *action,
                         struct arena *arena)
{
    size_t room = 2 * action->n_changes + 1;
    *touched = (struct touched){
        .exts = arena_alloc(arena, room * sizeof *touched->exts),
        .ends = arena_alloc(arena, room * sizeof *touched->ends),
    };
    strmap_init(&touched->by_ext, 0);
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        if (change->ext) {
            touch(touched, change->ext, change, false);
        }
        if (change->kind == CHANGE_REASSIGN && change->from) {
            touch(touched, change->from, change, true);
        }
    }
}

/* Whether the records say that `b` came before `a`: it left what `a` found, and not the other way
   round. */
static bool came_after(const struct audit_action *a, const struct audit_action *b)
{
    struct arena arena = ARENA_INIT;
    struct touched by_a;
    struct touched by_b;
    bool after = false;
    bool before = false;
    touched_init(&by_a, a, &arena);
    touched_init(&by_b, b, &arena);
    for (size_t i = 0; i < by_b.n; i++) {
        size_t place = strmap_get(&by_a.by_ext, by_b.exts[i]);
        if (place != STRMAP_NONE) {
            after = after || fits(&by_b.ends[i].left, &by_a.ends[place].found);
            before = before || fits(&by_a.ends[place].left, &by_b.ends[i].found);
        }
    }
    strmap_release(&by_a.by_ext);
    strmap_release(&by_b.by_ext);
    arena_release(&arena);
    return after && !before;
}

void history_seal_by_time(struct history *history)
{
    struct audit_action *actions = history->actions;
    history_seal(history);
    history->by_time = true;
    for (size_t i = 1; i < history->n_actions; i++) {
        /* Newest first: if the one at `i` came after one in front of it, it moves there. */
        size_t to = i;
        for (size_t k = i; k > 0 && actions[k - 1].order - actions[i].order <= AUDIT_CLOSE_MS;
             k--) {
            to = came_after(&actions[i], &actions[k - 1]) ? k - 1 : to;
        }
        if (to != i) {
            struct audit_action moved = actions[i];
            memmove(&actions[to + 1], &actions[to], (i - to) * sizeof *actions);
            actions[to] = moved;
        }
    }
}
