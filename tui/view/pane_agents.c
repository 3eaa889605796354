#include "tui/view/panes.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/fold_search.h"
#include "core/base/text.h"
#include "tui/shell/work.h"
#include "tui/shell/gather.h"

#include "core/base/banned.h"

enum {
    COLUMN_LOGIN,
    COLUMN_NAME,
    COLUMN_EXT,
    COLUMN_STATE,
    COLUMN_LIVE,
    COLUMN_LIVE_SINCE, /* instead of COLUMN_LIVE, where there is room */
    COLUMN_GROUP,      /* if there are groups */
    COLUMN_SINCE,
    COLUMN_PROFILE
};

#define LIVE_SINCE_FROM 60 /* columns of the pane */

static const struct pane_column s_columns[] = {
    [COLUMN_LOGIN] = {.name = "LOGIN", .field = FILTER_LOGIN, .least = 12, .share = 4},
    [COLUMN_NAME] = {.name = "NAME", .field = FILTER_NAME, .least = 11, .share = 4, .drop = 2},
    [COLUMN_EXT] = {.name = "EXT", .field = FILTER_EXT, .least = 4, .ext = true},
    [COLUMN_STATE] = {.name = "STATE", .field = FILTER_STATE, .least = 5, .drop = 1, .apart = true},
    [COLUMN_LIVE] = {.name = "LIVE", .field = FILTER_LIVE, .least = 4, .drop = 3, .moves = true},
    [COLUMN_LIVE_SINCE] =
        {.name = "LIVE", .field = FILTER_LIVE, .least = 10, .drop = 3, .moves = true},
    [COLUMN_GROUP] = {.name = "GROUP", .field = FILTER_GROUP, .least = 8, .share = 1, .drop = 4},
    [COLUMN_SINCE] = {.name = "SINCE", .field = FILTER_SINCE, .least = 11, .drop = 5},
    [COLUMN_PROFILE] =
        {.name = "PROFILE", .field = FILTER_PROFILE, .least = 12, .share = 2, .drop = 6},
};

static const struct agent_row *at(const void *context, size_t row)
{
    return &((const struct screen_data *)context)->agents.rows[row];
}

static const struct policy *policy_of(const void *context)
{
    return ((const struct screen_data *)context)->policy;
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
    case COLUMN_GROUP:
        return compare_text(agent_row_group_name(policy_of(context), left),
                            agent_row_group_name(policy_of(context), right));
    case COLUMN_PROFILE:
        return compare_text(left->routing_profile, right->routing_profile);
    default:
        return compare_text(left->login, right->login);
    }
}

static struct list_source source(const struct shell *shell, const struct screen_data *data)
{
    return (struct list_source){.context = data,
                                .n_rows = data->agents.n_rows,
                                .key = key,
                                .find = find,
                                .compare = compare,
                                .subject = screen_data_agent_subject,
                                .scope = &data->agents_scope,
                                .block = data->agents_block,
                                .now = shell_agents_now(shell)};
}

/* Whether the login says what `word` (folded, without its end) does, from there on: returns the byte
   behind it, or 0. "schroeder" says "schroder". */
static size_t said_at(const char *login, size_t at, const char *word, size_t length)
{
    for (size_t i = 0; i < length; at++) {
        if (login[at] == word[i]) {
            i++;
        } else if (i == 0 || login[at] != 'e' || !strchr("aou", word[i - 1])) {
            return 0;
        }
    }
    return at;
}

static bool is_letter(char byte)
{
    return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

/* The same wherever a word of the login begins, or directly behind the word before (*end): the login
   a.vanderberg says "van der Berg". */
static bool is_said(const char *login, const char *word, size_t length, size_t *end)
{
    size_t behind = *end > 0 ? said_at(login, *end, word, length) : 0;
    for (size_t at = 0; login[at] && behind == 0; at++) {
        if (is_letter(login[at]) && (at == 0 || !is_letter(login[at - 1]))) {
            behind = said_at(login, at, word, length);
        }
    }
    *end = behind;
    return behind > 0;
}

/* "d'angelo" is written dangelo in a login. */
static void remove_apostrophes(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text != '\'') {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* Whether what the column shows of a name is more than the login says. Else it need not be sent. Of a
   word that is cut only the first letter counts. */
static bool says_more(const char *name, const char *login, int width)
{
    char shown[256];
    char known[256];
    size_t end = 0;
    bool cut = text_columns(name) > (size_t)width;
    size_t bytes = cut ? text_fit(name, (size_t)width - 1, NULL) : strlen(name);
    shown[fold_search(name, bytes, shown, sizeof shown - 1)] = '\0';
    known[fold_search(login, strlen(login), known, sizeof known - 1)] = '\0';
    cut = cut && is_letter(name[bytes]);
    remove_apostrophes(shown);
    for (const char *at = shown; *at;) {
        size_t length = 0;
        while (is_letter(at[length])) {
            length++;
        }
        size_t counts = cut && !at[length] && (unsigned char)*at < 0x80 ? 1 : length;
        if (length > 0 && !is_said(known, at, counts, &end)) {
            return true;
        }
        at += length > 0 ? length : 1;
    }
    return false;
}

/* While a filter holds, each name is there: it may be what was found. */
static const char *name_of(const struct pane_row *drawn)
{
    const struct screen_data *data = drawn->data;
    const struct agent_row *row = at(data, drawn->row);
    if (!row->name) {
        return row->state == AGENT_STALE && !data->partial ? "(left)" : "";
    }
    bool more = drawn->filtered || says_more(row->name, row->login, drawn->width);
    return more ? row->name : "";
}

/* "avl", "call 14:29"; "" as long as nobody was asked. */
static const char *live(const struct pane_row *drawn, bool with_time, char *room, size_t size)
{
    const struct live_seen *seen = shell_live_of(drawn->shell, at(drawn->data, drawn->row)->login);
    char when[WHEN_MAX];
    if (!seen) {
        return "";
    }
    if (!with_time || seen->state.since_s == 0) {
        return live_word(&seen->state);
    }
    when_day(seen->state.since_s, drawn->data->now_s, when);
    snprintf(room, size, "%s %s", live_word(&seen->state), when);
    return room;
}

static bool shows(const struct shell *shell, int column, int room)
{
    if (column == COLUMN_GROUP) {
        return session_policy(shell->place.session)->n_groups > 0;
    }
    bool live = column == COLUMN_LIVE || column == COLUMN_LIVE_SINCE;
    return !live ||
           (shell_tells_live(shell) && (column == COLUMN_LIVE_SINCE) == (room >= LIVE_SINCE_FROM));
}

static char sign(const struct pane_row *drawn)
{
    const char *login = at(drawn->data, drawn->row)->login;
    return gather_sign_with(drawn->shell, login, NULL,
                            changes_of_agent(&drawn->shell->changes, login) != NULL);
}

static void changed(const struct feed_row *row, const char *keys[2])
{
    keys[0] = row->agent;
}

static const char *cell(const struct pane_row *drawn, int column, char *room, size_t size,
                        enum style *style)
{
    const struct screen_data *data = drawn->data;
    const struct agent_row *row = at(data, drawn->row);
    switch (column) {
    case COLUMN_LOGIN:
        return row->login;
    case COLUMN_NAME:
        return name_of(drawn);
    case COLUMN_EXT:
        if (!row->slot) {
            snprintf(room, size, "%.*s", drawn->policy->width, "--------");
            return room;
        }
        return row->slot->ext;
    case COLUMN_STATE:
        *style = screen_data_agent_look(data, row)->style;
        return screen_data_agent_look(data, row)->mark;
    case COLUMN_LIVE:
    case COLUMN_LIVE_SINCE:
        return live(drawn, column == COLUMN_LIVE_SINCE, room, size);
    case COLUMN_SINCE:
        *style = STYLE_DIM;
        if (since(row) == 0) {
            return "";
        }
        when_day(since(row), data->now_s, room);
        return room;
    case COLUMN_GROUP: {
        const char *group = agent_row_group_name(data->policy, row);
        return group ? group : "";
    }
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
        return ""; /* the first frame leaves blank what the rows will fill */
    }
    if (!session_directory_uri(shell->place.session)) {
        return "no directory is configured, and nobody holds an extension\nName one: extpool "
               "--directory file:agents.csv, or in the configuration";
    }
    if (data->partial) {
        return "";
    }
    snprintf(room, size, "the directory has no agents\n%s reads it again", again);
    return room;
}

const struct pane_ops pane_agents = {.name = "agents",
                                     .title = "1 Agents",
                                     .title_alone = "1 Holders",
                                     .gutter = 4,
                                     .columns = s_columns,
                                     .n_columns = sizeof s_columns / sizeof s_columns[0],
                                     .source = source,
                                     .cell = cell,
                                     .shows = shows,
                                     .sign = sign,
                                     .changed = changed,
                                     .wanted = wanted,
                                     .empty = empty};
