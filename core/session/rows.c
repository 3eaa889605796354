#include "core/session/rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/* What lists and the screen show: pictures joined and counted. Pure. */

/* ---- agents and what they hold ----------------------------------------------------------- */

static int by_agent(const void *a, const void *b)
{
    const struct slot *left = *(const struct slot *const *)a;
    const struct slot *right = *(const struct slot *const *)b;
    int order = strcmp(left->agent, right->agent);
    return order != 0 ? order : strcmp(left->ext, right->ext);
}

/* The assigned slots sorted by holder; free() it. */
static const struct slot **holders_of(const struct snapshot *snapshot, size_t *count)
{
    const struct slot **holders = mem_array(snapshot->n_slots + 1, sizeof *holders);
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (snapshot->slots[i].state == SLOT_ASSIGNED && snapshot->slots[i].agent) {
            holders[n++] = &snapshot->slots[i];
        }
    }
    qsort(holders, n, sizeof *holders, by_agent);
    *count = n;
    return holders;
}

static struct agent_row row_of(const struct agent *agent, const struct slot *slot, bool judged)
{
    struct agent_row row = {.slot = slot, .state = AGENT_ASSIGNED};
    if (agent) {
        row.login = agent->login;
        row.name = agent->name;
        row.routing_profile = agent->routing_profile;
        row.state = slot ? AGENT_ASSIGNED : AGENT_NEW;
    } else if (slot) {
        row.login = slot->agent;
        row.state = judged ? AGENT_STALE : AGENT_ASSIGNED;
    }
    return row;
}

const char *agent_state_name(enum agent_state state)
{
    static const char *const names[] = {
        [AGENT_ASSIGNED] = "assigned", [AGENT_NEW] = "new", [AGENT_STALE] = "stale"};
    return names[state];
}

void agent_rows_join(const struct snapshot *snapshot, const struct roster *roster,
                     struct arena *arena, struct agent_rows *out)
{
    size_t n_holders = 0;
    const struct slot **holders = holders_of(snapshot, &n_holders);
    size_t n_agents = roster ? roster->n_agents : 0;
    bool whole = roster && !roster->partial; /* who is not in it left */
    *out = (struct agent_rows){
        .rows = arena_alloc(arena, (n_agents + n_holders + 1) * sizeof *out->rows)};
    size_t a = 0;
    size_t h = 0;
    while (a < n_agents || h < n_holders) {
        const struct agent *agent = a < n_agents ? &roster->agents[a] : NULL;
        const struct slot *slot = h < n_holders ? holders[h] : NULL;
        int order = !agent ? 1 : !slot ? -1 : strcmp(agent->login, slot->agent);
        if (order != 0) {
            agent = order < 0 ? agent : NULL;
            slot = order > 0 ? slot : NULL;
        }
        a += agent ? 1 : 0;
        h += slot ? 1 : 0;
        struct agent_row row = row_of(agent, slot, whole);
        out->n_new += row.state == AGENT_NEW;
        out->n_stale += row.state == AGENT_STALE;
        out->rows[out->n_rows++] = row;
        /* An agent with two extensions has a row for each, until a plan has put it right. */
        while (agent && slot && h < n_holders && strcmp(holders[h]->agent, agent->login) == 0) {
            out->rows[out->n_rows++] = row_of(agent, holders[h++], true);
        }
    }
    free(holders);
}

/* ---- counts ------------------------------------------------------------------------------ */

void snapshot_tally(const struct snapshot *snapshot, const struct policy *policy, int64_t now_s,
                    uint64_t counts[EXT_STATE_COUNT])
{
    memset(counts, 0, EXT_STATE_COUNT * sizeof counts[0]);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        counts[policy_state(policy, &snapshot->slots[i], now_s)]++;
    }
    counts[EXT_ABSENT] = policy_missing(policy, snapshot);
}
