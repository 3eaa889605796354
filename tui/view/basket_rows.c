/*
 * The rows of the basket: their words, and what is decided about them one by one.
 */
#include "tui/view/plan_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/panel/dialog.h"
#include "tui/shell/gather.h"

#include "core/base/banned.h"

#define ASKED "asked for"

static const struct wish *wish_of(const struct shell *shell, const struct change *change)
{
    const struct basket *basket = gather_look(shell);
    size_t index = basket_find(basket, change->request);
    return index == BASKET_NONE ? NULL : basket->wishes[index];
}

/* ---- words ------------------------------------------------------------------------------------ */

/* "kim" of "kim@desk7 from 192.0.2.7", "ops" of a role's session. */
static int short_actor(const char **actor)
{
    const char *slash = strncmp(*actor, "arn:", 4) == 0 ? strrchr(*actor, '/') : NULL;
    *actor = slash && slash[1] ? slash + 1 : *actor;
    return (int)strcspn(*actor, " @");
}

static void conflict_says(const struct shell *shell, const struct wish *wish, char *out,
                          size_t size)
{
    char when[WHEN_MAX] = "";
    const char *actor = wish->actor ? wish->actor : "somebody";
    int length = short_actor(&actor);
    if (wish->changed_at_s > 0) {
        when_moment(wish->changed_at_s, shell_now_s(shell), when);
    }
    const char *at = when[0] ? " at " : "";
    bool moved = wish->asked.agent && wish->now.state == SLOT_ASSIGNED && wish->now.agent &&
                 strcmp(wish->now.agent, wish->asked.agent) == 0 &&
                 strcmp(wish->now.ext, wish->seen[0].slot.ext) != 0;
    if (moved) {
        snprintf(out, size, "%.*s made it %s%s%s: Enter asks", length, actor, wish->now.ext, at,
                 when);
    } else {
        snprintf(out, size, "%.*s%s%s: %s: Enter asks", length, actor, at, when, wish->detail);
    }
}

/* What the planner says behind "asked for": " cools until 2 Dec". */
static const char *rest_of(const char *why)
{
    bool asked = why && strncmp(why, ASKED, strlen(ASKED)) == 0;
    const char *rest = asked ? why + strlen(ASKED) : why ? why : "";
    return rest + strspn(rest, ",; ");
}

/* A leaver is released because they left; everything else because somebody asked. */
static bool has_left(const struct shell *shell, const struct change *change)
{
    const struct roster *roster = shell->data && !shell->data->partial ? shell->data->roster : NULL;
    return change->kind == CHANGE_RELEASE && roster && change->agent &&
           !roster_find(roster, change->agent);
}

static void planned_says(const struct plan_view *view, const struct shell *shell, size_t index,
                         char *out, size_t size)
{
    const struct change *change = &view->plan->changes[index];
    const struct wish *wish = wish_of(shell, change);
    const struct change *above = index > 0 ? change - 1 : NULL;
    const char *rest = rest_of(change->why);
    bool noted = change->kind == CHANGE_PIN || change->kind == CHANGE_RESERVE ||
                 change->kind == CHANGE_EXEMPT;
    char when[WHEN_MAX];
    when_moment(wish->at_s, shell_now_s(shell), when);
    if (wish->moved) {
        snprintf(out, size, "c %s; %s was taken meanwhile", rest, wish->lost);
    } else if (change->chosen && above && above->chosen) {
        snprintf(out, size, "%s; %s is the row above", rest, above->ext);
    } else if (change->chosen) {
        snprintf(out, size, "%s", rest);
    } else if (noted && change->to) {
        snprintf(out, size, "note: %s", change->to);
    } else if (has_left(shell, change)) {
        snprintf(out, size, "left; %s", rest);
    } else if (change->kind == CHANGE_RELEASE && rest[0]) {
        snprintf(out, size, "%s; you asked, %s", rest, when);
    } else {
        snprintf(out, size, "you asked, %s", when);
    }
}

/* The row names the agent already. */
static const char *without_name(const char *agent, const char *detail)
{
    size_t length = agent ? strlen(agent) : 0;
    bool named = length > 0 && strncmp(detail, agent, length) == 0 &&
                 strncmp(detail + length, " is ", strlen(" is ")) == 0;
    return named ? detail + length + strlen(" is ") : detail;
}

void basket_row_says(const struct plan_view *view, const struct shell *shell, size_t index,
                     char *out, size_t size)
{
    const struct change *change = &view->plan->changes[index];
    const struct wish *wish = wish_of(shell, change);
    if (!wish) {
        snprintf(out, size, "%s", change->why ? change->why : "");
    } else if (wish->state == WISH_CONFLICT) {
        conflict_says(shell, wish, out, size);
    } else if (change->refused) {
        snprintf(out, size, "out: %s", without_name(change->agent, change->detail));
    } else {
        planned_says(view, shell, index, out, size);
    }
}

void basket_row_detail(const struct plan_view *view, const struct shell *shell, size_t index,
                       char *out, size_t size)
{
    const struct change *change = &view->plan->changes[index];
    const struct wish *wish = wish_of(shell, change);
    char when[WHEN_MAX];
    char ext[40];
    if (!wish || wish->state != WISH_PLANNED) {
        basket_row_says(view, shell, index, out, size);
        return;
    }
    const char *rest = rest_of(change->why);
    when_moment(wish->at_s, shell_now_s(shell), when);
    judged_ext(change, ext, sizeof ext);
    snprintf(out, size, "%s: %s, you asked at %s%s%s", change->agent ? change->agent : change->ext,
             ext, when, rest[0] ? "; " : "", rest);
}

void basket_guards_short(const struct plan_view *view, const struct shell *shell, char *out,
                         size_t size)
{
    const struct guard_verdict *verdict = &view->judged.verdict;
    const struct release_limit *limit = &session_policy(shell->place.session)->limit;
    char people[TEXT_NUMBER_ROOM];
    char releases[TEXT_NUMBER_ROOM];
    size_t n = view->plan->counts[CHANGE_RELEASE];
    snprintf(out, size, "%s %s, %s release%s, limit %lld%s",
             text_number((uint64_t)verdict->people, people),
             verdict->people == 1 ? "person changes" : "people change", text_number(n, releases),
             n == 1 ? "" : "s", (long long)limit->value, limit->percent ? " %" : "");
}

void basket_guards(const struct plan_view *view, const struct shell *shell, char *out, size_t size)
{
    const struct guard_verdict *verdict = &view->judged.verdict;
    const struct release_limit *limit = &session_policy(shell->place.session)->limit;
    char people[TEXT_NUMBER_ROOM];
    char releases[TEXT_NUMBER_ROOM];
    char holders[TEXT_NUMBER_ROOM];
    size_t n = view->plan->counts[CHANGE_RELEASE];
    int used = snprintf(out, size, "%s %s (typed count above %d); releases %s",
                        text_number((uint64_t)verdict->people, people),
                        verdict->people == 1 ? "person changes" : "people change", GUARD_NAMED_MAX,
                        text_number(n, releases));
    if (n > 0 && verdict->holders > 0 && used > 0 && (size_t)used < size) {
        used += snprintf(out + used, size - (size_t)used, " of %s",
                         text_number((uint64_t)verdict->holders, holders));
    }
    if (used > 0 && (size_t)used < size) {
        snprintf(out + used, size - (size_t)used, " (limit %lld%s)", (long long)limit->value,
                 limit->percent ? " %" : "");
    }
}

/* ---- ticks, drops ----------------------------------------------------------------------------- */

void basket_show_plan(struct plan_view *view, struct plan *plan)
{
    size_t n = plan ? plan->n_changes : 0;
    view->plan = plan;
    view->cursor = view->cursor < n ? view->cursor : n ? n - 1 : 0;
    for (size_t i = 0; i < n; i++) {
        if (plan->changes[i].request == view->at) {
            view->cursor = i;
            break;
        }
    }
    view->at = n > 0 ? plan->changes[view->cursor].request : 0;
}

void basket_tick_rows(struct plan_view *view, struct shell *shell)
{
    struct basket *basket = gather_basket(shell);
    for (size_t i = 0; i < view->plan->n_changes; i++) {
        const struct change *change = &view->plan->changes[i];
        size_t index = basket_find(basket, change->request);
        bool planned = change->result == RESULT_PLANNED && !change->refused;
        if (planned && index != BASKET_NONE) {
            basket_tick(basket, index, !change->left_out);
        }
    }
    gather_know(shell);
}

void basket_drop_row(struct plan_view *view, struct shell *shell)
{
    struct basket *basket = gather_basket(shell);
    const struct change *change = &view->plan->changes[view->cursor];
    size_t index = basket_find(basket, change->request);
    if (index == BASKET_NONE) {
        return;
    }
    const struct wish *wish = basket->wishes[index];
    basket_drop(basket, index);
    view->at = 0;
    gather_changed(shell);
    shell_flash(shell, STYLE_INFO, "out of the basket: %s of %s; %s brings it back",
                change_kind_name(wish->asked.kind),
                wish->asked.agent ? wish->asked.agent : wish->asked.ext,
                frame_key(shell, CMD_UNDO));
}

/* ---- a row that somebody else changed --------------------------------------------------------- */

#define MINE "mine"
#define ANOTHER "another number"
#define OUT "out"

struct decision {
    size_t id; /* of the wish */
    void (*ask)(struct shell *shell, const char *login, const char *ext);
};

static unsigned decided(struct dialog *dialog, struct shell *shell, const char *text)
{
    const struct decision *about = dialog->data;
    struct basket *basket = gather_basket(shell);
    size_t index = basket_find(basket, about->id);
    if (index == BASKET_NONE) {
        return REACT_CLOSE;
    }
    if (strcmp(text, MINE) == 0) {
        struct plan_input input = shell_plan_input(shell);
        basket_insist(basket, index, &input);
    } else if (strcmp(text, ANOTHER) == 0) {
        const struct request *asked = &basket->wishes[index]->asked;
        about->ask(shell, asked->agent, asked->ext);
        return REACT_CLOSE;
    } else {
        basket_drop(basket, index);
    }
    gather_changed(shell);
    return REACT_CLOSE;
}

void basket_ask_conflict(struct plan_view *view, struct shell *shell)
{
    const struct wish *wish = wish_of(shell, &view->plan->changes[view->cursor]);
    if (!wish) {
        return;
    }
    char body[512];
    char says[320];
    char ext[40];
    conflict_says(shell, wish, says, sizeof says);
    snprintf(body, sizeof body, "%.*s. What becomes of your row?",
             (int)(strlen(says) - strlen(": Enter asks")), says);
    struct dialog *dialog =
        dialog_new(wish->asked.agent ? wish->asked.agent : wish->asked.ext, body);
    struct decision *about = arena_alloc(&dialog->arena, sizeof *about);
    *about = (struct decision){.id = wish->id, .ask = view->retry ? view->retry->ask : NULL};
    dialog->data = about;
    judged_ext(&view->plan->changes[view->cursor], ext, sizeof ext);
    bool moves = wish->asked.kind == CHANGE_ASSIGN || wish->asked.kind == CHANGE_REASSIGN;
    dialog_offer(dialog, OUT, "leave it as it is now; the row leaves the basket");
    dialog_offer(dialog, MINE, "what was asked for, on what is there now");
    if (moves && !wish->asked.swap && about->ask) {
        dialog_offer(dialog, ANOTHER, "choose one");
    }
    dialog->choice = 0;
    dialog->accept = decided;
    dialog_open(shell, dialog);
}
