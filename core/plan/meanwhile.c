#include "core/plan/meanwhile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"

#define ACTORS_MAX 3        /* named; others are "and others" */
#define CLOCKS_DIFFER_S 120 /* so much earlier than our own read a record may say it is */

/* ---- which rows lost ----------------------------------------------------------------------- */

void meanwhile_begin(struct meanwhile *meanwhile, const struct plan *plan)
{
    *meanwhile = (struct meanwhile){.tried = mem_array(plan->n_changes + 1, sizeof(bool))};
    for (size_t i = 0; i < plan->n_changes; i++) {
        meanwhile->tried[i] = change_is_tried(&plan->changes[i]);
    }
}

static bool has_lost(const struct meanwhile *meanwhile, const struct plan *plan, size_t i)
{
    const struct change *change = &plan->changes[i];
    return meanwhile->tried[i] && (change->result == RESULT_CONFLICT || change->already_applied);
}

void meanwhile_end(struct meanwhile *meanwhile, const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        bool lost = has_lost(meanwhile, plan, i);
        meanwhile->n_lost += lost;
        meanwhile->n_done += lost && plan->changes[i].already_applied;
    }
}

void meanwhile_release(struct meanwhile *meanwhile)
{
    free(meanwhile->tried);
}

/* ---- who was quicker ----------------------------------------------------------------------- */

struct quicker {
    const char *actor;
    size_t n; /* rows */
};

struct search {
    struct strmap by_ext; /* the row that lost, by its extension and by its agent */
    struct strmap by_agent;
    bool *found; /* by row */
    struct quicker actors[ACTORS_MAX];
    size_t n_actors;
    bool others;
};

static void credit(struct search *search, const char *actor)
{
    size_t i = 0;
    while (i < search->n_actors && strcmp(search->actors[i].actor, actor) != 0) {
        i++;
    }
    if (i == ACTORS_MAX) {
        search->others = true;
        return;
    }
    search->actors[i].actor = actor;
    search->actors[i].n++;
    search->n_actors += i == search->n_actors;
}

/* The newest record of an extension, or of an agent, is the one that counts. */
static void look_for(struct search *search, const struct strmap *map, const char *key,
                     const char *actor)
{
    size_t row = key ? strmap_get(map, key) : STRMAP_NONE;
    if (row != STRMAP_NONE && !search->found[row]) {
        search->found[row] = true;
        credit(search, actor);
    }
}

static bool is_created(const struct audit_change *range, const char *ext)
{
    return strcmp(ext, range->from) >= 0 && strcmp(ext, range->to) <= 0;
}

static void look_at_action(struct search *search, const struct plan *plan,
                           const struct audit_action *action)
{
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        bool range = change->kind == CHANGE_CREATE && !change->ext && change->from && change->to;
        for (size_t k = 0; range && k < plan->n_changes; k++) {
            const char *ext = plan->changes[k].ext;
            if (ext && is_created(change, ext)) {
                look_for(search, &search->by_ext, ext, audit_who(action));
            }
        }
        look_for(search, &search->by_ext, change->ext, audit_who(action));
        look_for(search, &search->by_agent, change->agent, audit_who(action));
        if (change->kind == CHANGE_REASSIGN) {
            look_for(search, &search->by_ext, change->from, audit_who(action));
        }
    }
}

static int most_first(const void *a, const void *b)
{
    const struct quicker *left = a;
    const struct quicker *right = b;
    return left->n > right->n ? -1 : left->n < right->n;
}

static void name_actors(struct search *search, char *out, size_t size)
{
    size_t used = 0;
    qsort(search->actors, search->n_actors, sizeof search->actors[0], most_first);
    out[0] = '\0';
    for (size_t i = 0; i < search->n_actors && used < size; i++) {
        char name[AUDIT_NAME_MAX];
        audit_actor_name(search->actors[i].actor, name);
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", name);
    }
    if (search->others && used < size) {
        snprintf(out + used, size - used, " and others");
    }
}

void meanwhile_who(const struct meanwhile *meanwhile, const struct plan *plan,
                   const struct history *history, const char *own_id, char *out, size_t size)
{
    struct search search = {.found = mem_array(plan->n_changes + 1, sizeof(bool))};
    int64_t since_ms = (plan->snapshot->read_at_s - CLOCKS_DIFFER_S) * 1000;
    strmap_init(&search.by_ext, meanwhile->n_lost);
    strmap_init(&search.by_agent, meanwhile->n_lost);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (has_lost(meanwhile, plan, i) && change->ext) {
            strmap_add(&search.by_ext, change->ext, i);
        }
        if (has_lost(meanwhile, plan, i) && change->agent) {
            strmap_add(&search.by_agent, change->agent, i);
        }
    }
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        if (action->at_ms >= since_ms && strcmp(action->action_id, own_id) != 0) {
            look_at_action(&search, plan, action);
        }
    }
    name_actors(&search, out, size);
    strmap_release(&search.by_ext);
    strmap_release(&search.by_agent);
    free(search.found);
}
