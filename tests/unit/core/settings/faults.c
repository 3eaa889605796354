/* What settings_resolve() refuses, and in which words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "tests/unit/support/settings_world.h"

static const char s_two_contexts[] = "[defaults]\n"
                                     "region = eu-west-1\n"
                                     "csv_safe = yes\n"
                                     "[context prod]\n"
                                     "directory = connect:prod\n"
                                     "store = dynamodb:prod\n"
                                     "read_only = yes\n"
                                     "[context lab]\n"
                                     "directory = agents.csv\n"
                                     "region = eu-west-2\n";

/* ---- what is wrong ------------------------------------------------------------------------- */

static void test_wrong_values(void **state)
{
    (void)state;
    static const struct {
        const char *config, *words, *variable, *value;
        enum err_code code;
        const char *text, *hint;
    } cases[] = {
        {NULL, "--sync --max-release lots", NULL, NULL, ERR_USAGE,
         "--max-release: \"lots\" is not a limit of releases: a number like 25, or 0% to 100%",
         NULL},
        {NULL, "--sync --log-level loud", NULL, NULL, ERR_USAGE,
         "--log-level: \"loud\" is not one of: error, warn, info or debug", NULL},
        {NULL, "--sync --log-level inf", NULL, NULL, ERR_USAGE,
         "--log-level: \"inf\" is not one of: error, warn, info or debug",
         "Did you mean \"info\"?"},
        {NULL, "--refresh 1x", NULL, NULL, ERR_USAGE,
         "--refresh: \"1x\" is not a valid duration; examples: 7d, 12h, 30m", NULL},
        {NULL, "--refresh 2d", NULL, NULL, ERR_USAGE, "--refresh: \"2d\" is longer than 1d", NULL},
        {NULL, "--sync --store dynamo:x", NULL, NULL, ERR_USAGE,
         "--store: \"dynamo:x\": a store cannot begin with \"dynamo:\"",
         "Did you mean \"dynamodb:\"? A store is sqlite:PATH or dynamodb:TABLE"},
        {NULL, "--sync --endpoint-url localhost:8000", NULL, NULL, ERR_USAGE,
         "--endpoint-url: \"localhost:8000\" is not a valid URL; write http://HOST[:PORT] or "
         "https://HOST[:PORT]",
         NULL},
        {NULL, "--sync --region eu_west", NULL, NULL, ERR_USAGE,
         "--region: \"eu_west\" is not a valid name; use letters, digits and '-', as in eu-west-2",
         NULL},
        {NULL, "--status", "AWS_REGION", "x.evil.example", ERR_CONFIG,
         "AWS_REGION: \"x.evil.example\" is not a valid name; use letters, digits and '-', as in "
         "eu-west-2",
         NULL},
        {NULL, "--list agent", NULL, NULL, ERR_USAGE,
         "--list takes one of agents|extensions|free, not \"agent\"",
         "Did you mean --list agents?"},
        {NULL, "--history 12", NULL, NULL, ERR_USAGE, "--history 12: an extension has 4 digits",
         "--history --limit N shows the newest N actions; --history --extension EXT shows what was "
         "done to one extension"},
        {NULL, "--history 0042 --extension 0043", NULL, NULL, ERR_USAGE,
         "--history 0042 --extension 0043: one extension at a time", NULL},
        {NULL, "--history kim --agent lee", NULL, NULL, ERR_USAGE,
         "--history kim --agent lee: one agent at a time", NULL},
        {NULL, "--history --since yesterday", NULL, NULL, ERR_USAGE,
         "--since: \"yesterday\" is not a date and not a duration",
         "Write a day (2026-10-03: from its begin), a moment (2026-10-03T18:00:00Z), or how long "
         "ago (7d, 12h)"},
        {NULL, "--history --until never", NULL, NULL, ERR_USAGE,
         "--until never goes with --reserve", "Without --until, --history goes on to now"},
        {NULL, "--history --format pdf", NULL, NULL, ERR_USAGE,
         "--format: \"pdf\" is not one of: text, json, jsonl, csv, tsv or html", NULL},
        {NULL, "--history --format html", NULL, NULL, ERR_USAGE, "--history has no form html",
         "It has text, json, jsonl, csv and tsv"},
        {NULL, "--history --to x --json", NULL, NULL, ERR_USAGE,
         "--to writes JSON lines; leave --json out", NULL},
        {NULL, "--report usage", NULL, NULL, ERR_USAGE,
         "--report takes one of utilisation|changes|phonebook|conflicts, not \"usage\"", NULL},
        {NULL, "--report changes --at 3d", NULL, NULL, ERR_USAGE,
         "--report changes takes --since and --until, not --at", NULL},
        {NULL, "--report phonebook --since 3d", NULL, NULL, ERR_USAGE,
         "--report phonebook takes --at; --since and --until are for changes", NULL},
        {NULL, "--history --format csv --json", NULL, NULL, ERR_USAGE,
         "--json and --format csv are two forms; name one of them", NULL},
        {NULL, "--status --format csv", NULL, NULL, ERR_USAGE, "--status has no form csv",
         "It has text and json"},
        {NULL, "--list free --format jsonl", NULL, NULL, ERR_USAGE, "--list has no form jsonl",
         "It has text, json, csv and tsv"},
        {NULL, "--list free --json --columns extension", NULL, NULL, ERR_USAGE,
         "--columns is for text, csv and tsv; JSON has all members", NULL},
        {NULL, "--export - --json", NULL, NULL, ERR_USAGE,
         "the export and --json both need standard output; leave one of them out", NULL},
        {NULL, "--sync --export-to -", NULL, NULL, ERR_USAGE,
         "a sync prints its plan on standard output, so the export cannot go there",
         "Run extpool --sync --no-export, then extpool --export -"},
        {"[policy]\nwidth = 9\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: width: \"9\" is not a number from 2 to 8", NULL},
        {"[policy]\nranges = 200-299\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: ranges: \"200-299\" is not an extension of this pool: 4 "
         "digits are needed",
         NULL},
        {"[defaults]\nread_only = maybe\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: read_only: \"maybe\" is neither yes nor no", NULL},
        {"[defaults]\nstore =\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: store: the store is empty",
         "A store is sqlite:PATH or dynamodb:TABLE"},
        {"[defaults]\nprofile = a\n  b\n", NULL, NULL, NULL, ERR_OK, NULL, NULL},
        {"[defaults]\nstore_mode = 0777\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: store_mode: \"0777\" is not a valid mode for a store; use "
         "0600, 0640, 0644, 0660 or 0664",
         "0600 is for the owner alone; with 0660 the group can read and write, too"},
        {"[defaults]\nexpected_bucket_owner = 1111222233334\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: expected_bucket_owner: the value is longer than 12 bytes",
         NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings_world world = {.config = cases[i].config,
                                       .words = cases[i].words,
                                       .variables = {{cases[i].variable, cases[i].value}}};
        if (cases[i].code == ERR_OK) {
            struct settings settings;
            sw_good(&world, &settings);
            settings_release(&settings);
        } else {
            sw_bad(&world, cases[i].code, cases[i].text, cases[i].hint);
        }
    }
}

static void test_wrong_files(void **state)
{
    (void)state;
    static const struct {
        const char *config, *text, *hint;
    } cases[] = {
        {"[defaults]\nregoin = x\n", ":2: unknown key \"regoin\" in [defaults]",
         "Did you mean \"region\"?"},
        {"[context a]\nrages = x\n", ":2: unknown key \"rages\" in [context a]",
         "Did you mean \"ranges\"?"},
        {"[policy]\nregion = x\n", ":2: unknown key \"region\" in [policy]",
         "It belongs in [defaults]"},
        {"[policy]\nfrobnicate = x\n", ":2: unknown key \"frobnicate\" in [policy]",
         "extpool --help man lists all keys"},
        {"[polcy]\n", ":1: unknown section [polcy]", "Did you mean [policy]?"},
        {"[production]\n", ":1: unknown section [production]",
         "A context is written [context production], a group [group production]; the other "
         "sections are [defaults] [policy] "
         "[theme] [keys] [console]"},
        {"[context]\n", ":1: [context] does not name a context",
         "Write [context NAME]; NAME has at most 128 bytes, no '/' and no '.' at its beginning"},
        {"[context ../x]\n", ":1: [context ../x] does not name a context",
         "Write [context NAME]; NAME has at most 128 bytes, no '/' and no '.' at its beginning"},
        {"[context a]\nstore = x\n\n[context b]\n[context a]\nstore = y\n",
         ":6: \"store\" is set a second time; the first is in line 2", NULL},
        {"region = x\n", ":1: a property before the first section", NULL},
        {"[defaults]\nregion\n", ":2: '=' is missing: a property is NAME = VALUE", NULL},
        {"[policy]\nblocked =\n  a = b\n",
         ":3: an indented line below \"blocked\", which has no value", NULL},
        {"[defaults]\nprofile = \xFF\n", ":2: not UTF-8", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings_world world = {.config = cases[i].config};
        char *text = mem_printf("~/.config/extpool/config%s", cases[i].text);
        sw_bad(&world, ERR_CONFIG, text, cases[i].hint);
        free(text);
    }
}

static void test_a_context_that_is_not_there(void **state)
{
    (void)state;
    struct settings_world world = {.config = s_two_contexts, .words = "--status -c prd"};
    sw_bad(&world, ERR_CONFIG, "~/.config/extpool/config has no context \"prd\"",
           "Did you mean \"prod\"?");
    world.words = "--status -c elsewhere";
    sw_bad(&world, ERR_CONFIG, "~/.config/extpool/config has no context \"elsewhere\"",
           "It has prod, lab");
    world.config = NULL;
    sw_bad(&world, ERR_CONFIG,
           "there is no context \"elsewhere\": there is no configuration file "
           "~/.config/extpool/config",
           "extpool --help config shows an example");
}

static void test_another_file(void **state)
{
    (void)state;
    struct settings_world world = {.words = "--status --config /nonexistent/config"};
    sw_bad(&world, ERR_CONFIG,
           "the configuration file cannot be read: /nonexistent/config: No such file or directory",
           NULL);
    char *path = mem_printf("%s/other", sw_home);
    char *words = mem_printf("--status --config %s", path);
    static const char text[] = "[defaults]\nstore = ext.db\n";
    assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    struct settings settings;
    world.words = words;
    sw_good(&world, &settings);
    sw_check_text(settings.store, "sqlite:~/ext.db");
    assert_string_equal(settings_origin(&settings, OPT_CONFIG), "--config");
    assert_true(settings.config_read);
    settings_release(&settings);
    world.words = "--status";
    world.variables[0][0] = "EXTPOOL_CONFIG";
    world.variables[0][1] = path;
    sw_good(&world, &settings);
    sw_check_text(settings.config_path, "~/other");
    assert_int_equal(settings.n_warnings, 0);
    settings_release(&settings);
    assert_int_equal(chmod(path, 0620), 0);
    sw_good(&world, &settings);
    assert_int_equal(settings.n_warnings, 1);
    sw_check_text(settings.warnings[0],
                  "~/other: others can write to this file; chmod go-w prevents it");
    settings_release(&settings);
    unlink(path);
    free(words);
    free(path);
}

/* ---- all that is wrong --------------------------------------------------------------------- */

#define CONFIG "~/.config/extpool/config:"

/* A mistake hides no other one, and what is right counts. */
static void test_all_mistakes(void **state)
{
    (void)state;
    const struct settings_world world = {
        .config = "[defaults]\n"
                  "context = prd\n"
                  "regoin = eu-west-1\n"
                  "[context prod]\n"
                  "directory = agents.csv\n"
                  "cooldown = soon\n"
                  "directory agents.csv\n"
                  "[polcy]\n"
                  "ranges = 1-2\n"
                  "[policy\n"
                  "width = 9\n"
                  "[policy]\n"
                  "blocked = x\n"
                  "max_release = 7%\n"
                  "max_release = 8%\n",
        .context = "prod",
        .variables = {{"EXTPOOL_LOG_LEVEL", "loud"}},
    };
    sw_check_all(&world, CONFIG
                 "3: unknown key \"regoin\" in [defaults] | Did you mean \"region\"?\n" CONFIG
                 "6: cooldown: \"soon\" is not a valid duration; examples: 7d, 12h, 30m\n" CONFIG
                 "7: '=' is missing: a property is NAME = VALUE\n" CONFIG
                 "8: unknown section [polcy] | Did you mean [policy]?\n" CONFIG
                 "10: a section has to end with ']'\n" CONFIG
                 "13: blocked: \"x\" is not the beginning of an extension: 1 to 4 digits\n" CONFIG
                 "15: \"max_release\" is set a second time; the first is in line 14\n"
                 "EXTPOOL_LOG_LEVEL: \"loud\" is not one of: error, warn, info or debug\n");
}

static void test_a_context_that_the_file_lacks(void **state)
{
    (void)state;
    const struct settings_world world = {.config = "[defaults]\ncontext = prd\n[context prod]\n"};
    sw_check_all(&world,
                 CONFIG "2: context: there is no context \"prd\" | Did you mean \"prod\"?\n");
    const struct settings_world good = {.config = s_two_contexts, .context = "lab"};
    sw_check_all(&good, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_a_context_that_is_not_there),
        cmocka_unit_test(test_another_file),
        cmocka_unit_test(test_all_mistakes),
        cmocka_unit_test(test_a_context_that_the_file_lacks),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
