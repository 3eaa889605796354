#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/port/preflight.h"

static void add(struct checks *checks, enum check_result result, enum err_code code)
{
    char text[] = "what is there";
    checks_add(checks, &(struct check){.what = "table",
                                       .result = result,
                                       .code = code,
                                       .detail = text,
                                       .action = "dynamodb:Query"});
    memset(text, 'x', sizeof text - 1); /* it was copied */
}

static void test_what_is_wrong_is_counted(void **state)
{
    (void)state;
    struct checks checks;
    checks_init(&checks);
    assert_int_equal(checks_wrong(&checks), 0);
    add(&checks, CHECK_OK, ERR_OK);
    add(&checks, CHECK_NOT_MADE, ERR_OK);
    assert_int_equal(checks_wrong(&checks), 0);
    add(&checks, CHECK_WRONG, ERR_DENIED);
    add(&checks, CHECK_WRONG, ERR_AUTH);
    assert_int_equal(checks_wrong(&checks), 2);
    assert_string_equal(checks.items[0].detail, "what is there");
    assert_string_equal(checks.items[0].action, "dynamodb:Query");
    assert_null(checks.items[0].subject);
    assert_null(checks.items[0].fix);
    checks_release(&checks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
