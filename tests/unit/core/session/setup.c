/* The first configuration: what is proposed, tried, refused by its field, and written. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/fileio.h"
#include "core/session/session.h"
#include "core/session/setup.h"
#include "tests/unit/support/scratch.h"

struct world {
    struct scratch scratch;
    const char *variables[2][2];
    struct environment environment;
    struct command_line line;
    struct setup_place place;
    struct setup setup;
    struct setup_trial trial;
};

static const char *variable(void *context, const char *name)
{
    const struct world *world = context;
    for (size_t i = 0; i < 2; i++) {
        if (world->variables[i][0] && strcmp(world->variables[i][0], name) == 0) {
            return world->variables[i][1];
        }
    }
    return NULL;
}

static int open_world(void **state)
{
    static struct world s_world;
    struct world *world = &s_world;
    *world = (struct world){.line = {.action = ACTION_CONSOLE}};
    scratch_init(&world->scratch);
    world->variables[0][0] = "HOME";
    world->variables[0][1] = world->scratch.folder;
    world->environment = (struct environment){.get = variable, .context = world};
    world->place = (struct setup_place){.line = &world->line,
                                        .environment = &world->environment,
                                        .ports = session_embedded_ports,
                                        .n_ports = session_n_embedded_ports,
                                        .clock = &clock_system};
    setup_propose(&world->place, &world->setup);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    scratch_release(&world->scratch);
    return 0;
}

static void say(struct world *world, enum setup_field field, const char *text)
{
    snprintf(world->setup.values[field], sizeof world->setup.values[field], "%s", text);
}

static void write_agents(struct world *world, const char *text)
{
    scratch_write(&world->scratch, "agents.csv", text, strlen(text));
    say(world, SETUP_DIRECTORY, "file:~/agents.csv");
}

static enum err_code try_it(struct world *world)
{
    return setup_try(&world->place, &world->setup, NULL, &world->trial);
}

static const char *const s_names[] = {
#define X(id, name, option) [id] = name,
    SETUP_FIELDS(X)
#undef X
};

static void check_refused(struct world *world, enum setup_field field, const char *text)
{
    assert_int_not_equal(try_it(world), ERR_OK);
    assert_int_equal(world->trial.at, field);
    if (!strstr(world->trial.err.text, text)) {
        fail_msg("\"%s\" lacks \"%s\"", world->trial.err.text, text);
    }
    assert_true(strncmp(world->trial.err.text, s_names[field], strlen(s_names[field])) == 0);
}

static bool exists(struct world *world, const char *name)
{
    struct stat file;
    return lstat(scratch_path(&world->scratch, name), &file) == 0;
}

static void the_proposal_needs_no_more_than_a_directory(void **state)
{
    struct world *world = *state;
    char path[SETUP_ROOM];
    assert_string_equal(world->setup.values[SETUP_STORE], "sqlite:~/.local/share/extpool/pool.db");
    assert_string_equal(world->setup.values[SETUP_EXPORT], "none");
    assert_true(setup_path(&world->place, path, sizeof path));
    assert_string_equal(path, "~/.config/extpool/config");
    write_agents(world, "user,name\nalice,Alice\nbob,\n");
    assert_int_equal(try_it(world), ERR_OK);
    assert_true(world->trial.directory_read && world->trial.store_read);
    assert_int_equal(world->trial.n_agents, 2);
    assert_true(world->trial.has_names);
    assert_true(world->trial.makes_store);
    assert_int_equal(world->trial.n_numbers, 10000);
    assert_int_equal(world->trial.export_found, SETUP_NOTHING_THERE);
    assert_string_equal(world->trial.warning, "");
    assert_false(exists(world, ".config"));
    assert_false(exists(world, ".local"));
}

static void each_mistake_is_told_by_its_field(void **state)
{
    struct world *world = *state;
    check_refused(world, SETUP_DIRECTORY, "nothing follows");
    say(world, SETUP_DIRECTORY, "");
    check_refused(world, SETUP_DIRECTORY, "nothing is said");
    say(world, SETUP_DIRECTORY, "-");
    check_refused(world, SETUP_DIRECTORY, "standard input");
    say(world, SETUP_DIRECTORY, "file:~/none.csv");
    check_refused(world, SETUP_DIRECTORY, "none.csv");
    write_agents(world, "user\nalice\n");
    say(world, SETUP_WIDTH, "9");
    check_refused(world, SETUP_WIDTH, "\"9\" is not a number from 2 to 8");
    say(world, SETUP_WIDTH, "3");
    check_refused(world, SETUP_RANGES, "0000-9999");
    say(world, SETUP_RANGES, "100-199");
    say(world, SETUP_STORE, "sqlite:~/agents.csv");
    check_refused(world, SETUP_STORE, "agents.csv");
    say(world, SETUP_STORE, "sqlite:~/a.db");
    say(world, SETUP_EXPORT, "file:~/no/list.csv");
    check_refused(world, SETUP_EXPORT, "/no: No such file");
    say(world, SETUP_EXPORT, "file:~/list.csv");
    say(world, SETUP_NAME, "a/b");
    check_refused(world, SETUP_NAME, "cannot be the name of a context");
    say(world, SETUP_NAME, "x\n[policy]");
    check_refused(world, SETUP_NAME, "cannot be the name of a context");
    say(world, SETUP_NAME, "x ");
    check_refused(world, SETUP_NAME, "cannot be the name of a context");
    say(world, SETUP_NAME, "x");
    say(world, SETUP_STORE, "sqlite:~/a #b.db");
    check_refused(world, SETUP_STORE, "cannot stand in a configuration file");
    say(world, SETUP_STORE, "sqlite:~/a.db");
    assert_int_equal(try_it(world), ERR_OK);
    assert_int_equal(world->trial.n_numbers, 100);
    assert_false(exists(world, ".config"));
    assert_false(exists(world, "a.db"));
}

static void what_is_written_says_the_same(void **state)
{
    struct world *world = *state;
    struct settings settings;
    struct err err = ERR_INIT;
    struct stat file;
    write_agents(world, "user\nalice\n");
    say(world, SETUP_STORE, "sqlite:own.db");
    say(world, SETUP_NAME, "Desk two");
    world->line.values[OPT_READ_ONLY] = "yes";
    assert_int_equal(try_it(world), ERR_OK);
    assert_int_equal(setup_write(&world->place, &world->setup, &err), ERR_OK);
    assert_int_equal(stat(scratch_path(&world->scratch, ".config/extpool/config"), &file), 0);
    assert_int_equal(file.st_mode & 07777, 0600);
    struct command_line line = {.action = ACTION_CONSOLE};
    assert_int_equal(settings_resolve(&line, &world->environment, NULL, &settings, &err), ERR_OK);
    assert_string_equal(settings.context, "Desk two");
    assert_non_null(strstr(settings.directory, "/agents.csv"));
    assert_true(strncmp(settings.store, "sqlite:/", 8) == 0); /* from here, not from its folder */
    assert_non_null(strstr(settings.store, "/own.db"));
    assert_null(settings.export_to);
    assert_true(settings.read_only); /* it was given at the start */
    settings_release(&settings);
}

/* A name in front of the place, and the path from here all the same. */
static void a_directory_keeps_its_name(void **state)
{
    struct world *world = *state;
    struct settings settings;
    struct err err = ERR_INIT;
    say(world, SETUP_DIRECTORY, "leeds=file:agents.csv");
    assert_int_equal(setup_write(&world->place, &world->setup, &err), ERR_OK);
    struct command_line line = {.action = ACTION_CONSOLE};
    assert_int_equal(settings_resolve(&line, &world->environment, NULL, &settings, &err), ERR_OK);
    assert_int_equal(settings.n_directories, 1);
    assert_string_equal(settings.directories[0].name, "leeds");
    assert_true(strncmp(settings.directories[0].uri, "file:/", 6) == 0);
    assert_null(strstr(settings.directories[0].uri, ".config"));
    settings_release(&settings);
}

static void a_file_that_is_there_stays(void **state)
{
    struct world *world = *state;
    struct err err = ERR_INIT;
    write_agents(world, "user\nalice\n");
    assert_int_equal(try_it(world), ERR_OK);
    char *path = strdup(scratch_path(&world->scratch, ".config/extpool/config"));
    assert_int_equal(fileio_make_parents(path, &err), ERR_OK);
    assert_int_equal(fileio_replace(path, "[defaults]\n", 11, 0600, &err), ERR_OK);
    assert_int_equal(setup_write(&world->place, &world->setup, &err), ERR_CONFLICT);
    assert_non_null(strstr(err.text, "is there already; it stays as it is"));
    assert_int_equal(try_it(world), ERR_CONFLICT);
    assert_int_equal(world->trial.at, SETUP_N);
    assert_true(fileio_holds(path, "[defaults]\n", 11));
    free(path);
}

static void what_may_be_missing_is_a_warning(void **state)
{
    struct world *world = *state;
    write_agents(world, "user,name,place\nalice,Alice,London\nbob,Bo");
    assert_int_equal(try_it(world), ERR_OK);
    assert_non_null(strstr(world->trial.warning, "ends in the middle of line 3"));
}

static void without_a_home_there_is_no_place(void **state)
{
    struct world *world = *state;
    char path[SETUP_ROOM];
    write_agents(world, "user\nalice\n");
    world->variables[0][0] = "NOBODY";
    say(world, SETUP_DIRECTORY, scratch_path(&world->scratch, "agents.csv"));
    say(world, SETUP_STORE, scratch_path(&world->scratch, "a.db"));
    assert_false(setup_path(&world->place, path, sizeof path));
    assert_int_equal(try_it(world), ERR_CONFIG);
    assert_int_equal(world->trial.at, SETUP_N);
    setup_propose(&world->place, &world->setup);
    assert_string_equal(world->setup.values[SETUP_STORE], "sqlite:");
    world->variables[1][0] = "XDG_DATA_HOME";
    world->variables[1][1] = "/srv/data";
    setup_propose(&world->place, &world->setup);
    assert_string_equal(world->setup.values[SETUP_STORE], "sqlite:/srv/data/extpool/pool.db");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_proposal_needs_no_more_than_a_directory),
        TEST(each_mistake_is_told_by_its_field),
        TEST(what_is_written_says_the_same),
        TEST(a_directory_keeps_its_name),
        TEST(a_file_that_is_there_stays),
        TEST(what_may_be_missing_is_a_warning),
        TEST(without_a_home_there_is_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
