/*
 * Plans the wishes of a basket on what is there now. Each wish is first compared with what it saw: it
 * may be so already, or its row may have been changed by somebody else. The others go to the planner of
 * edits, which leaves out what is not possible. Then each wish learns what became of it.
 */
#include "core/plan/basket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/plan/conflict.h"
#include "core/plan/holdings.h"

struct planning {
    struct basket *basket;
    const struct plan_input *input;
    const struct basket_feed *feed;
    struct basket_counts counts;
    struct holdings holdings;
    struct plan *plan;
    struct wish **asked; /* by request of the planner: the wish */
};

/* ---- what is there now ----------------------------------------------------------------------- */

static const struct slot *now_of(const struct planning *planning, const struct seen *seen)
{
    return seen->agent ? holdings_of(&planning->holdings, seen->agent)
                       : snapshot_find(planning->input->snapshot, seen->slot.ext);
}

/* Whether it is what the wish saw. */
static bool is_as_seen(const struct planning *planning, const struct seen *seen)
{
    const struct slot *now = now_of(planning, seen);
    bool there = now && now->state != SLOT_ABSENT;
    if (seen->slot.state == SLOT_ABSENT || !there) {
        return seen->slot.state == SLOT_ABSENT && !there;
    }
    return strcmp(seen->slot.ext, now->ext) == 0 && slot_is_as_seen(&seen->slot, now);
}

static const struct exempt *exempt_now(const struct planning *planning, const struct wish *wish)
{
    const char *agent = wish->asked.agent;
    return agent ? snapshot_find_exempt(planning->input->snapshot, agent) : NULL;
}

/* Whether the agent is exempt, or is not, as the wish saw it. */
static bool is_exempt_as_seen(const struct planning *planning, const struct wish *wish)
{
    return wish->saw_exempt == (exempt_now(planning, wish) != NULL);
}

/* What the wish is about: an agent's extension, both of a swap, or a number of its own. A number that
   is only wanted does not count: the planner says whether it can be had. */
static bool is_row_as_seen(const struct planning *planning, const struct wish *wish)
{
    size_t n = wish->asked.other ? 2 : 1;
    for (size_t i = 0; i < n && i < wish->n_seen; i++) {
        if (!is_as_seen(planning, &wish->seen[i])) {
            return false;
        }
    }
    return is_exempt_as_seen(planning, wish);
}

/* The record of the number that is wanted; NULL: none is named. */
static const struct seen *wanted_of(const struct wish *wish)
{
    const struct seen *last = wish->n_seen > 1 ? &wish->seen[wish->n_seen - 1] : NULL;
    return last && !last->agent ? last : NULL;
}

/* ---- already so ------------------------------------------------------------------------------ */

static bool has(const struct slot *slot, const char *ext)
{
    return slot && ext && strcmp(slot->ext, ext) == 0;
}

static bool same_note(const struct slot *slot, const struct request *asked)
{
    return slot->note && (!asked->note || strcmp(slot->note, asked->note) == 0);
}

static bool is_exempt_so(const struct exempt *now, const struct request *asked)
{
    return now && (!asked->note || text_same(now->note, asked->note));
}

/* `asked` NULL: nothing was said about it; "": none. */
static bool same_target(const char *asked, const char *now)
{
    return !asked || strcmp(asked, now ? now : "") == 0;
}

static bool is_swapped(const struct planning *planning, const struct wish *wish)
{
    const struct seen *one = &wish->seen[0];
    const struct seen *two = &wish->seen[1];
    return wish->n_seen > 1 && one->slot.state == SLOT_ASSIGNED &&
           two->slot.state == SLOT_ASSIGNED && has(now_of(planning, one), two->slot.ext) &&
           has(now_of(planning, two), one->slot.ext);
}

/* Whether somebody did meanwhile what was asked for. What was so when it was asked for is the
   planner's to say. */
static bool is_so(const struct planning *planning, const struct wish *wish)
{
    const struct request *asked = &wish->asked;
    const struct seen *seen = &wish->seen[0];
    const struct slot *now = wish->n_seen > 0 ? now_of(planning, seen) : NULL;
    bool held = wish->n_seen > 0 && seen->slot.state == SLOT_ASSIGNED;
    if (wish->n_seen == 0 || is_row_as_seen(planning, wish)) {
        return false;
    }
    switch (asked->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        return asked->swap ? is_swapped(planning, wish)
                           : has(now, asked->ext) || has(now, wish->given);
    case CHANGE_RELEASE:
        return held && !now;
    case CHANGE_PIN:
        return now && has(now, seen->slot.ext) && same_note(now, asked);
    case CHANGE_UNPIN:
        return now && has(now, seen->slot.ext) && !now->note;
    case CHANGE_UNRESERVE:
        return now && now->state == SLOT_FREE;
    case CHANGE_RESERVE:
        return now && now->state == SLOT_RESERVED && same_note(now, asked) &&
               same_target(asked->target, now->target) &&
               (!asked->until.given || asked->until.at_s == now->until_s);
    case CHANGE_SET:
        return now && same_target(asked->target, slot_fallback(now));
    case CHANGE_EXEMPT:
        return is_exempt_so(exempt_now(planning, wish), asked);
    case CHANGE_UNEXEMPT:
        return !exempt_now(planning, wish);
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return false;
}

static void set_already(struct planning *planning, struct wish *wish, const char *says)
{
    struct basket_counts *counts = &planning->counts;
    wish->state = WISH_ALREADY;
    if (counts->already++ == 0) {
        snprintf(counts->already_says, sizeof counts->already_says, "%s", says);
    }
}

static void drop_already(struct basket *basket)
{
    size_t kept = 0;
    for (size_t i = 0; i < basket->n_wishes; i++) {
        if (basket->wishes[i]->state == WISH_ALREADY) {
            basket->edits++;
        } else {
            basket->wishes[kept++] = basket->wishes[i];
        }
    }
    basket->n_wishes = kept;
}

/* What has changed under the wish: its row, or the number that it wants. */
static const struct seen *changed_of(const struct planning *planning, const struct wish *wish)
{
    for (size_t i = 0; i < wish->n_seen; i++) {
        if (!is_as_seen(planning, &wish->seen[i])) {
            return &wish->seen[i];
        }
    }
    return &wish->seen[0];
}

/* "a.berg has 0401", "0020 is free, ...": what is there. */
static const char *what_is_there(struct planning *planning, const struct wish *wish)
{
    struct arena *arena = &planning->basket->texts;
    const struct seen *seen = changed_of(planning, wish);
    const struct slot *now = now_of(planning, seen);
    if (is_as_seen(planning, seen) && !is_exempt_as_seen(planning, wish)) {
        return exempt_describe(arena, wish->asked.agent, exempt_now(planning, wish));
    }
    if (seen->agent && !now) {
        return arena_printf(arena, "%s has no extension", seen->agent);
    }
    if (seen->agent && !now->note) {
        return arena_printf(arena, "%s has %s", seen->agent, now->ext);
    }
    return arena_printf(arena, "%s is %s", now ? now->ext : seen->slot.ext,
                        slot_describe(arena, now));
}

/* ---- conflicts ------------------------------------------------------------------------------- */

static void set_conflict(struct planning *planning, struct wish *wish)
{
    struct arena *arena = &planning->basket->texts;
    const struct basket_feed *feed = planning->feed;
    const struct seen *seen = changed_of(planning, wish);
    const struct slot *now = now_of(planning, seen);
    const struct slot *record =
        now ? now : snapshot_find(planning->input->snapshot, seen->slot.ext);
    const char *actor = NULL;
    int64_t at_s = 0;
    wish->state = WISH_CONFLICT;
    wish->now = now ? slot_copy(arena, now) : (struct slot){.state = SLOT_ABSENT};
    wish->actor = NULL;
    wish->changed_at_s = 0;
    bool told = feed && feed->who(feed->context, record ? record->ext : seen->slot.ext, seen->agent,
                                  &actor, &at_s);
    if (!told && record && record->state != SLOT_FREE) {
        actor = record->by;
        at_s = record->at_s;
    } else if (!told && record) {
        at_s = record->at_s;
    }
    wish->actor = arena_strdup(arena, actor);
    wish->changed_at_s = at_s;
    wish->detail = what_is_there(planning, wish);
}

/* The row of a conflict: what was seen, what is wanted, and what is there now. */
static void add_conflict_row(struct planning *planning, const struct wish *wish)
{
    struct plan *plan = planning->plan;
    const struct request *asked = &wish->asked;
    const struct seen *seen = &wish->seen[0];
    const char *wanted = asked->swap      ? wish->seen[1].slot.ext
                         : asked->ext     ? asked->ext
                         : wish->given[0] ? wish->given
                                          : NULL;
    const char *had = seen->slot.ext[0] ? seen->slot.ext : NULL;
    bool moves = asked->kind == CHANGE_ASSIGN || asked->kind == CHANGE_REASSIGN;
    struct change *change = plan_add(plan, asked->kind, moves && wanted ? wanted : had,
                                     asked->agent, 0, "%s", "asked for");
    change->result = RESULT_CONFLICT;
    change->request = wish->id;
    change->detail = arena_strdup(&plan->arena, wish->detail);
    change->from = asked->kind == CHANGE_REASSIGN ? arena_strdup(&plan->arena, had) : NULL;
    change->to = moves ? change->ext : NULL;
}

/* ---- the planner's answer -------------------------------------------------------------------- */

static void take_given(struct planning *planning, struct wish *wish, const struct change *change)
{
    if (!change->chosen || !change->ext || strcmp(wish->given, change->ext) == 0) {
        return;
    }
    if (wish->given[0]) {
        memcpy(wish->lost, wish->given, sizeof wish->lost);
        wish->moved = true;
    }
    memset(wish->given, 0, sizeof wish->given);
    memcpy(wish->given, change->ext, strnlen(change->ext, EXT_WIDTH_MAX));
    planning->basket->edits++;
}

/* Whether somebody took the number, or reserved it, since the wish saw it. */
static bool is_taken_since(const struct planning *planning, const struct seen *wanted)
{
    const struct slot *now = now_of(planning, wanted);
    bool taken = now && (now->state == SLOT_ASSIGNED || now->state == SLOT_RESERVED);
    bool same_holder =
        taken && now->agent && wanted->slot.agent && strcmp(now->agent, wanted->slot.agent) == 0;
    return taken && (now->state != wanted->slot.state || (now->agent && !same_holder));
}

static void take_answer(struct planning *planning, struct change *change)
{
    struct arena *texts = &planning->basket->texts;
    struct wish *wish = planning->asked[change->request - 1];
    const struct seen *wanted = wanted_of(wish);
    change->request = wish->id;
    if (change->already_applied) {
        const char *colon = strstr(change->detail, ": ");
        set_already(planning, wish, colon ? colon + 2 : change->detail);
    } else if (change->refused && wanted && is_taken_since(planning, wanted)) {
        set_conflict(planning, wish);
        wish->detail = arena_strdup(texts, change->detail);
        change->result = RESULT_CONFLICT;
        change->refused = change->left_out = false;
    } else if (change->refused) {
        wish->state = WISH_OUT;
        wish->detail = arena_strdup(texts, change->detail);
    } else {
        wish->state = WISH_PLANNED;
        change->left_out = wish->unticked;
        take_given(planning, wish, change);
    }
}

static int rank_of(const struct change *change)
{
    return change->refused ? 2 : change->result == RESULT_CONFLICT;
}

/* First what is planned, then the conflicts, then what is out, each in the order that it has. What is
   so already has no row. */
static void order_rows(struct plan *plan)
{
    struct change *ordered = mem_array(plan->n_changes + 1, sizeof *ordered);
    size_t n = 0;
    for (int rank = 0; rank <= 2; rank++) {
        for (size_t i = 0; i < plan->n_changes; i++) {
            if (rank_of(&plan->changes[i]) == rank && !plan->changes[i].already_applied) {
                ordered[n++] = plan->changes[i];
            }
        }
    }
    free(plan->changes);
    plan->capacity = plan->n_changes + 1;
    plan->changes = ordered;
    plan->n_changes = n;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static struct request request_of(const struct wish *wish)
{
    struct request request = wish->asked;
    request.kept = wish->given[0] ? wish->given : NULL;
    return request;
}

static void read_holdings(struct holdings *holdings, const struct basket *basket,
                          const struct snapshot *snapshot)
{
    holdings_init(holdings, 2 * basket->n_wishes);
    for (size_t i = 0; i < basket->n_wishes; i++) {
        holdings_want(holdings, basket->wishes[i]->asked.agent);
        holdings_want(holdings, basket->wishes[i]->asked.other);
    }
    holdings_read(holdings, snapshot);
}

/* Compares each wish with what it saw: it may be so already, or changed by somebody else. */
static void compare_all(struct planning *planning)
{
    const struct basket *basket = planning->basket;
    for (size_t i = 0; i < basket->n_wishes; i++) {
        struct wish *wish = basket->wishes[i];
        wish->state = WISH_OPEN;
        wish->detail = NULL;
        if (is_so(planning, wish)) {
            set_already(planning, wish, what_is_there(planning, wish));
        } else if (wish->n_seen > 0 && !is_row_as_seen(planning, wish)) {
            set_conflict(planning, wish);
        }
    }
}

/* Plans what is open, and adds a row for each conflict. */
static void plan_wishes(struct planning *planning)
{
    const struct basket *basket = planning->basket;
    struct request *requests = mem_array(basket->n_wishes + 1, sizeof *requests);
    size_t n = 0;
    planning->asked = mem_array(basket->n_wishes + 1, sizeof(struct wish *));
    for (size_t i = 0; i < basket->n_wishes; i++) {
        if (basket->wishes[i]->state == WISH_OPEN) {
            planning->asked[n] = basket->wishes[i];
            requests[n++] = request_of(basket->wishes[i]);
        }
    }
    planning->plan = plan_edit_possible(planning->input, "basket", requests, n);
    size_t n_answers = planning->plan->n_changes;
    for (size_t i = 0; i < basket->n_wishes; i++) {
        if (basket->wishes[i]->state == WISH_CONFLICT) {
            add_conflict_row(planning, basket->wishes[i]);
        }
    }
    for (size_t i = 0; i < n_answers; i++) {
        take_answer(planning, &planning->plan->changes[i]);
    }
    free(planning->asked);
    free(requests);
}

static void count_wishes(struct planning *planning)
{
    struct basket_counts *counts = &planning->counts;
    for (size_t i = 0; i < planning->basket->n_wishes; i++) {
        const struct wish *wish = planning->basket->wishes[i];
        counts->planned += wish->state == WISH_PLANNED;
        counts->unticked += wish->state == WISH_PLANNED && wish->unticked;
        counts->conflicts += wish->state == WISH_CONFLICT;
        counts->out += wish->state == WISH_OUT;
        counts->moved += wish->moved;
    }
}

struct plan *basket_plan(struct basket *basket, const struct plan_input *input,
                         const struct basket_feed *feed, struct basket_counts *counts)
{
    struct planning planning = {.basket = basket, .input = input, .feed = feed};
    arena_release(&basket->texts);
    read_holdings(&planning.holdings, basket, input->snapshot);
    compare_all(&planning);
    plan_wishes(&planning);
    drop_already(basket);
    order_rows(planning.plan);
    plan_count(planning.plan);
    count_wishes(&planning);
    holdings_release(&planning.holdings);
    if (counts) {
        *counts = planning.counts;
    }
    return planning.plan;
}

static void take_found(struct wish *wish, const struct wish *found)
{
    wish->state = found->state;
    wish->moved = found->moved;
    memcpy(wish->given, found->given, sizeof wish->given);
    memcpy(wish->lost, found->lost, sizeof wish->lost);
    wish->detail = found->detail;
    wish->now = found->now;
    wish->actor = found->actor;
    wish->changed_at_s = found->changed_at_s;
}

void basket_take_planned(struct basket *basket, struct basket *copy)
{
    size_t kept = 0;
    for (size_t i = 0; i < basket->n_wishes && kept < copy->n_wishes; i++) {
        struct wish *wish = basket->wishes[i];
        if (wish->id == copy->wishes[kept]->id) { /* otherwise it is so already */
            take_found(wish, copy->wishes[kept]);
            basket->wishes[kept++] = wish;
        }
    }
    basket->n_wishes = kept;
    basket->edits = copy->edits;
    arena_release(&basket->texts);
    basket->texts = copy->texts;
    copy->texts = (struct arena)ARENA_INIT;
}

/* ---- what one edit would become ---------------------------------------------------------------- */

/* Whether a wish of the basket is left as it is by these requests. */
static bool stays(const struct wish *wish, const struct request *requests, size_t n)
{
    const struct request *asked = &wish->asked;
    for (size_t i = 0; i < n; i++) {
        const char *logins[] = {requests[i].agent, requests[i].other};
        for (size_t k = 0; k < 2; k++) {
            bool same = logins[k] && ((asked->agent && strcmp(asked->agent, logins[k]) == 0) ||
                                      (asked->other && strcmp(asked->other, logins[k]) == 0));
            if (same) {
                return false;
            }
        }
        bool by_number = !asked->agent && asked->ext && !requests[i].agent && requests[i].ext;
        if (by_number && strcmp(asked->ext, requests[i].ext) == 0) {
            return false;
        }
    }
    return wish->state != WISH_CONFLICT && wish->state != WISH_OUT && !wish->unticked;
}

/* Leaves the rows of requests from `first` on, and those that hang together with them. */
static void keep_rows_from(struct plan *plan, size_t first)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->n_changes;) {
        size_t end = plan_unit_end(plan, i);
        bool wanted = false;
        for (size_t k = i; k < end; k++) {
            wanted = wanted || plan->changes[k].request > first;
        }
        for (; i < end; i++) {
            if (wanted) {
                plan->changes[kept++] = plan->changes[i];
            }
        }
    }
    plan->n_changes = kept;
    plan_count(plan);
}

struct plan *basket_preview(const struct basket *basket, const struct plan_input *input,
                            const char *action, const struct request *requests, size_t n_requests)
{
    size_t n_wishes = basket ? basket->n_wishes : 0;
    struct request *all = mem_array(n_wishes + n_requests + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < n_wishes; i++) {
        if (stays(basket->wishes[i], requests, n_requests)) {
            all[n++] = request_of(basket->wishes[i]);
        }
    }
    memcpy(&all[n], requests, n_requests * sizeof *all);
    struct plan *plan = plan_edit_possible(input, action, all, n + n_requests);
    keep_rows_from(plan, n);
    free(all);
    return plan;
}

/* ---- what was applied -------------------------------------------------------------------------- */

size_t basket_take_results(struct basket *basket, const struct plan *plan)
{
    enum { TRIED = 1, LEFT = 2 };
    uint8_t *fates = mem_array(basket->last_id + 1, sizeof *fates); /* by id */
    size_t before = basket->n_wishes;
    size_t n_left = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        bool done = change->result == RESULT_DONE || change->already_applied;
        if (change->request <= basket->last_id) {
            fates[change->request] |= done ? TRIED : TRIED | LEFT;
        }
    }
    for (size_t i = 0; i < before; i++) {
        if (fates[basket->wishes[i]->id] != TRIED) {
            basket->wishes[n_left++] = basket->wishes[i];
        }
    }
    free(fates);
    basket->n_wishes = n_left;
    basket->n_deeds = basket->n_done = 0;
    basket->edits++;
    return before - n_left;
}
