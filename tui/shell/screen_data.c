#include "tui/shell/screen_data.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* A few long texts must not widen the column at the cost of the others. */
static void widths_add(struct widths *widths, const char *text, bool added)
{
    size_t columns = text ? text_columns(text) : 0;
    widths->n[columns < WIDEST ? columns : WIDEST] += added ? 1 : (size_t)-1;
    widths->total += added ? 1 : (size_t)-1;
}

/* The width that nineteen of twenty texts fit into. */
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

static void row_came(void *context, const struct agent_row *row)
{
    struct screen_data *data = context;
    widths_add(&data->logins, row->login, true);
    widths_add(&data->names, row->name, true);
}

static void row_gone(void *context, const struct agent_row *row)
{
    struct screen_data *data = context;
    widths_add(&data->logins, row->login, false);
    widths_add(&data->names, row->name, false);
}

static void count_all(struct screen_data *data)
{
    tally_count(data->snapshot, data->policy, data->now_s, &data->tally);
    group_tallies_count(data->snapshot, data->policy, data->now_s, &data->arena, &data->groups);
}

static void count_changes(struct screen_data *data, const struct screen_data *before)
{
    const struct group_tallies_change change = {.before = &before->groups,
                                                .old = before->snapshot,
                                                .now = data->snapshot,
                                                .policy = data->policy,
                                                .now_s = data->now_s};
    tally_update(&data->tally, before->snapshot, data->snapshot, data->policy, data->now_s);
    group_tallies_update(&change, &data->arena, &data->groups);
}

static void join_all(struct screen_data *data)
{
    agent_rows_join(data->snapshot, data->roster, data->policy, &data->arena, &data->agents);
    count_all(data);
    for (size_t i = 0; i < data->agents.n_rows; i++) {
        row_came(data, &data->agents.rows[i]);
    }
}

/* The same from what was shown before, if little changed. *same_rows: each row has its old place, and
   is another one only for a number that changed. */
static bool join_changes(struct screen_data *data, const struct screen_data *before,
                         bool *same_rows)
{
    if (!before || before->roster != data->roster || before->policy != data->policy) {
        return false;
    }
    data->logins = before->logins;
    data->names = before->names;
    const struct agent_rows_change change = {.before = &before->agents,
                                             .old = before->snapshot,
                                             .now = data->snapshot,
                                             .roster = data->roster,
                                             .policy = data->policy,
                                             .gone = row_gone,
                                             .came = row_came,
                                             .context = data};
    if (!agent_rows_update(&change, &data->arena, &data->agents)) {
        data->logins = (struct widths){.total = 0};
        data->names = (struct widths){.total = 0};
        return false;
    }
    data->tally = before->tally;
    *same_rows = !data->agents.moved;
    bool same_time = before->snapshot->time.stands == data->snapshot->time.stands;
    if (same_time && data->now_s >= before->now_s && data->now_s < before->tally.until_s) {
        count_changes(data, before);
    } else {
        count_all(data);
        *same_rows = false; /* what a number is can have changed by time alone */
    }
    return true;
}

struct screen_data *screen_data_join(const struct screen_source *source,
                                     const struct screen_data *before)
{
    struct screen_data *data = mem_alloc(sizeof *data);
    data->references = 1;
    data->policy = source->policy;
    data->partial = source->partial;
    data->now_s = source->now_s;
    data->total = policy_size(source->policy);
    port_info_init(&data->info);
    data->snapshot = source->snapshot ? snapshot_ref(source->snapshot) : snapshot_new();
    data->roster = source->roster ? roster_ref(source->roster) : NULL;
    data->feed = feed_ref(source->feed);
    bool same_rows = false;
    if (!join_changes(data, before, &same_rows)) {
        join_all(data);
    }
    memcpy(data->counts, data->tally.counts, sizeof data->counts);
    data->n_pinned = data->tally.n_pinned;
    data->login_columns = widths_most(&data->logins);
    data->name_columns = widths_most(&data->names);
    screen_data_searched(data, !data->partial, same_rows ? before : NULL);
    return data;
}

struct screen_data *screen_data_new(const struct policy *policy, const struct snapshot *snapshot,
                                    const struct roster *roster, bool partial, int64_t now_s)
{
    const struct screen_source source = {.policy = policy,
                                         .snapshot = snapshot,
                                         .roster = roster,
                                         .partial = partial,
                                         .now_s = now_s};
    return screen_data_join(&source, NULL);
}

struct screen_data *screen_data_ref(struct screen_data *data)
{
    __atomic_add_fetch(&data->references, 1, __ATOMIC_RELAXED);
    return data;
}

void screen_data_unref(struct screen_data *data)
{
    if (!data || __atomic_sub_fetch(&data->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    snapshot_unref(data->snapshot);
    roster_unref(data->roster);
    feed_unref(data->feed);
    port_info_release(&data->info);
    filter_block_free(data->agents_block);
    filter_block_free(data->slots_block);
    arena_release(&data->arena);
    free(data);
}

const struct agent_row *screen_data_find_agent(const struct screen_data *data, const char *login)
{
    return agent_rows_find(&data->agents, login);
}

const struct slot *screen_data_find_slot(const struct screen_data *data, const char *ext)
{
    return snapshot_find(data->snapshot, ext);
}

static bool beyond_ascii(const char *text)
{
    for (; text && *text; text++) {
        if ((unsigned char)*text >= 0x80) {
            return true;
        }
    }
    return false;
}

bool screen_data_beyond_ascii(const struct screen_data *data)
{
    bool any = false;
    for (size_t i = 0; i < data->agents.n_rows && !any; i++) {
        any = beyond_ascii(data->agents.rows[i].login) || beyond_ascii(data->agents.rows[i].name);
    }
    for (size_t i = 0; i < data->snapshot->n_slots && !any; i++) {
        any = beyond_ascii(data->snapshot->slots[i].note);
    }
    return any;
}
