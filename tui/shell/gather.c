#include "tui/shell/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/plan/plan_file.h"

#include "core/base/banned.h"

struct gathered {
    struct basket basket;
    struct plan *plan; /* NULL: not planned since the last change */
    struct basket_counts counts;
    unsigned long planned; /* the edits of the basket that the plan knows */
    bool restored;         /* from an earlier run, and nothing was said yet */
    int64_t restored_at_s; /* when it was kept */
    char restored_error[ERR_TEXT_MAX];
};

static struct gathered *all_of(const struct shell *shell)
{
    return shell->gathering.all;
}

/* What everybody may know. */
static void publish(struct shell *shell)
{
    const struct basket *basket = &all_of(shell)->basket;
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
    return &all_of(shell)->basket;
}

const struct basket *gather_look(const struct shell *shell)
{
    return &all_of(shell)->basket;
}

void gather_know(struct shell *shell)
{
    all_of(shell)->planned = all_of(shell)->basket.edits;
}

void gather_begin(struct shell *shell)
{
    shell->gathering.on = true;
    publish(shell);
    shell->gathering.said_s = shell_now_s(shell);
}

/* Whoever shows the plan learns of the new one before the old one goes. */
static void set_plan(struct shell *shell, struct plan *plan)
{
    struct gathered *all = all_of(shell);
    struct plan *old = all->plan;
    all->plan = plan;
    if (shell->gathering.replanned) {
        shell->gathering.replanned(shell, plan);
    }
    plan_free(old);
}

void gather_end(struct shell *shell)
{
    struct gathered *all = all_of(shell);
    set_plan(shell, NULL);
    basket_clear(&all->basket);
    all->counts = (struct basket_counts){0};
    shell->gathering.on = shell->gathering.touched = false;
    publish(shell);
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

static void make_plan(struct shell *shell)
{
    struct gathered *all = all_of(shell);
    struct feed *feed = feed_ref(shell->data->feed);
    const struct basket_feed told = {.who = who, .context = feed};
    struct plan_input input = shell_plan_input(shell);
    struct plan *plan = basket_plan(&all->basket, &input, feed ? &told : NULL, &all->counts);
    all->planned = all->basket.edits;
    publish(shell);
    set_plan(shell, plan);
    feed_unref(feed);
}

static bool is_readable(const struct shell *shell)
{
    return shell->data && shell->data->snapshot && shell->data->snapshot->read_at_s != 0;
}

struct plan *gather_plan(struct shell *shell)
{
    struct gathered *all = all_of(shell);
    if (is_readable(shell) && (!all->plan || all->planned != all->basket.edits)) {
        make_plan(shell);
    }
    return all->plan;
}

void gather_changed(struct shell *shell)
{
    gather_plan(shell);
    publish(shell);
}

const struct basket_counts *gather_counts(const struct shell *shell)
{
    return &all_of(shell)->counts;
}

struct plan *gather_take_plan(struct shell *shell)
{
    struct plan *plan = gather_plan(shell);
    all_of(shell)->plan = NULL; /* it is the view's now */
    return plan;
}

void gather_applied(struct shell *shell, const struct plan *plan)
{
    struct basket *basket = &all_of(shell)->basket;
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
    const struct basket *basket = shell->gathering.on ? &all_of(shell)->basket : NULL;
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
    const struct gathered *all = all_of(shell);
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
    struct basket *basket = &all_of(shell)->basket;
    struct plan_input input = shell_plan_input(shell);
    size_t replaced = basket_add(basket, &input, requests, n_requests, shell_now_s(shell));
    char also[80] = "";
    gather_plan(shell);
    publish(shell);
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
    struct basket *basket = &all_of(shell)->basket;
    size_t n = 0;
    const struct wish *wish = back ? basket_undo(basket, &n) : basket_redo(basket, &n);
    if (!wish) {
        return false;
    }
    bool there = basket_find(basket, wish->id) != BASKET_NONE;
    gather_plan(shell);
    publish(shell);
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
    const struct basket *basket = &all_of(shell)->basket;
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
    const struct basket *basket = &all_of(shell)->basket;
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

/* ---- new data -------------------------------------------------------------------------------- */

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
    struct gathered *all = all_of(shell);
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

void gather_reload(struct shell *shell)
{
    struct gathered *all = all_of(shell);
    if (all->restored_error[0] && is_readable(shell)) {
        shell_say(shell, STYLE_WARN, "%s", all->restored_error);
        all->restored_error[0] = '\0';
    }
    if (all->basket.n_wishes == 0 || !is_readable(shell)) {
        set_plan(shell, NULL);
        return;
    }
    size_t before = all->counts.conflicts;
    size_t n = all->basket.n_wishes;
    make_plan(shell);
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

/* ---- kept in the state folder ----------------------------------------------------------------- */

void gather_restore(struct shell *shell, const char *path)
{
    struct gathered *all = all_of(shell);
    struct plan_file file;
    struct err err = ERR_INIT;
    enum err_code code = plan_file_load(&file, path, &err);
    if (code == ERR_OK && strcmp(file.store, session_store_uri(shell->place.session)) != 0) {
        snprintf(all->restored_error, sizeof all->restored_error,
                 "the kept basket is of another store and stays out: %.400s", file.store);
    } else if (code == ERR_OK && file.n_wishes > 0) {
        plan_file_gather(&file, &all->basket);
        all->restored = true;
        all->restored_at_s = file.made_at_s;
        gather_begin(shell);
    } else if (code != ERR_OK && code != ERR_NOT_FOUND) {
        snprintf(all->restored_error, sizeof all->restored_error,
                 "the kept basket cannot be read: %.400s", err.text);
    }
    plan_file_release(&file);
    publish(shell);
}

enum err_code gather_encode(const struct shell *shell, struct buf *out, struct err *err)
{
    const struct basket *basket = &all_of(shell)->basket;
    const char *maker = shell->place.actor[0] ? shell->place.actor : "extpool";
    const struct plan_file_content content = {.store = session_store_uri(shell->place.session),
                                              .maker = maker,
                                              .made_at_s = shell_now_s(shell),
                                              .action = "basket",
                                              .ticket = basket->ticket,
                                              .basket = basket};
    return plan_file_write(&content, out, NULL, err);
}

unsigned long gather_edits(const struct shell *shell)
{
    return all_of(shell)->basket.edits;
}

void gather_open(struct shell *shell)
{
    shell->gathering = (struct gathering){.replanned = shell->gathering.replanned,
                                          .all = mem_alloc(sizeof *shell->gathering.all)};
    basket_init(&shell->gathering.all->basket);
}

void gather_close(struct shell *shell)
{
    struct gathered *all = all_of(shell);
    if (all) {
        set_plan(shell, NULL);
        basket_release(&all->basket);
        free(all);
    }
    shell->gathering = (struct gathering){.replanned = shell->gathering.replanned};
}
