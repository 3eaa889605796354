/* Amazon Resource Names, whole and broken. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "aws/client/arn.h"

static void an_arn_has_six_fields(void **state)
{
    (void)state;
    struct arn arn;
    assert_true(arn_parse("arn:aws:connect:eu-west-2:111122223333:instance/1111-22", &arn));
    assert_string_equal(arn.partition, "aws");
    assert_string_equal(arn.service, "connect");
    assert_string_equal(arn.region, "eu-west-2");
    assert_string_equal(arn.account, "111122223333");
    assert_string_equal(arn.resource, "instance/1111-22");
    assert_true(arn_parse("arn:aws-us-gov:s3:::bucket/key:with:colons", &arn));
    assert_string_equal(arn.region, "");
    assert_string_equal(arn.resource, "bucket/key:with:colons");
}

static void what_is_no_arn_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "arn",
        "table-name",
        "ARN:aws:connect:eu-west-2:111122223333:instance/x",
        "arn:aws:connect:eu-west-2:111122223333",
        "arn:aws:connect:eu-west-2:111122223333:",
        "arn:aws:connect:eu west:111122223333:instance/x",
        "arn:aws:connect:eu-west-2:11112222333:instance/x",
        "arn:aws:connect:eu-west-2:11112222333x:instance/x",
        "arn::connect:eu-west-2:111122223333:instance/x",
        "arn:aws::eu-west-2:111122223333:instance/x",
        "arn:a-partition-that-is-too-long:connect:eu-west-2:111122223333:instance/x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct arn arn;
        assert_false(arn_parse(bad[i], &arn));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arn_has_six_fields),
        cmocka_unit_test(what_is_no_arn_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
