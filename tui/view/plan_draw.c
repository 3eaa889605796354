#include "tui/view/plan_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

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
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return STYLE_PLAN_MOVE;
}

bool view_plan_is_left(const struct change *change)
{
    return change->result == RESULT_CONFLICT || change->result == RESULT_FAILED ||
           change->result == RESULT_NOT_TRIED || change->result == RESULT_IN_DOUBT;
}

bool view_plan_publishes(const struct plan_view *view, const struct shell *shell)
{
    return view->judged.gate == GATE_NOTHING && view->plan->n_changes == 0 &&
           plan_is_sync(view->plan) && !shell->place.read_only &&
           !shell->place.settings->no_export && session_export_uri(shell->place.session);
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

static void draw_change(const struct plan_view *view, struct canvas *canvas, int y, size_t index)
{
    const struct change *change = &view->plan->changes[index];
    bool current = index == view->cursor;
    bool bad = change->result == RESULT_CONFLICT || change->result == RESULT_FAILED;
    enum style style = current            ? STYLE_CURSOR
                       : change->left_out ? STYLE_PLAN_OUT
                       : bad              ? STYLE_ERROR
                                          : kind_style(change->kind);
    char ext[40];
    int width = canvas->width;
    judged_ext(change, ext, sizeof ext);
    canvas_fill(canvas, (struct rect){0, y, width, 1}, current ? STYLE_CURSOR : STYLE_TEXT);
    canvas_printf(canvas, 0, y, width, style, "%c%s %c %-9s", current ? '>' : ' ',
                  box_of(view, change), change_kind_mark(change->kind),
                  change_kind_name(change->kind));
    int x = 17;
    canvas_field(canvas, x, y, width - x < view->ext_columns ? width - x : view->ext_columns, style,
                 ext);
    x += view->ext_columns + 2;
    int most = width < 60 ? width - x : width / 3;
    int agent = view->agent_columns < most ? view->agent_columns : most;
    if (x < width) {
        canvas_field(canvas, x, y, agent, style, change->agent ? change->agent : "");
    }
    x += agent + 2;
    if (x < width) {
        bool told = (bad || change->already_applied) && change->detail;
        const char *why = told ? change->detail : change->why;
        canvas_text(canvas, x, y, width - x, style, why ? why : "");
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

static int draw_counts(const struct plan_view *view, struct canvas *canvas, int y)
{
    const struct plan *plan = view->plan;
    char line[400] = " ";
    view_plan_counts(plan, line, sizeof line);
    add_count(line, sizeof line, ' ', "keep", plan->keep);
    add_count(line, sizeof line, '!', "no extension left for", plan->n_unassigned);
    if (view->stage == STAGE_APPLIED) {
        canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG,
                    " Result: ok applied   !! conflict   XX failed   - not tried   "
                    "= already applied");
    } else if (!plan_has_work(plan) && plan->n_unassigned > 0) {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_ERROR,
                      " nothing can be done: no extension is left for %s",
                      frame_count(plan->n_unassigned));
    } else if (!plan_has_work(plan)) {
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

/* The text to type always fits; the words around it give way. */
static void name_prompt(const struct plan_view *view, int width, char *out, size_t size)
{
    static const char *const before[] = {" Refused. To apply it anyway, type ",
                                         " Refused. To apply it, type ", " Type "};
    static const char *const after[] = {" and Enter: ", ": ", ": "};
    int room = width - 2 - canvas_columns(view->name);
    for (int i = 0; i < 3; i++) {
        snprintf(out, size, "%s%s%s", before[i], view->name, after[i]);
        if (canvas_columns(out) <= room) {
            return;
        }
    }
}

void view_plan_counted(const struct plan_view *view, char out[COUNTED_MAX])
{
    bool releases = view->judged.verdict.moved == 0 &&
                    (uint64_t)view->judged.verdict.people == view->plan->counts[CHANGE_RELEASE];
    if (view->plan->whose) {
        snprintf(out, COUNTED_MAX, "how many changes of %s this takes back", view->plan->whose);
    } else {
        snprintf(out, COUNTED_MAX, "%s",
                 releases ? "the number of releases"
                          : "how many people lose or change their number");
    }
}

#define COUNT_COLUMNS 14 /* room for the typed count, and some more */

/* The count must be typed; what is counted is shown if it fits. */
static void count_prompt(const struct plan_view *view, int width, char *out, size_t size)
{
    static const char *const after[] = {" to apply, Esc goes back: ", ": "};
    const char *count = frame_count((uint64_t)view->judged.count);
    char counted[COUNTED_MAX];
    view_plan_counted(view, counted);
    for (int i = 0; i < 2; i++) {
        snprintf(out, size, " Type %s (%s)%s", counted, count, after[i]);
        if (canvas_columns(out) + COUNT_COLUMNS <= width) {
            return;
        }
    }
    snprintf(out, size, " Type %s%s%s, Enter: ", count, view->plan->whose ? " of " : "",
             view->plan->whose ? view->plan->whose : "");
}

static void draw_gate(struct plan_view *view, const struct shell *shell, struct canvas *canvas,
                      int y, struct caret *caret)
{
    char prompt[320];
    int width = canvas->width;
    if (shell->place.read_only) {
        canvas_text(canvas, 0, y, width, STYLE_WARN,
                    " This session is read-only: nothing can be applied. Esc goes back");
        return;
    }
    switch (view->judged.gate) {
    case GATE_OPEN:
        canvas_text(canvas, 0, y, width, STYLE_PROMPT, " Enter applies it, Esc goes back");
        return;
    case GATE_NOTHING:
        canvas_text(canvas, 0, y, width, STYLE_PROMPT,
                    view_plan_publishes(view, shell)
                        ? " Nothing to apply: Enter exports the list, Esc goes back"
                        : " Nothing to apply: Enter or Esc goes back");
        return;
    case GATE_SHUT:
        canvas_text(canvas, 0, y, width, STYLE_ERROR,
                    " Refused; this guard cannot be lifted. Esc goes back");
        return;
    case GATE_COUNT:
        count_prompt(view, width, prompt, sizeof prompt);
        break;
    case GATE_NAME:
        name_prompt(view, width, prompt, sizeof prompt);
        break;
    }
    int columns =
        canvas_text(canvas, 0, y, width - 6, view->said_wrong ? STYLE_ERROR : STYLE_PROMPT, prompt);
    caret->x = field_draw(&view->field, canvas, columns, y, width - columns, STYLE_INPUT);
    caret->y = y;
}

static void draw_rows(struct plan_view *view, struct canvas *canvas, int y, int height)
{
    size_t rows = height > 0 ? (size_t)height : 0;
    size_t n = view->plan->n_changes;
    view->page = height;
    if (view->cursor < view->top) {
        view->top = view->cursor;
    } else if (rows > 0 && view->cursor >= view->top + rows) {
        view->top = view->cursor - rows + 1;
    }
    if (view->top + rows > n) {
        view->top = n > rows ? n - rows : 0;
    }
    for (size_t i = 0; i < rows && view->top + i < n; i++) {
        draw_change(view, canvas, y + (int)i, view->top + i);
    }
}

/* The current row in full; returns the line above. After a conflict its text is longer, and the
   area has the same height for every row. */
static int draw_current(const struct plan_view *view, struct canvas *canvas, int low)
{
    const struct change *change = &view->plan->changes[view->cursor];
    bool bad = change->result == RESULT_CONFLICT || change->result == RESULT_FAILED;
    int height = view->stage == STAGE_APPLIED && view->left > 0 ? 4 : 1;
    const char *why = change->why ? change->why : "";
    char line[ERR_TEXT_MAX + 256];
    if ((bad || change->already_applied) && change->detail) {
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

void view_plan_draw(struct view *base, struct shell *shell, struct canvas *canvas,
                    struct caret *caret)
{
    struct plan_view *view = (struct plan_view *)base;
    char line[700];
    view->seen = true;
    char title[64];
    snprintf(title, sizeof title, "PLAN %s", view->plan ? view->plan->action : "is being applied");
    int y = frame_header(shell, canvas, title);
    int low = frame_footer(shell, canvas, base, NULL);
    if (!view->plan) {
        canvas_wrap(canvas, (struct rect){1, y + 1, canvas->width - 2, low - y - 1}, STYLE_TEXT,
                    "The plan is being written in batches. Each batch is recorded in the "
                    "history.\nC-c stops after the current batch. What is written stays written "
                    "and can be undone.");
        return;
    }
    if (canvas->height >= 7) {
        y = draw_counts(view, canvas, y);
    }
    bool roomy = canvas->height >= 14;
    for (size_t i = 0; roomy && i < view->plan->n_notes && i < 3; i++) {
        canvas_printf(canvas, 0, y++, canvas->width, STYLE_WARN, " %s", view->plan->notes[i]);
    }
    low--;
    if (view->stage == STAGE_APPLIED) {
        low = draw_result(view, canvas, low);
    } else {
        draw_gate(view, shell, canvas, low, caret);
    }
    bool planning = view->stage == STAGE_PLAN;
    if (planning && (view->judged.verdict.refused ||
                     (view->judged.gate != GATE_NOTHING && canvas->height >= 8))) {
        low--;
        canvas_printf(canvas, 0, low, canvas->width,
                      view->judged.gate == GATE_NAME || view->judged.gate == GATE_SHUT ? STYLE_ERROR
                                                                                       : STYLE_TEXT,
                      " Guards: %s", view->judged.verdict.text);
    }
    if (roomy && planning) {
        judged_after(&view->judged, line, sizeof line);
        canvas_printf(canvas, 0, --low, canvas->width, STYLE_TEXT, " After: %s", line);
    }
    if (roomy && view->plan->n_changes > 0) {
        low = draw_current(view, canvas, low);
    }
    draw_rows(view, canvas, y, low - y);
}
