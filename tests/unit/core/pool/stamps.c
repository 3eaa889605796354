/* Which time a store goes by, and which of its stamps are believed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/stamps.h"

#define NOW_S INT64_C(1795000000)
#define DAY CLOCK_DAY_S

struct machine {
    int64_t now_s;
    bool kept_right;
};

static int64_t machine_ms(void *context)
{
    return ((const struct machine *)context)->now_s * 1000;
}

static bool machine_is_kept_right(void *context)
{
    return ((const struct machine *)context)->kept_right;
}

static struct clock clock_of(struct machine *machine)
{
    return (struct clock){
        .now_ms = machine_ms, .synchronised = machine_is_kept_right, .context = machine};
}

static void add(struct snapshot *snapshot, const char *ext, enum slot_state state, int64_t at_s)
{
    struct slot *slot = snapshot_add(snapshot, ext);
    slot->state = (uint8_t)state;
    slot->at_s = at_s;
    slot->agent = "alice";
}

/* 2001 was given back three days ago, 2002 a month ago, 2003 never used, 2004 assigned. */
static struct snapshot *sample(void)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, "2001", SLOT_FREE, NOW_S - 3 * DAY);
    add(snapshot, "2002", SLOT_FREE, NOW_S - 30 * DAY);
    add(snapshot, "2003", SLOT_FREE, 0);
    add(snapshot, "2004", SLOT_ASSIGNED, NOW_S - 3 * DAY);
    return snapshot;
}

/* So many records, a day apart, the newest at NOW_S. */
static struct trail_times daily(size_t n)
{
    struct trail_times trail = {.n = n};
    for (size_t i = 0; i < n; i++) {
        trail.at_ms[i] = (NOW_S - (int64_t)i * DAY) * 1000;
    }
    return trail;
}

/* "f" free, "c" cooling, "a" assigned: of the four. */
static const char *states(const struct snapshot *snapshot, int64_t now_s, char out[8])
{
    struct policy policy;
    policy_default(&policy);
    size_t i = 0;
    for (; i < snapshot->n_slots; i++) {
        enum ext_state state = policy_state(&policy, &snapshot->slots[i], now_s);
        out[i] = ext_state_name(state)[0];
    }
    out[i] = '\0';
    return out;
}

static void judge(struct snapshot *snapshot, struct machine machine,
                  const struct trail_times *trail)
{
    struct policy policy;
    policy_default(&policy);
    struct clock clock = clock_of(&machine);
    stamps_judge_host(snapshot, &policy, &clock, trail);
}

static void a_clock_that_is_right_is_used(void **state)
{
    (void)state;
    char out[8];
    static const size_t counts[] = {0, 1, 2, 21};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct snapshot *snapshot = sample();
        struct trail_times trail = daily(counts[i]);
        struct machine machine = {.now_s = NOW_S + 3600};
        struct clock clock = clock_of(&machine);
        judge(snapshot, machine, &trail);
        assert_int_equal(snapshot_now_s(snapshot, &clock), NOW_S + 3600);
        assert_null(snapshot->time.note);
        assert_false(snapshot->time.stands);
        assert_string_equal(states(snapshot, NOW_S + 3600, out), "cffa");
        snapshot_unref(snapshot);
    }
}

static void behind_is_more_than_a_day_before_the_median(void **state)
{
    (void)state;
    char out[8];
    struct trail_times trail = daily(21); /* the median is ten days ago */
    struct snapshot *snapshot = sample();
    judge(snapshot, (struct machine){.now_s = NOW_S - 11 * DAY}, &trail);
    assert_false(snapshot->time.stands);
    snapshot_unref(snapshot);

    snapshot = sample();
    struct machine machine = {.now_s = NOW_S - 400 * DAY, .kept_right = true};
    struct clock clock = clock_of(&machine);
    judge(snapshot, machine, &trail);
    assert_true(snapshot->time.stands);
    assert_int_equal(snapshot_now_s(snapshot, &clock), NOW_S - 10 * DAY);
    assert_non_null(strstr(snapshot->time.note, "is behind the records"));
    /* 02 as well: what ended after the clock's time is not believed to have ended. */
    assert_string_equal(states(snapshot, NOW_S - 10 * DAY, out), "ccfa");
    snapshot_unref(snapshot);
}

/* A reservation that would end by a time that cannot be believed does not end. */
static void reservations_do_not_end_by_a_wrong_clock(void **state)
{
    (void)state;
    static const struct {
        struct machine machine;
        int64_t until_s;
        bool held;
    } samples[] = {
        {{.now_s = NOW_S + 3600}, NOW_S, false},
        {{.now_s = NOW_S - 400 * DAY, .kept_right = true}, NOW_S - 20 * DAY, true},
        {{.now_s = NOW_S - 400 * DAY, .kept_right = true}, NOW_S - 401 * DAY, false},
        {{.now_s = NOW_S + 60 * DAY, .kept_right = false}, NOW_S + DAY, true},
        {{.now_s = NOW_S + 60 * DAY, .kept_right = false}, NOW_S - DAY, false},
        {{.now_s = NOW_S + 60 * DAY, .kept_right = true}, NOW_S + DAY, false},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct trail_times trail = daily(21);
        struct snapshot *snapshot = snapshot_new();
        add(snapshot, "2001", SLOT_RESERVED, NOW_S - 500 * DAY);
        snapshot->slots[0].until_s = samples[i].until_s;
        judge(snapshot, samples[i].machine, &trail);
        assert_int_equal(snapshot->slots[0].time == TIME_STANDS, samples[i].held);
        snapshot_unref(snapshot);
    }
}

static void ahead_is_more_than_31_days_after_the_newest_record(void **state)
{
    (void)state;
    char out[8];
    struct trail_times trail = daily(3);
    struct machine machine = {.now_s = NOW_S + 31 * DAY, .kept_right = false};
    struct snapshot *snapshot = sample();
    judge(snapshot, machine, &trail);
    assert_null(snapshot->time.note);
    snapshot_unref(snapshot);

    machine.now_s = NOW_S + 400 * DAY;
    struct clock clock = clock_of(&machine);
    snapshot = sample();
    judge(snapshot, machine, &trail);
    assert_string_equal(states(snapshot, machine.now_s, out), "cffa");
    assert_non_null(strstr(snapshot->time.note, "nothing was written for 13 months"));
    assert_non_null(strstr(snapshot->time.note, "1 cool-down does not end in this run"));
    assert_int_equal(stamps_ended_by_s(&clock, &trail), NOW_S);
    snapshot_unref(snapshot);

    machine.kept_right = true;
    snapshot = sample();
    judge(snapshot, machine, &trail);
    assert_string_equal(states(snapshot, machine.now_s, out), "fffa");
    assert_string_equal(
        snapshot->time.note,
        "nothing was written for 13 months, or the clock is ahead: 1 cool-down ends");
    assert_int_equal(stamps_ended_by_s(&clock, &trail), machine.now_s);
    assert_int_equal(snapshot_now_s(snapshot, &clock), machine.now_s);
    snapshot_unref(snapshot);
}

static void a_stamp_more_than_a_day_ahead_is_damage(void **state)
{
    (void)state;
    char out[8];
    static const int64_t doubtful_s[] = {NOW_S - 30 * DAY};
    struct trail_times trail = daily(3);
    struct snapshot *snapshot = sample();
    add(snapshot, "2005", SLOT_FREE, NOW_S + DAY);
    add(snapshot, "2006", SLOT_FREE, NOW_S + DAY + 1);
    add(snapshot, "2007", SLOT_ASSIGNED, NOW_S + 70 * 365 * DAY);
    trail.doubtful_s = doubtful_s; /* given while the clock was behind: that of 02 */
    trail.n_doubtful = 1;
    judge(snapshot, (struct machine){.now_s = NOW_S}, &trail);
    static const uint8_t wanted[] = {TIME_SOUND, TIME_DAMAGED, TIME_SOUND,  TIME_SOUND,
                                     TIME_SOUND, TIME_DAMAGED, TIME_DAMAGED};
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        assert_int_equal(snapshot->slots[i].time, wanted[i]);
    }
    assert_string_equal(states(snapshot, NOW_S, out), "ccfacca");
    struct policy policy;
    policy_default(&policy);
    assert_int_equal(policy_cool_until_s(&policy, &snapshot->slots[5], NOW_S), NOW_S + 7 * DAY);
    snapshot_unref(snapshot);
}

static void a_service_is_asked_for_its_time(void **state)
{
    (void)state;
    struct machine machine = {.now_s = NOW_S + 120};
    struct clock clock = clock_of(&machine);
    struct snapshot *snapshot = sample();
    add(snapshot, "2005", SLOT_FREE, NOW_S + 2 * DAY);
    stamps_judge_service(snapshot, NOW_S * 1000, &clock, "DynamoDB");
    assert_null(snapshot->time.note);
    assert_int_equal(snapshot->slots[4].time, TIME_DAMAGED);
    assert_in_range(snapshot_now_s(snapshot, &clock), NOW_S, NOW_S + 5);
    snapshot_unref(snapshot);

    machine.now_s = NOW_S + 400 * DAY;
    snapshot = sample();
    stamps_judge_service(snapshot, NOW_S * 1000, &clock, "DynamoDB");
    assert_string_equal(
        snapshot->time.note,
        "this machine's clock is 400d ahead of that of DynamoDB, whose time is used");
    assert_in_range(snapshot_now_s(snapshot, &clock), NOW_S, NOW_S + 5);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_right_is_used),
        cmocka_unit_test(behind_is_more_than_a_day_before_the_median),
        cmocka_unit_test(reservations_do_not_end_by_a_wrong_clock),
        cmocka_unit_test(ahead_is_more_than_31_days_after_the_newest_record),
        cmocka_unit_test(a_stamp_more_than_a_day_ahead_is_damage),
        cmocka_unit_test(a_service_is_asked_for_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
