/*
 * The rows of a plan as a list that can be searched and sorted. Row i is change i. The rows have a
 * copy of the texts: the plan may be gone while the list still shows it.
 */

#include "tui/view/plan_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

enum { PLAN_AS_PLANNED, PLAN_BY_ACTION, PLAN_BY_EXT, PLAN_BY_AGENT, PLAN_COLUMNS };
const char *const plan_columns[] = {"the order of the plan", "action", "extension", "agent"};

/* The words of `state:`; as bits, in this order. */
static const char *const s_states[] = {"in", "out", "conflict", "done", "failed", "left", NULL};
enum {
    WORD_IN = 1,
    WORD_OUT = 2,
    WORD_CONFLICT = 4,
    WORD_DONE = 8,
    WORD_FAILED = 16,
    WORD_LEFT = 32
};

struct plan_row {
    char key[24];
    const char *action, *exts, *agent, *why;
    uint32_t states;
};

struct plan_rows {
    struct arena arena;
    struct plan_row *rows;
    size_t n_rows;
    struct filter_scope scope;
};

static uint32_t states_of(const struct change *change)
{
    switch (change->result) {
    case RESULT_CONFLICT:
        return WORD_CONFLICT | WORD_LEFT;
    case RESULT_DONE:
        return WORD_DONE;
    case RESULT_FAILED:
    case RESULT_IN_DOUBT:
        return WORD_FAILED | WORD_LEFT;
    case RESULT_NOT_TRIED:
        return WORD_LEFT;
    case RESULT_PLANNED:
    case RESULT_SKIPPED:
        break;
    }
    return change_is_tried(change) ? WORD_IN : WORD_OUT;
}

static void fill(struct plan_rows *rows, size_t i, const struct change *change)
{
    struct plan_row *row = &rows->rows[i];
    const char *from = change->from ? change->from : "";
    const char *ext = change->ext ? change->ext : "";
    snprintf(row->key, sizeof row->key, "%zu", i);
    row->action = change_kind_name(change->kind);
    row->exts = arena_printf(&rows->arena, "%s%s%s", from, *from && *ext ? " " : "", ext);
    row->agent = arena_strdup(&rows->arena, change->agent);
    row->why = arena_printf(&rows->arena, "%s %s", change->why ? change->why : "",
                            change->detail ? change->detail : "");
    row->states = states_of(change);
}

static struct plan_rows *rows_new(const struct plan_view *view, const struct shell *shell)
{
    struct plan_rows *rows = mem_alloc(sizeof *rows);
    rows->n_rows = view->plan ? view->plan->n_changes : 0;
    rows->rows = mem_array(rows->n_rows + 1, sizeof *rows->rows);
    for (size_t i = 0; i < rows->n_rows; i++) {
        fill(rows, i, &view->plan->changes[i]);
    }
    rows->scope = (struct filter_scope){
        .fields = FILTER_BIT(FILTER_ACTION) | FILTER_BIT(FILTER_EXT) | FILTER_BIT(FILTER_LOGIN) |
                  FILTER_BIT(FILTER_STATE) | FILTER_BIT(FILTER_NOTE),
        .states = s_states,
        .n_said = 6,
        .ext_width = session_policy(shell->place.session)->width,
        .now_s = shell_now_s(shell)};
    return rows;
}

static void rows_free(struct plan_rows *rows)
{
    if (rows) {
        arena_release(&rows->arena);
        free(rows->rows);
        free(rows);
    }
}

/* ---- a list's source -------------------------------------------------------------------------- */

static const struct plan_row *at(const void *context, size_t row)
{
    return &((const struct plan_rows *)context)->rows[row];
}

static const char *key(const void *context, size_t row)
{
    return at(context, row)->key;
}

static size_t find(const void *context, const char *wanted)
{
    size_t row = (size_t)strtoul(wanted, NULL, 10);
    return row < ((const struct plan_rows *)context)->n_rows ? row : SIZE_MAX;
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    const struct plan_row *left = at(context, a);
    const struct plan_row *right = at(context, b);
    int order = column == PLAN_BY_ACTION ? strcmp(left->action, right->action)
                : column == PLAN_BY_EXT  ? strcmp(left->exts, right->exts)
                : column == PLAN_BY_AGENT
                    ? strcmp(left->agent ? left->agent : "", right->agent ? right->agent : "")
                    : 0;
    return order || column != PLAN_AS_PLANNED ? order : a < b ? -1 : a > b;
}

static void subject(const void *context, size_t index, struct filter_subject *out)
{
    const struct plan_row *row = at(context, index);
    out->texts[FILTER_ACTION] = row->action;
    out->texts[FILTER_EXT] = row->exts;
    out->texts[FILTER_LOGIN] = row->agent;
    out->texts[FILTER_NOTE] = row->why;
    out->states = row->states;
}

/* ---- of the view -------------------------------------------------------------------------------- */

void plan_rows_take(struct plan_view *view, const struct shell *shell)
{
    struct plan_rows *before = view->rows;
    view->rows = rows_new(view, shell);
    struct list_source source = {.context = view->rows,
                                 .n_rows = view->rows->n_rows,
                                 .key = key,
                                 .find = find,
                                 .compare = compare,
                                 .subject = subject,
                                 .scope = &view->rows->scope};
    if (view->list.n_columns == 0) {
        list_init(&view->list, PLAN_COLUMNS);
    }
    list_reload(&view->list, &source);
    rows_free(before);
    if (source.n_rows > 0) {
        (void)list_seek(&view->list, at(view->rows, view->cursor)->key);
    }
}

void plan_rows_follow(struct plan_view *view)
{
    size_t row = list_current(&view->list);
    if (view->plan && row != SIZE_MAX) {
        view->cursor = row;
        view->at = view->plan->changes[row].request;
    }
}

bool plan_rows_shown(const struct plan_view *view, size_t row)
{
    return !view->list.found || filter_found(view->list.found, row);
}

void plan_rows_release(struct plan_view *view)
{
    list_release(&view->list);
    rows_free(view->rows);
}
