#include "core/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/plan/audit_codec.h"
#include "core/plan/builder.h"
#include "core/plan/difference.h"
#include "core/plan/overlay.h"

#include "core/base/banned.h"

/*
 * What changed since the last look, and who did it. The store gives what is there now and the new
 * records of the trail; a number that differs without a record that led there was written by
 * another tool.
 */

/* ---- what the records lead to --------------------------------------------------------------- */

/* What the last record about a number left there. */
struct expected {
    enum slot_state state; /* SLOT_ABSENT: any */
    const char *agent;     /* with SLOT_ASSIGNED */
};

struct expectations {
    struct arena arena;
    struct strmap by_ext;
    struct expected *items;
    size_t n, room;
    struct audit_change *ranges; /* of numbers that were made */
    size_t n_ranges;
    bool blind; /* a record that cannot be read: it may explain everything */
};

static void expect(struct expectations *all, const char *ext, enum slot_state state,
                   const char *agent)
{
    if (all->n == all->room) {
        all->room = all->room ? all->room * 2 : 64;
        all->items = mem_resize(all->items, all->room, sizeof *all->items);
    }
    all->items[all->n] = (struct expected){.state = state, .agent = agent};
    strmap_set(&all->by_ext, ext, all->n++);
}

static void expect_change(struct expectations *all, const struct audit_change *change)
{
    static const enum slot_state left[CHANGE_KIND_COUNT] = {
        [CHANGE_ASSIGN] = SLOT_ASSIGNED, [CHANGE_REASSIGN] = SLOT_ASSIGNED,
        [CHANGE_RELEASE] = SLOT_FREE,    [CHANGE_RESERVE] = SLOT_RESERVED,
        [CHANGE_UNRESERVE] = SLOT_FREE,
    };
    if (change->kind == CHANGE_REASSIGN && change->from) {
        expect(all, change->from, SLOT_ABSENT, NULL);
    }
    if (change->ext) {
        expect(all, change->ext, left[change->kind], change->agent);
    } else if (change->kind == CHANGE_CREATE) {
        all->ranges = mem_resize(all->ranges, all->n_ranges + 1, sizeof *all->ranges);
        all->ranges[all->n_ranges++] = *change;
    }
}

static void expect_records(struct expectations *all, const struct audit_records *records)
{
    strmap_init(&all->by_ext, 64);
    for (size_t i = 0; i < records->n; i++) {
        struct audit_change *changes = NULL;
        size_t n = 0;
        if (audit_decode(&all->arena, records->records[i].changes, &changes, &n, NULL) != ERR_OK) {
            all->blind = true;
        }
        for (size_t k = 0; k < n; k++) {
            expect_change(all, &changes[k]);
        }
        free(changes);
    }
}

static void expectations_release(struct expectations *all)
{
    strmap_release(&all->by_ext);
    arena_release(&all->arena);
    free(all->items);
    free(all->ranges);
}

static bool is_made(const struct expectations *all, const char *ext)
{
    for (size_t i = 0; i < all->n_ranges; i++) {
        if (strcmp(all->ranges[i].from, ext) <= 0 && strcmp(ext, all->ranges[i].to) <= 0) {
            return true;
        }
    }
    return false;
}

/* Whether the records led to what is there now. */
static bool is_explained(const struct expectations *all, const char *ext, const struct slot *now)
{
    size_t place = strmap_get(&all->by_ext, ext);
    if (all->blind || (place == STRMAP_NONE && is_made(all, ext))) {
        return true;
    }
    if (place == STRMAP_NONE) {
        return false;
    }
    const struct expected *expected = &all->items[place];
    if (expected->state == SLOT_ABSENT) {
        return true;
    }
    return now && now->state == expected->state &&
           (now->state != SLOT_ASSIGNED || !expected->agent ||
            (now->agent && strcmp(now->agent, expected->agent) == 0));
}

/* ---- the feed ------------------------------------------------------------------------------- */

struct accounting {
    struct feed_builder *builder;
    struct expectations expected;
    int64_t now_ms;
    size_t n_unexplained;
};

static void judge(void *context, const struct slot *before, const struct slot *after)
{
    struct accounting *accounting = context;
    const struct slot *there = before ? before : after;
    if (!is_explained(&accounting->expected, there->ext, after)) {
        feed_add_unexplained(accounting->builder, before, after, accounting->now_ms);
        accounting->n_unexplained++;
    }
}

/* Only what was read can differ. */
static void judge_numbers(struct accounting *accounting, const struct numbers *numbers,
                          const struct snapshot *before, const struct snapshot *after)
{
    for (size_t i = 0; i < numbers->n; i++) {
        const struct slot *was = snapshot_find(before, numbers->exts[i]);
        const struct slot *is = snapshot_find(after, numbers->exts[i]);
        if (!slot_same(was, is)) {
            judge(accounting, was, is);
        }
    }
}

static void account(struct session *session, const struct snapshot *seen,
                    const struct store_changes *changes)
{
    struct followed *followed = &session->followed;
    const struct snapshot *before = followed->accounted;
    const struct feed_reader reader = {.user = session_user(session),
                                       .actor = session->actor,
                                       .is_own = followed_is_own,
                                       .context = followed};
    struct accounting accounting = {.builder = feed_begin(followed->feed, &reader),
                                    .now_ms = session_now_s(session) * 1000};
    for (size_t i = 0; i < changes->records.n; i++) {
        feed_add_record(accounting.builder, &changes->records.records[i]);
    }
    if (before && before != changes->snapshot) {
        expect_records(&accounting.expected, &changes->records);
        if (before == seen && !changes->whole) {
            judge_numbers(&accounting, &changes->numbers, before, changes->snapshot);
        } else {
            snapshot_differences(before, changes->snapshot, judge, &accounting);
        }
        expectations_release(&accounting.expected);
    }
    followed_take(followed, feed_end(accounting.builder, changes->place));
    snprintf(followed->now, sizeof followed->now, "%s", changes->place);
    followed->accounted = snapshot_ref(changes->snapshot);
    snapshot_unref(before);
    if (changes->records.n > 0 || accounting.n_unexplained > 0) {
        log_line(LOG_INFO, "store", "%zu new records, %zu changes without one", changes->records.n,
                 accounting.n_unexplained);
    }
}

/* ---- the calls ------------------------------------------------------------------------------ */

void session_follow(struct session *session, const char *place)
{
    session->followed.place = place && *place ? arena_strdup(&session->arena, place) : NULL;
}

const struct feed *session_feed(const struct session *session)
{
    return session->followed.feed;
}

const char *session_place(const struct session *session)
{
    return session->followed.now;
}

/* Whether it is time to read everything, so that nothing stays unseen for longer. */
static bool is_due(const struct session *session)
{
    int64_t every_s = session->settings->full_refresh_s;
    return every_s > 0 && clock_ticks_ms() - session->followed.whole_ticks_ms >= every_s * 1000;
}

/* Who acts here tells what is mine. It is asked for once, and the first time that it matters. */
static void know_myself(struct session *session, const struct progress *progress)
{
    const char *actor = NULL;
    if (session_actor(session, progress, &actor, NULL) != ERR_OK) {
        log_line(LOG_WARN, "store",
                 "who acts here is not known: every change looks like another's");
    }
}

enum err_code session_refresh(struct session *session, const struct snapshot *seen,
                              const struct progress *progress, struct snapshot **out,
                              struct err *err)
{
    struct err why = ERR_INIT;
    struct store_changes changes = {.snapshot = NULL};
    int64_t start_ms = clock_ticks_ms();
    const struct store_since since = {
        .snapshot = seen ? seen : session->followed.accounted,
        .place = session->followed.place,
        .whole = !seen || is_due(session),
    };
    *out = NULL;
    session_say_phase(progress,
                      session_is_table(session) ? "reading the table" : "reading the store");
    enum err_code code = session->store->ops->read_changes(
        session->store, &session->settings->policy, &since, progress, &changes, &why);
    *out = changes.snapshot ? snapshot_ref(changes.snapshot) : NULL;
    code = session_store_read(session, code, &why, out, err);
    if (code == ERR_OK && changes.snapshot) {
        if (changes.records.n > 0) {
            know_myself(session, progress);
        }
        account(session, since.snapshot, &changes);
        if (changes.whole) {
            session->followed.whole_ticks_ms = start_ms;
            log_line(LOG_INFO, "store", "%zu extensions read in %lld ms", (*out)->n_slots,
                     (long long)(clock_ticks_ms() - start_ms));
        }
    }
    store_changes_release(&changes);
    return code;
}

/* ---- after an apply -------------------------------------------------------------------------- */

/* Whether something was not written because it was so already or somebody else was there first. */
static bool met_others(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->result == RESULT_CONFLICT || change->result == RESULT_IN_DOUBT ||
            (change->result == RESULT_SKIPPED && !change->left_out && change->n_steps > 0)) {
            return true;
        }
    }
    return false;
}

enum err_code session_after(struct session *session, const struct plan *plan,
                            const struct progress *progress, struct snapshot **out, struct err *err)
{
    bool others = met_others(plan);
    struct snapshot *now = NULL;
    *out = NULL;
    bool part = plan->snapshot->partial; /* says nothing of the rest */
    if (plan_results(plan, RESULT_DONE) == 0 && !others && !part) {
        *out = snapshot_ref(plan->snapshot);
        return ERR_OK;
    }
    if (plan->snapshot->exact || others || part) {
        bool continues = plan->snapshot->exact && !part;
        enum err_code code =
            session_refresh(session, continues ? plan->snapshot : NULL, progress, &now, err);
        if (code != ERR_OK || now->exact) {
            *out = now;
            return code;
        }
    }
    *out = plan_overlay(plan, now ? now : plan->snapshot, clock_now_s(session->clock));
    snapshot_unref(now);
    return ERR_OK;
}
