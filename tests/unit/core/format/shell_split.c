#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/format/shell_split.h"
#include "core/base/buf.h"

/* Words in brackets, or the text of the error. */
static void check(const char *command, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    struct buf seen;
    char **words;
    size_t count;
    buf_init(&seen, 1 << 20);
    if (shell_split(&arena, command, &words, &count, &err) != ERR_OK) {
        assert_int_equal(err.code, ERR_CONFIG);
        buf_puts(&seen, err.text);
    } else {
        for (size_t i = 0; i < count; i++) {
            buf_printf(&seen, "[%s]", words[i]);
        }
        assert_null(words[count]);
    }
    if (strcmp(seen.data, expected) != 0) {
        fail_msg("%s: got %s instead of %s", command, seen.data, expected);
    }
    buf_release(&seen);
    arena_release(&arena);
}

/* Each line is what /bin/sh makes of the same text, apart from expansions, which do not happen. */
static void test_words(void **state)
{
    (void)state;
    check("a", "[a]");
    check(" a \t b\nc ", "[a][b][c]");
    check("/opt/tool --user x", "[/opt/tool][--user][x]");
    check("'a b' c", "[a b][c]");
    check("\"a b\" c", "[a b][c]");
    check("a'b c'd", "[ab cd]");
    check("a\"b c\"'d e'", "[ab cd e]");
    check("''", "[]");
    check("a '' \"\" b", "[a][][][b]");
    check("a\\ b", "[a b]");
    check("a\\\\b", "[a\\b]");
    check("'a\\b'", "[a\\b]");
    check("\"a\\\"b\"", "[a\"b]");
    check("\"a\\\\b\"", "[a\\b]");
    check("\"a\\nb\"", "[a\\nb]");
    check("\"\\$x \\`y\\`\"", "[$x `y`]");
    check("\"it's\"", "[it's]");
    check("'say \"hi\"'", "[say \"hi\"]");
    check("a\\\nb", "[ab]");
    check("\"a\\\nb\"", "[ab]");
    check("\\'a\\'", "['a']");
    check("a#b #c", "[a#b][#c]");
}

static void test_nothing_is_expanded(void **state)
{
    (void)state;
    check("$HOME ~/x *.c `id` $(id)", "[$HOME][~/x][*.c][`id`][$(id)]");
    check("a;b && c | d > e 2>&1", "[a;b][&&][c][|][d][>][e][2>&1]");
}

static void test_refusals(void **state)
{
    (void)state;
    check("", "the command is empty");
    check(" \t\n", "the command is empty");
    check("a 's3cr3t", "the command has a quote that is not closed");
    check("a \"b\\\"", "the command has a quote that is not closed");
    check("a\\", "the command ends with a backslash");
    check("\"a\\", "the command ends with a backslash");
}

static void test_bounds(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct buf command;
    char **words;
    size_t count;
    buf_init(&command, 1 << 20);
    for (int i = 0; i < SHELL_WORDS_MAX; i++) {
        buf_puts(&command, "x ");
    }
    assert_int_equal(shell_split(&arena, command.data, &words, &count, NULL), ERR_OK);
    assert_int_equal(count, SHELL_WORDS_MAX);
    buf_puts(&command, "x");
    assert_int_equal(shell_split(&arena, command.data, &words, &count, NULL), ERR_CONFIG);
    buf_clear(&command);
    for (int i = 0; i <= SHELL_WORDS_BYTES_MAX; i++) {
        buf_putc(&command, 'x');
    }
    assert_int_equal(shell_split(&arena, command.data, &words, &count, NULL), ERR_CONFIG);
    buf_release(&command);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_nothing_is_expanded),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
