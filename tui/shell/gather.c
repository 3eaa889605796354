#include "tui/shell/gather_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

void gather_publish(struct shell *shell)
{
    const struct basket *basket = &gather_all(shell)->basket;
    struct gathering *gathering = &shell->gathering;
    gathering->n = basket->n_wishes;
    snprintf(gathering->adds, sizeof gathering->adds, "Add to basket (%s)",
             frame_count(basket->n_wishes + 1));
    gathering->can_undo = basket->n_done > 0;
    gathering->can_redo = basket->n_done < basket->n_deeds;
}

bool gather_is_on(const struct shell *shell)
{
    return shell->gathering.on;
}

size_t gather_count(const struct shell *shell)
{
    return shell->gathering.n;
}

bool gather_can_undo(const struct shell *shell)
{
    return shell->gathering.can_undo;
}

bool gather_can_redo(const struct shell *shell)
{
    return shell->gathering.can_redo;
}

struct basket *gather_basket(struct shell *shell)
{
    return &gather_all(shell)->basket;
}

const struct basket *gather_look(const struct shell *shell)
{
    return &gather_all(shell)->basket;
}

void gather_know(struct shell *shell)
{
    gather_all(shell)->planned = gather_all(shell)->basket.edits;
}

void gather_begin(struct shell *shell)
{
    shell->gathering.on = true;
    gather_publish(shell);
    shell->gathering.said_s = shell_now_s(shell);
}

/* A job that plans the basket on new data. */
struct replanning {
    struct job job;
    struct shell *shell;
    unsigned generation;
    unsigned long edits; /* of the basket that was copied */
    struct basket basket;
    struct screen_data *data;
    struct plan_input input;
    char actor[512];
    struct plan *plan;
    struct basket_counts counts;
};

void gather_set_plan(struct shell *shell, struct plan *plan)
{
    struct gathered *all = gather_all(shell);
    struct plan *old = all->plan;
    all->plan = plan;
    if (shell->gathering.replanned) {
        shell->gathering.replanned(shell, plan);
    }
    plan_free(old);
}

void gather_end(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    gather_set_plan(shell, NULL);
    basket_clear(&all->basket);
    all->counts = (struct basket_counts){0};
    shell->gathering.on = shell->gathering.touched = false;
    gather_publish(shell);
}

/* ---- planning -------------------------------------------------------------------------------- */

static bool who(void *context, const char *ext, const char *agent, const char **actor,
                int64_t *at_s)
{
    const struct feed *feed = context;
    const struct feed_row *row = agent ? feed_find_agent(feed, agent) : NULL;
    row = row ? row : feed_find_ext(feed, ext);
    const struct feed_entry *entry = row ? feed_entry_of(feed, row) : NULL;
    if (!entry) {
        return false;
    }
    *actor = entry->who;
    *at_s = entry->at_ms / 1000;
    return true;
}

static struct plan *plan_basket(struct basket *basket, const struct plan_input *input,
                                const struct feed *from, struct basket_counts *counts)
{
    struct feed *feed = feed_ref(from);
    const struct basket_feed told = {.who = who, .context = feed};
    struct plan *plan = basket_plan(basket, input, feed ? &told : NULL, counts);
    feed_unref(feed);
    return plan;
}

static void take_plan(struct shell *shell, struct plan *plan, const struct basket_counts *counts)
{
    struct gathered *all = gather_all(shell);
    all->counts = *counts;
    all->planned = all->basket.edits;
    all->replanning = NULL;
    gather_publish(shell);
    gather_set_plan(shell, plan);
}

static void make_plan(struct shell *shell)
{
    struct basket_counts counts;
    struct plan_input input = shell_plan_input(shell);
    take_plan(shell, plan_basket(&gather_all(shell)->basket, &input, shell->data->feed, &counts),
              &counts);
}

struct plan *gather_plan(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    if (gather_is_readable(shell) && (!all->plan || all->planned != all->basket.edits)) {
        make_plan(shell);
    }
    return all->plan;
}

void gather_changed(struct shell *shell)
{
    gather_plan(shell);
    gather_publish(shell);
}

const struct basket_counts *gather_counts(const struct shell *shell)
{
    return &gather_all(shell)->counts;
}

struct plan *gather_take_plan(struct shell *shell)
{
    struct plan *plan = gather_plan(shell);
    gather_all(shell)->plan = NULL; /* it is the view's now */
    gather_all(shell)->replanning = NULL;
    return plan;
}

void gather_applied(struct shell *shell, const struct plan *plan)
{
    struct basket *basket = &gather_all(shell)->basket;
    basket_take_results(basket, plan);
    if (basket->n_wishes == 0) {
        gather_end(shell);
    }
    gather_changed(shell);
}

struct plan *gather_preview(const struct shell *shell, const char *action,
                            const struct request *requests, size_t n_requests)
{
    struct plan_input input = shell_plan_input(shell);
    const struct basket *basket = shell->gathering.on ? &gather_all(shell)->basket : NULL;
    return basket_preview(basket, &input, action, requests, n_requests);
}

/* ---- edits ----------------------------------------------------------------------------------- */

/* "a.berg", "0042", or how many. */
static const char *name_wish(const struct wish *wish)
{
    return wish->asked.agent ? wish->asked.agent : wish->asked.ext ? wish->asked.ext : "it";
}

/* " 0013>0401", the numbers of the row that came of the wish; "": it has none. */
static void numbers_of(const struct plan *plan, const struct wish *wish, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; plan && i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->request == wish->id && change->ext) {
            bool moves = change->kind == CHANGE_REASSIGN && change->from;
            snprintf(out, size, " %s%s%s", moves ? change->from : "", moves ? ">" : "",
                     change->ext);
            return;
        }
    }
}

/* Into the activity: "basket: reassign a.berg 0013>0401; 3 rows, nothing is written". */
static void note_added(struct shell *shell, const struct request *requests, size_t n_requests,
                       const char *also)
{
    const struct gathered *all = gather_all(shell);
    const struct basket *basket = &all->basket;
    const struct request *first = &requests[0];
    char numbers[2 * EXT_ROOM + 4];
    char text[2 * LOGIN_MAX + 128];
    size_t found = first->agent ? basket_find_agent(basket, first->agent)
                                : basket_find_ext(basket, first->ext);
    const char *rows = basket->n_wishes == 1 ? "row" : "rows";
    if (n_requests > 1 || found == BASKET_NONE) {
        snprintf(text, sizeof text, "basket: %s added; %s%s %s, nothing is written",
                 frame_count(n_requests), also, frame_count(basket->n_wishes), rows);
    } else {
        const struct wish *wish = basket->wishes[found];
        bool named = wish->asked.agent != NULL;
        numbers_of(all->plan, wish, numbers, sizeof numbers);
        snprintf(text, sizeof text, "basket: %s %s%s; %s%s %s, nothing is written",
                 change_kind_name(wish->asked.kind), name_wish(wish), named ? numbers : "", also,
                 frame_count(basket->n_wishes), rows);
    }
    activity_add(&shell->messages.activity, shell_now_s(shell), STYLE_INFO, text);
}

void gather_add(struct shell *shell, const struct request *requests, size_t n_requests)
{
    struct basket *basket = &gather_all(shell)->basket;
    struct plan_input input = shell_plan_input(shell);
    size_t replaced = basket_add(basket, &input, requests, n_requests, shell_now_s(shell));
    char also[80] = "";
    gather_plan(shell);
    gather_publish(shell);
    if (replaced > 0) {
        snprintf(also, sizeof also, "%s replaced, ",
                 replaced == 1 ? "the earlier wish is" : "the earlier wishes are");
    }
    shell->gathering.said_s = shell_now_s(shell);
    note_added(shell, requests, n_requests, also);
    shell_flash(shell, STYLE_WARN, "added, not written: %sbasket %s, %s shows it", also,
                frame_count(basket->n_wishes), frame_key(shell, CMD_BASKET));
}

static bool turn(struct shell *shell, bool back)
{
    struct basket *basket = &gather_all(shell)->basket;
    size_t n = 0;
    const struct wish *wish = back ? basket_undo(basket, &n) : basket_redo(basket, &n);
    if (!wish) {
        return false;
    }
    bool there = basket_find(basket, wish->id) != BASKET_NONE;
    gather_plan(shell);
    gather_publish(shell);
    if (n == 1) {
        shell_flash(shell, STYLE_INFO, "%s %s of %s: basket %s; nothing was written",
                    there ? "back in the basket:" : "out of the basket:",
                    change_kind_name(wish->asked.kind), name_wish(wish),
                    frame_count(basket->n_wishes));
    } else {
        shell_flash(shell, STYLE_INFO, "%s rows %s the basket: %s are in it; nothing was written",
                    frame_count(n), there ? "are back in" : "are out of",
                    frame_count(basket->n_wishes));
    }
    return true;
}

bool gather_undo(struct shell *shell)
{
    return turn(shell, true);
}

bool gather_redo(struct shell *shell)
{
    return turn(shell, false);
}

/* ---- what others show ------------------------------------------------------------------------ */

char gather_sign(const struct shell *shell, const char *login, const char *ext)
{
    const struct basket *basket = &gather_all(shell)->basket;
    if (basket->n_wishes == 0) {
        return '\0';
    }
    size_t found = login ? basket_find_agent(basket, login) : basket_find_ext(basket, ext);
    bool conflict = found != BASKET_NONE && basket->wishes[found]->state == WISH_CONFLICT;
    return conflict ? '!' : basket_mark(basket, found);
}

char gather_sign_with(const struct shell *shell, const char *login, const char *ext, bool changed)
{
    char sign = gather_sign(shell, login, ext);
    return sign && changed ? '!' : sign ? sign : changed ? 'c' : ' ';
}

const char *gather_row_now(const struct shell *shell, bool agents, const char *key)
{
    const struct basket *basket = &gather_all(shell)->basket;
    size_t found = agents ? basket_find_agent(basket, key) : basket_find_ext(basket, key);
    return found == BASKET_NONE ? NULL : change_kind_name(basket->wishes[found]->asked.kind);
}

int64_t gather_remind_at_ms(const struct shell *shell)
{
    const struct gathering *gathering = &shell->gathering;
    int64_t left_s = gathering->said_s + GATHER_REMIND_S - shell_now_s(shell);
    left_s = left_s < 0 ? 0 : left_s < GATHER_REMIND_S ? left_s : GATHER_REMIND_S;
    return gathering->n == 0 ? INT64_MAX : clock_ticks_ms() + left_s * 1000;
}

bool gather_remind(struct shell *shell)
{
    struct gathering *gathering = &shell->gathering;
    int64_t now_s = shell_now_s(shell);
    if (gathering->n == 0 || now_s - gathering->said_s < GATHER_REMIND_S) {
        return false;
    }
    gathering->said_s = now_s;
    shell_flash(shell, STYLE_WARN, "%s gathered row%s not written yet: %s shows the basket",
                frame_count(gathering->n), gathering->n == 1 ? " is" : "s are",
                frame_key(shell, CMD_BASKET));
    return true;
}

/* ---- what others changed --------------------------------------------------------------------- */

static const struct wish *first_conflict(const struct basket *basket)
{
    for (size_t i = 0; i < basket->n_wishes; i++) {
        if (basket->wishes[i]->state == WISH_CONFLICT) {
            return basket->wishes[i];
        }
    }
    return NULL;
}

/* "kim@desk7 changed a row of yours: m.rossi 0042>0077" */
static void say_touched(struct shell *shell, const struct wish *wish, size_t more)
{
    char what[2 * LOGIN_MAX];
    char others[48] = "";
    const char *had = wish->seen[0].slot.ext;
    if (more > 0) {
        snprintf(others, sizeof others, ", and %s more", frame_count(more));
    }
    if (wish->asked.agent && wish->now.state == SLOT_ASSIGNED && had[0]) {
        snprintf(what, sizeof what, "%s %s>%s", wish->asked.agent, had, wish->now.ext);
    } else {
        snprintf(what, sizeof what, "%s", wish->detail);
    }
    shell_say(shell, STYLE_WARN, "%s changed a row of yours: %s%s",
              wish->actor ? wish->actor : "somebody else", what, others);
}

static void say_restored(struct shell *shell, size_t n, const struct basket_counts *counts)
{
    struct gathered *all = gather_all(shell);
    char age[CLOCK_TEXT_MAX];
    char rest[80] = "";
    size_t unfit = counts->out + counts->conflicts;
    clock_format_span(shell_now_s(shell) - all->restored_at_s, age);
    if (unfit > 0) {
        snprintf(rest, sizeof rest, ", %s no longer fit%s", frame_count(unfit),
                 unfit == 1 ? "s" : "");
    }
    all->restored = false;
    shell_say(shell, STYLE_WARN, "basket of %s ago: %s row%s%s: %s shows it", age, frame_count(n),
              n == 1 ? "" : "s", rest, frame_key(shell, CMD_BASKET));
}

/* What the new plan tells about `n` wishes, of which `before` were in conflict. */
static void say_changes(struct shell *shell, size_t n, size_t before)
{
    struct gathered *all = gather_all(shell);
    const struct wish *conflict = first_conflict(&all->basket);
    if (all->restored && !shell->data->partial) {
        say_restored(shell, n, &all->counts);
    } else if (conflict && all->counts.conflicts > before) {
        shell->gathering.touched = true;
        say_touched(shell, conflict, all->counts.conflicts - before - 1);
    }
    if (all->counts.already > 0) {
        shell_say(shell, STYLE_INFO, "%s row%s already so and left the basket: %s",
                  frame_count(all->counts.already), all->counts.already == 1 ? " is" : "s are",
                  all->counts.already_says);
    }
}

/* ---- many wishes: on the worker ------------------------------------------------------------------ */

static void replan(struct job *job)
{
    struct replanning *replanning = (struct replanning *)job;
    replanning->plan = plan_basket(&replanning->basket, &replanning->input, replanning->data->feed,
                                   &replanning->counts);
}

static void free_replanning(struct job *job)
{
    struct replanning *replanning = (struct replanning *)job;
    plan_free(replanning->plan);
    basket_release(&replanning->basket);
    screen_data_unref(replanning->data);
    free(replanning);
}

static void start_replanning(struct shell *shell);

static void replanned(struct job *job)
{
    struct replanning *replanning = (struct replanning *)job;
    struct shell *shell = replanning->shell;
    struct gathered *all = gather_all(shell);
    if (replanning->generation != shell->jobs.generation || all->replanning != replanning) {
        return; /* of another place, or there is newer data */
    }
    all->replanning = NULL;
    if (!replanning->plan || replanning->edits != all->basket.edits) {
        start_replanning(shell); /* other work went first, or a row was ticked meanwhile */
        return;
    }
    size_t n = all->basket.n_wishes;
    size_t before = all->counts.conflicts;
    basket_take_planned(&all->basket, &replanning->basket);
    take_plan(shell, replanning->plan, &replanning->counts);
    replanning->plan = NULL;
    say_changes(shell, n, before);
}

static void start_replanning(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    struct replanning *replanning = mem_alloc(sizeof *replanning);
    replanning->job = (struct job){.name = "planning the basket",
                                   .run = replan,
                                   .done = replanned,
                                   .free = free_replanning,
                                   .err = ERR_INIT};
    replanning->shell = shell;
    replanning->generation = shell->jobs.generation;
    replanning->edits = all->basket.edits;
    basket_copy(&replanning->basket, &all->basket);
    replanning->data = screen_data_ref(shell->data);
    replanning->input = shell_plan_input(shell);
    snprintf(replanning->actor, sizeof replanning->actor, "%s", replanning->input.actor);
    replanning->input.actor = replanning->actor;
    all->replanning = replanning;
    worker_submit(shell->jobs.worker, &replanning->job);
}

bool gather_is_planning(const struct shell *shell)
{
    return gather_all(shell)->replanning != NULL;
}

/* ---- new data -------------------------------------------------------------------------------- */

void gather_replan(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    size_t n = all->basket.n_wishes;
    size_t before = all->counts.conflicts;
    if (n == 0 || !gather_is_readable(shell)) {
        all->replanning = NULL;
        gather_set_plan(shell, NULL);
    } else if (n > GATHER_HERE_MAX) {
        start_replanning(shell);
    } else {
        make_plan(shell);
        say_changes(shell, n, before);
    }
}
