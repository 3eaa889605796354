#include "tui/view/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/view/applied.h"
#include "tui/view/plan_private.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

/* ---- what it takes ------------------------------------------------------------------------- */

static void judge(struct plan_view *view, const struct shell *shell)
{
    judge_plan(view->plan, shell, &view->judged);
    view->seen = false;
    snprintf(view->name, sizeof view->name, "%s", shell_place_name(shell));
    field_set(&view->field, "");
    view->field.digits = view->judged.gate == GATE_COUNT;
}

static bool gate_passed(const struct plan_view *view)
{
    int64_t typed;
    switch (view->judged.gate) {
    case GATE_OPEN:
        return true;
    case GATE_COUNT:
        return text_to_int64(view->field.text, 1, INT64_MAX, &typed) &&
               (size_t)typed == view->judged.count;
    case GATE_NAME:
        return strcmp(view->field.text, view->name) == 0;
    case GATE_SHUT:
    case GATE_NOTHING:
        break;
    }
    return false;
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

/* The whole group of the row goes in or out with it. */
static void toggle(struct plan_view *view, struct shell *shell)
{
    struct plan *plan = view->plan;
    if (plan->n_changes == 0 || view->stage != STAGE_PLAN) {
        return;
    }
    const struct change *change = &plan->changes[view->cursor];
    if (change->already_applied) {
        shell_flash(shell, STYLE_INFO, "%s", change->detail);
        return;
    }
    if (change->result == RESULT_CONFLICT) {
        shell_flash(shell, STYLE_WARN, "this row cannot be applied: %s",
                    change->detail ? change->detail : change->why);
        return;
    }
    plan_leave_out(plan, view->cursor, !change->left_out);
    judge(view, shell);
    move(view, 1);
}

static void toggle_all(struct plan_view *view, const struct shell *shell, bool out)
{
    for (size_t i = 0; view->stage == STAGE_PLAN && i < view->plan->n_changes; i++) {
        view->plan->changes[i].left_out = out && !view->plan->changes[i].already_applied;
    }
    judge(view, shell);
}

static bool is_about(const struct change *change, const struct request *request)
{
    if (request->agent) {
        return change->agent && strcmp(change->agent, request->agent) == 0;
    }
    return change->ext && request->ext && strcmp(change->ext, request->ext) == 0;
}

/* The row of a request that was not applied; NULL: it was applied, or left out. */
static const struct change *row_left(const struct plan *plan, const struct request *request)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (is_about(change, request) && !change->left_out && view_plan_is_left(change)) {
            return change;
        }
    }
    return NULL;
}

/* The same requests on what the store holds now. */
static void plan_requests_again(struct plan_view *view, struct shell *shell, const char *action)
{
    struct request *wanted = mem_array(view->n_requests, sizeof *wanted);
    const struct change *row = NULL;
    size_t n = 0;
    for (size_t i = 0; i < view->n_requests; i++) {
        const struct change *left = row_left(view->plan, &view->requests[i]);
        if (left) {
            wanted[n++] = view->requests[i];
            row = left;
        }
    }
    bool taken = n == 1 && row->result == RESULT_CONFLICT && !wanted[0].swap && wanted[0].agent &&
                 (wanted[0].kind == CHANGE_ASSIGN || wanted[0].kind == CHANGE_REASSIGN);
    if (taken) { /* the number is gone: another one? */
        view->retry->ask(shell, wanted[0].agent);
    } else if (n > 0) {
        view->retry->plan(shell, action, wanted, n);
    }
    free(wanted);
}

/* Gives a command to the view below. */
static unsigned give(struct shell *shell, enum command command)
{
    shell->stack.given = (struct given){.command = command};
    return REACT_CLOSE | REACT_GIVEN;
}

/* Plans again what was not applied: from its requests, or by the job that made the plan. */
static unsigned plan_again(struct plan_view *view, struct shell *shell)
{
    static const struct {
        const char *action;
        enum command command;
    } jobs[] = {{"sync", CMD_SYNC}, {"init", CMD_INIT}, {"repair", CMD_DOCTOR}};
    char action[32];
    snprintf(action, sizeof action, "%s", view->plan->action);
    if (view->n_requests > 0) {
        plan_requests_again(view, shell, action);
        return REACT_CLOSE;
    }
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        if (strcmp(action, jobs[i].action) == 0) {
            return give(shell, jobs[i].command);
        }
    }
    shell_say(shell, STYLE_INFO,
              "%s: the rest was not applied; to plan it again, open the history (%s)", action,
              frame_key(shell, CMD_HISTORY));
    return REACT_CLOSE;
}

/* The worker gives the plan back, with the result of each row. */
static void come_back(struct plan_view *view, struct shell *shell, struct plan *plan,
                      const struct outcome *outcome, const struct err *err)
{
    view->plan = plan;
    view->stage = STAGE_APPLIED;
    view->outcome = *outcome;
    view->err = *err;
    view->left = plan_results(plan, RESULT_CONFLICT) + plan_results(plan, RESULT_FAILED) +
                 plan_results(plan, RESULT_NOT_TRIED) + plan_results(plan, RESULT_IN_DOUBT) -
                 view->known;
    view->cursor = 0;
    while (view->left > 0 && view->cursor + 1 < plan->n_changes &&
           !view_plan_is_left(&plan->changes[view->cursor])) {
        view->cursor++;
    }
    shell_bottom(shell)->ops->unmark(shell_bottom(shell));
    if (view->left == 0 && err->code == ERR_OK) {
        shell_close(shell, &view->view); /* the message tells the result */
    }
}

static void applied(struct shell *shell, struct work *work)
{
    applied_take(shell, work);
    struct plan *plan = work->use.plan;
    work->use.plan = NULL;
    come_back((struct plan_view *)work->view, shell, plan, &work->use.outcome, &work->job.err);
}

static unsigned apply(struct plan_view *view, struct shell *shell)
{
    if (view->stage == STAGE_APPLIED) {
        return view->left > 0 ? plan_again(view, shell) : REACT_CLOSE;
    }
    if (view->judged.gate == GATE_NOTHING) {
        if (view_plan_publishes(view, shell)) {
            return give(shell, CMD_EXPORT);
        }
        return REACT_CLOSE;
    }
    if (shell->place.read_only) {
        shell_flash(shell, STYLE_WARN, "apply: this session is read-only");
        return REACT_DRAW;
    }
    if (!gate_passed(view)) {
        view->said_wrong = true;
        if (view->judged.gate == GATE_SHUT) {
            shell_flash(shell, STYLE_ERROR, "%s", view->judged.verdict.text);
        } else {
            char counted[COUNTED_MAX];
            view_plan_counted(view, counted);
            shell_flash(shell, STYLE_WARN, "not applied: type %s",
                        view->judged.gate == GATE_NAME ? view->name : counted);
        }
        return REACT_DRAW;
    }
    if (!view->seen || shell->stack.drawn != &view->view) {
        shell_flash(shell, STYLE_WARN, "Enter came before this was shown: Enter again applies it");
        return REACT_DRAW;
    }
    struct plan *plan = view->plan;
    view->plan = NULL;
    view->stage = STAGE_APPLYING;
    work_apply(shell, plan, &view->view, applied);
    return REACT_DRAW;
}

static unsigned key(struct view *base, struct shell *shell, uint32_t key)
{
    struct plan_view *view = (struct plan_view *)base;
    bool typing = view->stage == STAGE_PLAN &&
                  (view->judged.gate == GATE_COUNT || view->judged.gate == GATE_NAME);
    (void)shell;
    if (!typing || shell->place.read_only) {
        return REACT_PASS;
    }
    bool blank = key == ' ' && (view->field.length == 0 || !strchr(view->name, ' '));
    bool text = key_is_text(key) && !blank &&
                (view->judged.gate == GATE_NAME || (key >= '0' && key <= '9'));
    bool erase = key == K_BACKSPACE || (key == (K_CTRL | 'u') && view->field.length > 0);
    if (!text && !erase) {
        return REACT_PASS;
    }
    view->said_wrong = false;
    field_key(&view->field, key);
    return REACT_DRAW;
}

static unsigned command(struct view *base, struct shell *shell, enum command command)
{
    struct plan_view *view = (struct plan_view *)base;
    if (!view->plan) {
        bool harmless = command == CMD_CANCEL || command == CMD_REDRAW || command == CMD_SUSPEND ||
                        command == CMD_HELP;
        if (harmless) {
            return REACT_PASS;
        }
        if (command == CMD_QUIT) {
            return REACT_LEAVE;
        }
        shell_flash(shell, STYLE_INFO, "the plan is being written");
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
        toggle(view, shell);
        break;
    case CMD_ALL_IN:
    case CMD_ALL_OUT:
        toggle_all(view, shell, command == CMD_ALL_OUT);
        break;
    case CMD_APPLY:
        return apply(view, shell);
    case CMD_BACK:
    case CMD_QUIT:
        if (view->stage == STAGE_PLAN && view->judged.gate != GATE_NOTHING) {
            shell_say(shell, STYLE_INFO, "%s: plan closed; nothing was written",
                      view->plan->action);
        }
        return REACT_CLOSE;
    default:
        return REACT_PASS;
    }
    return REACT_DRAW;
}

static unsigned paste(struct view *base, struct shell *shell, const char *text, size_t length)
{
    (void)base;
    (void)text;
    (void)length;
    shell_flash(shell, STYLE_WARN, "a confirmation must be typed, not pasted");
    return REACT_DRAW;
}

static bool has_row(const struct view *base)
{
    const struct plan_view *view = (const struct plan_view *)base;
    return view->plan && view->plan->n_changes > 0;
}

/* What Enter does at this moment; the rows are fixed once the plan is being written. */
static const char *hint(const struct view *base, const struct shell *shell, enum command command)
{
    const struct plan_view *view = (const struct plan_view *)base;
    bool choosing = view->stage == STAGE_PLAN;
    if (command == CMD_TOGGLE || command == CMD_ALL_IN || command == CMD_ALL_OUT) {
        return choosing ? command_info(command)->hint : "";
    }
    if (command != CMD_APPLY) {
        return command_info(command)->hint;
    }
    if (view->stage == STAGE_APPLIED && view->left > 0) {
        return "Plan again";
    }
    if (!choosing || shell->place.read_only || view->judged.gate == GATE_SHUT) {
        return "";
    }
    if (view->judged.gate == GATE_NOTHING) {
        return view_plan_publishes(view, shell) ? "Export" : "";
    }
    return command_info(command)->hint;
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
                                           .draw = view_plan_draw,
                                           .key = key,
                                           .command = command,
                                           .paste = paste,
                                           .has_row = has_row,
                                           .hint = hint,
                                           .free = release};

/* ---- open and come back -------------------------------------------------------------------- */

static void say_exhausted(struct shell *shell, const struct plan *plan)
{
    if (plan->n_unassigned > 0) {
        shell_say(shell, STYLE_ERROR,
                  "the pool is exhausted: no extension is left for %s agents; add a range or "
                  "release some",
                  frame_count(plan->n_unassigned));
    }
}

static void plan_says(const struct plan *plan, char *out, size_t size)
{
    char counts[400] = "";
    view_plan_counts(plan, counts, sizeof counts);
    snprintf(out, size, plan_has_work(plan) ? "%s: plan ready: %s" : "%s: nothing to do",
             plan->action, counts);
}

/* "sync +6 -1": what it means for people, short. */
static void plan_badge(const struct plan *plan, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s", plan->action);
    for (int i = 0; i < CHANGE_KIND_COUNT && used < size; i++) {
        bool for_people = i != CHANGE_CREATE && i != CHANGE_ADOPT;
        if (for_people && plan->counts[i] > 0) {
            used += (size_t)snprintf(out + used, size - used, " %c%s",
                                     change_kind_mark((enum change_kind)i),
                                     frame_count(plan->counts[i]));
        }
    }
}

static struct plan_view *make_view(struct shell *shell, struct plan *plan,
                                   const struct plan_offer *offer)
{
    struct plan_view *view = mem_alloc(sizeof *view);
    view->view.ops = &s_plan_ops;
    view->plan = plan;
    view->requests = arena_alloc(&view->arena, (offer->n_requests + 1) * sizeof *view->requests);
    view->n_requests = offer->n_requests;
    view->retry = offer->retry;
    for (size_t i = 0; i < offer->n_requests; i++) {
        struct request *copy = &view->requests[i];
        *copy = offer->requests[i];
        copy->agent = arena_strdup(&view->arena, copy->agent);
        copy->other = arena_strdup(&view->arena, copy->other);
        copy->ext = arena_strdup(&view->arena, copy->ext);
        copy->note = arena_strdup(&view->arena, copy->note);
        copy->target = arena_strdup(&view->arena, copy->target);
    }
    view->known = plan_results(plan, RESULT_CONFLICT);
    field_init(&view->field, NULL);
    view_plan_measure(view);
    judge(view, shell);
    say_exhausted(shell, plan);
    return view;
}

/* Into the activity only: the view says it. */
static void say_shown(struct shell *shell, const struct plan *plan, const char *says)
{
    shell_say(shell, plan_has_work(plan) ? STYLE_INFO : STYLE_OK, "%s", says);
    shell->messages.flash[0] = '\0';
}

void view_plan_open(struct shell *shell, struct plan *plan, const struct request *requests,
                    size_t n_requests, const struct plan_retry *retry)
{
    char says[480];
    const struct plan_offer made = {.requests = requests, .n_requests = n_requests, .retry = retry};
    struct plan_view *view = make_view(shell, plan, &made);
    plan_says(plan, says, sizeof says);
    say_shown(shell, plan, says);
    shell_push(shell, &view->view);
}

void view_plan_open_applied(struct shell *shell, struct plan *plan, const struct plan_offer *offer,
                            const struct outcome *outcome, const struct err *err)
{
    struct plan_view *view = make_view(shell, plan, offer);
    view->known = 0; /* all of its conflicts are new */
    shell_push(shell, &view->view);
    come_back(view, shell, plan, outcome, err);
}

void view_plan_offer(struct shell *shell, struct plan *plan, const struct plan_offer *offer)
{
    struct plan_view *view = make_view(shell, plan, offer);
    struct ready result = {.opens = offer->opens, .view = &view->view};
    plan_says(plan, result.says, sizeof result.says);
    plan_badge(plan, result.badge, sizeof result.badge);
    if (shell_offer(shell, &result, offer->typed)) {
        say_shown(shell, plan, result.says);
    }
}
