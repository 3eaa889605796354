#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/preflight/questions.h"

static struct checks s_checks;
static struct preflight s_preflight;

static int make(void **state)
{
    (void)state;
    checks_init(&s_checks);
    s_preflight = (struct preflight){.checks = &s_checks,
                                     .table = "cc-ext",
                                     .region = "eu-west-2",
                                     .instances = {{.id = "1111"}},
                                     .n_instances = 1};
    return 0;
}

static int release(void **state)
{
    (void)state;
    checks_release(&s_checks);
    return 0;
}

static struct line line_of(const char *operation)
{
    size_t at = 0;
    while (at + 1 < preflight_n_questions &&
           strcmp(preflight_questions[at].operation, operation) != 0) {
        at++;
    }
    assert_string_equal(preflight_questions[at].operation, operation);
    struct line line = {.preflight = &s_preflight,
                        .question = &preflight_questions[at],
                        .subject = "dynamodb:cc-ext"};
    if (line.question->about == ABOUT_INSTANCE) {
        line.instance = &s_preflight.instances[0];
    }
    return line;
}

static struct line judged(const char *operation, const char *answer)
{
    struct line line = line_of(operation);
    json_t *json = json_loads(answer, 0, NULL);
    assert_non_null(json);
    line.question->judge(&line, json);
    json_decref(json);
    return line;
}

static void test_answers(void **state)
{
    (void)state;
    struct line line = judged("ListUsers", "{\"UserSummaryList\":[{\"Id\":\"u1\"}]}");
    assert_int_equal(line.check.result, CHECK_OK);
    assert_string_equal(line.check.detail, "1 user on the first page");
    assert_string_equal(s_preflight.user[0], "u1");
    assert_int_equal(judged("ListUsers", "{}").check.result, CHECK_WRONG);
    line = judged("DescribeTable", "{\"Table\":{\"TableStatus\":\"ARCHIVED\"}}");
    assert_int_equal(line.check.result, CHECK_WRONG);
    assert_string_equal(line.check.detail, "its state is ARCHIVED");
    assert_int_equal(
        judged("DescribeTable", "{\"Table\":{\"TableStatus\":\"UPDATING\"}}").check.result,
        CHECK_OK);
    line = judged("DescribeContinuousBackups",
                  "{\"ContinuousBackupsDescription\":{\"PointInTimeRecoveryDescription\":"
                  "{\"PointInTimeRecoveryStatus\":\"ENABLED\",\"RecoveryPeriodInDays\":7}}}");
    assert_int_equal(line.check.result, CHECK_OK);
    assert_int_equal(s_preflight.backup_days, 7);
    line = judged("DescribeTimeToLive", "{\"TimeToLiveDescription\":{\"TimeToLiveStatus\":"
                                        "\"ENABLED\",\"AttributeName\":\"ttl\"}}");
    assert_int_equal(line.check.result, CHECK_WRONG);
    assert_string_equal(line.check.detail,
                        "items expire by ttl, not by expires_at: audit records stay");
}

/* Backups that are on are asked for as they are: another period would change them. */
static void test_the_period_of_backups_is_kept(void **state)
{
    (void)state;
    struct line line = line_of("UpdateContinuousBackups");
    s_preflight.backup_days = 7;
    json_t *body = line.question->body(&line);
    const json_t *wanted = json_object_get(body, "PointInTimeRecoverySpecification");
    assert_true(json_is_true(json_object_get(wanted, "PointInTimeRecoveryEnabled")));
    assert_int_equal(json_integer_value(json_object_get(wanted, "RecoveryPeriodInDays")), 7);
    json_decref(body);
}

/* No body that could write goes without the condition that never holds. */
static void test_writes_have_a_condition(void **state)
{
    (void)state;
    static const char *const operations[] = {"PutItem", "UpdateItem", "DeleteItem",
                                             "TransactWriteItems"};
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        struct line line = line_of(operations[i]);
        json_t *body = line.question->body(&line);
        char *text = json_dumps(body, 0);
        assert_non_null(strstr(text, "attribute_exists(pk) AND attribute_not_exists(pk)"));
        assert_true(line.question->writes);
        free(text);
        json_decref(body);
    }
}

static void check_grant(const char *caller, const char *operation, const char *action,
                        const char *begins, const char *resource)
{
    struct line line = line_of(operation);
    s_preflight.caller = caller;
    const char *grant = preflight_grant(&s_preflight, &line, action);
    assert_memory_equal(grant, begins, strlen(begins));
    if (resource && !strstr(grant, resource)) {
        fail_msg("%s is not in %s", resource, grant);
    }
}

static void test_what_grants_a_permission(void **state)
{
    (void)state;
    check_grant("arn:aws:sts::111122223333:assumed-role/Ops/alice", "ListUsers",
                "connect:ListUsers", "aws iam put-role-policy --role-name Ops ",
                "\"arn:aws:connect:eu-west-2:111122223333:instance/1111*\"");
    check_grant("arn:aws:iam::111122223333:user/people/alice", "Query", "dynamodb:Query",
                "aws iam put-user-policy --user-name alice ",
                "\"arn:aws:dynamodb:eu-west-2:111122223333:table/cc-ext/index/skIndex\"");
    check_grant("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_1/alice", "ListTables",
                "dynamodb:ListTables", "allow dynamodb:ListTables on * in the permission set of ",
                NULL);
    check_grant(NULL, "ListTables", "dynamodb:ListTables",
                "allow dynamodb:ListTables in the policy of the caller", NULL);
}

static void test_paths(void **state)
{
    (void)state;
    const char *method = NULL;
    struct line line = line_of("GetFunctionConfiguration");
    line.arn = "arn:aws:lambda:eu-west-2:111122223333:function:f";
    assert_string_equal(preflight_path(&line, &method),
                        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-2%3A111122223333%3A"
                        "function%3Af/configuration");
    line = line_of("DescribeContactFlow");
    line.arn = "arn:aws:connect:eu-west-2:111122223333:instance/1111/contact-flow/2222";
    assert_string_equal(preflight_path(&line, &method), "/contact-flows/1111/2222");
    assert_string_equal(method, "GET");
    line.arn = "arn:aws:connect:eu-west-2:111122223333:instance/1111";
    assert_null(preflight_path(&line, &method));
    line = line_of("GetCurrentUserData");
    assert_string_equal(preflight_path(&line, &method), "/metrics/userdata/1111");
    assert_string_equal(method, "POST");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers, make, release),
        cmocka_unit_test_setup_teardown(test_the_period_of_backups_is_kept, make, release),
        cmocka_unit_test_setup_teardown(test_writes_have_a_condition, make, release),
        cmocka_unit_test_setup_teardown(test_what_grants_a_permission, make, release),
        cmocka_unit_test_setup_teardown(test_paths, make, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
