#include "tests/unit/support/exporter_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct exporter_maker *s_maker;
static struct exporter *s_exporter;

static int begin(void **state)
{
    (void)state;
    s_exporter = s_maker->fresh(s_maker->context);
    return s_exporter ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    exporter_free(s_exporter);
    s_maker->remove(s_maker->context);
    return 0;
}

static enum err_code publish(const char *text, bool only_new)
{
    struct err err = ERR_INIT;
    const struct publication publication = {
        .bytes = text, .length = strlen(text), .content_type = "text/csv", .only_new = only_new};
    enum err_code code = s_exporter->ops->publish(s_exporter, &publication, NULL, &err);
    assert_int_equal(err.code, code);
    return code;
}

static void expect_there(const char *text)
{
    struct buf there;
    struct err err = ERR_INIT;
    buf_init(&there, 1 << 20);
    assert_int_equal(s_exporter->ops->read(s_exporter, NULL, &there, &err), ERR_OK);
    assert_int_equal(there.length, strlen(text));
    assert_memory_equal(there.data, text, strlen(text));
    assert_false(s_exporter->fleeting);
    buf_release(&there);
}

static void expect_nothing(void)
{
    struct buf there;
    struct err err = ERR_INIT;
    buf_init(&there, 1 << 20);
    assert_int_equal(s_exporter->ops->read(s_exporter, NULL, &there, &err), ERR_NOT_FOUND);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(there.length, 0);
    buf_release(&there);
}

static void what_was_published_is_read(void **state)
{
    (void)state;
    expect_nothing();
    assert_int_equal(publish("user,extension\r\nalice,0042\r\n", false), ERR_OK);
    expect_there("user,extension\r\nalice,0042\r\n");
    assert_int_equal(publish("x", false), ERR_OK);
    expect_there("x");
    assert_int_equal(publish("", false), ERR_OK);
    expect_there("");
}

static void a_new_one_is_never_put_over_another(void **state)
{
    (void)state;
    assert_int_equal(publish("one", true), ERR_OK);
    expect_there("one");
    assert_int_equal(publish("two", true), ERR_CONFLICT);
    expect_there("one");
    assert_int_equal(publish("one", true), ERR_CONFLICT);
    assert_int_equal(publish("two", false), ERR_OK);
    expect_there("two");
}

int exporter_contract_run(const struct exporter_maker *maker)
{
    s_maker = maker;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_published_is_read, begin, end),
        cmocka_unit_test_setup_teardown(a_new_one_is_never_put_over_another, begin, end),
    };
    return cmocka_run_group_tests_name(maker->name, tests, NULL, NULL);
}
