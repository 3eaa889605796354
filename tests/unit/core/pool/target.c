#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/target.h"

#define QUEUE                                                                                      \
    "arn:aws:connect:eu-west-2:111122223333:instance/11111111-2222-3333-4444-555555555555/queue/"  \
    "aaaaaaaa-2222-3333-4444-555555555555"

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *bare; /* NULL: refused */
        enum target_kind kind;
        const char *says; /* in the error or its hint */
    } samples[] = {
        {"queue:" QUEUE, QUEUE, TARGET_QUEUE, NULL},
        {"queue:aaaaaaaa-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555",
         TARGET_QUEUE, NULL},
        {"phone:+441632960000", "+441632960000", TARGET_PHONE, NULL},
        {"agent:kim@leeds.example", "kim@leeds.example", TARGET_AGENT, NULL},
        {"ext:0042", "0042", TARGET_EXT, NULL},
        {"queue:sales", NULL, TARGET_QUEUE, "ARN or id of a queue"},
        {"queue:arn:aws:connect:eu-west-2:1:instance/11111111-2222-3333-4444-555555555555", NULL,
         TARGET_QUEUE, "ARN or id of a queue"},
        {"phone:01632960000", NULL, TARGET_PHONE, "E.164"},
        {"phone:+44 1632 960000", NULL, TARGET_PHONE, "E.164"},
        {"phone:+0441632960000", NULL, TARGET_PHONE, "E.164"},
        {"phone:+4416329600001234", NULL, TARGET_PHONE, "E.164"},
        {"phone:+", NULL, TARGET_PHONE, "E.164"},
        {"agent:", NULL, TARGET_AGENT, "is empty"},
        {"ext:42", NULL, TARGET_EXT, "4 digits"},
        {"ext:004x", NULL, TARGET_EXT, "4 digits"},
        {"0042", NULL, TARGET_EXT, "is not a target"},
        {"queues:" QUEUE, NULL, TARGET_QUEUE, "Did you mean \"queue:\""},
        {"", NULL, TARGET_QUEUE, "is not a target"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct err err = ERR_INIT;
        enum target_kind kind = TARGET_EXT;
        const char *bare = NULL;
        enum err_code code = target_parse(samples[i].text, 4, &kind, &bare, &err);
        if (samples[i].bare) {
            assert_int_equal(code, ERR_OK);
            assert_int_equal(kind, samples[i].kind);
            assert_string_equal(bare, samples[i].bare);
        } else {
            assert_int_equal(code, ERR_INPUT);
            assert_true(strstr(err.text, samples[i].says) || strstr(err.hint, samples[i].says));
        }
    }
}

static void test_too_long(void **state)
{
    (void)state;
    char text[TARGET_MAX + 16] = "agent:";
    struct err err = ERR_INIT;
    enum target_kind kind;
    const char *bare;
    memset(text + 6, 'a', sizeof text - 7);
    assert_int_equal(target_parse(text, 4, &kind, &bare, &err), ERR_INPUT);
    assert_non_null(strstr(err.text, "longer than"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
