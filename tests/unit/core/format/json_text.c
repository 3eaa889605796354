#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/json_text.h"

/* JSON that is written straight into a buffer says what a library would have written. */

static void every_character_is_what_a_reader_reads(void **state)
{
    (void)state;
    for (unsigned c = 1; c < 0x80; c++) {
        char text[] = {'a', (char)c, 'b', '\0'};
        struct buf out;
        buf_init(&out, 100);
        json_text_quoted(&out, text);
        json_t *read = json_loads(out.data, JSON_DECODE_ANY, NULL);
        assert_non_null(read);
        assert_string_equal(json_string_value(read), text);
        char *expected = json_dumps(read, JSON_ENCODE_ANY);
        assert_string_equal(out.data, expected);
        free(expected);
        json_decref(read);
        buf_release(&out);
    }
}

static void what_is_not_utf8_is_shown(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    json_text_quoted(&out, "\xc3\xbc\xff\xf0\x9f\x98\x80");
    assert_string_equal(out.data, "\"\xc3\xbc<FF>\xf0\x9f\x98\x80\"");
    buf_release(&out);
}

static void members_have_commas_between_them(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 200);
    buf_putc(&out, '{');
    json_text_member(&out, "a", NULL);
    json_text_number(&out, "n", INT64_MIN);
    json_text_member(&out, "b", "{");
    json_text_name(&out, "c");
    buf_putc(&out, '{');
    json_text_member(&out, "d", "");
    buf_puts(&out, "}}");
    assert_string_equal(out.data, "{\"n\":-9223372036854775808,\"b\":\"{\",\"c\":{\"d\":\"\"}}");
    buf_release(&out);
}

static void a_full_buffer_says_so(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 8);
    json_text_member(&out, "name", "a long text");
    assert_true(buf_failed(&out));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_what_a_reader_reads),
        cmocka_unit_test(what_is_not_utf8_is_shown),
        cmocka_unit_test(members_have_commas_between_them),
        cmocka_unit_test(a_full_buffer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
