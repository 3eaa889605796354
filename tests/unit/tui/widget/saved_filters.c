/* Filters under a digit or a letter. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/widget/saved_filters.h"

static void five_are_there_and_any_can_be_changed(void **state)
{
    (void)state;
    struct saved_filters saved;
    saved_filters_init(&saved);
    assert_string_equal(saved_filters_get(&saved, '1'), "state:new");
    assert_string_equal(saved_filters_get(&saved, '5'), "state:pinned");
    assert_string_equal(saved_filters_get(&saved, '6'), "");
    assert_true(saved_filters_set(&saved, '1', "rao"));
    assert_true(saved_filters_set(&saved, 'z', "since:7d"));
    assert_true(saved_filters_set(&saved, 'Z', "other"));
    assert_string_equal(saved_filters_get(&saved, '1'), "rao");
    assert_string_equal(saved_filters_get(&saved, 'z'), "since:7d");
    assert_true(saved_filters_set(&saved, 'z', ""));
    assert_string_equal(saved_filters_get(&saved, 'z'), "");
    assert_string_equal(saved_filters_get(&saved, 'Z'), "other");
}

static void other_keys_name_none(void **state)
{
    (void)state;
    struct saved_filters saved;
    saved_filters_init(&saved);
    assert_false(saved_filters_set(&saved, '\'', "rao"));
    assert_false(saved_filters_set(&saved, '\0', "rao"));
    assert_string_equal(saved_filters_get(&saved, '?'), "");
    assert_string_equal(saved_filters_get(&saved, '\0'), "");
    assert_false(saved_filters_is_name(0x7530));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_are_there_and_any_can_be_changed),
        cmocka_unit_test(other_keys_name_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
