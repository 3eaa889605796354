#include "tui/view/panes.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

enum { COLUMN_LOGIN, COLUMN_NAME, COLUMN_EXT, COLUMN_STATE, COLUMN_SINCE, COLUMN_PROFILE };

static const struct pane_column s_columns[] = {
    [COLUMN_LOGIN] = {"LOGIN", 14, 4, 0, false}, [COLUMN_NAME] = {"NAME", 12, 4, 2, false},
    [COLUMN_EXT] = {"EXT", 4, 0, 0, true},       [COLUMN_STATE] = {"STATE", 6, 0, 1, false},
    [COLUMN_SINCE] = {"SINCE", 12, 0, 3, false}, [COLUMN_PROFILE] = {"PROFILE", 12, 2, 4, false},
};

static const struct agent_row *at(const void *context, size_t row)
{
    return &((const struct screen_data *)context)->agents.rows[row];
}

static const char *key(const void *context, size_t row)
{
    return at(context, row)->login;
}

static size_t find(const void *context, const char *login)
{
    const struct screen_data *data = context;
    const struct agent_row *row = screen_data_find_agent(data, login);
    return row ? (size_t)(row - data->agents.rows) : SIZE_MAX;
}

/* A missing text sorts after all others. */
static int compare_text(const char *a, const char *b)
{
    if (!a || !b) {
        return a ? -1 : b ? 1 : 0;
    }
    for (; *a && (*a == *b || text_lower(*a) == text_lower(*b)); a++, b++) {
    }
    return (unsigned char)text_lower(*a) - (unsigned char)text_lower(*b);
}

static int64_t since(const struct agent_row *row)
{
    return row->slot ? row->slot->at_s : 0;
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    const struct agent_row *left = at(context, a);
    const struct agent_row *right = at(context, b);
    switch (column) {
    case COLUMN_NAME:
        return compare_text(left->name, right->name);
    case COLUMN_EXT:
        return compare_text(left->slot ? left->slot->ext : NULL,
                            right->slot ? right->slot->ext : NULL);
    case COLUMN_STATE: /* what needs attention first */
        return left->state != right->state ? (int)right->state - (int)left->state
                                           : (right->slot && right->slot->note != NULL) -
                                                 (left->slot && left->slot->note != NULL);
    case COLUMN_SINCE:
        return since(left) < since(right) ? 1 : since(left) > since(right) ? -1 : 0;
    case COLUMN_PROFILE:
        return compare_text(left->routing_profile, right->routing_profile);
    default:
        return compare_text(left->login, right->login);
    }
}

static void subject(const void *context, size_t index, struct filter_subject *out)
{
    const struct agent_row *row = at(context, index);
    out->fields[FILTER_LOGIN] = row->login;
    out->fields[FILTER_NAME] = row->name;
    out->fields[FILTER_EXT] = row->slot ? row->slot->ext : NULL;
    out->fields[FILTER_STATE] = screen_data_agent_look(context, row)->states;
    out->fields[FILTER_NOTE] = row->slot ? row->slot->note : NULL;
}

static struct list_source source(const struct shell *shell, const struct screen_data *data)
{
    (void)shell;
    return (struct list_source){.context = data,
                                .n_rows = data->agents.n_rows,
                                .key = key,
                                .find = find,
                                .compare = compare,
                                .subject = subject};
}

static const char *cell(const struct screen_data *data, const struct policy *policy, size_t index,
                        int column, char *room, size_t size, enum style *style)
{
    const struct agent_row *row = at(data, index);
    *style = screen_data_agent_look(data, row)->style;
    switch (column) {
    case COLUMN_LOGIN:
        return row->login;
    case COLUMN_NAME:
        return row->name ? row->name : row->state == AGENT_STALE && !data->partial ? "(left)" : "";
    case COLUMN_EXT:
        if (!row->slot) {
            snprintf(room, size, "%.*s", policy->width, "--------");
            return room;
        }
        return row->slot->ext;
    case COLUMN_STATE:
        return screen_data_agent_look(data, row)->mark;
    case COLUMN_SINCE:
        *style = STYLE_DIM;
        if (since(row) == 0) {
            return "";
        }
        when_moment(since(row), data->now_s, room);
        return room;
    default:
        *style = STYLE_DIM;
        return row->routing_profile ? row->routing_profile : "";
    }
}

static int wanted(const struct screen_data *data, int column)
{
    return column == COLUMN_LOGIN  ? data->login_columns
           : column == COLUMN_NAME ? data->name_columns
                                   : 0;
}

static const char *empty(const struct shell *shell, char *room, size_t size)
{
    const struct screen_data *data = shell->data;
    const char *again = frame_key(shell, CMD_RELOAD);
    if (!data && shell_trouble(shell)->code == ERR_NOT_FOUND) {
        return "the store does not exist yet\n:init creates it and fills the pool";
    }
    if ((!data || !data->roster) && shell_trouble(shell)->code != ERR_OK) {
        snprintf(room, size, "%s could not be read; the reason is below\n%s tries again",
                 data ? "the directory" : "the store", again);
        return room;
    }
    if (!data) {
        return shell_busy(shell) ? "reading..." : "";
    }
    if (!session_directory_uri(shell->place.session)) {
        return "no directory is configured, and nobody holds an extension\nName one: extpool "
               "--directory file:agents.csv, or in the configuration";
    }
    if (data->partial) {
        return "reading the directory...";
    }
    snprintf(room, size, "the directory has no agents\n%s reads it again", again);
    return room;
}

const struct pane_ops pane_agents = {.title = "Agents",
                                     .title_alone = "Holders",
                                     .columns = s_columns,
                                     .n_columns = sizeof s_columns / sizeof s_columns[0],
                                     .source = source,
                                     .cell = cell,
                                     .wanted = wanted,
                                     .empty = empty};
