#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/environ.h"

static const char *const s_pairs[][2] = {
    {"SET", "value"}, {"EMPTY", ""},      {"BLANK", " \t"}, {"PADDED", " value "},
    {"SET", "again"}, {"OTHER", "other"}, {NULL, NULL},
};

static void test_what_is_set(void **state)
{
    (void)state;
    struct environment environment = environment_of_pairs(s_pairs);
    assert_string_equal(environment_get(&environment, "SET"), "value");
    assert_string_equal(environment_get(&environment, "PADDED"), " value ");
    assert_null(environment_get(&environment, "EMPTY"));
    assert_null(environment_get(&environment, "BLANK"));
    assert_null(environment_get(&environment, "ABSENT"));
}

static void test_either(void **state)
{
    (void)state;
    struct environment environment = environment_of_pairs(s_pairs);
    assert_string_equal(environment_get_either(&environment, "SET", "OTHER"), "value");
    assert_string_equal(environment_get_either(&environment, "BLANK", "OTHER"), "other");
    assert_null(environment_get_either(&environment, "EMPTY", "ABSENT"));
}

static void test_the_process_has_one(void **state)
{
    (void)state;
    assert_int_equal(setenv("EXTPOOL_TEST_ENVIRON", "here", 1), 0);
    assert_string_equal(environment_get(&environment_system, "EXTPOOL_TEST_ENVIRON"), "here");
    assert_int_equal(unsetenv("EXTPOOL_TEST_ENVIRON"), 0);
    assert_null(environment_get(&environment_system, "EXTPOOL_TEST_ENVIRON"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_set),
        cmocka_unit_test(test_either),
        cmocka_unit_test(test_the_process_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
