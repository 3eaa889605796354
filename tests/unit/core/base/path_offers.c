#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/path_offers.h"
#include "tests/unit/support/scratch.h"

static struct scratch s_scratch;

static int make_files(void **state)
{
    static const char *const names[] = {"agents.csv", "agents-old.csv", ".hidden",
                                        "zoë.csv",    "zoé.csv",        "bad\033[2J.csv"};
    (void)state;
    scratch_init(&s_scratch);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        scratch_write(&s_scratch, names[i], "x", 1);
    }
    assert_int_equal(mkdir(scratch_path(&s_scratch, "centre"), 0700), 0);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    scratch_release(&s_scratch);
    return 0;
}

/* "name name|more" */
static void check(const char *typed, const char *expected)
{
    char text[512] = "";
    struct path_offers offers;
    path_offers_read(typed, s_scratch.folder, &offers);
    for (size_t i = 0; i < offers.n_names; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? " " : "", offers.names[i]);
    }
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "|%s", offers.more);
    assert_string_equal(text, expected);
    path_offers_release(&offers);
}

static void names_that_begin_so_are_offered(void **state)
{
    (void)state;
    check("~/ag", "agents-old.csv agents.csv|ents");
    check("~/agents.", "agents.csv|csv");
    check("~/cen", "centre/|tre/");
    check("~/none", "|");
    check("~/no/such/folder", "|");
    check("~/.h", ".hidden|idden");
    check("~/", "agents-old.csv agents.csv centre/ zoé.csv zoë.csv|");
    char typed[600];
    snprintf(typed, sizeof typed, "%s/agents-", s_scratch.folder);
    check(typed, "agents-old.csv|old.csv");
}

static void what_is_common_ends_at_a_whole_character(void **state)
{
    (void)state;
    check("~/z", "zoé.csv zoë.csv|o"); /* é and ë begin with the same byte */
}

static void a_name_that_a_terminal_cannot_show_is_left_out(void **state)
{
    (void)state;
    check("~/bad", "|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_begin_so_are_offered),
        cmocka_unit_test(what_is_common_ends_at_a_whole_character),
        cmocka_unit_test(a_name_that_a_terminal_cannot_show_is_left_out),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
