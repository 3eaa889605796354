#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/meanwhile.h"
#include "tests/unit/support/world.h"

struct record {
    const char *id;
    const char *actor;
    int ago_s; /* before now */
    const char *changes;
};

#define ASSIGNED(ext, agent)                                                                       \
    "{\"change\":\"assign\",\"extension\":\"" ext "\",\"agent\":\"" agent "\"}"

static struct history *history_of(const struct world *w, const struct record *records, size_t n)
{
    struct history *history = history_new();
    for (size_t i = 0; i < n; i++) {
        struct err err = ERR_INIT;
        int64_t at_ms = (w->now_s - records[i].ago_s) * 1000;
        const struct audit_record record = {.action_id = records[i].id,
                                            .at_ms = at_ms,
                                            .order = at_ms,
                                            .actor = records[i].actor,
                                            .action = "sync",
                                            .changes = records[i].changes};
        if (history_add(history, &record, &err) != ERR_OK) {
            fail_msg("%s", err.text);
        }
    }
    history_seal(history);
    return history;
}

/* A sync that gives 0000 to 0003 to alice, bob, carol and dave; the first three rows lost. */
static void check_who(const struct record *records, size_t n, const char *expected)
{
    struct world w;
    world_init(&w, "0000-0009");
    world_fill(&w);
    world_directory(&w, "alice bob carol dave");
    w.snapshot->read_at_s = w.now_s;
    struct plan *plan = world_sync(&w);
    struct meanwhile meanwhile;
    char who[100];
    meanwhile_begin(&meanwhile, plan);
    plan->changes[0].result = plan->changes[1].result = RESULT_SKIPPED;
    plan->changes[0].already_applied = plan->changes[1].already_applied = true;
    plan->changes[2].result = RESULT_CONFLICT;
    plan->changes[3].result = RESULT_DONE;
    meanwhile_end(&meanwhile, plan);
    assert_int_equal(meanwhile.n_lost, 3);
    assert_int_equal(meanwhile.n_done, 2);
    struct history *history = history_of(&w, records, n);
    meanwhile_who(&meanwhile, plan, history, "ours", who, sizeof who);
    assert_string_equal(who, expected);
    history_free(history);
    meanwhile_release(&meanwhile);
    plan_free(plan);
    world_release(&w);
}

static void test_who_was_quicker(void **state)
{
    (void)state;
    static const struct record lee[] = {
        {"a", "lee", 1, "[" ASSIGNED("0000", "alice") "," ASSIGNED("0001", "bob") "]"},
        {"ours", "me", 0, "[" ASSIGNED("0002", "carol") "]"},
        {"b", "kim", 2, "[" ASSIGNED("0002", "zoe") "," ASSIGNED("0000", "zoe") "]"},
        {"c", "pat", 86400, "[" ASSIGNED("0001", "bob") "]"},
    };
    /* The newest record of an extension counts, ours does not, and old ones do not. */
    check_who(lee, 4, "lee, kim");
    check_who(&lee[1], 1, "");
    check_who(&lee[3], 1, "");
    check_who(NULL, 0, "");
    /* An agent who got another extension; numbers that were made. */
    static const struct record other[] = {
        {"a", "lee", 1, "[" ASSIGNED("0009", "bob") "]"},
        {"b", "kim", 2, "[{\"change\":\"create\",\"from\":\"0000\",\"to\":\"0002\"}]"},
    };
    check_who(other, 2, "kim, lee");
    static const struct record moved[] = {
        {"a", "lee", 1,
         "[{\"change\":\"reassign\",\"extension\":\"0007\",\"agent\":\"x\",\"from\":\"0002\"}]"},
    };
    check_who(moved, 1, "lee");
    static const struct record named[] = {
        {"a", "arn:aws:sts::123456789012:assumed-role/Operators/lee", 1,
         "[" ASSIGNED("0000", "alice") "," ASSIGNED("0001", "bob") "]"},
        {"b", "kim@desk7 from 192.0.2.7", 1, "[" ASSIGNED("0002", "zoe") "]"},
    };
    check_who(named, 2, "lee, kim@desk7");
}

/* What was left out, or known to conflict or to be so before anything was written, lost nothing. */
static void test_what_was_known_before(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    world_fill(&w);
    world_directory(&w, "alice bob carol");
    struct plan *plan = world_sync(&w);
    struct meanwhile meanwhile;
    plan->changes[0].result = RESULT_CONFLICT;
    plan->changes[1].result = RESULT_SKIPPED;
    plan->changes[1].already_applied = true;
    plan_leave_out(plan, 2, true);
    meanwhile_begin(&meanwhile, plan);
    plan->changes[2].result = RESULT_SKIPPED;
    meanwhile_end(&meanwhile, plan);
    assert_int_equal(meanwhile.n_lost, 0);
    meanwhile_release(&meanwhile);
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_was_quicker),
        cmocka_unit_test(test_what_was_known_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
