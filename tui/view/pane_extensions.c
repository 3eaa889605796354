#include "tui/view/panes.h"

#include <stdio.h>
#include <string.h>
#include "tui/shell/work.h"
#include "tui/shell/gather.h"

#include "core/base/banned.h"

enum { COLUMN_EXT, COLUMN_STATE, COLUMN_HOLDER, COLUMN_NOTE, COLUMN_SINCE };

static const struct pane_column s_columns[] = {
    [COLUMN_EXT] = {.name = "EXT", .field = FILTER_EXT, .least = 4, .ext = true},
    [COLUMN_STATE] = {.name = "STATE", .field = FILTER_STATE, .least = 8, .apart = true},
    [COLUMN_HOLDER] = {.name = "HOLDER", .field = FILTER_LOGIN, .least = 15, .share = 1},
    [COLUMN_NOTE] =
        {.name = "NOTE / UNTIL", .field = FILTER_NOTE, .least = 14, .share = 1, .drop = 1},
    [COLUMN_SINCE] = {.name = "SINCE", .field = FILTER_SINCE, .least = 11, .drop = 2},
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

/* A missing text sorts after all others. */
static int compare_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : a ? -1 : b ? 1 : 0;
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
    case COLUMN_HOLDER:
        return compare_text(left->agent, right->agent);
    case COLUMN_NOTE:
        return compare_text(left->note, right->note);
    case COLUMN_SINCE:
        return left->at_s < right->at_s ? 1 : left->at_s > right->at_s ? -1 : 0;
    default:
        return strcmp(left->ext, right->ext);
    }
}

static struct list_source source(const struct shell *shell, const struct screen_data *data)
{
    return (struct list_source){.context = data,
                                .n_rows = data->snapshot->n_slots,
                                .key = key,
                                .find = find,
                                .compare = compare,
                                .subject = screen_data_slot_subject,
                                .scope = &data->slots_scope,
                                .block = data->slots_block,
                                .now = shell_slots_now(shell)};
}

/* "until 2 Dec": when a released number can be assigned again. */
static const char *until(const struct pane_row *drawn, const struct slot *slot, char *room,
                         size_t size)
{
    char day[WHEN_MAX];
    when_day(policy_cool_until_s(drawn->policy, slot, drawn->data->now_s), drawn->data->now_s, day);
    snprintf(room, size, "until %s", day);
    return room;
}

/* Who holds the number or held it last. Without a column for it, the end of a cool-down or the note
   of a reserved number takes this place. */
static const char *holder(const struct pane_row *drawn, const struct slot *slot,
                          enum ext_state state, char *room, size_t size)
{
    bool alone = !(drawn->columns & 1u << COLUMN_NOTE);
    if (alone && state == EXT_COOLING) {
        return until(drawn, slot, room, size);
    }
    if (alone && state == EXT_RESERVED) {
        return slot->note ? slot->note : "";
    }
    if (slot->state == SLOT_FREE && slot->agent) {
        snprintf(room, size, "was %s", slot->agent);
        return room;
    }
    return slot->agent ? slot->agent : "";
}

static char sign(const struct pane_row *drawn)
{
    const char *ext = at(drawn->data, drawn->row)->ext;
    return gather_sign_with(drawn->shell, NULL, ext,
                            changes_of_ext(&drawn->shell->changes, ext) != NULL);
}

static void changed(const struct feed_row *row, const char *keys[2])
{
    keys[0] = row->ext;
    keys[1] = row->kind == CHANGE_REASSIGN ? row->from : NULL;
}

static const char *cell(const struct pane_row *drawn, int column, char *room, size_t size,
                        enum style *style)
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
    const struct slot *slot = at(drawn->data, drawn->row);
    enum ext_state state = policy_state(drawn->policy, slot, drawn->data->now_s);
    bool pinned = state == EXT_ASSIGNED && slot->note;
    switch (column) {
    case COLUMN_EXT:
        return slot->ext;
    case COLUMN_STATE:
        *style = pinned ? STYLE_STATE_PINNED : styles[state];
        return pinned ? "PIN" : ext_state_name(state);
    case COLUMN_HOLDER:
        return holder(drawn, slot, state, room, size);
    case COLUMN_NOTE:
        *style = STYLE_DIM;
        return state == EXT_COOLING ? until(drawn, slot, room, size) : slot->note ? slot->note : "";
    default:
        *style = STYLE_DIM;
        if (slot->at_s == 0) {
            return "";
        }
        when_day(slot->at_s, drawn->data->now_s, room);
        return room;
    }
}

/* The first number that can be assigned, or is. */
static size_t opens_at(const struct screen_data *data)
{
    for (size_t row = 0; row < data->snapshot->n_slots; row++) {
        if (policy_state(data->policy, at(data, row), data->now_s) != EXT_BLOCKED) {
            return row;
        }
    }
    return SIZE_MAX;
}

static const char *empty(const struct shell *shell, char *room, size_t size)
{
    if (!shell->data && shell_trouble(shell)->code == ERR_OK) {
        return ""; /* the first frame leaves blank what the rows will fill */
    }
    if (!shell->data) {
        snprintf(room, size, "could not be read\n%s tries again", frame_key(shell, CMD_RELOAD));
    } else if (shell->place.read_only) {
        snprintf(room, size, "the store is empty");
    } else {
        snprintf(room, size, "the store is empty\n%s plans a sync, which fills it",
                 frame_key(shell, CMD_SYNC));
    }
    return room;
}

const struct pane_ops pane_extensions = {.name = "extensions",
                                         .title = "2 Extensions",
                                         .gutter = 3,
                                         .columns = s_columns,
                                         .n_columns = sizeof s_columns / sizeof s_columns[0],
                                         .source = source,
                                         .cell = cell,
                                         .sign = sign,
                                         .changed = changed,
                                         .opens_at = opens_at,
                                         .empty = empty};
