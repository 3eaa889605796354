#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/policy.h"

/* The ranges as the policy keeps them: "0000-0099 2000-2000". */
static const char *ranges_of(const struct policy *policy)
{
    static char s_text[POLICY_RANGES_MAX * 2 * (EXT_ROOM + 1)];
    size_t used = 0;
    s_text[0] = '\0';
    for (size_t i = 0; i < policy->n_ranges; i++) {
        used += (size_t)snprintf(s_text + used, sizeof s_text - used, "%s%s-%s", i ? " " : "",
                                 policy->ranges[i].first, policy->ranges[i].last);
    }
    return s_text;
}

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        int width;
        const char *list;
        const char *ranges; /* NULL: an error */
        const char *error;
        uint64_t size;
    } samples[] = {
        {4, "0000-9999", "0000-9999", NULL, 10000},
        {4, "2000-2999, 7100-7199, 8000", "2000-2999 7100-7199 8000-8000", NULL, 1101},
        {4, "8000 2000-2000", "2000-2000 8000-8000", NULL, 2},
        {4, " ,2000 - 2001,\t2002-2003,\r\n", "2000-2001 2002-2003", NULL, 4},
        {2, "00-99", "00-99", NULL, 100},
        {8, "00000000-99999999", "00000000-99999999", NULL, 100000000},
        {4, "", NULL, "ranges: the list is empty, the pool would have no number", 0},
        {4, " , ", NULL, "ranges: the list is empty, the pool would have no number", 0},
        {4, "200-299", NULL,
         "ranges: \"200-299\" is not an extension of this pool: 4 digits are needed", 0},
        {4, "2000-29999", NULL,
         "ranges: \"29999\" is not an extension of this pool: 4 digits are needed", 0},
        {4, "2000-", NULL, "ranges: \"\" is not an extension of this pool: 4 digits are needed", 0},
        {4, "-2000", NULL,
         "ranges: \"-2000\" is not an extension of this pool: 4 digits are needed", 0},
        {4, "2000-2999-3999", NULL, "ranges: \"2000-2999-3999\" is not a range like 2000-2999", 0},
        {4, "2000x", NULL, "ranges: \"2000x\" is not a range like 2000-2999", 0},
        {4, "20x0", NULL, "ranges: \"20x0\" is not an extension of this pool: 4 digits are needed",
         0},
        {4, "2999-2000", NULL, "ranges: 2999-2000 runs backwards", 0},
        {4, "2000-2999 2500", NULL, "ranges: 2000-2999 and 2500-2500 overlap", 0},
        {4, "2000 2000", NULL, "ranges: 2000-2000 and 2000-2000 overlap", 0},
        {4, "123456789012345678901234567890", NULL,
         "ranges: \"123456789012345678901234567890\" is not an extension of this pool: 4 digits "
         "are "
         "needed",
         0},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct policy policy;
        struct err err = ERR_INIT;
        policy_default(&policy);
        policy.width = samples[i].width;
        enum err_code code = policy_set_ranges(&policy, samples[i].list, &err);
        if (samples[i].ranges) {
            assert_int_equal(code, ERR_OK);
            assert_string_equal(ranges_of(&policy), samples[i].ranges);
            assert_int_equal(policy_size(&policy), samples[i].size);
        } else {
            assert_int_equal(code, ERR_CONFIG);
            assert_string_equal(err.text, samples[i].error);
            assert_string_equal(ranges_of(&policy), "0000-9999"); /* as it was */
        }
    }
}

static void test_too_many(void **state)
{
    (void)state;
    char list[(POLICY_RANGES_MAX + 1) * 5 + 1];
    size_t used = 0;
    for (int i = 0; i < POLICY_RANGES_MAX; i++) {
        used += (size_t)snprintf(list + used, sizeof list - used, "%04d ", 2 * i);
    }
    struct policy policy;
    policy_default(&policy);
    assert_int_equal(policy_set_ranges(&policy, list, NULL), ERR_OK);
    assert_int_equal(policy.n_ranges, POLICY_RANGES_MAX);
    assert_int_equal(policy_set_blocked(&policy, list, NULL), ERR_OK);
    assert_int_equal(policy.n_blocked, POLICY_BLOCKED_MAX);
    snprintf(list + used, sizeof list - used, "9999");
    struct err err = ERR_INIT;
    assert_int_equal(policy_set_ranges(&policy, list, &err), ERR_CONFIG);
    assert_string_equal(err.text, "ranges: more than 256 of them");
    err_clear(&err);
    assert_int_equal(policy_set_blocked(&policy, list, &err), ERR_CONFIG);
    assert_string_equal(err.text, "blocked: more than 256 of them");
}

static void test_numbers(void **state)
{
    (void)state;
    struct policy policy;
    policy_default(&policy);
    assert_int_equal(policy_set_ranges(&policy, "0998-1001 2000 3000-3001", NULL), ERR_OK);
    assert_true(policy_valid_ext(&policy, "0000"));
    static const char *const invalid[] = {"", "000", "00000", "00a0", " 000", "-001", "\xd9\xa0"};
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        assert_false(policy_valid_ext(&policy, invalid[i]));
        assert_false(policy_in_ranges(&policy, invalid[i]));
    }
    static const struct {
        const char *ext;
        bool in;
    } samples[] = {
        {"0000", false}, {"0997", false}, {"0998", true},  {"1001", true},
        {"1002", false}, {"1999", false}, {"2000", true},  {"2001", false},
        {"3001", true},  {"3002", false}, {"9999", false},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        assert_int_equal(policy_in_ranges(&policy, samples[i].ext), samples[i].in);
    }
    char ext[EXT_ROOM] = "";
    char walked[128] = "";
    size_t used = 0;
    while (policy_next_ext(&policy, ext)) {
        used += (size_t)snprintf(walked + used, sizeof walked - used, "%s ", ext);
    }
    assert_string_equal(walked, "0998 0999 1000 1001 2000 3000 3001 ");
    /* From a number between the ranges it goes on with the next one. */
    char between[EXT_ROOM] = "1500";
    assert_true(policy_next_ext(&policy, between));
    assert_string_equal(between, "2000");
}

static void test_walk_to_the_end(void **state)
{
    (void)state;
    struct policy policy;
    policy_default(&policy);
    policy.width = 2;
    assert_int_equal(policy_set_ranges(&policy, "00-99", NULL), ERR_OK);
    char ext[EXT_ROOM] = "";
    int n = 0;
    while (policy_next_ext(&policy, ext)) {
        char expected[EXT_ROOM];
        snprintf(expected, sizeof expected, "%02d", n++ % 100);
        assert_string_equal(ext, expected);
    }
    assert_int_equal(n, 100);
}

static void test_blocked(void **state)
{
    (void)state;
    struct policy policy;
    policy_default(&policy);
    static const struct {
        const char *ext;
        bool blocked;
    } samples[] = {
        {"9110", true}, {"9119", true},  {"1911", false}, {"0911", false}, {"0000", true},
        {"0009", true}, {"0010", false}, {"1120", true},  {"9990", true},  {"9989", false},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        assert_int_equal(policy_is_blocked(&policy, samples[i].ext), samples[i].blocked);
    }
    assert_int_equal(policy_set_blocked(&policy, "", NULL), ERR_OK);
    assert_false(policy_is_blocked(&policy, "9110"));
    assert_int_equal(policy_set_blocked(&policy, "7, 4321", NULL), ERR_OK);
    assert_true(policy_is_blocked(&policy, "7999"));
    assert_true(policy_is_blocked(&policy, "4321"));
    assert_false(policy_is_blocked(&policy, "4320"));
    static const char *const wrong[] = {"12345", "x", "1x", "-", "9 1 1x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(policy_set_blocked(&policy, wrong[i], NULL), ERR_CONFIG);
        assert_int_equal(policy.n_blocked, 2);
    }
}

static void test_states(void **state)
{
    (void)state;
    struct policy policy;
    policy_default(&policy);
    const int64_t now_s = 1000000000;
    struct slot slot = {.ext = "2041", .state = SLOT_FREE};
    assert_int_equal(policy_state(&policy, NULL, now_s), EXT_ABSENT);
    /* What is outside the ranges is never handed out; whoever has it keeps it. */
    struct policy narrow = policy;
    assert_int_equal(policy_set_ranges(&narrow, "3000-3999", NULL), ERR_OK);
    assert_int_equal(policy_state(&narrow, &slot, now_s), EXT_BLOCKED);
    slot.state = SLOT_ASSIGNED;
    assert_int_equal(policy_state(&narrow, &slot, now_s), EXT_ASSIGNED);
    slot.state = SLOT_FREE;
    assert_int_equal(policy_state(&policy, &slot, now_s), EXT_FREE);
    slot.at_s = now_s - 7 * 86400 + 1;
    assert_int_equal(policy_state(&policy, &slot, now_s), EXT_COOLING);
    assert_int_equal(policy_cool_until_s(&policy, &slot, now_s), now_s + 1);
    slot.at_s = now_s - 7 * 86400;
    assert_int_equal(policy_state(&policy, &slot, now_s), EXT_FREE);
    policy.cooldown_s = 0;
    slot.at_s = now_s;
    assert_int_equal(policy_state(&policy, &slot, now_s), EXT_FREE);
    policy.cooldown_s = INT64_MAX;
    assert_int_equal(policy_state(&policy, &slot, now_s), EXT_COOLING);
    struct slot blocked = {.ext = "9110", .state = SLOT_FREE, .at_s = now_s};
    assert_int_equal(policy_state(&policy, &blocked, now_s), EXT_BLOCKED);
    blocked.state = SLOT_ASSIGNED;
    assert_int_equal(policy_state(&policy, &blocked, now_s), EXT_ASSIGNED);
    blocked.state = SLOT_RESERVED;
    assert_int_equal(policy_state(&policy, &blocked, now_s), EXT_RESERVED);
    blocked.state = SLOT_ABSENT;
    assert_int_equal(policy_state(&policy, &blocked, now_s), EXT_ABSENT);
    assert_string_equal(ext_state_name(EXT_COOLING), "cooling");
    assert_string_equal(ext_state_name(EXT_RESERVED), "reserved");
}

static void test_limit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool percent;
        int64_t value, of_100, of_7;
    } samples[] = {
        {"10%", true, 10, 10, 5},  {"0%", true, 0, 0, 0},     {"100%", true, 100, 100, 7},
        {"25 %", true, 25, 25, 5}, {"25", false, 25, 25, 25}, {"0", false, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct release_limit limit;
        assert_int_equal(release_limit_parse(&limit, samples[i].text, NULL), ERR_OK);
        assert_int_equal(limit.percent, samples[i].percent);
        assert_int_equal(limit.value, samples[i].value);
        assert_int_equal(release_limit_allows(&limit, 100), samples[i].of_100);
        assert_int_equal(release_limit_allows(&limit, 7), samples[i].of_7);
    }
    static const char *const wrong[] = {"",     "%",     "-1", "101%", "1.5%",
                                        "ten",  "10%%",  " 5", "5 ",   "99999999999999999999",
                                        "0x10", "10% x", "+3"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct release_limit limit = {.value = 77};
        struct err err = ERR_INIT;
        assert_int_equal(release_limit_parse(&limit, wrong[i], &err), ERR_CONFIG);
        assert_int_equal(limit.value, 77);
        assert_non_null(strstr(err.text, "0% to 100%"));
    }
}

/* Cooling numbers are not left, and numbers that are not made yet are. */
static void test_level(void **state)
{
    (void)state;
    static const struct {
        const char *mark;
        uint64_t free, cooling, assigned, absent, limit;
        bool low, exhausted;
    } samples[] = {
        {"5%", 5, 0, 95, 0, 5, false, false},    {"5%", 4, 50, 46, 0, 5, true, false},
        {"5%", 4, 0, 95, 1, 5, false, false},    {"5 %", 0, 0, 10, 0, 1, true, true},
        {"5%", 1, 0, 9, 0, 1, false, false},     {"12", 11, 0, 89, 0, 12, true, false},
        {"12", 12, 0, 88, 0, 12, false, false},  {"0", 0, 0, 100, 0, 0, false, true},
        {"0%", 0, 1, 99, 0, 0, false, false},    {"5%", 0, 0, 0, 0, 0, false, false},
        {"100%", 0, 0, 0, 10, 10, false, false},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct policy policy;
        policy_default(&policy);
        assert_int_equal(low_water_parse(&policy.low_water, samples[i].mark, NULL), ERR_OK);
        const uint64_t counts[EXT_STATE_COUNT] = {
            [EXT_FREE] = samples[i].free,
            [EXT_COOLING] = samples[i].cooling,
            [EXT_ASSIGNED] = samples[i].assigned,
            [EXT_ABSENT] = samples[i].absent,
            [EXT_BLOCKED] = 1000,
        };
        struct pool_level level = policy_level(&policy, counts);
        assert_int_equal(level.limit, samples[i].limit);
        assert_int_equal(level.low, samples[i].low);
        assert_int_equal(level.exhausted, samples[i].exhausted);
    }
    struct low_water mark = {.value = 77};
    struct err err = ERR_INIT;
    assert_int_equal(low_water_parse(&mark, "101%", &err), ERR_CONFIG);
    assert_int_equal(mark.value, 77);
    assert_non_null(strstr(err.text, "0% to 100%"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),  cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_walk_to_the_end),
        cmocka_unit_test(test_blocked), cmocka_unit_test(test_states),
        cmocka_unit_test(test_limit),   cmocka_unit_test(test_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
