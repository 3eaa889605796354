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

static enum err_code publish(const char *text, enum publish_over over)
{
    struct err err = ERR_INIT;
    const struct publication publication = {
        .bytes = text, .length = strlen(text), .content_type = "text/csv", .over = over};
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
    assert_int_equal(publish("user,extension\r\nalice,0042\r\n", PUBLISH_OVER_ALL), ERR_OK);
    expect_there("user,extension\r\nalice,0042\r\n");
    assert_int_equal(publish("x", PUBLISH_OVER_ALL), ERR_OK);
    expect_there("x");
    assert_int_equal(publish("", PUBLISH_OVER_ALL), ERR_OK);
    expect_there("");
}

static void a_new_one_is_never_put_over_another(void **state)
{
    (void)state;
    assert_int_equal(publish("one", PUBLISH_OVER_NOTHING), ERR_OK);
    expect_there("one");
    assert_int_equal(publish("two", PUBLISH_OVER_NOTHING), ERR_CONFLICT);
    expect_there("one");
    assert_int_equal(publish("one", PUBLISH_OVER_NOTHING), ERR_CONFLICT);
    assert_int_equal(publish("two", PUBLISH_OVER_ALL), ERR_OK);
    expect_there("two");
}

static void only_what_was_read_is_replaced(void **state)
{
    (void)state;
    expect_nothing();
    s_maker->overwrite(s_maker->context, "theirs");
    assert_int_equal(publish("ours", PUBLISH_OVER_READ), ERR_CONFLICT);
    expect_there("theirs");
    assert_int_equal(publish("ours", PUBLISH_OVER_READ), ERR_OK);
    expect_there("ours");
    s_maker->overwrite(s_maker->context, "theirs again");
    assert_int_equal(publish("ours again", PUBLISH_OVER_READ), ERR_CONFLICT);
    expect_there("theirs again");
    assert_int_equal(publish("ours again", PUBLISH_OVER_READ), ERR_OK);
    assert_int_equal(publish("ours, at once", PUBLISH_OVER_READ), ERR_OK);
    expect_there("ours, at once");
}

int exporter_contract_run(const struct exporter_maker *maker)
{
    s_maker = maker;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_published_is_read, begin, end),
        cmocka_unit_test_setup_teardown(a_new_one_is_never_put_over_another, begin, end),
        cmocka_unit_test_setup_teardown(only_what_was_read_is_replaced, begin, end),
    };
    return cmocka_run_group_tests_name(maker->name, tests, NULL, NULL);
}
