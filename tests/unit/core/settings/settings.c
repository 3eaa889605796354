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

#include "core/settings/cmdline.h"
#include "core/settings/settings.h"
#include "tests/unit/support/settings_world.h"

static void check_places(const struct settings_world *world, const char *directory,
                         const char *store, const char *export_to)
{
    struct settings settings;
    sw_good(world, &settings);
    sw_check_text(settings.directory, directory);
    sw_check_text(settings.store, store);
    sw_check_text(settings.export_to, export_to);
    settings_release(&settings);
}

/* ---- precedence ---------------------------------------------------------------------------- */

#define DATA "~/.local/share/extpool"

static void test_embedded_defaults(void **state)
{
    (void)state;
    struct settings_world world = {.config = NULL};
    check_places(&world, NULL, "sqlite:" DATA "/extpool.db", "file:" DATA "/agent_extensions.csv");
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.action, ACTION_STATUS);
    assert_null(settings.context);
    assert_false(settings.config_read);
    sw_check_text(settings.config_path, "~/.config/extpool/config");
    assert_string_equal(settings_origin(&settings, OPT_STORE), "built in");
    assert_string_equal(settings_origin(&settings, OPT_DIRECTORY), "not set");
    assert_int_equal(settings.policy.width, 4);
    assert_int_equal(settings.policy.cooldown_s, 7 * 86400);
    assert_int_equal(settings.connect_rate, 2);
    assert_int_equal(settings.connect_burst, 5);
    assert_int_equal(settings.escdelay_ms, -1);
    assert_int_equal(settings.refresh_s, 30);
    assert_int_equal(settings.log_level, LOG_INFO);
    assert_null(settings.theme);
    assert_int_equal(settings.n_warnings, 0);
    settings_release(&settings);
}

static void test_xdg_folders(void **state)
{
    (void)state;
    struct settings_world world = {
        .variables = {{"XDG_DATA_HOME", "/var/data"}, {"XDG_CONFIG_HOME", "rel"}}};
    struct settings settings;
    sw_good(&world, &settings);
    sw_check_text(settings.store, "sqlite:/var/data/extpool/extpool.db");
    sw_check_text(settings.config_path,
                  "~/.config/extpool/config"); /* a relative one does not count */
    settings_release(&settings);
}

static void test_environment_of_the_old_program(void **state)
{
    (void)state;
    struct settings_world world = {.variables = {{"AWS_CONNECT_INSTANCEID", "1111-2222"},
                                                 {"AWS_TABLE", "cc-ext"},
                                                 {"AWS_EXPORT_BUCKET", "cc-reports"},
                                                 {"AWS_REGION", "eu-west-2"}}};
    check_places(&world, "connect:1111-2222", "dynamodb:cc-ext", "s3://cc-reports");
    struct settings settings;
    sw_good(&world, &settings);
    assert_string_equal(settings.region, "eu-west-2");
    assert_string_equal(settings_origin(&settings, OPT_STORE), "AWS_TABLE");
    assert_int_equal(settings.origins[OPT_STORE].kind, ORIGIN_ENVIRONMENT);
    settings_release(&settings);
}

/* A function has no file to put the other settings in. */
static void test_a_variable_for_each_key(void **state)
{
    (void)state;
    struct settings_world world = {.variables = {{"EXTPOOL_COOLDOWN", "3d"},
                                                 {"EXTPOOL_STORE", "dynamodb:mine"},
                                                 {"AWS_TABLE", "cc-ext"},
                                                 {"EXTPOOL_CSV_SAFE", "yes"}}};
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.policy.cooldown_s, 3 * 86400);
    assert_string_equal(settings.store, "dynamodb:mine");
    assert_true(settings.csv_safe);
    assert_string_equal(settings_origin(&settings, OPT_COOLDOWN), "EXTPOOL_COOLDOWN");
    settings_release(&settings);
    struct settings_world wrong = {.variables = {{"EXTPOOL_COOLDOWN", "soon"}}};
    struct err err = ERR_INIT;
    assert_int_equal(sw_resolve(&wrong, &settings, &err), ERR_CONFIG);
    assert_non_null(strstr(err.text, "EXTPOOL_COOLDOWN"));
}

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

static void test_a_context_before_the_environment(void **state)
{
    (void)state;
    struct settings_world world = {
        .config = s_two_contexts,
        .words = "--status --context prod",
        .variables = {{"AWS_TABLE", "cc-ext"}, {"AWS_EXPORT_BUCKET", "cc-reports"}}};
    check_places(&world, "connect:prod", "dynamodb:prod", "s3://cc-reports");
    struct settings settings;
    sw_good(&world, &settings);
    assert_string_equal(settings.context, "prod");
    assert_string_equal(settings_origin(&settings, OPT_CONTEXT), "--context");
    sw_check_text(settings_origin(&settings, OPT_STORE),
                  "~/.config/extpool/config:6 [context prod]");
    sw_check_text(settings_origin(&settings, OPT_REGION), "~/.config/extpool/config:2 [defaults]");
    assert_string_equal(settings.region, "eu-west-1");
    assert_true(settings.read_only);
    assert_true(settings.csv_safe);
    settings_release(&settings);
}

static void test_the_command_line_before_all(void **state)
{
    (void)state;
    struct settings_world world = {.config = s_two_contexts,
                                   .words =
                                       "--status -c prod --store sqlite:/x.db --region us-east-1",
                                   .variables = {{"AWS_TABLE", "cc-ext"}}};
    struct settings settings;
    sw_good(&world, &settings);
    assert_string_equal(settings.store, "sqlite:/x.db");
    assert_string_equal(settings_origin(&settings, OPT_STORE), "--store");
    assert_string_equal(settings.region, "us-east-1");
    settings_release(&settings);
}

/* Two contexts that name no store must not take each other's people for leavers. */
static void test_each_context_has_its_own_store(void **state)
{
    (void)state;
    struct settings_world world = {.config = s_two_contexts, .words = "--status -c lab"};
    check_places(&world, "file:~/.config/extpool/agents.csv", "sqlite:" DATA "/lab/extpool.db",
                 "file:" DATA "/lab/agent_extensions.csv");
}

static void test_which_context(void **state)
{
    (void)state;
    static const char config[] = "[defaults]\ncontext = a\n[context a]\n[context b]\n[context c]\n"
                                 "[context d]\n";
    struct settings_world world = {.config = config, .variables = {{"EXTPOOL_CONTEXT", "b"}}};
    struct settings settings;
    world.words = "--status -c c";
    world.context = "d";
    sw_good(&world, &settings);
    assert_string_equal(settings.context, "d");
    assert_string_equal(settings_origin(&settings, OPT_CONTEXT), "chosen in the console");
    assert_int_equal(settings.n_contexts, 4);
    assert_string_equal(settings.contexts[1].name, "b");
    settings_release(&settings);
    world.context = NULL;
    sw_good(&world, &settings);
    assert_string_equal(settings.context, "c");
    settings_release(&settings);
    world.words = "--status";
    sw_good(&world, &settings);
    assert_string_equal(settings.context, "b");
    settings_release(&settings);
    world.variables[0][0] = NULL;
    sw_good(&world, &settings);
    assert_string_equal(settings.context, "a");
    sw_check_text(settings_origin(&settings, OPT_CONTEXT), "~/.config/extpool/config:2 [defaults]");
    settings_release(&settings);
}

static void test_what_a_picker_shows(void **state)
{
    (void)state;
    struct settings_world world = {.config = s_two_contexts};
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.n_contexts, 2);
    assert_string_equal(settings.contexts[0].store, "dynamodb:prod");
    assert_true(settings.contexts[0].read_only);
    assert_null(settings.contexts[1].store);
    assert_string_equal(settings.contexts[1].region, "eu-west-2");
    assert_false(settings.contexts[1].read_only);
    settings_release(&settings);
}

static void test_a_demo_touches_nothing_real(void **state)
{
    (void)state;
    struct settings_world world = {
        .config = "[defaults]\ncontext = prod\nmouse = on\n[context prod]\n"
                  "directory = connect:prod\nstore = dynamodb:prod\nread_only = "
                  "yes\n[policy]\nranges = 2000-2099\n[console]\nascii = yes\n",
        .words = "--demo",
        .variables = {{"AWS_TABLE", "t"}, {"AWS_EXPORT_BUCKET", "b"}}};
    struct settings settings;
    struct err err = ERR_INIT;
    assert_int_equal(sw_resolve(&world, &settings, &err), ERR_CONFIG); /* mouse is of [console] */
    world.config =
        "[context prod]\nstore = dynamodb:prod\n[policy]\nranges = 2000-2099\n[console]\n"
        "ascii = yes\n";
    sw_good(&world, &settings);
    assert_string_equal(settings.directory, "demo:");
    assert_null(settings.store);
    assert_null(settings.export_to);
    assert_string_equal(settings.policy.ranges[0].first, "0000");
    assert_true(settings.ascii);
    settings_release(&settings);
}

/* ---- values -------------------------------------------------------------------------------- */

static void test_policy(void **state)
{
    (void)state;
    struct settings_world world = {.config =
                                       "[policy]\nwidth = 5\nranges = 20000-20999,\n  30000\n"
                                       "blocked =\ncooldown = 36h\nmax_release = 25\naudit_keep = "
                                       "0\nlow_water = 40\n[context lab]\ncooldown = 0\n",
                                   .words = "--sync -c lab --max-release 50%"};
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.policy.width, 5);
    assert_int_equal(settings.policy.n_ranges, 2);
    assert_string_equal(settings.policy.ranges[1].last, "30000");
    assert_int_equal(settings.policy.n_blocked, 0);
    assert_int_equal(settings.policy.cooldown_s, 0);
    assert_int_equal(settings.policy.audit_keep_s, 0);
    assert_false(settings.policy.low_water.percent);
    assert_int_equal(settings.policy.low_water.value, 40);
    assert_true(settings.policy.limit.percent);
    assert_int_equal(settings.policy.limit.value, 50);
    assert_true(settings.policy.limit.given);
    settings_release(&settings);
}

static void test_another_width_has_other_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        int width;
        const char *last;
        size_t n_blocked;
    } cases[] = {
        {"[policy]\nwidth = 2\n", 2, "99", 0},
        {"[policy]\nwidth = 3\n", 3, "999", 4},
        {"[policy]\nwidth = 8\n", 8, "99999999", 4},
        {"[policy]\nwidth = 4\n", 4, "9999", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings_world world = {.config = cases[i].config};
        struct settings settings;
        sw_good(&world, &settings);
        assert_int_equal(settings.policy.width, cases[i].width);
        assert_int_equal(settings.policy.n_ranges, 1);
        assert_string_equal(settings.policy.ranges[0].last, cases[i].last);
        assert_int_equal(strspn(settings.policy.ranges[0].first, "0"), cases[i].width);
        assert_int_equal(settings.policy.n_blocked, cases[i].n_blocked);
        settings_release(&settings);
    }
}

static void test_the_console(void **state)
{
    (void)state;
    struct settings_world world = {.config =
                                       "[theme]\nname = mono\ncursor = reverse\n[keys]\nsync = S\n"
                                       "quit =\n[console]\nrefresh = 1m\nmouse = on\nascii = no\n"
                                       "escdelay = 10\n[context prod]\ntheme = red\nrefresh = 5s\n",
                                   .words = "-c prod --ascii"};
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.action, ACTION_CONSOLE);
    assert_string_equal(settings.theme, "red");
    assert_int_equal(settings.n_theme_styles, 1);
    assert_string_equal(settings.theme_styles[0].name, "cursor");
    assert_int_equal(settings.n_keys, 2);
    assert_string_equal(settings.keys[0].name, "sync");
    assert_string_equal(settings.keys[0].value, "S");
    sw_check_text(settings.keys[1].at, "~/.config/extpool/config:6");
    assert_string_equal(settings.keys[1].value, "");
    assert_int_equal(settings.refresh_s, 5);
    assert_true(settings.mouse);
    assert_true(settings.ascii);
    assert_int_equal(settings.escdelay_ms, 10);
    settings_release(&settings);
}

static void test_amazon_options(void **state)
{
    (void)state;
    struct settings_world world = {
        .config = "[defaults]\nkms_key = alias/cc\nstorage_class = STANDARD_IA\n"
                  "expected_bucket_owner = 111122223333\nconnect_rate = 10\n"
                  "connect_burst = 20\nendpoint_url = http://127.0.0.1:8000\n"
                  "profile = cc admin\nlog = log.txt\nlog_level = debug\n"};
    struct settings settings;
    sw_good(&world, &settings);
    assert_string_equal(settings.kms_key, "alias/cc");
    assert_string_equal(settings.storage_class, "STANDARD_IA");
    assert_string_equal(settings.bucket_owner, "111122223333");
    assert_int_equal(settings.connect_rate, 10);
    assert_int_equal(settings.connect_burst, 20);
    assert_string_equal(settings.endpoint_url, "http://127.0.0.1:8000");
    assert_string_equal(settings.profile, "cc admin");
    sw_check_text(settings.log_path, "~/.config/extpool/log.txt");
    assert_int_equal(settings.log_level, LOG_DEBUG);
    settings_release(&settings);
}

static void test_flags_and_operands(void **state)
{
    (void)state;
    struct settings_world world = {.words = "--sync -nqyv --json --exit-code --no-export"};
    struct settings settings;
    sw_good(&world, &settings);
    assert_true(settings.dry_run && settings.quiet && settings.yes && settings.verbose);
    assert_true(settings.json && settings.exit_code && settings.no_export);
    assert_false(settings.csv_safe || settings.fix || settings.read_only);
    settings_release(&settings);
    world.words = "--assign alice bob=2041";
    sw_good(&world, &settings);
    assert_int_equal(settings.n_requests, 2);
    assert_string_equal(settings.requests[1].ext, "2041");
    settings_release(&settings);
    world.words = "--lookup 2041";
    sw_good(&world, &settings);
    assert_string_equal(settings.lookup->ext, "2041");
    settings_release(&settings);
    world.words = "--list extensions";
    sw_good(&world, &settings);
    assert_int_equal(settings.list_kind, LIST_EXTENSIONS);
    settings_release(&settings);
    world.words = "--history";
    sw_good(&world, &settings);
    assert_int_equal(settings.history_limit, 20);
    assert_null(settings.history_extension);
    settings_release(&settings);
    world.words = "--history --limit 0";
    sw_good(&world, &settings);
    assert_int_equal(settings.history_limit, 0);
    settings_release(&settings);
    world.words = "--history 0042 --limit 3";
    sw_good(&world, &settings);
    assert_string_equal(settings.history_extension, "0042");
    assert_int_equal(settings.history_limit, 3);
    settings_release(&settings);
    world.words = "--history --extension 0042";
    sw_good(&world, &settings);
    assert_string_equal(settings.history_extension, "0042");
    settings_release(&settings);
    world.words = "--import rows.csv";
    sw_good(&world, &settings);
    assert_string_equal(settings.import_path, "rows.csv");
    settings_release(&settings);
    world.words = "--undo";
    sw_good(&world, &settings);
    assert_null(settings.undo_id);
    settings_release(&settings);
    world.words = "--undo abc";
    sw_good(&world, &settings);
    assert_string_equal(settings.undo_id, "abc");
    settings_release(&settings);
    world.words = "--export - --dry-run";
    sw_good(&world, &settings);
    assert_string_equal(settings.export_to, "file:-");
    assert_true(settings.dry_run);
    settings_release(&settings);
    world.words = "--sync --no-export --export-to -";
    sw_good(&world, &settings);
    settings_release(&settings);
    world.words = "--export s3://b --export-to file:x";
    sw_good(&world, &settings);
    assert_string_equal(settings.export_to, "s3://b");
    assert_string_equal(settings_origin(&settings, OPT_EXPORT_TO), "--export");
    settings_release(&settings);
}

/* A broken configuration must not hide the help. */
static void test_help_needs_no_configuration(void **state)
{
    (void)state;
    struct settings_world world = {.config = "garbage\n", .words = "--help config"};
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.action, ACTION_HELP);
    assert_int_equal(settings.topic, TOPIC_CONFIG);
    settings_release(&settings);
    world.words = "--version";
    sw_good(&world, &settings);
    settings_release(&settings);
    world.words = "--completion bash";
    sw_good(&world, &settings);
    settings_release(&settings);
}

static void test_no_directory(void **state)
{
    (void)state;
    struct settings_world world = {.config = "[context lab]\n", .words = "--sync -c lab"};
    struct settings settings;
    struct err err = ERR_INIT;
    sw_good(&world, &settings);
    assert_int_equal(settings_no_directory(&settings, &err), ERR_CONFIG);
    assert_string_equal(err.text, "no directory is named, so it is not known who works here");
    assert_non_null(strstr(err.hint, "in [context lab]"));
    settings_release(&settings);
}

static void test_no_home(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{NULL, NULL}};
    struct environment environment = environment_of_pairs(pairs);
    struct command_line line = {.action = ACTION_STATUS};
    struct settings settings;
    struct err err = ERR_INIT;
    assert_int_equal(settings_resolve(&line, &environment, NULL, &settings, &err), ERR_OK);
    assert_null(settings.config_path);
    assert_null(settings.store);
    assert_null(settings.export_to);
    settings_release(&settings);
    line.values[OPT_CONTEXT] = "prod";
    assert_int_equal(settings_resolve(&line, &environment, NULL, &settings, &err), ERR_CONFIG);
    assert_string_equal(err.text, "there is no context \"prod\": HOME is not set");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded_defaults),
        cmocka_unit_test(test_xdg_folders),
        cmocka_unit_test(test_environment_of_the_old_program),
        cmocka_unit_test(test_a_variable_for_each_key),
        cmocka_unit_test(test_a_context_before_the_environment),
        cmocka_unit_test(test_the_command_line_before_all),
        cmocka_unit_test(test_each_context_has_its_own_store),
        cmocka_unit_test(test_which_context),
        cmocka_unit_test(test_what_a_picker_shows),
        cmocka_unit_test(test_a_demo_touches_nothing_real),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_another_width_has_other_numbers),
        cmocka_unit_test(test_the_console),
        cmocka_unit_test(test_amazon_options),
        cmocka_unit_test(test_flags_and_operands),
        cmocka_unit_test(test_help_needs_no_configuration),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test(test_no_home),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
