#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/lambda/event.h"

struct parsed {
    struct arena arena;
    struct event event;
    struct err err;
    enum err_code code;
};

static struct parsed parse(const char *text)
{
    struct parsed parsed = {.arena = ARENA_INIT, .err = ERR_INIT};
    parsed.code = event_parse(text, strlen(text), &parsed.arena, &parsed.event, &parsed.err);
    return parsed;
}

static void expect_error(const char *text, const char *says)
{
    struct parsed parsed = parse(text);
    assert_int_equal(parsed.code, ERR_INPUT);
    if (!strstr(parsed.err.text, says) && !strstr(parsed.err.hint, says)) {
        fail_msg("%s: \"%s\" (%s) does not say \"%s\"", text, parsed.err.text, parsed.err.hint,
                 says);
    }
    arena_release(&parsed.arena);
}

static void test_a_schedule_is_a_sync(void **state)
{
    (void)state;
    struct parsed parsed =
        parse("{\"version\":\"0\",\"id\":\"1\",\"detail-type\":\"Scheduled Event\","
              "\"source\":\"aws.events\",\"account\":\"111122223333\","
              "\"time\":\"2026-11-25T10:00:00Z\",\"region\":\"eu-west-2\",\"resources\":[],"
              "\"detail\":{}}");
    assert_int_equal(parsed.code, ERR_OK);
    assert_int_equal(parsed.event.kind, EVENT_ACTION);
    assert_int_equal(parsed.event.action, ACTION_SYNC);
    assert_false(parsed.event.dry_run);
    arena_release(&parsed.arena);
}

static void test_actions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum action action;
        bool dry_run;
        const char *max_release;
    } samples[] = {
        {"{\"action\":\"sync\"}", ACTION_SYNC, false, NULL},
        {"{\"action\":\"sync\",\"dry_run\":true}", ACTION_SYNC, true, NULL},
        {"{\"dry_run\":false,\"action\":\"sync\",\"max_release\":12}", ACTION_SYNC, false, "12"},
        {"{\"action\":\"sync\",\"max_release\":\"5%\"}", ACTION_SYNC, false, "5%"},
        {"{\"action\":\"status\"}", ACTION_STATUS, false, NULL},
        {"{\"action\":\"export\"}", ACTION_EXPORT, false, NULL},
        {"{\"action\":\"doctor\"}", ACTION_DOCTOR, false, NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct parsed parsed = parse(samples[i].text);
        assert_int_equal(parsed.code, ERR_OK);
        assert_int_equal(parsed.event.kind, EVENT_ACTION);
        assert_int_equal(parsed.event.action, samples[i].action);
        assert_int_equal(parsed.event.dry_run, samples[i].dry_run);
        if (samples[i].max_release) {
            assert_string_equal(parsed.event.max_release, samples[i].max_release);
        } else {
            assert_null(parsed.event.max_release);
        }
        arena_release(&parsed.arena);
    }
}

/* A typing error must never become a sync that writes. */
static void test_what_is_no_action(void **state)
{
    (void)state;
    expect_error("{\"action\":\"snyc\"}", "Did you mean \"sync\"");
    expect_error("{\"action\":\"release\"}", "sync, status, export and doctor");
    expect_error("{\"action\":7}", "not a text");
    expect_error("{\"action\":null}", "not a text");
    expect_error("{\"action\":\"sync\",\"dryrun\":true}", "\"dryrun\"");
    expect_error("{\"action\":\"sync\",\"dry_run\":\"yes\"}", "not true or false");
    expect_error("{\"action\":\"sync\",\"dry_run\":1}", "not true or false");
    expect_error("{\"action\":\"sync\",\"max_release\":-1}", "max_release");
    expect_error("{\"action\":\"sync\",\"max_release\":[]}", "max_release");
    expect_error("{\"action\":\"sync\",\"action\":\"status\"}", "not JSON");
}

static void test_flows(void **state)
{
    (void)state;
    static const struct {
        const char *parameters;
        const char *extension;
        const char *agent;
    } samples[] = {
        {"{\"pk\":\"0042\"}", "0042", NULL},
        {"{\"extension\":\"0042\"}", "0042", NULL},
        {"{\"agent\":\"alice\"}", NULL, "alice"},
        {"{\"pk\":\"Timeout\"}", "Timeout", NULL},
        {"{\"pk\":\"\"}", NULL, NULL},
        {"{\"pk\":null}", NULL, NULL},
        {"{\"pk\":42}", NULL, NULL},
        {"{}", NULL, NULL},
        {"null", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct arena arena = ARENA_INIT;
        struct parsed parsed =
            parse(arena_printf(&arena,
                               "{\"Name\":\"ContactFlowEvent\",\"Details\":{\"ContactData\":"
                               "{\"ContactId\":\"1\"},\"Parameters\":%s}}",
                               samples[i].parameters));
        assert_int_equal(parsed.code, ERR_OK);
        assert_int_equal(parsed.event.kind, EVENT_LOOKUP);
        const char *const got[] = {parsed.event.extension, parsed.event.agent};
        const char *const wanted[] = {samples[i].extension, samples[i].agent};
        for (size_t k = 0; k < 2; k++) {
            if (wanted[k]) {
                assert_string_equal(got[k], wanted[k]);
            } else {
                assert_null(got[k]);
            }
        }
        arena_release(&parsed.arena);
        arena_release(&arena);
    }
}

static void test_what_is_nothing(void **state)
{
    (void)state;
    expect_error("{\"key1\":\"value1\",\"key2\":\"value2\",\"key3\":\"value3\"}", "\"key1\"");
    expect_error("{}", "an empty object");
    expect_error("[]", "a list");
    expect_error("\"sync\"", "a single value");
    expect_error("sync", "not JSON");
    expect_error("", "not JSON");
    expect_error("{\"source\":\"aws.ec2\",\"detail-type\":\"Scheduled Event\"}", "\"source\"");
    expect_error("{\"source\":\"aws.events\",\"detail-type\":\"Other\"}", "\"source\"");
    expect_error("{\"Details\":\"0042\"}", "\"Details\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_schedule_is_a_sync), cmocka_unit_test(test_actions),
        cmocka_unit_test(test_what_is_no_action),    cmocka_unit_test(test_flows),
        cmocka_unit_test(test_what_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
