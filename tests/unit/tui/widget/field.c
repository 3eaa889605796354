/* The input line: editing, history, pastes, what it shows. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/widget/field.h"
#include "tui/terminal/keys.h"

/* Types keys written in notation ("a b C-w Left"). */
static void type(struct field *field, const char *keys)
{
    while (*keys) {
        char word[K_TEXT_MAX] = "";
        size_t length = strcspn(keys, " ");
        uint32_t key;
        memcpy(word, keys, length);
        assert_true(key_parse(word, &key));
        field_key(field, key);
        keys += length;
        keys += strspn(keys, " ");
    }
}

static void after(const char *keys, const char *expected, size_t cursor)
{
    struct field field;
    field_init(&field, NULL);
    type(&field, keys);
    assert_string_equal(field.text, expected);
    assert_int_equal(field.length, strlen(expected));
    assert_int_equal(field.cursor, cursor);
}

static void keys_edit(void **state)
{
    (void)state;
    after("a b c", "abc", 3);
    after("a b c Left Backspace", "ac", 1);
    after("a b c Home Delete", "bc", 0);
    after("a b c Home C-d C-e d", "bcd", 3);
    after("a b Space c d C-w", "ab ", 3);
    after("a b Space c d C-w C-y C-y", "ab cdcd", 7);
    after("a b Space c d M-b x", "ab xcd", 4);
    after("a b Space c d C-a M-f x", "abx cd", 3);
    after("a b c Left C-k", "ab", 2);
    after("a b c Left C-u", "c", 0);
    after("a b Space c Home M-d", " c", 0);
    after("Backspace Delete Left Right C-w C-u C-k", "", 0);
    after("é 日 Left Backspace", "日", 0);
}

static void a_mark_goes_with_its_character(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, NULL);
    field_paste(&field, "ae\u0301b", 5);
    type(&field, "Left Left");
    assert_int_equal(field.cursor, 1);
    type(&field, "Delete");
    assert_string_equal(field.text, "ab");
}

static void a_digit_field_takes_digits(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, NULL);
    field.digits = true;
    field.max = 4;
    assert_int_equal(field_key(&field, 'a'), FIELD_IGNORED);
    type(&field, "2 0 4 1 7");
    assert_string_equal(field.text, "2041");
    field_set(&field, "");
    field_paste(&field, "x2y0 1\n", 7);
    assert_string_equal(field.text, "201");
}

static void a_paste_becomes_one_harmless_line(void **state)
{
    (void)state;
    struct field field;
    const char *text = "one\ntwo\t\033[31m\u202E\xff three\n";
    field_init(&field, NULL);
    field_paste(&field, text, strlen(text));
    assert_string_equal(field.text, "one two [31m three");
}

static void it_is_never_longer_than_it_may_be(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, NULL);
    for (int i = 0; i < 2 * FIELD_MAX; i++) {
        field_key(&field, 0x65E5); /* three bytes each */
    }
    assert_true(field.length < FIELD_MAX && field.length % 3 == 0);
    field.max = 4;
    field_set(&field, "日本");
    assert_string_equal(field.text, "日");
}

static void the_history_keeps_the_line_being_written(void **state)
{
    (void)state;
    struct field_history history = {.n_lines = 0};
    struct field field;
    field_history_add(&history, "one");
    field_history_add(&history, "two");
    field_history_add(&history, "two");
    field_history_add(&history, "");
    assert_int_equal(history.n_lines, 2);
    field_init(&field, &history);
    type(&field, "x Up");
    assert_string_equal(field.text, "two");
    type(&field, "Up Up Up");
    assert_string_equal(field.text, "one");
    type(&field, "Down Down");
    assert_string_equal(field.text, "x");
    type(&field, "Down");
    assert_string_equal(field.text, "x");
    for (int i = 0; i < 3 * FIELD_HISTORY_MAX; i++) {
        char line[16];
        snprintf(line, sizeof line, "%d", i);
        field_history_add(&history, line);
    }
    assert_int_equal(history.n_lines, FIELD_HISTORY_MAX);
    assert_string_equal(history.lines[FIELD_HISTORY_MAX - 1], "149");
    field_history_release(&history);
}

static void completion_replaces_before_the_cursor(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, NULL);
    field_set(&field, "ex ye");
    field_replace(&field, 2, "yes");
    assert_string_equal(field.text, "ex yes");
    field_replace(&field, 99, "no");
    assert_string_equal(field.text, "ex yes");
}

static void the_cursor_is_always_in_sight(void **state)
{
    (void)state;
    struct canvas canvas;
    struct field field;
    canvas_init(&canvas, 8, 1);
    field_init(&field, NULL);
    field_set(&field, "0123456789");
    int x = field_draw(&field, &canvas, 1, 0, 6, STYLE_INPUT);
    assert_true(x >= 1 && x < 7);
    assert_int_equal(canvas_at(&canvas, x - 1, 0)->codes[0], '9');
    type(&field, "Home");
    assert_int_equal(field_draw(&field, &canvas, 1, 0, 6, STYLE_INPUT), 1);
    assert_int_equal(canvas_at(&canvas, 1, 0)->codes[0], '0');
    assert_int_equal(field_draw(&field, &canvas, 3, 0, 0, STYLE_INPUT), 3);
    canvas_release(&canvas);
}

static void a_paste_that_does_not_fit_is_not_taken(void **state)
{
    (void)state;
    struct field field;
    field_init(&field, NULL);
    field.max = 6;
    field_set(&field, "ab");
    assert_int_equal(field_paste(&field, "cdefg", 5), FIELD_FULL);
    assert_string_equal(field.text, "ab");
    assert_int_equal(field_paste(&field, "cd\xC3\xA9\n", 5), FIELD_CHANGED);
    assert_string_equal(field.text, "abcd\xC3\xA9");
    assert_int_equal(field_paste(&field, "", 0), FIELD_MOVED);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_edit),
        cmocka_unit_test(a_mark_goes_with_its_character),
        cmocka_unit_test(a_digit_field_takes_digits),
        cmocka_unit_test(a_paste_becomes_one_harmless_line),
        cmocka_unit_test(a_paste_that_does_not_fit_is_not_taken),
        cmocka_unit_test(it_is_never_longer_than_it_may_be),
        cmocka_unit_test(the_history_keeps_the_line_being_written),
        cmocka_unit_test(completion_replaces_before_the_cursor),
        cmocka_unit_test(the_cursor_is_always_in_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
