#include "core/session/rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/plan/belongings.h"
#include "core/plan/scope.h"
#include "core/pool/exempt.h"

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

/* What a row is judged by. */
struct judging {
    const struct policy *policy;
    const struct snapshot *snapshot;
    const struct scope *scope; /* NULL: no roster */
    bool whole;                /* who is not in the roster left */
    bool described;            /* the roster says which directories it comes from */
};

static struct judging judging_of(const struct policy *policy, const struct snapshot *snapshot,
                                 const struct scope *scope)
{
    const struct roster *roster = scope ? scope->input->roster : NULL;
    return (struct judging){.policy = policy,
                            .snapshot = snapshot,
                            .scope = scope,
                            .whole = roster && !roster->partial,
                            .described = roster && roster->n_directories > 0};
}

static enum agent_state state_without(const struct judging *by, const char *login)
{
    return agent_is_exempt(by->policy, by->snapshot, login) ? AGENT_EXEMPT : AGENT_NEW;
}

static enum agent_state state_of_holder(const struct judging *by, const struct agent *agent,
                                        const struct slot *slot)
{
    if (!by->scope) {
        return AGENT_ASSIGNED;
    }
    if (agent) {
        bool theirs = by->described && scope_is_theirs(by->scope, slot);
        return theirs ? AGENT_FOREIGN : AGENT_ASSIGNED;
    }
    if (scope_absent(by->scope, slot) != HOLDER_LEFT) {
        return AGENT_FOREIGN;
    }
    return by->whole ? AGENT_STALE : AGENT_ASSIGNED;
}

static struct agent_row row_of(const struct judging *by, const struct agent *agent,
                               const struct slot *slot)
{
    struct agent_row row = {.agent = agent, .slot = slot, .group = GROUP_NONE};
    row.login = agent ? agent->login : slot->agent;
    row.state = slot ? state_of_holder(by, agent, slot) : state_without(by, row.login);
    if (agent) {
        row.agent = slot ? scope_entry(by->scope, slot, agent) : agent;
        row.group = scope_group(by->scope, slot, agent);
        row.name = row.agent->name;
        row.routing_profile = row.agent->routing_profile;
    }
    return row;
}

/* One row more, or one less. */
static void count_row(struct agent_rows *rows, const struct agent_row *row, size_t by)
{
    rows->n_new += row->state == AGENT_NEW ? by : 0;
    rows->n_stale += row->state == AGENT_STALE ? by : 0;
    rows->n_exempt += row->state == AGENT_EXEMPT ? by : 0;
    rows->n_foreign += row->state == AGENT_FOREIGN ? by : 0;
}

const char *agent_state_name(enum agent_state state)
{
    static const char *const names[] = {
        [AGENT_ASSIGNED] = "assigned", [AGENT_NEW] = "new",         [AGENT_STALE] = "stale",
        [AGENT_EXEMPT] = "exempt",     [AGENT_FOREIGN] = "foreign",
    };
    return names[state];
}

uint16_t agent_row_group(const struct policy *policy, const struct agent_row *row)
{
    if (policy->n_groups == 0) {
        return GROUP_NONE;
    }
    return row->agent ? row->group : row->slot ? group_of_ext(policy, row->slot->ext) : GROUP_NONE;
}

const char *agent_row_group_name(const struct policy *policy, const struct agent_row *row)
{
    uint16_t group = agent_row_group(policy, row);
    return group == GROUP_UNKNOWN ? "?" : group == GROUP_NONE ? NULL : group_name(policy, group);
}

const char *agent_row_source(const struct roster *roster, const struct agent_row *row,
                             size_t *length)
{
    const char *source = row->slot ? slot_source(row->slot, length) : NULL;
    return source || !roster || !row->agent ? source : agent_source(roster, row->agent, length);
}

/* Both lists by login, side by side. */
static void join_rows(const struct judging *by, const struct roster *roster, struct arena *arena,
                      struct agent_rows *out)
{
    size_t n_holders = 0;
    const struct slot **holders = holders_of(by->snapshot, &n_holders);
    size_t n_agents = roster ? roster->n_agents : 0;
    out->rows = arena_alloc(arena, (n_agents + n_holders + 1) * sizeof *out->rows);
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
        out->rows[out->n_rows++] = row_of(by, agent, slot);
        /* An agent with two extensions has a row for each, until a plan has put it right. */
        while (agent && slot && h < n_holders && strcmp(holders[h]->agent, agent->login) == 0) {
            out->rows[out->n_rows++] = row_of(by, agent, holders[h++]);
        }
    }
    free(holders);
}

void agent_rows_join(const struct snapshot *snapshot, const struct roster *roster,
                     const struct policy *policy, struct arena *arena, struct agent_rows *out)
{
    const struct plan_input input = {.policy = policy, .snapshot = snapshot, .roster = roster};
    struct scope scope;
    struct err ignored =
        ERR_INIT; /* a sync would be refused; what is known is shown all the same */
    *out = (struct agent_rows){.n_rows = 0};
    if (roster) {
        (void)!scope_init(&scope, &input, &ignored);
        out->scope = scope_copy(&scope, arena);
    }
    const struct judging by = judging_of(policy, snapshot, roster ? &scope : NULL);
    join_rows(&by, roster, arena, out);
    for (size_t i = 0; i < out->n_rows; i++) {
        count_row(out, &out->rows[i], 1);
    }
    if (roster) {
        scope_release(&scope);
    }
}

void agent_rows_narrow(struct agent_rows *rows, const struct policy *policy, const char *group)
{
    const struct agent_rows all = *rows;
    *rows = (struct agent_rows){.rows = all.rows, .scope = all.scope};
    for (size_t i = 0; i < all.n_rows; i++) {
        const char *name = agent_row_group_name(policy, &all.rows[i]);
        if (name && strcmp(name, group) == 0) {
            rows->rows[rows->n_rows++] = all.rows[i];
            count_row(rows, &all.rows[i], 1);
        }
    }
}

/* ---- what changed ------------------------------------------------------------------------ */

struct updating {
    const struct agent_rows_change *change;
    struct agent_rows *out;
    size_t at; /* the rows of `before` up to here are done */
};

/* The slot of the new snapshot at the same place. */
static const struct slot *moved(const struct agent_rows_change *change, const struct slot *slot)
{
    return slot ? &change->now->slots[slot - change->old->slots] : NULL;
}

static size_t rows_before(const struct agent_rows *rows, size_t low, const char *login)
{
    size_t high = rows->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(rows->rows[middle].login, login) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct agent_row *agent_rows_find(const struct agent_rows *rows, const char *login)
{
    size_t at = rows_before(rows, 0, login);
    return at < rows->n_rows && strcmp(rows->rows[at].login, login) == 0 ? &rows->rows[at] : NULL;
}

/* The rows up to `end` as they are, but with the new slots. */
static void keep_rows(struct updating *updating, size_t end)
{
    const struct agent_rows_change *change = updating->change;
    size_t n = end - updating->at;
    struct agent_row *rows = updating->out->rows + updating->out->n_rows;
    if (n > 0) {
        memcpy(rows, change->before->rows + updating->at, n * sizeof *rows);
    }
    for (size_t i = 0; i < n; i++) {
        rows[i].slot = moved(change, rows[i].slot);
    }
    updating->out->n_rows += n;
    updating->at = end;
}

static void add_row(struct updating *updating, struct agent_row row)
{
    const struct agent_rows_change *change = updating->change;
    count_row(updating->out, &row, 1);
    updating->out->rows[updating->out->n_rows++] = row;
    if (change->came) {
        change->came(change->context, &row);
    }
}

/* Takes the rows of the agent away; returns the slots that they had, for those they have now. */
static size_t take_rows(struct updating *updating, const char *login, const struct slot **slots)
{
    const struct agent_rows_change *change = updating->change;
    const struct agent_rows *before = change->before;
    size_t n = 0;
    while (updating->at < before->n_rows && strcmp(before->rows[updating->at].login, login) == 0) {
        const struct agent_row *row = &before->rows[updating->at++];
        count_row(updating->out, row, (size_t)-1);
        if (change->gone) {
            change->gone(change->context, row);
        }
        if (row->slot) {
            slots[n++] = moved(change, row->slot);
        }
    }
    return n;
}

/* What the agent holds now: of the slots that they had, and of those that changed. */
static size_t holdings(const struct agent_rows_change *change, const char *login,
                       const struct slot **slots, size_t n)
{
    for (size_t i = 0; i < change->now->n_changed; i++) {
        slots[n++] = snapshot_find(change->now, change->now->changed[i]);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t k = 0; k < kept && !again; k++) {
            again = slots[k] == slots[i];
        }
        if (!again && slots[i]->state == SLOT_ASSIGNED && strcmp(slots[i]->agent, login) == 0) {
            slots[kept++] = slots[i];
        }
    }
    qsort(slots, kept, sizeof *slots, by_agent);
    return kept;
}

static void renew_rows(struct updating *updating, const char *login, const struct slot **slots)
{
    const struct roster *roster = updating->change->roster;
    const struct judging by =
        judging_of(updating->change->policy, updating->change->now, updating->out->scope);
    const struct agent *agent = roster ? roster_find(roster, login) : NULL;
    size_t first = updating->at;
    size_t added = updating->out->n_rows;
    size_t n = take_rows(updating, login, slots);
    n = holdings(updating->change, login, slots, n);
    if (agent && n == 0) {
        add_row(updating, row_of(&by, agent, NULL));
    }
    for (size_t i = 0; i < n; i++) {
        add_row(updating, row_of(&by, agent, slots[i]));
    }
    if (updating->out->n_rows - added != updating->at - first) {
        updating->out->moved = true;
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool keeps_sources(const struct agent_rows_change *change, const struct slot *old,
                          const struct slot *now)
{
    const struct scope *scope = change->before->scope;
    return !scope || (scope_holds_for(scope, old) && scope_holds_for(scope, now));
}

/* The agents who held or hold a number that changed, sorted. SIZE_MAX: numbers came or went, or a
   holder of another source. */
static size_t affected(const struct agent_rows_change *change, const char **logins)
{
    size_t n = 0;
    for (size_t i = 0; i < change->now->n_changed; i++) {
        const struct slot *old = snapshot_find(change->old, change->now->changed[i]);
        const struct slot *now = snapshot_find(change->now, change->now->changed[i]);
        if (!old || !now || !keeps_sources(change, old, now)) {
            return SIZE_MAX;
        }
        if (old->state == SLOT_ASSIGNED) {
            logins[n++] = old->agent;
        }
        if (now->state == SLOT_ASSIGNED) {
            logins[n++] = now->agent;
        }
    }
    qsort(logins, n, sizeof *logins, by_text);
    return n;
}

static bool same_exempts(const struct snapshot *old, const struct snapshot *now)
{
    bool same = old->n_exempts == now->n_exempts;
    for (size_t i = 0; i < now->n_exempts && same; i++) {
        same = strcmp(old->exempts[i].agent, now->exempts[i].agent) == 0;
    }
    return same;
}

#define UPDATE_MAX 64 /* numbers; with more of them a new join costs less */

bool agent_rows_update(const struct agent_rows_change *change, struct arena *arena,
                       struct agent_rows *out)
{
    const struct agent_rows *before = change->before;
    const char *logins[2 * UPDATE_MAX];
    const struct snapshot *now = change->now;
    if (now->base != change->old || now->n_changed > UPDATE_MAX ||
        now->n_slots != change->old->n_slots || !same_exempts(change->old, now)) {
        return false;
    }
    size_t n = affected(change, logins);
    if (n == SIZE_MAX) {
        return false;
    }
    *out = (struct agent_rows){
        .rows = arena_alloc(arena, (before->n_rows + now->n_changed + 1) * sizeof *out->rows),
        .n_new = before->n_new,
        .n_stale = before->n_stale,
        .n_exempt = before->n_exempt,
        .n_foreign = before->n_foreign,
        .scope = before->scope ? scope_copy(before->scope, arena) : NULL};
    struct updating updating = {.change = change, .out = out};
    const struct slot **slots = mem_array(before->n_rows + now->n_changed + 1, sizeof *slots);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(logins[i - 1], logins[i]) != 0) {
            keep_rows(&updating, rows_before(before, updating.at, logins[i]));
            renew_rows(&updating, logins[i], slots);
        }
    }
    keep_rows(&updating, before->n_rows);
    free(slots);
    return true;
}

/* ---- counts ------------------------------------------------------------------------------ */

static void count_slot(const struct slot *slot, const struct policy *policy, int64_t now_s,
                       struct tally *tally)
{
    enum ext_state state = policy_state(policy, slot, now_s);
    tally->counts[state]++;
    tally->n_pinned += slot->state == SLOT_ASSIGNED && slot->note;
    if (state == EXT_COOLING) {
        int64_t until_s = policy_cool_until_s(policy, slot, now_s);
        tally->until_s = until_s < tally->until_s ? until_s : tally->until_s;
    }
}

void tally_count(const struct snapshot *snapshot, const struct policy *policy, int64_t now_s,
                 struct tally *out)
{
    *out = (struct tally){.until_s = INT64_MAX};
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        count_slot(&snapshot->slots[i], policy, now_s, out);
    }
    out->counts[EXT_ABSENT] = policy_missing(policy, snapshot);
}

void snapshot_tally(const struct snapshot *snapshot, const struct policy *policy, int64_t now_s,
                    uint64_t counts[EXT_STATE_COUNT])
{
    struct tally tally;
    tally_count(snapshot, policy, now_s, &tally);
    memcpy(counts, tally.counts, sizeof tally.counts);
}

void tally_update(struct tally *tally, const struct snapshot *old, const struct snapshot *now,
                  const struct policy *policy, int64_t now_s)
{
    for (size_t i = 0; i < now->n_changed; i++) {
        const struct slot *was = snapshot_find(old, now->changed[i]);
        tally->counts[policy_state(policy, was, now_s)]--;
        tally->n_pinned -= was->state == SLOT_ASSIGNED && was->note;
        count_slot(snapshot_find(now, now->changed[i]), policy, now_s, tally);
    }
}
