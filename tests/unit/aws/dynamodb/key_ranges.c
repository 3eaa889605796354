/* Cuts between logins: in order, strictly inside, and of any use. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/dynamodb/ddb.h"
#include "core/base/text.h"

static char s_cuts[DDB_CUTS_MAX][DDB_CUT_ROOM];

static size_t split(const char *low, const char *high, size_t wanted)
{
    size_t n = ddb_key_ranges(low, high, wanted, s_cuts);
    assert_true(n <= wanted && n <= DDB_CUTS_MAX);
    for (size_t i = 0; i < n; i++) {
        assert_true(strcmp(i > 0 ? s_cuts[i - 1] : low, s_cuts[i]) < 0);
        assert_true(strcmp(s_cuts[i], high) < 0);
        assert_int_equal(text_utf8_check(s_cuts[i], strlen(s_cuts[i])), strlen(s_cuts[i]));
    }
    return n;
}

/* Numbered logins from `first` on: how many lie in the fullest part, in percent of even parts. */
static unsigned unevenness(const char *before, int width, const char *behind, int first, int last,
                           size_t wanted)
{
    char low[64], high[64], login[64];
    snprintf(low, sizeof low, "%s%0*d%s", before, width, first, behind);
    snprintf(high, sizeof high, "%s%0*d%s", before, width, last, behind);
    size_t n = split(low, high, wanted);
    unsigned parts[DDB_CUTS_MAX + 1] = {0};
    unsigned fullest = 0;
    for (int i = first; i <= last; i++) {
        size_t part = 0;
        snprintf(login, sizeof login, "%s%0*d%s", before, width, i, behind);
        while (part < n && strcmp(s_cuts[part], login) < 0) {
            part++;
        }
        parts[part]++;
        fullest = parts[part] > fullest ? parts[part] : fullest;
    }
    return fullest * 100 / ((unsigned)(last - first + 1) / (unsigned)(wanted + 1));
}

static void numbered_logins_fall_into_even_parts(void **state)
{
    (void)state;
    assert_true(unevenness("agent", 5, "", 2500, 9499, 7) < 250);
    assert_true(unevenness("agent", 5, "@example.com", 2500, 99999, 7) < 250);
    assert_true(unevenness("", 6, "", 250000, 999999, 7) < 150);
}
static void names_fall_into_parts(void **state)
{
    (void)state;
    assert_int_equal(split("anna.k", "zoe.w", 7), 7);
    assert_true(s_cuts[3][0] > 'j' && s_cuts[3][0] < 'p');
}

static void where_there_is_no_room_there_is_no_cut(void **state)
{
    (void)state;
    assert_int_equal(split("a", "a", 7), 0);
    assert_int_equal(split("b", "a", 7), 0);
    assert_int_equal(split("ab", "ab ", 7), 0);
    assert_int_equal(split("", "", 7), 0);
    assert_int_equal(split("a", "z", 0), 0);
    assert_int_equal(split("a", "z", 99), DDB_CUTS_MAX);
    char long_low[400], long_high[400];
    memset(long_low, 'x', sizeof long_low);
    memset(long_high, 'x', sizeof long_high);
    long_low[300] = 'a';
    long_low[399] = long_high[399] = '\0';
    assert_int_equal(split(long_low, long_high, 7), 0);
}

static void any_two_texts_are_safe(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",
                                         "Z",
                                         "0",
                                         "9",
                                         ".",
                                         "@",
                                         " ",
                                         "~",
                                         "\x01",
                                         "\x7f",
                                         "\xC3\xA9",
                                         "\xC3\xAB",
                                         "\xE2\x82\xAC",
                                         "\xF0\x9F\x98\x80"};
    srand(7);
    for (int round = 0; round < 20000; round++) {
        char texts[2][64] = {"", ""};
        const char *common = pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)];
        for (int t = 0; t < 2; t++) {
            size_t length = (size_t)snprintf(texts[t], sizeof texts[t], "%s", common);
            for (int k = rand() % 5; k > 0; k--) {
                length +=
                    (size_t)snprintf(texts[t] + length, sizeof texts[t] - length, "%s",
                                     pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
            }
        }
        bool ordered = strcmp(texts[0], texts[1]) < 0;
        split(texts[!ordered], texts[ordered], (size_t)(rand() % 17));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbered_logins_fall_into_even_parts),
        cmocka_unit_test(names_fall_into_parts),
        cmocka_unit_test(where_there_is_no_room_there_is_no_cut),
        cmocka_unit_test(any_two_texts_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
