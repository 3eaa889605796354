#include "tui/view/plan_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/shell/gather.h"

#include "tui/panel/search.h"
#include "tui/widget/filter_spans.h"

#include "core/base/banned.h"

/* ---- drawing: the rows --------------------------------------------------------------------- */

static enum style kind_style(enum change_kind kind)
{
    switch (kind) {
    case CHANGE_ASSIGN:
    case CHANGE_CREATE:
    case CHANGE_UNRESERVE:
        return STYLE_PLAN_ADD;
    case CHANGE_RELEASE:
        return STYLE_PLAN_REMOVE;
    case CHANGE_REASSIGN:
    case CHANGE_RESERVE:
    case CHANGE_PIN:
    case CHANGE_UNPIN:
    case CHANGE_SET:
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return STYLE_PLAN_MOVE;
}

static bool is_bad(const struct change *change)
{
    return change->result == RESULT_CONFLICT || change->result == RESULT_FAILED;
}

/* "[x]" before it is applied, the result afterwards. */
static const char *box_of(const struct plan_view *view, const struct change *change)
{
    if (change->already_applied) {
        return " = ";
    }
    if (view->stage != STAGE_APPLIED) {
        return change->result == RESULT_CONFLICT ? "[!]" : change->left_out ? "[ ]" : "[x]";
    }
    switch (change->result) {
    case RESULT_DONE:
        return "ok ";
    case RESULT_CONFLICT:
        return "!! ";
    case RESULT_FAILED:
        return "XX ";
    case RESULT_IN_DOUBT:
        return "?? ";
    case RESULT_PLANNED:
    case RESULT_SKIPPED:
    case RESULT_NOT_TRIED:
        break;
    }
    return " - ";
}

void view_plan_measure(struct plan_view *view)
{
    char ext[40];
    view->ext_columns = 4;
    view->agent_columns = 4;
    for (size_t i = 0; i < view->plan->n_changes; i++) {
        const struct change *change = &view->plan->changes[i];
        judged_ext(change, ext, sizeof ext);
        int columns = canvas_columns(ext);
        view->ext_columns = columns > view->ext_columns ? columns : view->ext_columns;
        columns = change->agent ? canvas_columns(change->agent) : 0;
        view->agent_columns = columns > view->agent_columns ? columns : view->agent_columns;
    }
}

/* What stands behind the row: why, or what is there instead. */
static void row_says(const struct plan_view *view, const struct shell *shell, size_t index,
                     char *out, size_t size)
{
    const struct change *change = &view->plan->changes[index];
    bool told = (is_bad(change) || change->already_applied) && change->detail;
    if (view->basket) {
        basket_row_says(view, shell, index, out, size);
    } else if (change->refused) {
        snprintf(out, size, "out: %s", change->detail);
    } else {
        const char *why = told ? change->detail : change->why;
        snprintf(out, size, "%s", why ? why : "");
    }
}

static void draw_change(const struct plan_view *view, const struct shell *shell,
                        struct canvas *canvas, int y, size_t index)
{
    const struct change *change = &view->plan->changes[index];
    const struct filter *filter = &view->list.filter;
    bool current = index == view->cursor;
    bool narrow = canvas->width < 60;
    enum style style = current            ? STYLE_CURSOR
                       : change->left_out ? STYLE_PLAN_OUT
                       : is_bad(change)   ? STYLE_ERROR
                                          : kind_style(change->kind);
    char ext[40];
    char says[ERR_TEXT_MAX];
    int width = canvas->width;
    judged_ext(change, ext, sizeof ext);
    canvas_fill(canvas, (struct rect){0, y, width, 1}, current ? STYLE_CURSOR : STYLE_TEXT);
    canvas_printf(canvas, 0, y, width, style, "%c%s %c %-9s", current ? '>' : ' ',
                  box_of(view, change), change_kind_mark(change->kind),
                  narrow ? "" : change_kind_name(change->kind));
    int x = narrow ? 7 : 17;
    int room = width - x < view->ext_columns ? width - x : view->ext_columns;
    canvas_field(canvas, x, y, room, style, ext);
    filter_mark(filter, FILTER_EXT, ext, canvas, (struct rect){x, y, room, 1});
    filter_mark(filter, FILTER_ACTION, narrow ? "" : change_kind_name(change->kind), canvas,
                (struct rect){7, y, 9, 1});
    x += view->ext_columns + (narrow ? 1 : 2);
    int most = narrow ? width - x : width / 3;
    int agent = view->agent_columns < most ? view->agent_columns : most;
    if (x < width) {
        canvas_field(canvas, x, y, agent, style, change->agent ? change->agent : "");
        filter_mark(filter, FILTER_LOGIN, change->agent ? change->agent : "", canvas,
                    (struct rect){x, y, agent, 1});
    }
    x += agent + 2;
    if (x < width) {
        row_says(view, shell, index, says, sizeof says);
        canvas_text(canvas, x, y, width - x, style, says);
        filter_mark(filter, FILTER_NOTE, says, canvas, (struct rect){x, y, width - x, 1});
    }
}

/* ---- drawing: around the rows -------------------------------------------------------------- */

static void add_count(char *line, size_t size, char mark, const char *name, size_t count)
{
    size_t used = strlen(line);
    if (count > 0) {
        snprintf(line + used, size - used, "%s%c %s %s", used > 1 ? "   " : "", mark, name,
                 frame_count(count));
    }
}

void view_plan_counts(const struct plan *plan, char *line, size_t size)
{
    for (int i = 0; i < CHANGE_KIND_COUNT; i++) {
        add_count(line, size, change_kind_mark((enum change_kind)i),
                  change_kind_name((enum change_kind)i), plan->counts[i]);
    }
}

/* "   out 2": rows that are left out. */
static void add_out(char *line, size_t size, const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += plan->changes[i].left_out;
    }
    size_t used = strlen(line);
    if (n > 0) {
        snprintf(line + used, size - used, "%sout %s", used > 1 ? "   " : "", frame_count(n));
    }
}

static int draw_counts(const struct plan_view *view, struct canvas *canvas, int y)
{
    const struct plan *plan = view->plan;
    char line[400] = " ";
    view_plan_counts(plan, line, sizeof line);
    add_count(line, sizeof line, ' ', "keep", plan->keep);
    add_count(line, sizeof line, '!', "no extension left for", plan->n_unassigned);
    if (view->basket) {
        add_count(line, sizeof line, '!', "conflict", plan_results(plan, RESULT_CONFLICT));
    }
    add_out(line, sizeof line, plan);
    if (view->stage == STAGE_APPLIED) {
        canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG,
                    " Result: ok applied   !! conflict   XX failed   - not tried   "
                    "= already applied");
    } else if (!plan_has_work(plan) && plan->n_unassigned > 0) {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_ERROR,
                      " nothing can be done: no extension is left for %s",
                      frame_count(plan->n_unassigned));
    } else if (!plan_has_work(plan) && !view->basket) {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_OK, " nothing to do%s",
                      plan->n_changes > 0 ? ": no row is left in the plan"
                      : plan->keep > 0    ? ": everyone keeps what they have"
                                          : "");
    } else {
        canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG, line);
    }
    return y + 1;
}

/* The result and what Enter does; above it why the rest was not applied. Returns the line above. */
static int draw_result(const struct plan_view *view, struct canvas *canvas, int y)
{
    char done[TEXT_NUMBER_ROOM];
    char left[TEXT_NUMBER_ROOM];
    bool stopped = view->err.code == ERR_CANCELLED;
    canvas_printf(canvas, 0, y, canvas->width, STYLE_WARN,
                  view->left > 0 ? " %s applied, %s not: Enter plans those again, Esc closes"
                                 : " %s applied: Enter or Esc goes back",
                  text_number(view->outcome.applied, done), text_number(view->left, left));
    if (view->err.code == ERR_OK) {
        return y;
    }
    char why[ERR_TEXT_MAX + ERR_HINT_MAX];
    snprintf(why, sizeof why, "%s%s%.*s", view->err.text, view->err.hint[0] ? ". " : "",
             (int)strcspn(view->err.hint, "\n"), view->err.hint);
    struct rect area = {1, 0, canvas->width - 2, 0};
    int most = canvas->height >= 14 ? 4 : 1;
    int rows = canvas_wrap(NULL, (struct rect){1, 0, area.width, 99}, STYLE_ERROR, why);
    area.height = rows < most ? rows : most;
    area.y = y - area.height;
    canvas_wrap(canvas, area, stopped ? STYLE_WARN : STYLE_ERROR, why);
    return area.y;
}

/* What Enter and Esc do. */
static void last_line(const struct plan_view *view, const struct shell *shell, char *out,
                      size_t size)
{
    char counted[COUNTED_MAX];
    size_t ticked = view_plan_ticked(view->plan);
    switch (view->judged.gate) {
    case GATE_OPEN:
        if (view->basket) {
            snprintf(out, size, " Enter applies the %s ticked row%s   Esc keeps all of it%s%s%s",
                     frame_count(ticked), ticked == 1 ? "" : "s",
                     gather_can_undo(shell) ? "   " : "",
                     gather_can_undo(shell) ? frame_key(shell, CMD_UNDO) : "",
                     gather_can_undo(shell) ? " takes back the last" : "");
        } else {
            snprintf(out, size, " Enter applies it, Esc goes back");
        }
        return;
    case GATE_COUNT:
        view_plan_counted(view, counted);
        snprintf(out, size, " Enter asks for the count (%s): %s",
                 frame_count((uint64_t)view->judged.count), counted);
        return;
    case GATE_NAME:
        snprintf(out, size,
                 " Trim it (Space, %s, %s), or Enter asks for the name that lifts the guard",
                 frame_key(shell, CMD_ALL_OUT), frame_key(shell, CMD_FILTER));
        return;
    case GATE_SHUT:
        snprintf(out, size, " Refused; this guard cannot be lifted. Esc goes back");
        return;
    case GATE_NOTHING:
        break;
    }
    snprintf(out, size, "%s",
             view->basket ? " No row is ticked: nothing can be applied. Esc keeps all of it"
             : view_plan_publishes(view, shell)
                 ? " Nothing to apply: Enter exports the list, Esc goes back"
                 : " Nothing to apply: Enter or Esc goes back");
}

/* Two lines: what is to be typed, and the field. One if there is no room. Returns the line above. */
static int draw_question(struct plan_view *view, struct canvas *canvas, int y, struct caret *caret)
{
    bool name = view->asking == ASKS_NAME;
    bool roomy = canvas->height >= 8;
    enum style style = view->said_wrong ? STYLE_ERROR : STYLE_PROMPT;
    const char *wanted = name ? view->name : frame_count((uint64_t)view->judged.count);
    char prompt[200];
    if (roomy) {
        snprintf(prompt, sizeof prompt, name ? " name: " : " count: ");
    } else {
        snprintf(prompt, sizeof prompt, " type %s: ", wanted);
    }
    int columns = canvas_text(canvas, 0, y, canvas->width - 6, style, prompt);
    caret->x = field_draw(&view->field, canvas, columns, y, canvas->width - columns, STYLE_INPUT);
    caret->y = y;
    if (!roomy) {
        return y;
    }
    canvas_printf(canvas, 0, y - 1, canvas->width, style, " type  %s  and Enter to apply it%s",
                  wanted,
                  name ? " all the same, Esc: back to the plan" : ", Esc: back to the plan");
    return y - 1;
}

static void draw_last_line(const struct plan_view *view, const struct shell *shell,
                           struct canvas *canvas, int y)
{
    char line[COUNTED_MAX + 100];
    bool shut = view->judged.gate == GATE_SHUT;
    if (shell->place.read_only && view->judged.gate != GATE_NOTHING) {
        snprintf(line, sizeof line,
                 " This session is read-only: nothing can be applied. %s writes a plan file",
                 frame_key(shell, CMD_PLAN_FILE));
        canvas_text(canvas, 0, y, canvas->width, STYLE_WARN, line);
        return;
    }
    if (shell_just_came(shell, &view->view) && !shut) {
        return; /* not yet */
    }
    last_line(view, shell, line, sizeof line);
    if (view->basket && view->judged.gate == GATE_OPEN && canvas_columns(line) > canvas->width) {
        snprintf(line, sizeof line, " Enter applies %s, Esc keeps all of it",
                 frame_count(view_plan_ticked(view->plan)));
    }
    canvas_text(canvas, 0, y, canvas->width, shut ? STYLE_ERROR : STYLE_PROMPT, line);
}

static void draw_rows(struct plan_view *view, const struct shell *shell, struct canvas *canvas,
                      struct rect area)
{
    const struct list *list = &view->list;
    list_scroll(&view->list, area.height);
    for (int i = 0; i < area.height && list->top + (size_t)i < list->n_shown; i++) {
        draw_change(view, shell, canvas, area.y + i, list->shown[list->top + (size_t)i]);
    }
    if (list->n_shown == 0 && list->source.n_rows > 0) {
        search_draw_none(shell, canvas, area);
    }
}

/* The current row in full; returns the line above. After a conflict its text is longer, and the
   area has the same height for every row. */
static int draw_current(const struct plan_view *view, const struct shell *shell,
                        struct canvas *canvas, int low)
{
    const struct change *change = &view->plan->changes[view->cursor];
    bool bad = is_bad(change);
    int height = view->stage == STAGE_APPLIED && view->left > 0 ? 4 : 1;
    const char *why = change->why ? change->why : "";
    char line[ERR_TEXT_MAX + 256];
    if (view->basket) {
        basket_row_detail(view, shell, view->cursor, line, sizeof line);
    } else if ((bad || change->already_applied || change->refused) && change->detail) {
        snprintf(line, sizeof line, "%s: %s (%s)", change->agent ? change->agent : change->ext,
                 change->detail, why);
    } else {
        snprintf(line, sizeof line, "%s", why);
    }
    low -= height;
    canvas_wrap(canvas, (struct rect){1, low, canvas->width - 2, height},
                bad ? STYLE_ERROR : STYLE_DIM, line);
    return low;
}

static void draw_title(const struct plan_view *view, struct shell *shell, char *out, size_t size,
                       bool narrow)
{
    if (view->basket && narrow && view->plan) {
        snprintf(out, size, "BASKET %s in %s", frame_count(gather_count(shell)),
                 frame_count(view_plan_ticked(view->plan)));
    } else if (view->basket) {
        snprintf(out, size, "BASKET %s", frame_count(gather_count(shell)));
    } else {
        snprintf(out, size, "PLAN %s", view->plan ? view->plan->action : "is being applied");
    }
}

/* The ticket, and the first notes. */
static int draw_notes(const struct plan_view *view, const struct shell *shell,
                      struct canvas *canvas, int y)
{
    const char *ticket = view_plan_ticket(view, shell);
    if (ticket || view->basket) {
        canvas_printf(canvas, 0, y++, canvas->width, STYLE_TEXT,
                      " ticket: %s  (%s %s it; it goes into the history of every row)",
                      ticket ? ticket : "none", frame_key(shell, CMD_TICKET),
                      ticket ? "changes" : "sets");
    }
    for (size_t i = 0; i < view->plan->n_notes && i < 3; i++) {
        canvas_printf(canvas, 0, y++, canvas->width, STYLE_WARN, " %s", view->plan->notes[i]);
    }
    return y;
}

/* The basket says less if there is no room for all of it. */
static void guards_line(const struct plan_view *view, const struct shell *shell, int columns,
                        char *out, size_t size)
{
    bool refused = view->judged.verdict.refused && !view->judged.verdict.named;
    char text[600];
    if (!view->basket || refused) {
        snprintf(out, size, " Guards: %s%s", refused ? "REFUSED: " : "", view->judged.verdict.text);
        return;
    }
    basket_guards(view, shell, text, sizeof text);
    snprintf(out, size, " Guards: %s", text);
    if (canvas_columns(out) > columns) {
        basket_guards_short(view, shell, text, sizeof text);
        snprintf(out, size, columns < 60 ? " %s" : " Guards: %s", text);
    }
}

/* The pool after the plan, the guards, and what Enter does; returns the line above. */
static int draw_foot(struct plan_view *view, struct shell *shell, struct canvas *canvas, int low,
                     struct caret *caret)
{
    char line[700];
    char after[600];
    bool refused = view->judged.verdict.refused && !view->judged.verdict.named;
    low--;
    if (view->asking != ASKS_NOTHING) {
        low = draw_question(view, canvas, low, caret);
    }
    if (view->asking == ASKS_NOTHING || canvas->height >= 14) {
        low -= view->asking != ASKS_NOTHING;
        draw_last_line(view, shell, canvas, low);
    }
    if (view->judged.verdict.refused ||
        (view->judged.gate != GATE_NOTHING && canvas->height >= 8)) {
        guards_line(view, shell, canvas->width, line, sizeof line);
        canvas_text(canvas, 0, --low, canvas->width, refused ? STYLE_ERROR : STYLE_TEXT, line);
    }
    if (canvas->height >= 14) {
        judged_after(&view->judged, after, sizeof after);
        snprintf(line, sizeof line, " After: %s", after);
        canvas_text(canvas, 0, --low, canvas->width, STYLE_TEXT, line);
    }
    return low;
}

void view_plan_draw(struct view *base, struct shell *shell, struct canvas *canvas,
                    struct caret *caret)
{
    struct plan_view *view = (struct plan_view *)base;
    char name[80];
    char title[FILTER_TEXT_MAX + 128];
    view->seen = true;
    plan_rows_follow(view);
    draw_title(view, shell, name, sizeof name, canvas->width < 60);
    search_title(&view->list, name, title, sizeof title);
    int y = frame_header(shell, canvas, title);
    int low = frame_footer(shell, canvas, base, NULL);
    if (!view->plan) {
        canvas_wrap(canvas, (struct rect){1, y + 1, canvas->width - 2, low - y - 1}, STYLE_TEXT,
                    "The plan is being written in batches. Each batch is recorded in the "
                    "history.\nC-c stops after the current batch. What is written stays written "
                    "and can be undone.");
        return;
    }
    bool roomy = canvas->height >= 14;
    if (canvas->height >= 7 && (roomy || !view->basket)) {
        y = draw_counts(view, canvas, y);
    }
    if (roomy) {
        y = draw_notes(view, shell, canvas, y);
    }
    if (view->stage == STAGE_APPLIED) {
        low = draw_result(view, canvas, low - 1);
    } else {
        low = draw_foot(view, shell, canvas, low, caret);
    }
    if ((roomy || (view->basket && canvas->height >= 10)) && view->plan->n_changes > 0) {
        low = draw_current(view, shell, canvas, low);
    }
    draw_rows(view, shell, canvas, (struct rect){0, y, canvas->width, low - y});
}
