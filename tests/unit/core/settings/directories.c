/* Several directories: how they are written, and what is wrong with them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/unit/support/settings_world.h"

#define ID "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
#define ARN "arn:aws:connect:eu-west-2:111122223333:instance/" ID

static const char *text_of(const char *text)
{
    return text ? text : "-";
}

/* "name uri" of each, "-" for no name. */
static void check(const struct settings_world *world, const char *joined,
                  const char *const expected[][2])
{
    struct settings settings;
    sw_good(world, &settings);
    sw_check_text(settings.directory, joined);
    size_t n = 0;
    for (; expected[n][0]; n++) {
        assert_true(n < settings.n_directories);
        assert_string_equal(text_of(settings.directories[n].name), expected[n][0]);
        sw_check_text(settings.directories[n].uri, expected[n][1]);
    }
    assert_int_equal(settings.n_directories, n);
    settings_release(&settings);
}

static void test_one_has_no_name(void **state)
{
    (void)state;
    struct settings_world world = {.words = "--sync --store x.db --directory agents.csv"};
    check(&world, "file:agents.csv", (const char *const[][2]){{"-", "file:agents.csv"}, {NULL}});
    world.words = "--sync --store x.db --directory a=b.csv"; /* no scheme: it is a path */
    check(&world, "file:a=b.csv", (const char *const[][2]){{"-", "file:a=b.csv"}, {NULL}});
    world.words = "--sync --store x.db --directory /srv/a=file:b.csv";
    check(&world, "file:/srv/a=file:b.csv",
          (const char *const[][2]){{"-", "file:/srv/a=file:b.csv"}, {NULL}});
}

static void test_each_line_of_the_file_is_one(void **state)
{
    (void)state;
    struct settings_world world = {.config = "[context all]\n"
                                             "store = dynamodb:t\n"
                                             "directory = london=connect:" ARN " # the first\n"
                                             "directory = connect:other\n"
                                             "  leeds=file:leeds.csv # further down\n"
                                             "  # nobody\n"
                                             "directory = York_2=file:/srv/york.csv\n"
                                             "[defaults]\n"
                                             "directory = file:/srv/nobody.csv\n",
                                   .words = "--sync --context all"};
    check(&world,
          "london=connect:" ARN ", connect:other, leeds=file:~/.config/extpool/leeds.csv, "
          "York_2=file:/srv/york.csv",
          (const char *const[][2]){{"london", "connect:" ARN},
                                   {"-", "connect:other"},
                                   {"leeds", "file:~/.config/extpool/leeds.csv"},
                                   {"York_2", "file:/srv/york.csv"},
                                   {NULL}});
}

static void test_a_stronger_source_replaces_all(void **state)
{
    (void)state;
    struct settings_world world = {
        .config = "[context all]\nstore = x.db\ndirectory = a=file:/a\ndirectory = b=file:/b\n",
        .words = "--sync --context all --directory c=file:/c --directory d=file:/d",
        .variables = {{"EXTPOOL_DIRECTORY", "e=file:/e\n\nf=file:/f\n"}}};
    check(&world, "c=file:/c, d=file:/d",
          (const char *const[][2]){{"c", "file:/c"}, {"d", "file:/d"}, {NULL}});
    world.words = "--sync --store x.db";
    check(&world, "e=file:/e, f=file:/f",
          (const char *const[][2]){{"e", "file:/e"}, {"f", "file:/f"}, {NULL}});
}

static void test_a_picker_shows_all(void **state)
{
    (void)state;
    struct settings_world world = {.config =
                                       "[context all]\ndirectory = a=file:/a\ndirectory = b.csv\n"};
    struct settings settings;
    sw_good(&world, &settings);
    assert_string_equal(settings.contexts[0].directory, "a=file:/a, b.csv");
    settings_release(&settings);
}

static void test_the_region_and_the_store_know_connect(void **state)
{
    (void)state;
    struct settings_world world = {.words = "--sync --directory a=file:/a --directory connect:x",
                                   .variables = {{"AWS_TABLE", "t"}}};
    struct settings settings;
    sw_good(&world, &settings);
    assert_string_equal(settings_connect_directory(&settings), "connect:x");
    settings_release(&settings);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

static void test_mistakes_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *text, *hint;
    } cases[] = {
        {"directory = a=file:/x.csv\ndirectory = b=file:/usr/../x.csv\n",
         "3: directory: \"b=file:/usr/../x.csv\" is the same directory as \"a=file:/x.csv\" in "
         "line 2",
         "Leave one of them out"},
        {"directory = a=connect:" ARN "\n  b=connect:" ID "\n",
         "3: directory: \"b=connect:" ID "\" is the same directory as \"a=connect:" ARN
         "\" in line 2",
         "Leave one of them out"},
        {"directory = a=file:/x.csv\n\ndirectory = a=file:/y.csv\n",
         "4: directory: \"a=file:/y.csv\" has the name of \"a=file:/x.csv\" in line 2",
         "Give each directory a name of its own"},
        {"directory = a=file:/x.csv\ndirectory = /y.csv\n",
         "3: directory: \"/y.csv\" has no name, and there are 2 directories",
         "Give it a name that stays, as in leeds=file:/y.csv"},
        {"directory = new site=file:/x.csv\n",
         "2: directory: \"new site\" is not a good name for a directory",
         "Use at most 64 letters, digits, '-' and '_', and not \"none\". Write a path with '=' as "
         "file:PATH"},
        {"directory = none=file:/x.csv\n",
         "2: directory: \"none\" is not a good name for a directory",
         "Use at most 64 letters, digits, '-' and '_', and not \"none\". Write a path with '=' as "
         "file:PATH"},
        {"directory = " ID "=file:/x.csv\n",
         "2: directory: \"" ID "\" looks like the id of a Connect instance",
         "Give the file another name"},
        {"directory = a=ftp:/x.csv\n",
         "2: directory: \"ftp:/x.csv\": a directory cannot begin with \"ftp:\"",
         "A directory is file:PATH or connect:INSTANCE. Write a path that contains ':' as "
         "file:PATH"},
        {"directory = a=connect:\n", "2: directory: \"connect:\": nothing follows \"connect:\"",
         "A directory is file:PATH or connect:INSTANCE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *config = mem_printf("[defaults]\n%s", cases[i].lines);
        char *text = mem_printf("~/.config/extpool/config:%s", cases[i].text);
        struct settings_world world = {.config = config, .words = "--sync --store x.db"};
        sw_bad(&world, ERR_CONFIG, text, cases[i].hint);
        free(text);
        free(config);
    }
}

static void test_mistakes_on_the_command_line(void **state)
{
    (void)state;
    struct settings_world world = {.words =
                                       "--sync --store x.db --directory a=file:/x --directory /x"};
    sw_bad(&world, ERR_USAGE,
           "--directory: \"/x\" is the same directory as \"a=file:/x\" there, too",
           "Leave one of them out");
    world.words = "--sync --store x.db --directory a=file:/x --directory -";
    sw_bad(&world, ERR_USAGE, "--directory: \"-\" has no name, and there are 2 directories",
           "Give it a name that stays, as in leeds=file:-");
}

/* What is there is compared without links. */
static void test_a_link_is_the_same_directory(void **state)
{
    (void)state;
    char *link = mem_printf("%s/link", sw_home);
    char *words = mem_printf("--sync --store x.db --directory a=file:%s/same --directory "
                             "b=file:%s/link/same",
                             sw_home, sw_home);
    assert_int_equal(symlink(sw_home, link), 0);
    struct settings_world world = {.words = words};
    sw_bad(&world, ERR_USAGE,
           "--directory: \"b=file:~/link/same\" is the same directory as \"a=file:~/same\" there, "
           "too",
           "Leave one of them out");
    assert_int_equal(unlink(link), 0);
    free(words);
    free(link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_has_no_name),
        cmocka_unit_test(test_each_line_of_the_file_is_one),
        cmocka_unit_test(test_a_stronger_source_replaces_all),
        cmocka_unit_test(test_a_picker_shows_all),
        cmocka_unit_test(test_the_region_and_the_store_know_connect),
        cmocka_unit_test(test_mistakes_name_the_line),
        cmocka_unit_test(test_mistakes_on_the_command_line),
        cmocka_unit_test(test_a_link_is_the_same_directory),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
