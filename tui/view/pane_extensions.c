#include "tui/view/panes.h"

#include <stdio.h>
#include <string.h>
#include "tui/shell/work.h"

#include "core/base/banned.h"

enum { COLUMN_EXT, COLUMN_STATE, COLUMN_AGENT, COLUMN_SINCE };

static const struct pane_column s_columns[] = {
    [COLUMN_EXT] = {"EXT", 4, 0, 0, true},
    [COLUMN_STATE] = {"STATE", 8, 0, 0, false},
    [COLUMN_AGENT] = {"AGENT", 8, 4, 1, false},
    [COLUMN_SINCE] = {"SINCE", 14, 0, 2, false},
};

static const struct slot *at(const void *context, size_t row)
{
    return &((const struct screen_data *)context)->snapshot->slots[row];
}

static const char *key(const void *context, size_t row)
{
    return at(context, row)->ext;
}

static size_t find(const void *context, const char *ext)
{
    const struct screen_data *data = context;
    const struct slot *slot = screen_data_find_slot(data, ext);
    return slot ? (size_t)(slot - data->snapshot->slots) : SIZE_MAX;
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    const struct screen_data *data = context;
    const struct slot *left = at(context, a);
    const struct slot *right = at(context, b);
    switch (column) {
    case COLUMN_STATE:
        return (int)policy_state(data->policy, left, data->now_s) -
               (int)policy_state(data->policy, right, data->now_s);
    case COLUMN_AGENT:
        if (!left->agent || !right->agent) {
            return left->agent ? -1 : right->agent ? 1 : 0;
        }
        return strcmp(left->agent, right->agent);
    case COLUMN_SINCE:
        return left->at_s < right->at_s ? 1 : left->at_s > right->at_s ? -1 : 0;
    default:
        return strcmp(left->ext, right->ext);
    }
}

static void subject(const void *context, size_t row, struct filter_subject *out)
{
    const struct screen_data *data = context;
    const struct slot *slot = at(context, row);
    out->fields[FILTER_EXT] = slot->ext;
    out->fields[FILTER_LOGIN] = slot->agent;
    out->fields[FILTER_NAME] = NULL;
    out->fields[FILTER_STATE] = screen_data_slot_states(data, slot);
    out->fields[FILTER_NOTE] = slot->note;
}

static struct list_source source(const struct shell *shell, const struct screen_data *data)
{
    (void)shell;
    return (struct list_source){.context = data,
                                .n_rows = data->snapshot->n_slots,
                                .key = key,
                                .find = find,
                                .compare = compare,
                                .subject = subject};
}

static const char *cell(const struct screen_data *data, const struct policy *policy, size_t row,
                        int column, char *room, size_t size, enum style *style)
{
    static const enum style styles[] = {
        [EXT_ABSENT] = STYLE_DIM,
        [EXT_FREE] = STYLE_STATE_FREE,
        [EXT_COOLING] = STYLE_STATE_COOLING,
        [EXT_ASSIGNED] = STYLE_STATE_ASSIGNED,
        [EXT_RESERVED] = STYLE_STATE_RESERVED,
        [EXT_BLOCKED] = STYLE_STATE_BLOCKED,
    };
    _Static_assert(sizeof styles / sizeof styles[0] == EXT_STATE_COUNT, "a style for each state");
    const struct slot *slot = &data->snapshot->slots[row];
    enum ext_state state = policy_state(policy, slot, data->now_s);
    *style = styles[state];
    switch (column) {
    case COLUMN_EXT:
        return slot->ext;
    case COLUMN_STATE:
        return state == EXT_ASSIGNED && slot->note ? "pinned" : ext_state_name(state);
    case COLUMN_AGENT:
        if (state == EXT_RESERVED) {
            return slot->note ? slot->note : "";
        }
        if (slot->state == SLOT_FREE && slot->agent) {
            snprintf(room, size, "was %s", slot->agent);
            return room;
        }
        return slot->agent ? slot->agent : "";
    default:
        *style = STYLE_DIM;
        if (state == EXT_COOLING) {
            char until[WHEN_MAX];
            when_moment(policy_cool_until_s(policy, slot, data->now_s), data->now_s, until);
            snprintf(room, size, "> %s", until);
            return room;
        }
        if (slot->at_s == 0) {
            return "";
        }
        when_moment(slot->at_s, data->now_s, room);
        return room;
    }
}

static const char *empty(const struct shell *shell, char *room, size_t size)
{
    if (!shell->data && shell_trouble(shell)->code == ERR_OK) {
        return shell_busy(shell) ? "reading..." : "";
    }
    if (!shell->data) {
        snprintf(room, size, "could not be read\n%s tries again", frame_key(shell, CMD_RELOAD));
    } else {
        snprintf(room, size, "the store is empty\n%s plans a sync, which fills it",
                 frame_key(shell, CMD_SYNC));
    }
    return room;
}

const struct pane_ops pane_extensions = {.title = "Extensions",
                                         .columns = s_columns,
                                         .n_columns = sizeof s_columns / sizeof s_columns[0],
                                         .source = source,
                                         .cell = cell,
                                         .empty = empty};
