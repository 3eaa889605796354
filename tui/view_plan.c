#include "tui/view_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/guard.h"
#include "core/mem.h"
#include "core/text.h"
#include "tui/ask.h"
#include "tui/edit.h"
#include "tui/view_main.h"
#include "tui/work.h"

#include "core/banned.h"

/* What it takes to apply it. */
enum gate {
    GATE_OPEN,   /* Enter */
    GATE_COUNT,  /* the number of releases */
    GATE_NAME,   /* the name of the place: a guard is lifted */
    GATE_SHUT,   /* a guard that nothing lifts */
    GATE_NOTHING /* nothing to do */
};

enum stage { STAGE_PLAN, STAGE_APPLYING, STAGE_APPLIED };

struct plan_view {
    struct view view;
    struct plan *plan; /* NULL while the worker has it */
    enum stage stage;
    enum gate gate;
    struct guard_verdict verdict;
    struct field field;
    char name[128]; /* what GATE_NAME wants typed */
    size_t cursor, top;
    int page;
    bool said_wrong;
    struct outcome outcome;
    size_t left; /* conflicts and failures */
    struct arena arena;
    struct request *requests;
    size_t n_requests;
};

/* ---- what it takes ------------------------------------------------------------------------- */

static void judge(struct plan_view *view, const struct console *console)
{
    plan_count(view->plan);
    guard_judge(view->plan, &session_policy(console->session)->limit, &view->verdict);
    snprintf(view->name, sizeof view->name, "%s", console_place_name(console));
    if (!plan_has_work(view->plan)) {
        view->gate = GATE_NOTHING;
    } else if (view->verdict.refused) {
        view->gate = view->verdict.liftable ? GATE_NAME : GATE_SHUT;
    } else {
        view->gate = view->plan->counts[CHANGE_RELEASE] > 0 ? GATE_COUNT : GATE_OPEN;
    }
    field_set(&view->field, "");
    view->field.digits = view->gate == GATE_COUNT;
}

static bool gate_passed(const struct plan_view *view)
{
    int64_t typed;
    switch (view->gate) {
    case GATE_OPEN:
        return true;
    case GATE_COUNT:
        return text_to_int64(view->field.text, 1, INT64_MAX, &typed) &&
               (uint64_t)typed == view->plan->counts[CHANGE_RELEASE];
    case GATE_NAME:
        return strcmp(view->field.text, view->name) == 0;
    case GATE_SHUT:
    case GATE_NOTHING:
        break;
    }
    return false;
}

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
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return STYLE_PLAN_MOVE;
}

/* "[x]" before it is applied, the result afterwards. */
static const char *box_of(const struct plan_view *view, const struct change *change)
{
    if (view->stage != STAGE_APPLIED) {
        return change->left_out ? "[ ]" : "[x]";
    }
    switch (change->result) {
    case RESULT_DONE:
        return "ok ";
    case RESULT_CONFLICT:
        return "!! ";
    case RESULT_FAILED:
        return "XX ";
    case RESULT_PLANNED:
    case RESULT_SKIPPED:
        break;
    }
    return " - ";
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
    if (change->kind == CHANGE_REASSIGN && change->from) {
        snprintf(ext, sizeof ext, "%s>%s", change->from, change->to ? change->to : change->ext);
    } else {
        snprintf(ext, sizeof ext, "%s", change->ext ? change->ext : "");
    }
    canvas_fill(canvas, (struct rect){0, y, width, 1}, current ? STYLE_CURSOR : STYLE_TEXT);
    canvas_printf(canvas, 0, y, width, style, "%c%s %c %-9s", current ? '>' : ' ',
                  box_of(view, change), change_kind_mark(change->kind),
                  change_kind_name(change->kind));
    int x = 17;
    canvas_field(canvas, x, y, width - x < 10 ? width - x : 10, style, ext);
    x += 11;
    int agent = width >= 100 ? 28 : width >= 60 ? 20 : width - x;
    if (x < width) {
        canvas_field(canvas, x, y, agent < width - x ? agent : width - x, style,
                     change->agent ? change->agent : "");
    }
    x += agent + 1;
    if (x < width) {
        const char *why = bad && change->detail ? change->detail : change->why;
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

static int draw_counts(const struct plan_view *view, struct canvas *canvas, int y)
{
    const struct plan *plan = view->plan;
    char line[400] = " ";
    for (int i = 0; i < CHANGE_KIND_COUNT; i++) {
        add_count(line, sizeof line, change_kind_mark((enum change_kind)i),
                  change_kind_name((enum change_kind)i), plan->counts[i]);
    }
    add_count(line, sizeof line, ' ', "keep", plan->keep);
    add_count(line, sizeof line, '!', "nothing left for", plan->n_unassigned);
    if (view->stage == STAGE_APPLIED) {
        canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG,
                    " What was done: ok applied   !! something else is there now   XX failed   "
                    "- not tried");
    } else if (!plan_has_work(plan) && plan->n_unassigned > 0) {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_ERROR,
                      " nothing can be done: no extension is left for %s", frame_count(plan->n_unassigned));
    } else if (!plan_has_work(plan)) {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_OK, " nothing to do%s%s",
                      plan->keep ? ": " : "", plan->keep ? "everyone keeps what they have" : "");
    } else {
        canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG, line);
    }
    return y + 1;
}

/* " After: 2,457 assigned  3,838 free ...": what each step makes of its extension. */
static void after_text(const struct plan_view *view, const struct console *console, char *out,
                       size_t size)
{
    const struct plan *plan = view->plan;
    const struct policy *policy = session_policy(console->session);
    uint64_t n[EXT_STATE_COUNT];
    snapshot_tally(plan->snapshot, policy, plan->now_s, n);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t k = 0; k < change->n_steps && !change->left_out; k++) {
            const struct step *step = &change->steps[k];
            enum ext_state before =
                step->before ? policy_state(policy, step->before, plan->now_s) : EXT_ABSENT;
            n[before] -= n[before] > 0;
            n[policy_state(policy, &step->after, plan->now_s)]++;
        }
    }
    snprintf(out, size, " After: %s assigned  %s free  %s cooling  %s reserved",
             frame_count(n[EXT_ASSIGNED]), frame_count(n[EXT_FREE]), frame_count(n[EXT_COOLING]),
             frame_count(n[EXT_RESERVED]));
}

static void draw_result(const struct plan_view *view, struct canvas *canvas, int y)
{
    if (view->left == 0) {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_WARN,
                      " Stopped after %s changes; the rest was not begun. Esc goes back",
                      frame_count(view->outcome.applied));
    } else {
        canvas_printf(canvas, 0, y, canvas->width, STYLE_WARN,
                      " %s applied, %s not: Enter plans those again, Esc leaves it",
                      frame_count(view->outcome.applied), frame_count(view->left));
    }
}

static void draw_gate(struct plan_view *view, const struct console *console, struct canvas *canvas,
                      int y, struct caret *caret)
{
    char prompt[320];
    int width = canvas->width;
    if (console->read_only) {
        canvas_text(canvas, 0, y, width, STYLE_WARN,
                    " This session is read-only: nothing can be applied. Esc goes back");
        return;
    }
    switch (view->gate) {
    case GATE_OPEN:
        canvas_text(canvas, 0, y, width, STYLE_PROMPT, " Enter applies it, Esc goes back");
        return;
    case GATE_NOTHING:
        canvas_text(canvas, 0, y, width, STYLE_PROMPT, " Nothing to apply: Enter or Esc goes back");
        return;
    case GATE_SHUT:
        canvas_text(canvas, 0, y, width, STYLE_ERROR,
                    " Refused, and nothing lifts it: Esc goes back");
        return;
    case GATE_COUNT:
        snprintf(prompt, sizeof prompt,
                 width >= 76   ? " Type the number of releases (%s) to apply, Esc goes back: "
                 : width >= 48 ? " Type the number of releases (%s): "
                               : " Type %s, Enter: ",
                 frame_count(view->plan->counts[CHANGE_RELEASE]));
        break;
    case GATE_NAME:
        snprintf(prompt, sizeof prompt,
                 " Refused. To apply it all the same type %s and Enter: ", view->name);
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

/* The reason of the current row in full, where it does not fit into the row. */
static void current_text(const struct plan_view *view, char *out, size_t size)
{
    const struct change *change = &view->plan->changes[view->cursor];
    snprintf(out, size, " %s%s%s", change->why ? change->why : "", change->detail ? ": " : "",
             change->detail ? change->detail : "");
}

static void draw(struct view *base, struct console *console, struct canvas *canvas,
                 struct caret *caret)
{
    struct plan_view *view = (struct plan_view *)base;
    char line[700];
    char title[64];
    snprintf(title, sizeof title, "PLAN %s", view->plan ? view->plan->action : "is being applied");
    int y = frame_header(console, canvas, title);
    int low = frame_footer(console, canvas, PLACE_PLAN, NULL);
    if (!view->plan) {
        canvas_wrap(canvas, (struct rect){1, y + 1, canvas->width - 2, low - y - 1}, STYLE_TEXT,
                    "The plan is being written, batch by batch, each with its record in the "
                    "history.\nC-c stops after the batch in flight; what is written stays written "
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
        draw_result(view, canvas, low);
    } else {
        draw_gate(view, console, canvas, low, caret);
    }
    bool planning = view->stage == STAGE_PLAN;
    if (planning &&
        (view->verdict.refused || (view->gate != GATE_NOTHING && canvas->height >= 8))) {
        low--;
        canvas_printf(canvas, 0, low, canvas->width,
                      view->verdict.refused ? STYLE_ERROR : STYLE_TEXT, " Guards: %s",
                      view->verdict.text);
    }
    if (roomy && planning) {
        after_text(view, console, line, sizeof line);
        canvas_text(canvas, 0, --low, canvas->width, STYLE_TEXT, line);
    }
    if (roomy && view->plan->n_changes > 0) {
        current_text(view, line, sizeof line);
        canvas_text(canvas, 0, --low, canvas->width, STYLE_DIM, line);
    }
    draw_rows(view, canvas, y, low - y);
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void move(struct plan_view *view, int64_t by)
{
    size_t n = view->plan->n_changes;
    if (by < 0 && (uint64_t)-by > view->cursor) {
        view->cursor = 0;
    } else {
        view->cursor = (size_t)((int64_t)view->cursor + by);
    }
    if (view->cursor >= n) {
        view->cursor = n ? n - 1 : 0;
    }
}

/* A group is applied whole or not at all, so it goes in and out whole. */
static void toggle(struct plan_view *view, const struct console *console)
{
    struct plan *plan = view->plan;
    if (plan->n_changes == 0 || view->stage != STAGE_PLAN) {
        return;
    }
    uint32_t group = plan->changes[view->cursor].group;
    bool out = !plan->changes[view->cursor].left_out;
    for (size_t i = 0; i < plan->n_changes; i++) {
        if (i == view->cursor || (group != 0 && plan->changes[i].group == group)) {
            plan->changes[i].left_out = out;
        }
    }
    judge(view, console);
    move(view, 1);
}

static void toggle_all(struct plan_view *view, const struct console *console, bool out)
{
    for (size_t i = 0; view->stage == STAGE_PLAN && i < view->plan->n_changes; i++) {
        view->plan->changes[i].left_out = out;
    }
    judge(view, console);
}

/* After a conflict: the same wish on what is there now. */
static unsigned plan_again(struct plan_view *view, struct console *console)
{
    char action[32];
    snprintf(action, sizeof action, "%s", view->plan->action);
    if (view->n_requests > 0) {
        struct request *wanted = mem_array(view->n_requests, sizeof *wanted);
        size_t n = 0;
        for (size_t i = 0; i < view->n_requests; i++) { /* what was done is done */
            for (size_t k = 0; k < view->plan->n_changes; k++) {
                const struct change *change = &view->plan->changes[k];
                bool about = (change->agent && view->requests[i].agent &&
                              strcmp(change->agent, view->requests[i].agent) == 0) ||
                             (!view->requests[i].agent && change->ext && view->requests[i].ext &&
                              strcmp(change->ext, view->requests[i].ext) == 0);
                if (about && change->result != RESULT_DONE && !change->left_out) {
                    wanted[n++] = view->requests[i];
                    break;
                }
            }
        }
        bool one = n == 1 && !wanted[0].swap && wanted[0].agent &&
                   (wanted[0].kind == CHANGE_ASSIGN || wanted[0].kind == CHANGE_REASSIGN);
        if (one) { /* the number is gone: another one? */
            const struct agent_row *row = world_agent(console->world, wanted[0].agent);
            const struct slot *slot = row ? row->slot : NULL;
            ask_extension(console, slot ? CHANGE_REASSIGN : CHANGE_ASSIGN, wanted[0].agent,
                          slot ? slot->ext : NULL);
        } else if (n > 0) {
            edit_plan(console, action, wanted, n);
        }
        free(wanted);
    } else if (strcmp(action, "sync") == 0) {
        work_start(console, WORK_SYNC, NULL);
    } else {
        console_say(console, STYLE_INFO, "%s: what is left stays as it is now", action);
    }
    return REACT_CLOSE;
}

static unsigned apply(struct plan_view *view, struct console *console)
{
    if (view->stage == STAGE_APPLIED) {
        return view->left > 0 ? plan_again(view, console) : REACT_CLOSE;
    }
    if (view->gate == GATE_NOTHING) {
        return REACT_CLOSE;
    }
    if (console->read_only) {
        console_flash(console, STYLE_WARN, "apply: this session is read-only");
        return REACT_DRAW;
    }
    if (!gate_passed(view)) {
        view->said_wrong = true;
        if (view->gate == GATE_SHUT) {
            console_flash(console, STYLE_ERROR, "%s", view->verdict.text);
        } else {
            console_flash(console, STYLE_WARN, "not applied: type %s",
                          view->gate == GATE_NAME ? view->name : "the number of releases");
        }
        return REACT_DRAW;
    }
    struct plan *plan = view->plan;
    view->plan = NULL;
    view->stage = STAGE_APPLYING;
    work_apply(console, plan, &view->view);
    return REACT_DRAW;
}

static unsigned key(struct view *base, struct console *console, uint32_t key)
{
    struct plan_view *view = (struct plan_view *)base;
    bool typing =
        view->stage == STAGE_PLAN && (view->gate == GATE_COUNT || view->gate == GATE_NAME);
    (void)console;
    if (!typing || console->read_only) {
        return REACT_PASS;
    }
    bool text =
        key_is_text(key) && key != ' ' && (view->gate == GATE_NAME || (key >= '0' && key <= '9'));
    bool erase = key == K_BACKSPACE || (key == (K_CTRL | 'u') && view->field.length > 0);
    if (!text && !erase) {
        return REACT_PASS;
    }
    view->said_wrong = false;
    field_key(&view->field, key);
    return REACT_DRAW;
}

static unsigned command(struct view *base, struct console *console, enum command command)
{
    struct plan_view *view = (struct plan_view *)base;
    if (!view->plan) {
        bool harmless = command == CMD_CANCEL || command == CMD_REDRAW || command == CMD_SUSPEND ||
                        command == CMD_HELP;
        if (harmless) {
            return REACT_PASS;
        }
        if (command == CMD_QUIT) {
            console_quit(console); /* asks */
            return REACT_DRAW;
        }
        console_flash(console, STYLE_INFO, "it is being written");
        return REACT_DRAW;
    }
    switch ((int)command) {
    case CMD_UP:
        move(view, -1);
        break;
    case CMD_DOWN:
        move(view, 1);
        break;
    case CMD_PAGE_UP:
    case CMD_HALF_UP:
        move(view, -(command == CMD_PAGE_UP ? view->page : view->page / 2));
        break;
    case CMD_PAGE_DOWN:
    case CMD_HALF_DOWN:
        move(view, command == CMD_PAGE_DOWN ? view->page : view->page / 2);
        break;
    case CMD_FIRST:
        view->cursor = 0;
        break;
    case CMD_LAST:
        move(view, (int64_t)view->plan->n_changes);
        break;
    case CMD_TOGGLE:
        toggle(view, console);
        break;
    case CMD_ALL_IN:
    case CMD_ALL_OUT:
        toggle_all(view, console, command == CMD_ALL_OUT);
        break;
    case CMD_APPLY:
        return apply(view, console);
    case CMD_BACK:
    case CMD_QUIT:
        if (view->stage == STAGE_PLAN && view->gate != GATE_NOTHING) {
            console_say(console, STYLE_INFO, "%s: plan put away, nothing was written",
                        view->plan->action);
        }
        return REACT_CLOSE;
    default:
        return REACT_PASS;
    }
    return REACT_DRAW;
}

static unsigned paste(struct view *base, struct console *console, const char *text, size_t length)
{
    (void)base;
    (void)text;
    (void)length;
    console_flash(console, STYLE_WARN, "a confirmation has to be typed");
    return REACT_DRAW;
}

static bool has_row(const struct view *base)
{
    const struct plan_view *view = (const struct plan_view *)base;
    return view->plan && view->plan->n_changes > 0;
}

static void release(struct view *base)
{
    struct plan_view *view = (struct plan_view *)base;
    plan_free(view->plan);
    arena_release(&view->arena);
    free(view);
}

static const struct view_ops s_plan_ops = {.title = "plan",
                                           .place = PLACE_PLAN,
                                           .draw = draw,
                                           .key = key,
                                           .command = command,
                                           .paste = paste,
                                           .has_row = has_row,
                                           .free = release};

/* ---- open and come back -------------------------------------------------------------------- */

static void say_plan(struct console *console, const struct plan *plan)
{
    if (plan->n_unassigned > 0) {
        console_say(console, STYLE_ERROR,
                    "the pool is exhausted: nothing is left for %s agents; add a range or release",
                    frame_count(plan->n_unassigned));
    }
    if (!plan_has_work(plan)) {
        console_say(console, STYLE_OK, "%s: nothing to do", plan->action);
    } else {
        console_say(console, STYLE_INFO, "%s: plan ready: +%s assign  -%s release  ~%s reassign",
                    plan->action, frame_count(plan->counts[CHANGE_ASSIGN]),
                    frame_count(plan->counts[CHANGE_RELEASE]),
                    frame_count(plan->counts[CHANGE_REASSIGN]));
    }
    console->flash[0] = '\0'; /* the view says it */
}

void view_plan_open(struct console *console, struct plan *plan, const struct request *requests,
                    size_t n_requests)
{
    struct plan_view *view = mem_alloc(sizeof *view);
    view->view.ops = &s_plan_ops;
    view->plan = plan;
    view->requests = arena_alloc(&view->arena, (n_requests + 1) * sizeof *view->requests);
    view->n_requests = n_requests;
    for (size_t i = 0; i < n_requests; i++) {
        struct request *copy = &view->requests[i];
        *copy = requests[i];
        copy->agent = arena_strdup(&view->arena, copy->agent);
        copy->other = arena_strdup(&view->arena, copy->other);
        copy->ext = arena_strdup(&view->arena, copy->ext);
        copy->note = arena_strdup(&view->arena, copy->note);
    }
    field_init(&view->field, NULL);
    judge(view, console);
    say_plan(console, plan);
    console_push(console, &view->view);
}

void view_plan_applied(struct console *console, struct view *base, struct plan *plan,
                       const struct outcome *outcome, const struct err *err)
{
    struct plan_view *view = (struct plan_view *)base;
    view->plan = plan;
    view->stage = STAGE_APPLIED;
    view->outcome = *outcome;
    view->left = plan_results(plan, RESULT_CONFLICT) + plan_results(plan, RESULT_FAILED);
    view->cursor = 0;
    for (size_t i = 0; i < plan->n_changes && view->left > 0; i++) {
        if (plan->changes[i].result == RESULT_CONFLICT ||
            plan->changes[i].result == RESULT_FAILED) {
            view->cursor = i;
            break;
        }
    }
    view_main_unmark(console);
    if (view->left == 0 && err->code == ERR_OK) {
        console_close(console, base); /* the message says what was done; back to work */
    }
}
