#include "tui/view/history.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/panel/pages.h"
#include "tui/panel/search.h"
#include "tui/shell/work.h"
#include "tui/view/history_rows.h"
#include "tui/view/jobs.h"
#include "tui/widget/filter_spans.h"

#include "core/base/banned.h"

struct history_view {
    struct view view;
    struct list list;
    struct history_rows *rows; /* row i is action i of the history */
};

/* Created numbers are shown as one range. */
static size_t weight(const struct audit_change *change)
{
    int64_t first;
    int64_t last;
    if (change->kind == CHANGE_CREATE && change->from && change->to &&
        text_to_int64(change->from, 0, INT64_MAX, &first) &&
        text_to_int64(change->to, 0, INT64_MAX, &last) && last > first) {
        return (size_t)(last - first) + 1;
    }
    return 1;
}

/* "+3 -2 ~1" and, if it is only one change, which. */
static void summary(const struct audit_action *action, char *out, size_t size)
{
    size_t counts[CHANGE_KIND_COUNT] = {0};
    size_t used = 0;
    for (size_t i = 0; i < action->n_changes; i++) {
        counts[action->changes[i].kind] += weight(&action->changes[i]);
    }
    out[0] = '\0';
    if (action->n_changes == 1 && weight(&action->changes[0]) == 1) {
        const struct audit_change *change = &action->changes[0];
        snprintf(out, size, "%c %s %s", change_kind_mark(change->kind),
                 change->ext ? change->ext : "", change->agent ? change->agent : "");
        return;
    }
    for (int i = 0; i < CHANGE_KIND_COUNT && used < size; i++) {
        if (counts[i] > 0) {
            used += (size_t)snprintf(out + used, size - used, "%s%c%s %s", used ? "  " : "",
                                     change_kind_mark((enum change_kind)i), frame_count(counts[i]),
                                     change_kind_name((enum change_kind)i));
        }
    }
}

/* What a filter found in a cell. */
static void mark(const struct list *list, enum filter_field field, const char *text,
                 struct canvas *canvas, struct rect cell)
{
    if (cell.width > 0) {
        filter_mark(&list->filter, field, text, canvas, cell);
    }
}

static void draw_action(const struct history_view *view, const struct shell *shell,
                        struct canvas *canvas, int y, size_t index)
{
    bool current = index == view->list.cursor;
    const struct audit_action *action = &shell->reading.history->actions[view->list.shown[index]];
    enum style style = current ? STYLE_CURSOR : STYLE_TEXT;
    char when[WHEN_MAX];
    char what[256];
    int width = canvas->width;
    when_moment(action->at_ms / 1000, shell_now_s(shell), when);
    summary(action, what, sizeof what);
    canvas_fill(canvas, (struct rect){0, y, width, 1}, style);
    canvas_printf(canvas, 0, y, 14, style, "%c%s", current ? '>' : ' ', when);
    canvas_field(canvas, 15, y, width > 24 ? 9 : 0, style, action->action);
    int left = width - 25;
    int who = left > 60 ? left / 3 : left > 30 ? 16 : 0;
    canvas_text(canvas, 25, y, left - who - 1, style, what);
    canvas_text(canvas, width - who, y, who, current ? style : STYLE_DIM, audit_who(action));
    mark(&view->list, FILTER_ACTION, action->action, canvas, (struct rect){15, y, 9, 1});
    mark(&view->list, FILTER_LOGIN, what, canvas, (struct rect){25, y, left - who - 1, 1});
    mark(&view->list, FILTER_ACTOR, audit_who(action), canvas,
         (struct rect){width - who, y, who, 1});
}

static void draw(struct view *base, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct history_view *view = (struct history_view *)base;
    (void)caret;
    char title[FILTER_TEXT_MAX + 64];
    search_title(&view->list, "HISTORY", title, sizeof title);
    int y = frame_header(shell, canvas, title);
    char status[160];
    bool undoes = !shell->place.read_only;
    snprintf(status, sizeof status, "%s shows it in full,%s%s%s Esc goes back",
             frame_key(shell, CMD_DETAILS), undoes ? " " : "",
             undoes ? frame_key(shell, CMD_UNDO) : "", undoes ? " plans to undo it," : "");
    int low = frame_footer(shell, canvas, base, status);
    list_scroll(&view->list, low - y);
    if (!shell->reading.history || view->list.source.n_rows == 0) {
        canvas_text(canvas, 1, y + 1, canvas->width - 2, STYLE_DIM,
                    shell->reading.history ? "nothing has been changed yet" : "reading...");
    } else if (view->list.n_shown == 0) {
        search_draw_none(shell, canvas, (struct rect){1, y + 1, canvas->width - 2, low - y - 1});
    }
    for (int i = 0;
         shell->reading.history && i < low - y && view->list.top + (size_t)i < view->list.n_shown;
         i++) {
        draw_action(view, shell, canvas, y + i, view->list.top + (size_t)i);
    }
}

static unsigned command(struct view *base, struct shell *shell, enum command command)
{
    struct history_view *view = (struct history_view *)base;
    unsigned reaction = search_command(&view->list, shell, command, history_columns);
    if (reaction != REACT_PASS) {
        return reaction;
    }
    if (command == CMD_RELOAD) {
        work_read_history(shell);
        return REACT_DRAW;
    }
    size_t row = list_current(&view->list);
    if (row == SIZE_MAX) {
        return REACT_PASS;
    }
    const struct audit_action *action = &shell->reading.history->actions[row];
    switch ((int)command) {
    case CMD_DETAILS:
        page_action(shell, action);
        return REACT_DRAW;
    case CMD_UNDO:
        job_undo(shell, action->action_id);
        return REACT_DRAW;
    default:
        return REACT_PASS;
    }
}

static bool argument(struct view *base, struct shell *shell, enum command command, const char *text)
{
    if (command == CMD_FILTER) {
        search_given(&((struct history_view *)base)->list, shell, text);
    }
    return command == CMD_FILTER;
}

/* The history was read again, or the data was. */
static void reload(struct view *base, struct shell *shell)
{
    struct history_view *view = (struct history_view *)base;
    struct history_rows *before = view->rows;
    view->rows = history_rows_new(shell->reading.history, session_policy(shell->place.session),
                                  shell_now_s(shell));
    struct list_source source = history_rows_source(view->rows);
    list_reload(&view->list, &source);
    history_rows_free(before);
}

static bool has_row(const struct view *base)
{
    return list_current(&((const struct history_view *)base)->list) != SIZE_MAX;
}

static void release(struct view *base)
{
    struct history_view *view = (struct history_view *)base;
    list_release(&view->list);
    history_rows_free(view->rows);
    free(view);
}

static const struct view_ops s_history_ops = {.title = "history",
                                              .place = PLACE_HISTORY,
                                              .draw = draw,
                                              .command = command,
                                              .argument = argument,
                                              .reload = reload,
                                              .has_row = has_row,
                                              .free = release};

void view_history_open(struct shell *shell)
{
    struct history_view *view = mem_alloc(sizeof *view);
    view->view.ops = &s_history_ops;
    list_init(&view->list, HISTORY_COLUMNS);
    reload(&view->view, shell);
    shell_push(shell, &view->view);
    work_read_history(shell);
}
