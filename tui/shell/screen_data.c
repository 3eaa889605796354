#include "tui/shell/screen_data.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define WIDEST 64

/* How many texts take how many columns. A few long texts must not widen the column at the cost of
   the others. */
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

static void measure(struct screen_data *data)
{
    struct widths logins = {.total = 0};
    struct widths names = {.total = 0};
    for (size_t i = 0; i < data->agents.n_rows; i++) {
        widths_add(&logins, data->agents.rows[i].login);
        widths_add(&names, data->agents.rows[i].name);
    }
    data->login_columns = widths_most(&logins);
    data->name_columns = widths_most(&names);
}

struct screen_data *screen_data_new(const struct policy *policy, const struct snapshot *snapshot,
                                    const struct roster *roster, bool partial, int64_t now_s)
{
    struct screen_data *data = mem_alloc(sizeof *data);
    data->references = 1;
    data->policy = policy;
    data->partial = partial;
    data->now_s = now_s;
    data->total = policy_size(policy);
    port_info_init(&data->info);
    data->snapshot = snapshot ? snapshot_ref(snapshot) : snapshot_new();
    data->roster = roster ? roster_ref(roster) : NULL;
    agent_rows_join(data->snapshot, data->roster, &data->arena, &data->agents);
    snapshot_tally(data->snapshot, policy, now_s, data->counts);
    for (size_t i = 0; i < data->snapshot->n_slots; i++) {
        const struct slot *slot = &data->snapshot->slots[i];
        data->n_pinned += slot->state == SLOT_ASSIGNED && slot->note != NULL;
    }
    measure(data);
    screen_data_searched(data, !partial);
    return data;
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

static int by_login(const void *key, const void *row)
{
    return strcmp(key, ((const struct agent_row *)row)->login);
}

const struct agent_row *screen_data_find_agent(const struct screen_data *data, const char *login)
{
    if (data->agents.n_rows == 0) {
        return NULL;
    }
    return bsearch(login, data->agents.rows, data->agents.n_rows, sizeof *data->agents.rows,
                   by_login);
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
