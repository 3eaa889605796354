/* The creation of a table: what is asked for, what is waited for, what is only a warning. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support_aws/ddb_bench.h"

#define KEYS(hash, range)                                                                          \
    "'KeySchema':[{'AttributeName':'" hash "','KeyType':'HASH'},"                                  \
    "{'AttributeName':'" range "','KeyType':'RANGE'}]"
#define INDEX(status, projection)                                                                  \
    "'GlobalSecondaryIndexes':[{'IndexName':'skIndex','IndexStatus':'" status "',"                 \
    "'Projection':{'ProjectionType':'" projection "'}," KEYS("sk", "sk_value") "}]"

struct service {
    struct ddb_bench bench;
    const char *tables[8]; /* answers of DescribeTable, the last for ever; NULL: there is none */
    size_t n_tables;
    const char *fails;  /* the operation that fails ... */
    const char *with;   /* ... with this error ... */
    size_t times;       /* ... so many times */
    const char *expiry; /* of DescribeTimeToLive */
    struct port_info warnings;
};

static void answer(void *context, const struct ddb_request *request)
{
    struct service *service = context;
    if (service->fails && strcmp(request->operation, service->fails) == 0 &&
        request->number <= service->times) {
        ddb_answer_error(request, 400, service->with);
    } else if (strcmp(request->operation, "DescribeTable") == 0) {
        size_t at = request->number <= service->n_tables ? request->number : service->n_tables;
        const char *table = service->tables[at - 1];
        if (table) {
            ddb_answer(request, 200, "{'Table':{%s}}", table);
        } else {
            ddb_answer_error(request, 400, "ResourceNotFoundException");
        }
    } else if (strcmp(request->operation, "DescribeTimeToLive") == 0 && service->expiry) {
        ddb_answer(request, 200, "{'TimeToLiveDescription':%s}", service->expiry);
    }
}

static void service_open(struct service *service)
{
    *service = (struct service){.n_tables = 0};
    ddb_bench_open(&service->bench, answer, service);
    port_info_init(&service->warnings);
}

static enum err_code init(struct service *service, struct err *err)
{
    struct policy policy;
    policy_default(&policy);
    return service->bench.store->ops->init(service->bench.store, &policy, NULL, &service->warnings,
                                           err);
}

static void service_close(struct service *service)
{
    port_info_release(&service->warnings);
    ddb_bench_close(&service->bench);
}

static size_t count(const struct service *service, const char *operation)
{
    return ddb_bench_count(&service->bench, operation);
}

#define READY "'TableStatus':'ACTIVE'," KEYS("pk", "sk") "," INDEX("ACTIVE", "ALL")

/* ---- a new one ------------------------------------------------------------------------------- */

static void a_new_table_is_waited_for(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    const char *const steps[] = {
        NULL, NULL, "'TableStatus':'CREATING'," KEYS("pk", "sk") "," INDEX("CREATING", "ALL"),
        "'TableStatus':'ACTIVE'," KEYS("pk", "sk") "," INDEX("CREATING", "ALL"), READY};
    memcpy(service.tables, steps, sizeof steps);
    service.n_tables = 5;
    assert_int_equal(init(&service, &err), ERR_OK);
    assert_int_equal(count(&service, "CreateTable"), 1);
    assert_int_equal(count(&service, "DescribeTable"), 5);
    assert_int_equal(count(&service, "UpdateContinuousBackups"), 1);
    assert_int_equal(count(&service, "UpdateTimeToLive"), 1);
    assert_int_equal(count(&service, "UpdateTable"), 0);
    assert_int_equal(service.warnings.n_items, 0);
    assert_true(service.bench.fake->ticks >= 100 + 200 + 400); /* ever more rarely */
    const struct fake_request *create = http_fake_request(service.bench.fake, 1);
    assert_non_null(strstr(create->body, "\"BillingMode\":\"PAY_PER_REQUEST\""));
    assert_non_null(strstr(create->body, "\"DeletionProtectionEnabled\":true"));
    assert_non_null(strstr(create->body, "\"ProjectionType\":\"ALL\""));
    assert_null(strstr(create->body, "ProvisionedThroughput"));
    service_close(&service);
}

static void somebody_else_may_be_faster(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.tables[1] = READY;
    service.n_tables = 2;
    service.fails = "CreateTable";
    service.with = "ResourceInUseException";
    service.times = 1;
    assert_int_equal(init(&service, &err), ERR_OK);
    assert_int_equal(count(&service, "UpdateContinuousBackups"), 0);
    service_close(&service);
}

static void what_a_server_does_not_know_is_a_warning(void **state)
{
    (void)state;
    static const struct {
        const char *operation, *error, *warning;
        size_t times;
    } cases[] = {
        {"UpdateContinuousBackups", "UnknownOperationException", "point_in_time_recovery", 99},
        {"UpdateContinuousBackups", "AccessDeniedException", "point_in_time_recovery", 99},
        {"UpdateTimeToLive", "ValidationException", "time_to_live", 99},
        {"CreateTable", "ValidationException", "deletion_protection", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct service service;
        struct err err = ERR_INIT;
        service_open(&service);
        service.tables[1] = READY;
        service.n_tables = 2;
        service.fails = cases[i].operation;
        service.with = cases[i].error;
        service.times = cases[i].times;
        assert_int_equal(init(&service, &err), ERR_OK);
        assert_int_equal(service.warnings.n_items, 1);
        assert_non_null(strstr(port_info_get(&service.warnings, cases[i].warning), cases[i].error));
        service_close(&service);
    }
}

static void backups_that_are_not_available_yet_are_asked_for_again(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.tables[1] = READY;
    service.n_tables = 2;
    service.fails = "UpdateContinuousBackups";
    service.with = "ContinuousBackupsUnavailableException";
    service.times = 3;
    assert_int_equal(init(&service, &err), ERR_OK);
    assert_int_equal(count(&service, "UpdateContinuousBackups"), 4);
    assert_int_equal(service.warnings.n_items, 0);
    service_close(&service);
}

static void what_ends_a_run_is_no_warning(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.tables[1] = READY;
    service.n_tables = 2;
    service.fails = "UpdateTimeToLive";
    service.with = "ExpiredTokenException";
    service.times = 99;
    assert_int_equal(init(&service, &err), ERR_AUTH);
    service_close(&service);
}

static void a_table_that_may_not_be_made_is_an_error(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.n_tables = 1;
    service.fails = "CreateTable";
    service.with = "AccessDeniedException";
    service.times = 99;
    assert_int_equal(init(&service, &err), ERR_DENIED);
    assert_non_null(strstr(err.text, "dynamodb:CreateTable"));
    assert_int_equal(count(&service, "CreateTable"), 1);
    service_close(&service);
}

/* ---- one that is there --------------------------------------------------------------------------
 */

static void a_table_of_the_old_programs_owner_stays_as_it_is(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.tables[0] = READY;
    service.n_tables = 1;
    service.expiry = "{'TimeToLiveStatus':'ENABLED','AttributeName':'expires_at'}";
    assert_int_equal(init(&service, &err), ERR_OK);
    assert_int_equal(service.bench.fake->n_requests, 3);
    assert_int_equal(count(&service, "DescribeTimeToLive"), 1);
    service_close(&service);
}

static void an_expiry_by_something_else_is_left_with_a_warning(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.tables[0] = READY;
    service.n_tables = 1;
    service.expiry = "{'TimeToLiveStatus':'ENABLED','AttributeName':'ttl'}";
    assert_int_equal(init(&service, &err), ERR_OK);
    assert_int_equal(count(&service, "UpdateTimeToLive"), 0);
    assert_non_null(strstr(port_info_get(&service.warnings, "time_to_live"), "by ttl"));
    service_close(&service);
}

static void a_missing_index_is_made_once(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    const char *const steps[] = {
        "'TableStatus':'ACTIVE'," KEYS("pk", "sk"), "'TableStatus':'ACTIVE'," KEYS("pk", "sk"),
        "'TableStatus':'ACTIVE'," KEYS("pk", "sk"),
        "'TableStatus':'UPDATING'," KEYS("pk", "sk") "," INDEX("CREATING", "ALL"),
        "'TableStatus':'UPDATING'," KEYS("pk", "sk") "," INDEX("ACTIVE", "ALL")};
    memcpy(service.tables, steps, sizeof steps);
    service.n_tables = 5;
    assert_int_equal(init(&service, &err), ERR_OK);
    assert_int_equal(count(&service, "UpdateTable"), 1);
    assert_int_equal(count(&service, "DescribeTable"), 5);
    service_close(&service);
}

static void tables_that_are_something_else_are_refused(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "'TableStatus':'ACTIVE'," KEYS("id", "sk"),
        "'TableStatus':'ACTIVE'," KEYS("sk", "pk"),
        "'TableStatus':'ACTIVE','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]",
        "'TableStatus':'ACTIVE'," KEYS("pk", "sk") "," INDEX("ACTIVE", "KEYS_ONLY"),
        "'TableStatus':'ACTIVE','AttributeDefinitions':[{'AttributeName':'pk',"
        "'AttributeType':'N'}]," KEYS("pk", "sk"),
        "'TableStatus':'ACTIVE'," KEYS("pk", "sk") ",'GlobalSecondaryIndexes':[{'IndexName':"
                                                   "'skIndex'," KEYS("sk", "pk") "}]",
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct service service;
        struct err err = ERR_INIT;
        service_open(&service);
        service.tables[0] = tables[i];
        service.n_tables = 1;
        assert_int_equal(init(&service, &err), ERR_INPUT);
        assert_int_equal(count(&service, "UpdateTable"), 0);
        assert_int_equal(count(&service, "UpdateTimeToLive"), 0);
        service_close(&service);
    }
}

static void a_table_that_never_gets_ready_ends_the_wait(void **state)
{
    (void)state;
    struct service service;
    struct err err = ERR_INIT;
    service_open(&service);
    service.tables[0] = "'TableStatus':'CREATING'," KEYS("pk", "sk");
    service.n_tables = 1;
    assert_int_equal(init(&service, &err), ERR_SERVICE);
    assert_non_null(strstr(err.text, "30 minutes"));
    service_close(&service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_table_is_waited_for),
        cmocka_unit_test(somebody_else_may_be_faster),
        cmocka_unit_test(what_a_server_does_not_know_is_a_warning),
        cmocka_unit_test(backups_that_are_not_available_yet_are_asked_for_again),
        cmocka_unit_test(what_ends_a_run_is_no_warning),
        cmocka_unit_test(a_table_that_may_not_be_made_is_an_error),
        cmocka_unit_test(a_table_of_the_old_programs_owner_stays_as_it_is),
        cmocka_unit_test(an_expiry_by_something_else_is_left_with_a_warning),
        cmocka_unit_test(a_missing_index_is_made_once),
        cmocka_unit_test(tables_that_are_something_else_are_refused),
        cmocka_unit_test(a_table_that_never_gets_ready_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
