#include "tui/shell/screen_data.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define WIDEST 64

/* How many texts take how many columns; the few that are longer than the rest shall not make
   room for themselves at the cost of all others. */
struct widths {
    size_t n[WIDEST + 1];
    size_t total;
};

static void widths_add(struct widths *widths, const char *text)
{
    size_t columns = text ? text_columns(text) : 0;
    widths->n[columns < WIDEST ? columns : WIDEST]++;
    widths->total++;
}

/* What nineteen of twenty fit into. */
static int widths_most(const struct widths *widths)
{
    size_t fitting = 0;
    for (int columns = 0; columns < WIDEST; columns++) {
        fitting += widths->n[columns];
        if (fitting >= widths->total - widths->total / 20) {
            return columns;
        }
    }
    return WIDEST;
}

static void measure(struct world *world)
{
    struct widths logins = {.total = 0};
    struct widths names = {.total = 0};
    for (size_t i = 0; i < world->agents.n_rows; i++) {
        widths_add(&logins, world->agents.rows[i].login);
        widths_add(&names, world->agents.rows[i].name);
    }
    world->login_columns = widths_most(&logins);
    world->name_columns = widths_most(&names);
}

struct world *world_new(const struct policy *policy, const struct snapshot *snapshot,
                        const struct roster *roster, bool partial, int64_t now_s)
{
    struct world *world = mem_alloc(sizeof *world);
    world->references = 1;
    world->policy = policy;
    world->partial = partial;
    world->now_s = now_s;
    world->total = policy_size(policy);
    facts_init(&world->facts);
    world->snapshot = snapshot ? snapshot_ref(snapshot) : snapshot_new();
    world->roster = roster ? roster_ref(roster) : NULL;
    agent_rows_join(world->snapshot, world->roster, &world->arena, &world->agents);
    snapshot_tally(world->snapshot, policy, now_s, world->counts);
    for (size_t i = 0; i < world->snapshot->n_slots; i++) {
        const struct slot *slot = &world->snapshot->slots[i];
        world->n_pinned += slot->state == SLOT_ASSIGNED && slot->note != NULL;
    }
    measure(world);
    return world;
}

struct world *world_ref(struct world *world)
{
    __atomic_add_fetch(&world->references, 1, __ATOMIC_RELAXED);
    return world;
}

void world_unref(struct world *world)
{
    if (!world || __atomic_sub_fetch(&world->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    snapshot_unref(world->snapshot);
    roster_unref(world->roster);
    facts_release(&world->facts);
    arena_release(&world->arena);
    free(world);
}

static int by_login(const void *key, const void *row)
{
    return strcmp(key, ((const struct agent_row *)row)->login);
}

const struct agent_row *world_find_agent(const struct world *world, const char *login)
{
    if (world->agents.n_rows == 0) {
        return NULL;
    }
    return bsearch(login, world->agents.rows, world->agents.n_rows, sizeof *world->agents.rows,
                   by_login);
}

const struct slot *world_find_slot(const struct world *world, const char *ext)
{
    return snapshot_find(world->snapshot, ext);
}

/* ---- words for states --------------------------------------------------------------------- */

const char *world_agent_mark(const struct world *world, const struct agent_row *row)
{
    if (row->state == AGENT_NEW) {
        return "NEW";
    }
    if (row->state == AGENT_STALE) {
        return world->partial ? "..." : "STALE"; /* may still be on a page to come */
    }
    return row->slot && row->slot->note ? "PIN" : "ok";
}

const char *world_agent_states(const struct world *world, const struct agent_row *row)
{
    bool pinned = row->slot && row->slot->note;
    if (row->state == AGENT_NEW) {
        return "new";
    }
    if (row->state == AGENT_STALE && !world->partial) {
        return pinned ? "stale pinned left" : "stale left";
    }
    return pinned ? "ok assigned pinned" : "ok assigned";
}

const char *world_slot_states(const struct world *world, const struct slot *slot)
{
    enum ext_state state = policy_state(world->policy, slot, world->now_s);
    if (state == EXT_ASSIGNED && slot->note) {
        return "assigned pinned";
    }
    return ext_state_name(state);
}
