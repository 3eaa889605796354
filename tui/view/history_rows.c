#include "tui/view/history_rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

#define TEXT_MAX (1 << 20)

const char *const history_columns[HISTORY_COLUMNS] = {"time", "action", "who"};

struct history_row {
    const char *id, *action, *who, *ticket;
    const char *names;  /* of who did it, and as whom */
    const char *exts;   /* "0042 0100-0199" */
    const char *logins; /* with blanks between */
    int64_t at_s;
};

struct history_rows {
    struct arena arena;
    struct history_row *rows;
    size_t n_rows;
    struct filter_scope scope;
};

static void add_word(struct buf *out, const char *word)
{
    if (word && *word) {
        buf_printf(out, "%s%s", out->length ? " " : "", word);
    }
}

static void add_numbers(struct buf *out, const struct audit_change *change)
{
    if (change->kind == CHANGE_CREATE && change->from && change->to) {
        buf_printf(out, "%s%s-%s", out->length ? " " : "", change->from, change->to);
        return;
    }
    add_word(out, change->ext);
    if (change->kind == CHANGE_REASSIGN) {
        add_word(out, change->from);
    }
}

static void fill(struct history_rows *rows, struct history_row *row,
                 const struct audit_action *action, struct buf text[2])
{
    buf_clear(&text[0]);
    buf_clear(&text[1]);
    for (size_t i = 0; i < action->n_changes; i++) {
        add_numbers(&text[0], &action->changes[i]);
        add_word(&text[1], action->changes[i].agent);
    }
    *row = (struct history_row){.id = arena_strdup(&rows->arena, action->action_id),
                                .action = arena_strdup(&rows->arena, action->action),
                                .who = arena_strdup(&rows->arena, audit_who(action)),
                                .names = arena_printf(&rows->arena, "%s %s", audit_who(action),
                                                      action->actor ? action->actor : ""),
                                .ticket = arena_strdup(&rows->arena, action->origin.ticket),
                                .exts = arena_strdup(&rows->arena, text[0].data),
                                .logins = arena_strdup(&rows->arena, text[1].data),
                                .at_s = action->at_ms / 1000};
}

struct history_rows *history_rows_new(const struct history *history, const struct policy *policy,
                                      int64_t now_s)
{
    struct history_rows *rows = mem_alloc(sizeof *rows);
    struct buf text[2];
    buf_init(&text[0], TEXT_MAX);
    buf_init(&text[1], TEXT_MAX);
    rows->n_rows = history ? history->n_actions : 0;
    rows->rows = mem_array(rows->n_rows + 1, sizeof *rows->rows);
    for (size_t i = 0; i < rows->n_rows; i++) {
        fill(rows, &rows->rows[i], &history->actions[i], text);
    }
    rows->scope = (struct filter_scope){
        .fields = FILTER_BIT(FILTER_ACTION) | FILTER_BIT(FILTER_ACTOR) | FILTER_BIT(FILTER_EXT) |
                  FILTER_BIT(FILTER_LOGIN) | FILTER_BIT(FILTER_SINCE) | FILTER_BIT(FILTER_NOTE),
        .ext_width = policy->width,
        .now_s = now_s};
    buf_release(&text[0]);
    buf_release(&text[1]);
    return rows;
}

void history_rows_free(struct history_rows *rows)
{
    if (rows) {
        arena_release(&rows->arena);
        free(rows->rows);
        free(rows);
    }
}

/* ---- a list's source -------------------------------------------------------------------------- */

static const struct history_row *at(const void *context, size_t row)
{
    return &((const struct history_rows *)context)->rows[row];
}

static const char *key(const void *context, size_t row)
{
    return at(context, row)->id;
}

static size_t find(const void *context, const char *id)
{
    const struct history_rows *rows = context;
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (strcmp(rows->rows[i].id, id) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The newest first. */
static int compare(const void *context, int column, size_t a, size_t b)
{
    const struct history_row *left = at(context, a);
    const struct history_row *right = at(context, b);
    switch (column) {
    case HISTORY_BY_ACTION:
        return strcmp(left->action, right->action);
    case HISTORY_BY_WHO:
        return strcmp(left->who, right->who);
    default:
        return a < b ? -1 : a > b;
    }
}

static void subject(const void *context, size_t index, struct filter_subject *out)
{
    const struct history_row *row = at(context, index);
    out->texts[FILTER_ACTION] = row->action;
    out->texts[FILTER_ACTOR] = row->names;
    out->texts[FILTER_EXT] = row->exts;
    out->texts[FILTER_LOGIN] = row->logins;
    out->texts[FILTER_NOTE] = row->ticket;
    out->since_s = row->at_s;
}

struct list_source history_rows_source(const struct history_rows *rows)
{
    return (struct list_source){.context = rows,
                                .n_rows = rows->n_rows,
                                .key = key,
                                .find = find,
                                .compare = compare,
                                .subject = subject,
                                .scope = &rows->scope};
}
