/* Agents who need no extension: patterns, and what a snapshot keeps of the others. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/exempt.h"

static void put(struct snapshot *snapshot, const char *agent, const char *note)
{
    snapshot_put_exempt(snapshot, agent, &(struct exempt){.note = note, .by = "kim", .since_s = 7});
}

static void entries_are_sorted_and_replaced(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new();
    put(snapshot, "zoe", NULL);
    put(snapshot, "alice", "trainer");
    put(snapshot, "kim", "away");
    put(snapshot, "alice", "lead");
    snapshot_put_exempt(snapshot, "kim", NULL);
    snapshot_put_exempt(snapshot, "nobody", NULL);
    assert_int_equal(snapshot->n_exempts, 2);
    assert_string_equal(snapshot->exempts[0].agent, "alice");
    assert_string_equal(snapshot->exempts[1].agent, "zoe");
    assert_string_equal(snapshot_find_exempt(snapshot, "alice")->note, "lead");
    assert_string_equal(snapshot_find_exempt(snapshot, "alice")->by, "kim");
    assert_null(snapshot_find_exempt(snapshot, "kim"));
    assert_null(snapshot_find_exempt(snapshot, "Alice"));
    snapshot_unref(snapshot);
}

/* The texts of the first stay as long as the one that was made from it. */
static void a_snapshot_of_changes_has_them_too(void **state)
{
    (void)state;
    struct snapshot *first = snapshot_new();
    put(first, "alice", "trainer");
    snapshot_seal(first);
    struct snapshot *second = snapshot_with(first, NULL, 0);
    put(second, "bob", NULL);
    snapshot_unref(first);
    assert_int_equal(second->n_exempts, 2);
    assert_string_equal(snapshot_find_exempt(second, "alice")->note, "trainer");
    assert_null(snapshot_find_exempt(second, "bob")->note);
    struct snapshot *copy = snapshot_new();
    snapshot_copy_exempts(copy, second);
    snapshot_unref(second);
    assert_string_equal(snapshot_find_exempt(copy, "alice")->note, "trainer");
    snapshot_unref(copy);
}

static void patterns_are_read(void **state)
{
    (void)state;
    struct policy policy;
    struct err err = ERR_INIT;
    policy_default(&policy);
    assert_null(policy_exempt_pattern(&policy, "svc-1"));
    assert_int_equal(policy_set_exempt(&policy, " svc-*, *.test\tkiosk ", NULL), ERR_OK);
    assert_int_equal(policy.n_exempt, 3);
    assert_string_equal(policy_exempt_pattern(&policy, "svc-1"), "svc-*");
    assert_string_equal(policy_exempt_pattern(&policy, "a.test"), "*.test");
    assert_string_equal(policy_exempt_pattern(&policy, "kiosk"), "kiosk");
    assert_null(policy_exempt_pattern(&policy, "kiosk2"));
    assert_null(policy_exempt_pattern(&policy, "SVC-1"));
    assert_int_equal(policy_set_exempt(&policy, "", NULL), ERR_OK);
    assert_int_equal(policy.n_exempt, 0);
    char list[4096];
    memset(list, 'x', POLICY_PATTERN_ROOM);
    list[POLICY_PATTERN_ROOM] = '\0';
    assert_int_equal(policy_set_exempt(&policy, list, &err), ERR_CONFIG);
    assert_non_null(strstr(err.text, "is longer than 63 bytes"));
    err_clear(&err);
    list[0] = '\0';
    for (int i = 0; i <= POLICY_EXEMPT_MAX; i++) {
        strcat(list, "a ");
    }
    assert_int_equal(policy_set_exempt(&policy, list, &err), ERR_CONFIG);
    assert_string_equal(err.text, "exempt: more than 32 patterns");
}

static void a_pattern_for_nearly_everybody_is_refused(void **state)
{
    (void)state;
    static const char *const logins[] = {"a.one", "a.two", "b.one", "svc-1"};
    struct policy policy;
    struct err err = ERR_INIT;
    struct roster *roster = roster_new();
    for (size_t i = 0; i < 4; i++) {
        roster_add(roster, &(struct agent){.login = logins[i]});
    }
    roster_seal(roster);
    policy_default(&policy);
    assert_int_equal(policy_check_exempt(&policy, roster, &err), ERR_OK);
    assert_int_equal(policy_set_exempt(&policy, "svc-* a.*", NULL), ERR_OK);
    assert_int_equal(policy_check_exempt(&policy, roster, &err), ERR_OK);
    assert_int_equal(policy_set_exempt(&policy, "svc-* *.*", NULL), ERR_OK);
    policy.exempt_at = "config:12";
    assert_int_equal(policy_check_exempt(&policy, roster, &err), ERR_CONFIG);
    assert_string_equal(err.text, "config:12: the pattern \"*.*\" of [policy] exempt matches 3 of "
                                  "the 4 agents of the directory");
    err_clear(&err);
    roster_partial(roster, "it was cut");
    assert_int_equal(policy_check_exempt(&policy, roster, &err), ERR_OK);
    roster_unref(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_sorted_and_replaced),
        cmocka_unit_test(a_snapshot_of_changes_has_them_too),
        cmocka_unit_test(patterns_are_read),
        cmocka_unit_test(a_pattern_for_nearly_everybody_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
