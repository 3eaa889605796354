#include "core/pool/stamps.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"

#include "core/base/banned.h"

#define AHEAD_S (31 * CLOCK_DAY_S)
#define OFF_S 120 /* how far the machine's clock may be from a service's unsaid */

/* ---- the time in use --------------------------------------------------------------------- */

int64_t pool_time_now_ms(const struct pool_time *time, const struct clock *clock)
{
    if (time->at_ms == 0) {
        return clock_now_ms(clock);
    }
    return time->stands ? time->at_ms : time->at_ms + (clock_ticks_ms() - time->ticks_ms);
}

int64_t snapshot_now_s(const struct snapshot *snapshot, const struct clock *clock)
{
    return pool_time_now_ms(&snapshot->time, clock) / 1000;
}

/* ---- the machine's clock against the trail ------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Of an even number the later one of the two in the middle. */
static int64_t median_ms(const struct trail_times *trail)
{
    int64_t sorted[STAMPS_RECORDS];
    for (size_t i = 0; i < trail->n; i++) {
        sorted[i] = trail->at_ms[i];
    }
    qsort(sorted, trail->n, sizeof sorted[0], by_time);
    return sorted[trail->n / 2];
}

static bool is_behind(const struct trail_times *trail, int64_t host_ms)
{
    return trail->n > 0 && median_ms(trail) - host_ms > CLOCK_DAY_S * 1000;
}

static bool is_ahead(const struct trail_times *trail, int64_t host_ms)
{
    return trail->n > 0 && host_ms - trail->at_ms[0] > AHEAD_S * 1000;
}

int64_t stamps_ended_by_s(const struct clock *clock, const struct trail_times *trail)
{
    int64_t host_ms = clock_now_ms(clock);
    if (is_ahead(trail, host_ms) && !clock_synchronised(clock)) {
        return trail->at_ms[0] / 1000;
    }
    return host_ms / 1000; /* a clock that is behind has not seen more ends than there were */
}

/* ---- slots ------------------------------------------------------------------------------- */

static bool is_doubtful(const struct trail_times *trail, int64_t at_s)
{
    for (size_t i = 0; i < trail->n_doubtful; i++) {
        if (trail->doubtful_s[i] == at_s) {
            return true;
        }
    }
    return false;
}

static void mark_damaged(struct snapshot *snapshot, int64_t now_s, const struct trail_times *trail)
{
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        struct slot *slot = &snapshot->slots[i];
        bool doubtful = trail && slot->state == SLOT_FREE && is_doubtful(trail, slot->at_s);
        if (doubtful || slot->at_s > now_s + CLOCK_DAY_S) {
            slot->time = TIME_DAMAGED;
        }
    }
}

static bool ends_between(const struct policy *policy, const struct slot *slot, int64_t from_s,
                         int64_t to_s)
{
    if (slot->state != SLOT_FREE || slot->at_s == 0 || slot->time == TIME_DAMAGED) {
        return false;
    }
    int64_t end_s = policy_cool_until_s(policy, slot, 0);
    return end_s > from_s && end_s <= to_s;
}

/* Cool-downs and reservations that end later than `from_s` do not end. Returns how many cool-downs `to_s`
   would have ended. */
static size_t hold_ends(struct snapshot *snapshot, const struct policy *policy, int64_t from_s,
                        int64_t to_s, bool hold)
{
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        struct slot *slot = &snapshot->slots[i];
        n += ends_between(policy, slot, from_s, to_s);
        bool reserved = slot->state == SLOT_RESERVED && slot->until_s > from_s;
        if (hold && (reserved || ends_between(policy, slot, from_s, INT64_MAX))) {
            slot->time = TIME_STANDS;
        }
    }
    return n;
}

/* ---- what people are told ---------------------------------------------------------------- */

static const char *day_of(struct arena *arena, int64_t at_ms)
{
    char text[CLOCK_TEXT_MAX];
    clock_format_ms(at_ms, text);
    return arena_printf(arena, "%.10s", text);
}

static const char *long_span(struct arena *arena, int64_t seconds)
{
    int64_t days = seconds / CLOCK_DAY_S;
    return days < 60 ? arena_printf(arena, "%lld days", (long long)days)
                     : arena_printf(arena, "%lld months", (long long)(days / 30));
}

static const char *cooldowns(struct arena *arena, size_t n, const char *verb_one,
                             const char *verb_many)
{
    char number[TEXT_NUMBER_ROOM];
    return arena_printf(arena, "%s cool-down%s %s", text_number(n, number), n == 1 ? "" : "s",
                        n == 1 ? verb_one : verb_many);
}

static void note_ahead(struct snapshot *snapshot, int64_t gap_s, size_t n_ends, bool trusted)
{
    struct arena *arena = &snapshot->arena;
    const char *span = long_span(arena, gap_s);
    if (trusted) {
        snapshot->time.note =
            arena_printf(arena, "nothing was written for %s, or the clock is ahead: %s", span,
                         cooldowns(arena, n_ends, "ends", "end"));
    } else {
        snapshot->time.note = arena_printf(
            arena,
            "nothing was written for %s, or the clock is ahead; nothing keeps this machine's clock"
            " right, so %s in this run",
            span, cooldowns(arena, n_ends, "does not end", "do not end"));
    }
}

static void note_behind(struct snapshot *snapshot, int64_t host_ms)
{
    struct arena *arena = &snapshot->arena;
    snapshot->time.note = arena_printf(
        arena,
        "this machine's clock (%s) is behind the records of the store (%s): the time of the records"
        " is used, and no cool-down ends in this run; set the clock right",
        day_of(arena, host_ms), day_of(arena, snapshot->time.at_ms));
}

/* ---- the two judges ------------------------------------------------------------------------ */

void stamps_judge_host(struct snapshot *snapshot, const struct policy *policy,
                       const struct clock *clock, const struct trail_times *trail)
{
    int64_t host_ms = clock_now_ms(clock);
    int64_t host_s = host_ms / 1000;
    snapshot->time = (struct pool_time){.at_ms = 0};
    if (is_behind(trail, host_ms)) {
        /* Which stamps are right is not known: none is called damaged, and none ends. */
        snapshot->time =
            (struct pool_time){.at_ms = median_ms(trail), .stands = true, .machine_s = host_s};
        hold_ends(snapshot, policy, host_s, INT64_MAX, true);
        note_behind(snapshot, host_ms);
        return;
    }
    mark_damaged(snapshot, host_s, trail);
    if (is_ahead(trail, host_ms)) {
        int64_t newest_s = trail->at_ms[0] / 1000;
        bool trusted = clock_synchronised(clock);
        size_t n_ends = hold_ends(snapshot, policy, newest_s, host_s, !trusted);
        note_ahead(snapshot, host_s - newest_s, n_ends, trusted);
    }
}

void stamps_judge_service(struct snapshot *snapshot, int64_t service_ms, const struct clock *clock,
                          const char *name)
{
    struct arena *arena = &snapshot->arena;
    int64_t off_s = (clock_now_ms(clock) - service_ms) / 1000;
    snapshot->time = (struct pool_time){.at_ms = service_ms, .ticks_ms = clock_ticks_ms()};
    if (off_s > OFF_S || off_s < -OFF_S) {
        char span[CLOCK_TEXT_MAX];
        clock_format_span(off_s, span);
        snapshot->time.note =
            arena_printf(arena, "this machine's clock is %s %s that of %s, whose time is used",
                         span, off_s > 0 ? "ahead of" : "behind", name);
    }
    mark_damaged(snapshot, service_ms / 1000, NULL);
}
