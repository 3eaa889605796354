#include "tui/view/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/panel/search.h"
#include "tui/view/applied.h"
#include "tui/view/plan_private.h"
#include "tui/shell/gather.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

/* ---- what it takes ------------------------------------------------------------------------- */

static size_t ticked_and_hidden(const struct plan_view *view)
{
    size_t n = 0;
    for (size_t i = 0; i < view->plan->n_changes; i++) {
        const struct change *change = &view->plan->changes[i];
        n += change_is_tried(change) && change->result == RESULT_PLANNED &&
             !plan_rows_shown(view, i);
    }
    return n;
}

static void stop_asking(struct plan_view *view)
{
    view->asking = ASKS_NOTHING;
    view->said_wrong = false;
    field_set(&view->field, "");
}

static void judge(struct plan_view *view, const struct shell *shell)
{
    judge_plan(view->plan, shell, &view->judged);
    view->seen = false;
    snprintf(view->name, sizeof view->name, "%s", shell_place_name(shell));
    snprintf(view->apply_hint, sizeof view->apply_hint, "%s %s", command_info(CMD_APPLY)->hint,
             frame_count(view_plan_ticked(view->plan)));
    stop_asking(view);
}

static bool is_answer(const struct plan_view *view)
{
    int64_t typed;
    if (view->asking == ASKS_NAME) {
        return strcmp(view->field.text, view->name) == 0;
    }
    return text_to_int64(view->field.text, 1, INT64_MAX, &typed) &&
           (size_t)typed == view->judged.count;
}

/* ---- keys ---------------------------------------------------------------------------------- */

/* What was left out or taken in counts from now on. */
static void ticked(struct plan_view *view, struct shell *shell)
{
    judge(view, shell);
    if (view->basket) {
        basket_tick_rows(view, shell);
    }
    plan_rows_take(view, shell);
}

/* The whole group of the row goes in or out with it. */
static void toggle(struct plan_view *view, struct shell *shell)
{
    struct plan *plan = view->plan;
    if (list_current(&view->list) == SIZE_MAX || view->stage != STAGE_PLAN) {
        return;
    }
    const struct change *change = &plan->changes[view->cursor];
    if (change->already_applied) {
        shell_flash(shell, STYLE_INFO, "%s", change->detail);
        return;
    }
    if (change->result == RESULT_CONFLICT || change->refused) {
        shell_flash(shell, STYLE_WARN, "this row cannot be applied: %s",
                    change->detail ? change->detail : change->why);
        return;
    }
    plan_leave_out(plan, view->cursor, !change->left_out);
    ticked(view, shell);
    list_move(&view->list, 1);
    plan_rows_follow(view);
}

static void toggle_all(struct plan_view *view, struct shell *shell, bool out)
{
    for (size_t i = 0; view->stage == STAGE_PLAN && i < view->plan->n_changes; i++) {
        struct change *change = &view->plan->changes[i];
        if (plan_rows_shown(view, i)) {
            change->left_out = change->refused || (out && !change->already_applied);
        }
    }
    ticked(view, shell);
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
    (void)list_filter(&view->list, "", NULL);
    plan_rows_take(view, shell);
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

/* The rows that are left stay in the basket. */
static void basket_applied(struct shell *shell, struct work *work)
{
    struct plan_view *view = (struct plan_view *)work->view;
    view->stage = STAGE_PLAN;
    view->plan = NULL;
    gather_applied(shell, work->use.plan);
    applied_take(shell, work);
    shell_bottom(shell)->ops->unmark(shell_bottom(shell));
    if (!gather_is_on(shell)) {
        shell_close(shell, &view->view); /* the message tells the result */
    } else {
        basket_show_plan(view, gather_plan(shell));
        judge(view, shell);
        plan_rows_take(view, shell);
    }
}

static unsigned write_plan(struct plan_view *view, struct shell *shell)
{
    struct plan *plan = view->basket ? gather_take_plan(shell) : view->plan;
    stop_asking(view);
    view->plan = NULL;
    view->stage = STAGE_APPLYING;
    work_apply_for(shell, plan, view_plan_ticket(view, shell), &view->view,
                   view->basket ? basket_applied : applied);
    return REACT_DRAW;
}

/* A question of its own, so that all other keys work until it is asked. */
static unsigned ask(struct plan_view *view)
{
    view->asking = view->judged.gate == GATE_NAME ? ASKS_NAME : ASKS_COUNT;
    field_set(&view->field, "");
    view->field.digits = view->asking == ASKS_COUNT;
    return REACT_DRAW;
}

static unsigned answer(struct plan_view *view, struct shell *shell)
{
    char wrong[80];
    char counted[COUNTED_MAX];
    if (is_answer(view)) {
        return write_plan(view, shell);
    }
    snprintf(wrong, sizeof wrong, "%.60s", view->field.text);
    view_plan_counted(view, counted);
    shell_flash(shell, STYLE_WARN, "not applied: \"%s\" is not %s", wrong,
                view->asking == ASKS_NAME ? view->name : counted);
    view->said_wrong = true;
    field_set(&view->field, "");
    return REACT_DRAW;
}

bool view_plan_is_early(const struct plan_view *view, const struct shell *shell)
{
    return !view->seen || shell->stack.drawn != &view->view ||
           shell_just_came(shell, &view->view) || (view->basket && gather_is_planning(shell));
}

static unsigned apply(struct plan_view *view, struct shell *shell)
{
    const struct plan *plan = view->plan;
    if (view->stage == STAGE_APPLIED) {
        return view->left > 0 ? view_plan_again(view, shell) : REACT_CLOSE;
    }
    if (view->basket && plan->n_changes > 0 &&
        plan->changes[view->cursor].result == RESULT_CONFLICT) {
        basket_ask_conflict(view, shell);
        return REACT_DRAW;
    }
    if (view->judged.gate == GATE_NOTHING && view->basket) {
        shell_flash(shell, STYLE_WARN, "apply: no row is ticked; %s takes one in, %s all",
                    frame_key(shell, CMD_TOGGLE), frame_key(shell, CMD_ALL_IN));
        return REACT_DRAW;
    }
    if (view->judged.gate == GATE_NOTHING && !view_plan_publishes(view, shell)) {
        return REACT_CLOSE;
    }
    if (shell->place.read_only) {
        shell_flash(shell, STYLE_WARN, "apply: this session is read-only; %s writes a plan file",
                    frame_key(shell, CMD_PLAN_FILE));
        return REACT_DRAW;
    }
    if (shell_busy(shell)) {
        shell_flash(shell, STYLE_WARN, "apply: other work is under way");
        return REACT_DRAW;
    }
    if (view_plan_is_early(view, shell)) {
        shell_flash(shell, STYLE_WARN, "Enter came before this was shown: Enter again applies it");
        return REACT_DRAW;
    }
    if (view->judged.gate == GATE_NOTHING) {
        return view_plan_give(shell, CMD_EXPORT);
    }
    size_t hidden = ticked_and_hidden(view);
    if (hidden > 0) { /* what Enter writes stands on the screen */
        shell_flash(shell, STYLE_WARN, "the filter hides %s of the rows to apply; %s shows them",
                    frame_count(hidden), frame_key(shell, CMD_BACK));
        return REACT_DRAW;
    }
    switch (view->judged.gate) {
    case GATE_COUNT:
    case GATE_NAME:
        return ask(view);
    case GATE_SHUT:
        shell_flash(shell, STYLE_ERROR, "%s", view->judged.verdict.text);
        return REACT_DRAW;
    case GATE_OPEN:
    case GATE_NOTHING:
        break;
    }
    return write_plan(view, shell);
}

/* The line of a question; what it does not take are commands, such as Ctrl-C. */
static unsigned key_of_question(struct plan_view *view, struct shell *shell, uint32_t key)
{
    if (key == K_ENTER) {
        return answer(view, shell);
    }
    if (key == K_ESC) {
        stop_asking(view);
        return REACT_DRAW;
    }
    bool text = key_is_text(key) && (view->asking == ASKS_NAME || (key >= '0' && key <= '9'));
    if (text || key == K_BACKSPACE || key == (K_CTRL | 'u')) {
        view->said_wrong = false;
        field_key(&view->field, key);
        return REACT_DRAW;
    }
    bool works = key == (K_CTRL | 'c') || key == (K_CTRL | 'l') || key == (K_CTRL | 'z');
    return works ? REACT_PASS : REACT_DRAW;
}

static unsigned key(struct view *base, struct shell *shell, uint32_t key)
{
    struct plan_view *view = (struct plan_view *)base;
    bool counts = view->stage == STAGE_PLAN && view->plan && view->judged.gate == GATE_COUNT &&
                  !shell->place.read_only && !shell_busy(shell);
    if (view->asking == ASKS_NOTHING && counts && key >= '0' && key <= '9') {
        ask(view);
    }
    return view->asking == ASKS_NOTHING ? REACT_PASS : key_of_question(view, shell, key);
}

/* Esc and q: nothing is written. A job's plan waits behind its badge again; the basket stays. */
static unsigned leave(struct plan_view *view, struct shell *shell)
{
    bool waits = view->stage == STAGE_PLAN && view->judged.gate != GATE_NOTHING;
    if (view->basket) {
        return REACT_CLOSE;
    }
    if (waits && view->ready.opens != CMD_NONE && shell_put_back(shell, &view->ready)) {
        shell_say(shell, STYLE_INFO, "%s: the plan waits, %s opens it; nothing was written",
                  view->plan->action, frame_key(shell, view->ready.opens));
        return REACT_DRAW;
    }
    if (waits) {
        shell_say(shell, STYLE_INFO, "%s: plan closed; nothing was written", view->plan->action);
    }
    return REACT_CLOSE;
}

/* What only the basket does. */
static unsigned command_of_basket(struct plan_view *view, struct shell *shell, enum command command)
{
    switch ((int)command) {
    case CMD_DROP:
        basket_drop_row(view, shell);
        break;
    case CMD_UNDO:
    case CMD_REDO:
        if (!(command == CMD_UNDO ? gather_undo(shell) : gather_redo(shell))) {
            shell_flash(shell, STYLE_INFO, "%s: nothing was gathered %s",
                        command_info(command)->name,
                        command == CMD_UNDO ? "before this" : "after this");
        }
        break;
    default:
        return REACT_PASS;
    }
    return gather_count(shell) > 0 ? REACT_DRAW : REACT_CLOSE;
}

static unsigned command_while_written(struct shell *shell, enum command command)
{
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

static unsigned command(struct view *base, struct shell *shell, enum command command)
{
    struct plan_view *view = (struct plan_view *)base;
    if (!view->plan) {
        return view->stage == STAGE_APPLYING ? command_while_written(shell, command) : REACT_CLOSE;
    }
    unsigned reaction = search_command(&view->list, shell, command, plan_columns);
    plan_rows_follow(view);
    if (reaction != REACT_PASS) {
        return reaction;
    }
    bool planning = view->stage == STAGE_PLAN;
    switch ((int)command) {
    case CMD_TOGGLE:
        toggle(view, shell);
        return REACT_DRAW;
    case CMD_ALL_IN:
    case CMD_ALL_OUT:
        toggle_all(view, shell, command == CMD_ALL_OUT);
        return REACT_DRAW;
    case CMD_TICKET:
    case CMD_PLAN_FILE:
        if (planning) {
            (command == CMD_TICKET ? plan_ask_ticket : plan_ask_file)(view, shell);
        }
        return REACT_DRAW;
    case CMD_RELOAD:
        return planning && view->ready.opens != CMD_NONE ? view_plan_give(shell, view->ready.opens)
                                                         : REACT_PASS;
    case CMD_APPLY:
        return apply(view, shell);
    case CMD_BACK:
    case CMD_QUIT:
        return leave(view, shell);
    default:
        return view->basket ? command_of_basket(view, shell, command) : REACT_PASS;
    }
}

static unsigned paste(struct view *base, struct shell *shell, const char *text, size_t length)
{
    (void)base;
    (void)text;
    (void)length;
    shell_flash(shell, STYLE_WARN, "a confirmation must be typed, not pasted");
    return REACT_DRAW;
}

static bool argument(struct view *base, struct shell *shell, enum command command, const char *text)
{
    struct plan_view *view = (struct plan_view *)base;
    if (command == CMD_FILTER && view->plan) {
        search_given(&view->list, shell, text);
    }
    return command == CMD_FILTER;
}

static bool has_row(const struct view *base)
{
    const struct plan_view *view = (const struct plan_view *)base;
    return view->plan && list_current(&view->list) != SIZE_MAX;
}

static void release(struct view *base)
{
    struct plan_view *view = (struct plan_view *)base;
    if (!view->basket) { /* the plan of the basket is the shell's */
        plan_free(view->plan);
    }
    plan_rows_release(view);
    arena_release(&view->arena);
    free(view);
}

static const struct view_ops s_plan_ops = {.title = "plan",
                                           .place = PLACE_PLAN,
                                           .draw = view_plan_draw,
                                           .key = key,
                                           .command = command,
                                           .argument = argument,
                                           .paste = paste,
                                           .has_row = has_row,
                                           .hint = view_plan_hint,
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

static void copy_requests(struct plan_view *view, const struct plan_offer *offer)
{
    view->requests = arena_alloc(&view->arena, (offer->n_requests + 1) * sizeof *view->requests);
    view->n_requests = offer->n_requests;
    for (size_t i = 0; i < offer->n_requests; i++) {
        struct request *copy = &view->requests[i];
        *copy = offer->requests[i];
        copy->agent = arena_strdup(&view->arena, copy->agent);
        copy->other = arena_strdup(&view->arena, copy->other);
        copy->ext = arena_strdup(&view->arena, copy->ext);
        copy->note = arena_strdup(&view->arena, copy->note);
        copy->target = arena_strdup(&view->arena, copy->target);
    }
}

static struct plan_view *make_view(struct shell *shell, struct plan *plan,
                                   const struct plan_offer *offer)
{
    struct plan_view *view = mem_alloc(sizeof *view);
    view->view.ops = &s_plan_ops;
    view->plan = plan;
    view->retry = offer->retry;
    view->ready.opens = CMD_NONE;
    copy_requests(view, offer);
    view->known = plan_results(plan, RESULT_CONFLICT);
    field_init(&view->field, NULL);
    view_plan_measure(view);
    judge(view, shell);
    plan_rows_take(view, shell);
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
    view->ready = result;
    if (shell_offer(shell, &result, offer->typed)) {
        say_shown(shell, plan, result.says);
    }
}

/* The shell has another plan of the basket, or none. */
static void basket_replanned(struct shell *shell, struct plan *plan)
{
    for (size_t i = 0; i < shell->stack.n_views; i++) {
        struct plan_view *view = (struct plan_view *)shell->stack.views[i];
        bool shows = view->view.ops == &s_plan_ops && view->basket && view->stage == STAGE_PLAN;
        if (!shows) {
            continue;
        }
        basket_show_plan(view, plan);
        if (plan) {
            view_plan_measure(view);
            judge(view, shell);
        }
        plan_rows_take(view, shell);
    }
}

bool view_plan_open_basket(struct shell *shell, const struct plan_retry *retry)
{
    const struct plan_offer made = {.retry = retry};
    struct plan *plan = gather_plan(shell);
    if (!plan) {
        return false;
    }
    shell->gathering.replanned = basket_replanned;
    shell->gathering.touched = false;
    struct plan_view *view = make_view(shell, plan, &made);
    view->basket = true;
    basket_show_plan(view, plan);
    plan_rows_take(view, shell);
    shell_push(shell, &view->view);
    return true;
}
