/* Questions to the trail: which records answer one, and with which of their changes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/audit_query.h"

#define AT_MS INT64_C(1795348800000)
#define C(ext, agent)                                                                              \
    "{\"change\":\"assign\",\"extension\":\"" ext "\",\"agent\":\"" agent "\",\"to\":\"" ext "\"}"

/* The extensions of the answer, "-" for a range, or NULL: the record is none. */
struct sample {
    const char *name;
    struct history_query query;
    const char *changes;
    const char *answer;
};

static const struct sample s_samples[] = {
    {"nothing asked", {.limit = 1}, "[" C("0001", "a") "," C("0002", "b") "]", "0001 0002"},
    {"a number", {.ext = "0002"}, "[" C("0001", "a") "," C("0002", "b") "]", "0002"},
    {"the first and the last",
     {.agent = "a"},
     "[" C("0001", "a") "," C("0002", "b") "," C("0003", "a") "]",
     "0001 0003"},
    {"both", {.ext = "0002", .agent = "b"}, "[" C("0001", "b") "," C("0002", "b") "]", "0002"},
    {"both, but apart",
     {.ext = "0001", .agent = "b"},
     "[" C("0001", "a") "," C("0002", "b") "]",
     NULL},
    {"only mentioned",
     {.ext = "0002"},
     "[{\"change\":\"pin\",\"extension\":\"0001\",\"agent\":\"a\",\"to\":\"0002\"}]",
     NULL},
    {"a login that is a number", {.ext = "0002"}, "[" C("0001", "0002") "]", NULL},
    {"a range",
     {.ext = "0005"},
     "[{\"change\":\"create\",\"from\":\"0001\",\"to\":\"0009\"}," C("0001", "a") "]",
     "-"},
    {"outside of the range",
     {.ext = "0010"},
     "[{\"change\":\"create\",\"from\":\"0001\",\"to\":\"0009\"}]",
     NULL},
    {"the number that an agent left",
     {.ext = "0001"},
     "[{\"change\":\"reassign\",\"extension\":\"0002\",\"agent\":\"a\",\"from\":\"0001\"}]",
     "0002"},
    {"quotes and brackets in names",
     {.agent = "o\"br],{\"change\":ian"},
     "[" C("0001", "a") "," C("0002", "o\\\"br],{\\\"change\\\":ian") "," C("0003", "b") "]",
     "0002"},
    {"a name that is part of another", {.agent = "al"}, "[" C("0001", "alice") "]", NULL},
    {"not as we write it",
     {.ext = "0002"},
     " [ {\"extension\": \"0002\", \"change\": \"unreserve\"} , " C("0001", "a") " ] ",
     "0002"},
    {"a line end behind it", {.ext = "0001"}, "[" C("0001", "a") "]\n", "0001"},
    {"not JSON", {.ext = "0002"}, "[{\"change\":\"0002\"", NULL},
    {"no array", {.ext = "0002"}, "{\"0002\":1}", NULL},
    {"empty", {.ext = "0002"}, "", NULL},
    {"a user", {.actor = "KIM@"}, "[" C("0001", "a") "]", "0001"},
    {"an actor", {.actor = "role/ops"}, "[" C("0001", "a") "]", "0001"},
    {"somebody else", {.actor = "lee"}, "[" C("0001", "a") "]", NULL},
    {"since then", {.since_ms = AT_MS}, "[" C("0001", "a") "]", "0001"},
    {"later", {.since_ms = AT_MS + 1}, "[" C("0001", "a") "]", NULL},
    {"until then", {.until_ms = AT_MS}, "[" C("0001", "a") "]", NULL},
    {"a plan file", {.plan_file = "3f2a"}, "[" C("0001", "a") "]", "0001"},
    {"another plan file", {.plan_file = "3f2b"}, "[" C("0001", "a") "]", NULL},
    {"its id, whatever else",
     {.action_id = "the-id", .ext = "0009"},
     "[" C("0001", "a") "]",
     "0001"},
    {"another id", {.action_id = "an-id"}, "[" C("0001", "a") "]", NULL},
};

static void answer_of(const struct sample *sample, char out[256])
{
    const struct audit_record record = {.action_id = "the-id",
                                        .at_ms = AT_MS,
                                        .actor = "arn:aws:sts::1:assumed-role/Ops/kim",
                                        .origin = {.user = "kim@desk7", .plan_file = "3f2a"},
                                        .action = "import",
                                        .changes = sample->changes};
    struct history *history = history_new();
    size_t length = 0;
    assert_true(history_query_wants(&sample->query, &record));
    assert_int_equal(history_add_answer(history, &sample->query, &record, NULL), ERR_OK);
    history_seal(history);
    history_keep(history, &sample->query);
    assert_int_equal(history->n_actions, 1);
    out[0] = '\0';
    for (size_t i = 0; i < history->actions[0].n_changes; i++) {
        const char *ext = history->actions[0].changes[i].ext;
        length +=
            (size_t)snprintf(out + length, 256 - length, "%s%s", i > 0 ? " " : "", ext ? ext : "-");
    }
    history_free(history);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof *s_samples; i++) {
        const struct sample *sample = &s_samples[i];
        const struct audit_record record = {.action_id = "the-id",
                                            .at_ms = AT_MS,
                                            .actor = "arn:aws:sts::1:assumed-role/Ops/kim",
                                            .origin = {.user = "kim@desk7", .plan_file = "3f2a"},
                                            .action = "import",
                                            .changes = sample->changes};
        char out[256];
        if (history_query_wants(&sample->query, &record) != (sample->answer != NULL)) {
            fail_msg("%s", sample->name);
        }
        if (sample->answer) {
            answer_of(sample, out);
            if (strcmp(out, sample->answer) != 0) {
                fail_msg("%s: %s", sample->name, out);
            }
        }
    }
}

/* Actions are counted after the question, not before it. */
static void test_the_limit_counts_answers(void **state)
{
    (void)state;
    static const char *const changes[] = {"[" C("0001", "a") "]", "[" C("0002", "b") "]",
                                          "[" C("0001", "c") "]", "[" C("0001", "d") "]"};
    const struct history_query query = {.ext = "0001", .limit = 2};
    struct history *history = history_new();
    for (int i = 0; i < 4; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        const struct audit_record record = {.action_id = id,
                                            .at_ms = AT_MS,
                                            .order = i,
                                            .actor = "x",
                                            .action = "assign",
                                            .changes = changes[i]};
        assert_int_equal(history_add(history, &record, NULL), ERR_OK);
    }
    history_seal(history);
    history_keep(history, &query);
    assert_int_equal(history->n_actions, 2);
    assert_string_equal(history->actions[0].action_id, "d");
    assert_string_equal(history->actions[1].action_id, "c");
    history_free(history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_the_limit_counts_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
