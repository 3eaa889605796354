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

#include "core/cmdline.h"
#include "core/fileio.h"
#include "core/mem.h"
#include "core/settings.h"

#define ARGS_MAX 16
#define VARIABLES_MAX 12

/* ---- a world: a home, a configuration, variables, a command line ---------------------------- */

static char *s_home; /* the folder of the test; "~" in what is compared */

static int make_home(void **state)
{
    (void)state;
    s_home = mem_strdup("/tmp/extpool-test-XXXXXX");
    return mkdtemp(s_home) ? 0 : -1;
}

static int remove_home(void **state)
{
    (void)state;
    char *folder = mem_printf("%s/.config/extpool", s_home);
    rmdir(folder);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
    rmdir(s_home);
    free(folder);
    free(s_home);
    return 0;
}

static char *config_path(void)
{
    return mem_printf("%s/.config/extpool/config", s_home);
}

/* NULL: no file. */
static void write_config(const char *text)
{
    char *path = config_path();
    unlink(path);
    if (text) {
        assert_int_equal(fileio_make_parents(path, NULL), ERR_OK);
        assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    }
    free(path);
}

struct world {
    const char *config;
    const char *words;   /* of the command line, at blanks */
    const char *context; /* chosen in the console */
    const char *variables[VARIABLES_MAX][2];
};

static enum err_code resolve(const struct world *world, struct settings *settings, struct err *err)
{
    char *words = mem_strdup(world->words ? world->words : "--status");
    char *argv[ARGS_MAX] = {words};
    int argc = 1;
    char program[] = "extpool";
    argv[0] = program;
    for (char *word = words; word && *word;) {
        char *blank = strchr(word, ' ');
        if (blank) {
            *blank++ = '\0';
        }
        argv[argc++] = word;
        word = blank;
    }
    const char *pairs[VARIABLES_MAX + 2][2] = {{"HOME", s_home}};
    memcpy(pairs + 1, world->variables, sizeof world->variables);
    struct environment environment = environment_of_pairs((const char *const(*)[2])pairs);
    struct command_line line;
    write_config(world->config);
    enum err_code code = command_line_parse(argc, argv, &line, err);
    if (code == ERR_OK) {
        code = settings_resolve(&line, &environment, world->context, settings, err);
        command_line_release(&line);
    }
    write_config(NULL);
    free(words);
    return code;
}

/* The text with the home folder as "~". */
static char *homely(const char *text)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (const char *at; (at = strstr(text, s_home)); text = at + strlen(s_home)) {
        buf_append(&out, text, (size_t)(at - text));
        buf_putc(&out, '~');
    }
    buf_puts(&out, text);
    return buf_take(&out);
}

static void check_text(const char *text, const char *expected)
{
    if (!expected) {
        assert_null(text);
        return;
    }
    assert_non_null(text);
    char *got = homely(text);
    assert_string_equal(got, expected);
    free(got);
}

static void good(const struct world *world, struct settings *settings)
{
    struct err err = ERR_INIT;
    if (resolve(world, settings, &err) != ERR_OK) {
        print_error("%s | %s\n", err.text, err.hint);
        fail();
    }
}

/* `hint` NULL: none. */
static void bad(const struct world *world, enum err_code code, const char *text, const char *hint)
{
    struct settings settings;
    struct err err = ERR_INIT;
    assert_int_equal(resolve(world, &settings, &err), code);
    assert_int_equal(err.code, code);
    assert_int_equal(err_exit_status(code), 64);
    check_text(err.text, text);
    check_text(err.hint, hint ? hint : "");
}

static void check_places(const struct world *world, const char *directory, const char *store,
                         const char *export_to)
{
    struct settings settings;
    good(world, &settings);
    check_text(settings.directory, directory);
    check_text(settings.store, store);
    check_text(settings.export_to, export_to);
    settings_release(&settings);
}

/* ---- precedence ---------------------------------------------------------------------------- */

#define DATA "~/.local/share/extpool"

static void test_embedded_defaults(void **state)
{
    (void)state;
    struct world world = {.config = NULL};
    check_places(&world, NULL, "sqlite:" DATA "/extpool.db", "file:" DATA "/agent_extensions.csv");
    struct settings settings;
    good(&world, &settings);
    assert_int_equal(settings.action, ACTION_STATUS);
    assert_null(settings.context);
    assert_false(settings.config_read);
    check_text(settings.config_path, "~/.config/extpool/config");
    assert_string_equal(settings_origin(&settings, OPT_STORE), "built in");
    assert_string_equal(settings_origin(&settings, OPT_DIRECTORY), "not set");
    assert_int_equal(settings.policy.width, 4);
    assert_int_equal(settings.policy.cooldown_s, 7 * 86400);
    assert_int_equal(settings.connect_rate, 2);
    assert_int_equal(settings.connect_burst, 5);
    assert_int_equal(settings.escdelay_ms, -1);
    assert_int_equal(settings.refresh_s, 0);
    assert_int_equal(settings.log_level, LOG_INFO);
    assert_null(settings.theme);
    assert_int_equal(settings.n_warnings, 0);
    settings_release(&settings);
}

static void test_xdg_folders(void **state)
{
    (void)state;
    struct world world = {
        .variables = {{"XDG_DATA_HOME", "/var/data"}, {"XDG_CONFIG_HOME", "rel"}}};
    struct settings settings;
    good(&world, &settings);
    check_text(settings.store, "sqlite:/var/data/extpool/extpool.db");
    check_text(settings.config_path,
               "~/.config/extpool/config"); /* a relative one does not count */
    settings_release(&settings);
}

static void test_environment_of_the_old_program(void **state)
{
    (void)state;
    struct world world = {.variables = {{"AWS_CONNECT_INSTANCEID", "1111-2222"},
                                        {"AWS_TABLE", "cc-ext"},
                                        {"AWS_EXPORT_BUCKET", "cc-reports"},
                                        {"AWS_REGION", "eu-west-2"}}};
    check_places(&world, "connect:1111-2222", "dynamodb:cc-ext", "s3://cc-reports");
    struct settings settings;
    good(&world, &settings);
    assert_string_equal(settings.region, "eu-west-2");
    assert_string_equal(settings_origin(&settings, OPT_STORE), "AWS_TABLE");
    assert_int_equal(settings.origins[OPT_STORE].kind, ORIGIN_ENVIRONMENT);
    settings_release(&settings);
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
    struct world world = {
        .config = s_two_contexts,
        .words = "--status --context prod",
        .variables = {{"AWS_TABLE", "cc-ext"}, {"AWS_EXPORT_BUCKET", "cc-reports"}}};
    check_places(&world, "connect:prod", "dynamodb:prod", "s3://cc-reports");
    struct settings settings;
    good(&world, &settings);
    assert_string_equal(settings.context, "prod");
    assert_string_equal(settings_origin(&settings, OPT_CONTEXT), "--context");
    check_text(settings_origin(&settings, OPT_STORE), "~/.config/extpool/config:6 [context prod]");
    check_text(settings_origin(&settings, OPT_REGION), "~/.config/extpool/config:2 [defaults]");
    assert_string_equal(settings.region, "eu-west-1");
    assert_true(settings.read_only);
    assert_true(settings.csv_safe);
    settings_release(&settings);
}

static void test_the_command_line_before_all(void **state)
{
    (void)state;
    struct world world = {.config = s_two_contexts,
                          .words = "--status -c prod --store sqlite:/x.db --region us-east-1",
                          .variables = {{"AWS_TABLE", "cc-ext"}}};
    struct settings settings;
    good(&world, &settings);
    assert_string_equal(settings.store, "sqlite:/x.db");
    assert_string_equal(settings_origin(&settings, OPT_STORE), "--store");
    assert_string_equal(settings.region, "us-east-1");
    settings_release(&settings);
}

/* Two contexts that name no store must not take each other's people for leavers. */
static void test_each_context_has_its_own_store(void **state)
{
    (void)state;
    struct world world = {.config = s_two_contexts, .words = "--status -c lab"};
    check_places(&world, "file:~/.config/extpool/agents.csv", "sqlite:" DATA "/lab/extpool.db",
                 "file:" DATA "/lab/agent_extensions.csv");
}

static void test_which_context(void **state)
{
    (void)state;
    static const char config[] = "[defaults]\ncontext = a\n[context a]\n[context b]\n[context c]\n"
                                 "[context d]\n";
    struct world world = {.config = config, .variables = {{"EXTPOOL_CONTEXT", "b"}}};
    struct settings settings;
    world.words = "--status -c c";
    world.context = "d";
    good(&world, &settings);
    assert_string_equal(settings.context, "d");
    assert_string_equal(settings_origin(&settings, OPT_CONTEXT), "chosen in the console");
    assert_int_equal(settings.n_contexts, 4);
    assert_string_equal(settings.contexts[1].name, "b");
    settings_release(&settings);
    world.context = NULL;
    good(&world, &settings);
    assert_string_equal(settings.context, "c");
    settings_release(&settings);
    world.words = "--status";
    good(&world, &settings);
    assert_string_equal(settings.context, "b");
    settings_release(&settings);
    world.variables[0][0] = NULL;
    good(&world, &settings);
    assert_string_equal(settings.context, "a");
    check_text(settings_origin(&settings, OPT_CONTEXT), "~/.config/extpool/config:2 [defaults]");
    settings_release(&settings);
}

static void test_what_a_picker_shows(void **state)
{
    (void)state;
    struct world world = {.config = s_two_contexts};
    struct settings settings;
    good(&world, &settings);
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
    struct world world = {.config = "[defaults]\ncontext = prod\nmouse = on\n[context prod]\n"
                                    "directory = connect:prod\nstore = dynamodb:prod\nread_only = "
                                    "yes\n[policy]\nranges = 2000-2099\n[console]\nascii = yes\n",
                          .words = "--demo",
                          .variables = {{"AWS_TABLE", "t"}, {"AWS_EXPORT_BUCKET", "b"}}};
    struct settings settings;
    struct err err = ERR_INIT;
    assert_int_equal(resolve(&world, &settings, &err), ERR_CONFIG); /* mouse is of [console] */
    world.config =
        "[context prod]\nstore = dynamodb:prod\n[policy]\nranges = 2000-2099\n[console]\n"
        "ascii = yes\n";
    good(&world, &settings);
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
    struct world world = {.config = "[policy]\nwidth = 5\nranges = 20000-20999,\n  30000\n"
                                    "blocked =\ncooldown = 36h\nmax_release = 25\naudit_keep = "
                                    "0\n[context lab]\ncooldown = 0\n",
                          .words = "--sync -c lab --max-release 50%"};
    struct settings settings;
    good(&world, &settings);
    assert_int_equal(settings.policy.width, 5);
    assert_int_equal(settings.policy.n_ranges, 2);
    assert_string_equal(settings.policy.ranges[1].last, "30000");
    assert_int_equal(settings.policy.n_blocked, 0);
    assert_int_equal(settings.policy.cooldown_s, 0);
    assert_int_equal(settings.policy.audit_keep_s, 0);
    assert_true(settings.policy.limit.percent);
    assert_int_equal(settings.policy.limit.value, 50);
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
        struct world world = {.config = cases[i].config};
        struct settings settings;
        good(&world, &settings);
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
    struct world world = {.config = "[theme]\nname = mono\ncursor = reverse\n[keys]\nsync = S\n"
                                    "quit =\n[console]\nrefresh = 1m\nmouse = on\nascii = no\n"
                                    "escdelay = 10\n[context prod]\ntheme = red\nrefresh = 5s\n",
                          .words = "-c prod --ascii"};
    struct settings settings;
    good(&world, &settings);
    assert_int_equal(settings.action, ACTION_CONSOLE);
    assert_string_equal(settings.theme, "red");
    assert_int_equal(settings.n_theme_styles, 1);
    assert_string_equal(settings.theme_styles[0].name, "cursor");
    assert_int_equal(settings.n_keys, 2);
    assert_string_equal(settings.keys[0].name, "sync");
    assert_string_equal(settings.keys[0].value, "S");
    check_text(settings.keys[1].at, "~/.config/extpool/config:6");
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
    struct world world = {.config = "[defaults]\nkms_key = alias/cc\nstorage_class = STANDARD_IA\n"
                                    "expected_bucket_owner = 111122223333\nconnect_rate = 10\n"
                                    "connect_burst = 20\nendpoint_url = http://127.0.0.1:8000\n"
                                    "profile = cc admin\nlog = log.txt\nlog_level = debug\n"};
    struct settings settings;
    good(&world, &settings);
    assert_string_equal(settings.kms_key, "alias/cc");
    assert_string_equal(settings.storage_class, "STANDARD_IA");
    assert_string_equal(settings.bucket_owner, "111122223333");
    assert_int_equal(settings.connect_rate, 10);
    assert_int_equal(settings.connect_burst, 20);
    assert_string_equal(settings.endpoint_url, "http://127.0.0.1:8000");
    assert_string_equal(settings.profile, "cc admin");
    check_text(settings.log_path, "~/.config/extpool/log.txt");
    assert_int_equal(settings.log_level, LOG_DEBUG);
    settings_release(&settings);
}

static void test_flags_and_operands(void **state)
{
    (void)state;
    struct world world = {.words = "--sync -nqyv --json --exit-code --no-export"};
    struct settings settings;
    good(&world, &settings);
    assert_true(settings.dry_run && settings.quiet && settings.yes && settings.verbose);
    assert_true(settings.json && settings.exit_code && settings.no_export);
    assert_false(settings.csv_safe || settings.fix || settings.read_only);
    settings_release(&settings);
    world.words = "--assign alice bob=2041";
    good(&world, &settings);
    assert_int_equal(settings.n_requests, 2);
    assert_string_equal(settings.requests[1].ext, "2041");
    settings_release(&settings);
    world.words = "--lookup 2041";
    good(&world, &settings);
    assert_string_equal(settings.lookup->ext, "2041");
    settings_release(&settings);
    world.words = "--list extensions";
    good(&world, &settings);
    assert_int_equal(settings.list_kind, LIST_EXTENSIONS);
    settings_release(&settings);
    world.words = "--history";
    good(&world, &settings);
    assert_int_equal(settings.history_limit, 20);
    settings_release(&settings);
    world.words = "--history 0";
    good(&world, &settings);
    assert_int_equal(settings.history_limit, 0);
    settings_release(&settings);
    world.words = "--import rows.csv";
    good(&world, &settings);
    assert_string_equal(settings.import_path, "rows.csv");
    settings_release(&settings);
    world.words = "--undo";
    good(&world, &settings);
    assert_null(settings.undo_id);
    settings_release(&settings);
    world.words = "--undo abc";
    good(&world, &settings);
    assert_string_equal(settings.undo_id, "abc");
    settings_release(&settings);
    world.words = "--export s3://b --export-to file:x";
    good(&world, &settings);
    assert_string_equal(settings.export_to, "s3://b");
    assert_string_equal(settings_origin(&settings, OPT_EXPORT_TO), "--export");
    settings_release(&settings);
}

/* A broken configuration must not hide the help. */
static void test_help_needs_no_configuration(void **state)
{
    (void)state;
    struct world world = {.config = "garbage\n", .words = "--help config"};
    struct settings settings;
    good(&world, &settings);
    assert_int_equal(settings.action, ACTION_HELP);
    assert_int_equal(settings.topic, TOPIC_CONFIG);
    settings_release(&settings);
    world.words = "--version";
    good(&world, &settings);
    settings_release(&settings);
    world.words = "--completion bash";
    good(&world, &settings);
    settings_release(&settings);
}

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
         "--log-level: \"loud\" is none of: error, warn, info or debug", NULL},
        {NULL, "--sync --log-level inf", NULL, NULL, ERR_USAGE,
         "--log-level: \"inf\" is none of: error, warn, info or debug", "Did you mean \"info\"?"},
        {NULL, "--refresh 1x", NULL, NULL, ERR_USAGE,
         "--refresh: \"1x\" is no time: 90s, 15m, 12h, 7d or 2w", NULL},
        {NULL, "--refresh 2d", NULL, NULL, ERR_USAGE, "--refresh: \"2d\" is longer than 1d", NULL},
        {NULL, "--sync --store dynamo:x", NULL, NULL, ERR_USAGE,
         "--store: \"dynamo:x\": no store has the scheme \"dynamo:\"",
         "Did you mean \"dynamodb:\"? A store is sqlite:PATH or dynamodb:TABLE"},
        {NULL, "--sync --endpoint-url localhost:8000", NULL, NULL, ERR_USAGE,
         "--endpoint-url: \"localhost:8000\" is no http://HOST[:PORT] or https://HOST[:PORT]",
         NULL},
        {NULL, "--sync --region eu_west", NULL, NULL, ERR_USAGE,
         "--region: \"eu_west\" is no name like eu-west-2: letters, digits, '-'", NULL},
        {NULL, "--status", "AWS_REGION", "x.evil.example", ERR_CONFIG,
         "AWS_REGION: \"x.evil.example\" is no name like eu-west-2: letters, digits, '-'", NULL},
        {NULL, "--list agent", NULL, NULL, ERR_USAGE, "--list agent: agents, extensions or free",
         "Did you mean --list agents?"},
        {NULL, "--history many", NULL, NULL, ERR_USAGE,
         "--history many: a number of actions, 0 for all", NULL},
        {NULL, "--completion fish", NULL, NULL, ERR_USAGE,
         "--completion fish: bash is the only one there is", NULL},
        {"[policy]\nwidth = 9\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: width: \"9\" is no number from 2 to 8", NULL},
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
        {"[defaults]\nexpected_bucket_owner = 1111222233334\n", NULL, NULL, NULL, ERR_CONFIG,
         "~/.config/extpool/config:2: expected_bucket_owner: the value is longer than 12 bytes",
         NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world = {.config = cases[i].config,
                              .words = cases[i].words,
                              .variables = {{cases[i].variable, cases[i].value}}};
        if (cases[i].code == ERR_OK) {
            struct settings settings;
            good(&world, &settings);
            settings_release(&settings);
        } else {
            bad(&world, cases[i].code, cases[i].text, cases[i].hint);
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
         "It belongs into [defaults]"},
        {"[policy]\nfrobnicate = x\n", ":2: unknown key \"frobnicate\" in [policy]",
         "extpool --help config lists the keys"},
        {"[polcy]\n", ":1: unknown section [polcy]", "Did you mean [policy]?"},
        {"[production]\n", ":1: unknown section [production]",
         "A context is [context production]; the others are [defaults] [policy] [theme] [keys] "
         "[console]"},
        {"[context]\n", ":1: [context]: that is no name for a context",
         "[context NAME], up to 128 bytes, without '/', not starting with '.'"},
        {"[context ../x]\n", ":1: [context ../x]: that is no name for a context",
         "[context NAME], up to 128 bytes, without '/', not starting with '.'"},
        {"[context a]\nstore = x\n\n[context b]\n[context a]\nstore = y\n",
         ":6: \"store\" is set a second time; the first is in line 2", NULL},
        {"region = x\n", ":1: a property before the first section", NULL},
        {"[defaults]\nregion\n", ":2: '=' is missing: a property is NAME = VALUE", NULL},
        {"[policy]\nblocked =\n  a = b\n", ":3: an indented line below \"blocked\", which is empty",
         NULL},
        {"[defaults]\nprofile = \xFF\n", ":2: not UTF-8", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world = {.config = cases[i].config};
        char *text = mem_printf("~/.config/extpool/config%s", cases[i].text);
        bad(&world, ERR_CONFIG, text, cases[i].hint);
        free(text);
    }
}

static void test_a_context_that_is_not_there(void **state)
{
    (void)state;
    struct world world = {.config = s_two_contexts, .words = "--status -c prd"};
    bad(&world, ERR_CONFIG, "~/.config/extpool/config has no context \"prd\"",
        "Did you mean \"prod\"?");
    world.words = "--status -c elsewhere";
    bad(&world, ERR_CONFIG, "~/.config/extpool/config has no context \"elsewhere\"",
        "It has prod, lab");
    world.config = NULL;
    bad(&world, ERR_CONFIG,
        "there is no context \"elsewhere\": no configuration file ~/.config/extpool/config",
        "extpool --help config shows what one looks like");
}

static void test_another_file(void **state)
{
    (void)state;
    struct world world = {.words = "--status --config /nonexistent/config"};
    bad(&world, ERR_CONFIG,
        "the configuration file cannot be read: /nonexistent/config: No such file or directory",
        NULL);
    char *path = mem_printf("%s/other", s_home);
    char *words = mem_printf("--status --config %s", path);
    static const char text[] = "[defaults]\nstore = ext.db\n";
    assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    struct settings settings;
    world.words = words;
    good(&world, &settings);
    check_text(settings.store, "sqlite:~/ext.db");
    assert_string_equal(settings_origin(&settings, OPT_CONFIG), "--config");
    assert_true(settings.config_read);
    settings_release(&settings);
    world.words = "--status";
    world.variables[0][0] = "EXTPOOL_CONFIG";
    world.variables[0][1] = path;
    good(&world, &settings);
    check_text(settings.config_path, "~/other");
    assert_int_equal(settings.n_warnings, 0);
    settings_release(&settings);
    assert_int_equal(chmod(path, 0620), 0);
    good(&world, &settings);
    assert_int_equal(settings.n_warnings, 1);
    check_text(settings.warnings[0], "~/other: others can write this file; chmod go-w takes that "
                                     "away");
    settings_release(&settings);
    unlink(path);
    free(words);
    free(path);
}

static void test_no_directory(void **state)
{
    (void)state;
    struct world world = {.config = "[context lab]\n", .words = "--sync -c lab"};
    struct settings settings;
    struct err err = ERR_INIT;
    good(&world, &settings);
    assert_int_equal(settings_no_directory(&settings, &err), ERR_CONFIG);
    assert_string_equal(err.text, "no directory is named: who works here is not known");
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
    assert_string_equal(err.text, "there is no context \"prod\": no HOME to look in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded_defaults),
        cmocka_unit_test(test_xdg_folders),
        cmocka_unit_test(test_environment_of_the_old_program),
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
        cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_a_context_that_is_not_there),
        cmocka_unit_test(test_another_file),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test(test_no_home),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
