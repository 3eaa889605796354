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
#include "core/session/session.h"
#include "tests/unit/support/settings_world.h"

/* One context at work, from its settings: what opens when, and what is missing how it is said. */

static struct settings s_settings;
static struct session *s_session;

static enum err_code open_of(const struct settings *settings, struct session **session,
                             struct err *err)
{
    const struct session_options options = {settings, session_embedded_ports,
                                            session_n_embedded_ports, &clock_system, VIA_COMMAND};
    return session_open(&options, session, err);
}

/* A session of these words in an empty home. */
static void open_with(const char *words)
{
    struct settings_world world = {.words = words};
    sw_good(&world, &s_settings);
    assert_int_equal(open_of(&s_settings, &s_session, NULL), ERR_OK);
}

static void close_it(void)
{
    session_close(s_session);
    settings_release(&s_settings);
    session_close(NULL);
}

static char *in_home(const char *name)
{
    return mem_printf("%s/%s", sw_home, name);
}

static void write_agents(const char *text)
{
    char *path = in_home("agents.csv");
    assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static bool is_there(const char *name)
{
    char *path = in_home(name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void forget(const char *name)
{
    char *path = in_home(name);
    unlink(path);
    free(path);
}

/* ---- opening ------------------------------------------------------------------------------- */

static void opening_touches_nothing(void **state)
{
    (void)state;
    struct stat file;
    open_with("--sync --store ~/a.db --directory ~/none.csv");
    char *path = in_home("a.db");
    assert_int_not_equal(stat(path, &file), 0);
    free(path);
    assert_string_equal(session_store_uri(s_session), s_settings.store);
    assert_ptr_equal(session_policy(s_session), &s_settings.policy);
    close_it();
}

static void a_port_that_is_not_in_the_build(void **state)
{
    (void)state;
    struct settings_world world = {.words = "--sync --store dynamodb:cc --directory connect:abc"};
    struct settings settings;
    struct session *session = NULL;
    struct err err = ERR_INIT;
    sw_good(&world, &settings);
    assert_int_equal(open_of(&settings, &session, &err), ERR_USAGE);
    assert_string_equal(err.text, "dynamodb:cc: no store of this kind in this build");
    assert_null(session);
    settings.store = NULL;
    err_clear(&err);
    assert_int_equal(open_of(&settings, &session, &err), ERR_CONFIG);
    assert_non_null(strstr(err.hint, "--store"));
    settings_release(&settings);

    open_with("--sync --store ~/a.db --directory connect:abc");
    struct roster *roster = NULL;
    err_clear(&err);
    assert_int_equal(session_read_directory(s_session, NULL, &roster, &err), ERR_USAGE);
    assert_string_equal(err.text, "connect:abc: no directory of this kind in this build");
    close_it();
}

static void a_session_without_a_directory(void **state)
{
    (void)state;
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    open_with("--status --store ~/a.db");
    assert_null(session_directory_uri(s_session));
    assert_int_equal(session_read_directory(s_session, NULL, &roster, &err), ERR_CONFIG);
    assert_non_null(strstr(err.text, "no directory is named"));
    assert_non_null(strstr(err.hint, "--directory"));
    close_it();
}

/* ---- several directories -------------------------------------------------------------------- */

static void write_in_home(const char *name, const char *text)
{
    char *path = in_home(name);
    assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

#define TWO_SITES                                                                                  \
    "--sync --store ~/a.db --directory york=file:~/york.csv --directory hull=file:~/hull.csv"

static struct roster *read_sites(struct err *err)
{
    struct roster *roster = NULL;
    enum err_code code = session_read_directory(s_session, NULL, &roster, err);
    assert_int_equal(code != ERR_OK, roster == NULL);
    return roster;
}

static void two_directories_are_one_roster(void **state)
{
    (void)state;
    write_in_home("york.csv", "user\nbob\nkim\n");
    write_in_home("hull.csv", "user,name\nalice,Alice\nkim,Kim\n");
    open_with(TWO_SITES);
    struct roster *roster = read_sites(NULL);
    assert_int_equal(roster->n_agents, 3);
    assert_null(roster->partial);
    assert_int_equal(roster->n_directories, 2);
    assert_string_equal(roster->directories[1].name, "hull");
    assert_string_equal(roster->directories[1].source, "hull");
    assert_int_equal(roster->agents[0].directory, 1);
    assert_int_equal(roster->agents[2].directory, 0);
    assert_string_equal(roster->agents[2].next->name, "Kim");
    assert_int_equal(roster->agents[2].group, GROUP_NONE);
    roster_unref(roster);
    close_it();
}

static void one_of_two_directories_that_cannot_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *hull, *why;
    } samples[] = {
        {NULL, "hull: ~/hull.csv: No such file or directory"},
        {"", "hull: ~/hull.csv: there is nothing in it"},
        {"user\n", "hull: ~/hull.csv: no agents in it"},
        {"user,name\nx\n", "hull: ~/hull.csv:2: 1 field, but the header in line 1 has 2"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        write_in_home("york.csv", "user\nbob\n");
        forget("hull.csv");
        if (samples[i].hull) {
            write_in_home("hull.csv", samples[i].hull);
        }
        open_with(TWO_SITES);
        struct roster *roster = read_sites(NULL);
        assert_int_equal(roster->n_agents, 1);
        assert_non_null(strstr(roster->partial, strstr(samples[i].why, "hull.csv")));
        assert_int_equal(strncmp(roster->partial, "hull: ", 6), 0);
        assert_int_equal(roster_n_unread(roster), 1);
        assert_true(roster->directories[1].unread && !roster->directories[0].unread);
        assert_null(session_feed(s_session)); /* who is missing did not leave */
        roster_unref(roster);
        close_it();
    }
}

static void no_directory_of_two_can_be_read(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    write_in_home("york.csv", "");
    forget("hull.csv");
    open_with(TWO_SITES);
    assert_null(read_sites(&err));
    assert_int_equal(err.code, ERR_NOT_FOUND); /* an empty one is the lesser trouble */
    assert_non_null(strstr(err.text, "none of the 2 directories could be read: york: "));
    assert_non_null(strstr(err.text, "hull: "));
    write_in_home("hull.csv", "user\n");
    err_clear(&err);
    assert_null(read_sites(&err));
    assert_int_equal(err.code, ERR_GUARD);
    close_it();
    forget("york.csv");
}

/* They are asked one after the other; the first that has the login counts. */
static void one_agent_of_two_directories(void **state)
{
    (void)state;
    struct roster *found = NULL;
    write_in_home("york.csv", "user\nbob\nkim\n");
    write_in_home("hull.csv", "user\nalice\nkim\n");
    open_with(TWO_SITES);
    static const struct {
        const char *login, *source;
    } samples[] = {{"alice", "hull"}, {"kim", "york"}, {"zoe", NULL}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        assert_int_equal(session_find_agent(s_session, samples[i].login, NULL, &found, NULL),
                         ERR_OK);
        assert_int_equal(found->n_agents, samples[i].source != NULL);
        assert_non_null(found->partial);
        if (samples[i].source) {
            assert_string_equal(found->directories[0].source, samples[i].source);
        }
        roster_unref(found);
    }
    forget("york.csv"); /* alice could be there, too, and that is first */
    assert_int_equal(session_find_agent(s_session, "alice", NULL, &found, NULL), ERR_OK);
    assert_null(found);
    close_it();
    forget("hull.csv");
}

/* ---- a store that is not there yet --------------------------------------------------------- */

static void a_missing_store_is_empty_and_made_by_the_first_write(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    struct roster *roster = NULL;
    struct plan *plan = NULL;
    struct history *history = NULL;
    struct outcome outcome;
    struct export_receipt receipt;
    struct err err = ERR_INIT;
    const char *actor = NULL;
    write_agents("user\nalice\nbob\n");
    char *folder = in_home("out");
    assert_int_equal(mkdir(folder, 0700), 0);
    open_with("--sync --store ~/a.db --directory ~/agents.csv --export-to ~/out/e.csv");

    assert_int_equal(session_load(s_session, LOAD_NORMAL, NULL, &snapshot, &err), ERR_OK);
    assert_int_equal(snapshot->n_slots, 0);
    assert_true(snapshot->exact && snapshot->consistent);
    assert_int_equal(
        session_history(s_session, &(struct history_query){.limit = 0}, NULL, &history, &err),
        ERR_OK);
    assert_int_equal(history->n_actions, 0);
    history_free(history);
    assert_int_equal(
        session_history(s_session,
                        &(struct history_query){.action_id = "20260101T000000000Z-aaaaaa"}, NULL,
                        &history, &err),
        ERR_NOT_FOUND);
    err_clear(&err);

    assert_int_equal(session_read_directory(s_session, NULL, &roster, &err), ERR_OK);
    assert_int_equal(session_actor(s_session, NULL, &actor, &err), ERR_OK);
    assert_non_null(strchr(actor, '@'));
    struct plan_input input = session_plan_input(s_session, snapshot, roster);
    assert_string_equal(input.actor, actor);
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_OK);
    assert_int_equal(
        session_apply(s_session, &(struct session_deed){.plan = plan}, NULL, &outcome, &err),
        ERR_OK);
    assert_int_equal(outcome.applied, plan->n_changes);
    assert_int_not_equal(outcome.action_id[0], '\0');
    snapshot_unref(snapshot);

    assert_int_equal(session_after(s_session, plan, NULL, &snapshot, &err), ERR_OK);
    assert_int_equal(session_export(s_session, &(struct publish_source){.snapshot = snapshot}, NULL,
                                    &receipt, &err),
                     ERR_OK);
    assert_int_equal(receipt.rows, 2);
    assert_false(receipt.unchanged);
    assert_int_equal(
        session_export(s_session, &(struct publish_source){.to = NULL}, NULL, &receipt, &err),
        ERR_OK);
    assert_true(receipt.unchanged); /* the same state, read again, gives the same bytes */
    assert_int_equal(session_history(s_session,
                                     &(struct history_query){.action_id = outcome.action_id}, NULL,
                                     &history, &err),
                     ERR_OK);
    assert_int_equal(history->n_actions, 1);
    history_free(history);
    snapshot_unref(snapshot);
    plan_free(plan);

    /* A plan with nothing in it writes nothing and has no id. */
    assert_int_equal(session_load(s_session, LOAD_NORMAL, NULL, &snapshot, &err), ERR_OK);
    input = session_plan_input(s_session, snapshot, roster);
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_OK);
    assert_int_equal(
        session_apply(s_session, &(struct session_deed){.plan = plan}, NULL, &outcome, &err),
        ERR_OK);
    assert_string_equal(outcome.action_id, "");
    struct snapshot *after = NULL;
    assert_int_equal(session_after(s_session, plan, NULL, &after, &err), ERR_OK);
    assert_ptr_equal(after, snapshot); /* nothing was written: nothing is read again */
    snapshot_unref(after);
    snapshot_unref(snapshot);
    plan_free(plan);
    roster_unref(roster);
    close_it();
    forget("agents.csv");
    forget("a.db");
    forget("a.db-wal");
    forget("a.db-shm");
    forget("out/e.csv");
    rmdir(folder);
    free(folder);
}

/* A disk that was unmounted, a folder that was cleaned: what was there is not an empty pool. */
static void a_store_that_was_read_and_is_gone_is_an_error(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    struct export_receipt receipt;
    struct history *history = NULL;
    struct err err = ERR_INIT;
    open_with("--store ~/a.db --export-to ~/e.csv"); /* the console: it may make a store */
    assert_int_equal(session_load(s_session, LOAD_NORMAL, NULL, &snapshot, &err), ERR_OK);
    assert_int_equal(snapshot->n_slots, 0);
    snapshot_unref(snapshot);
    assert_false(is_there("a.db"));
    assert_int_equal(session_init_store(s_session, NULL, NULL, &err), ERR_OK);
    assert_true(is_there("a.db"));
    assert_int_equal(session_load(s_session, LOAD_NORMAL, NULL, &snapshot, &err), ERR_OK);
    snapshot_unref(snapshot);
    forget("a.db");
    forget("a.db-wal");
    forget("a.db-shm");

    assert_int_equal(session_refresh(s_session, NULL, NULL, &snapshot, &err), ERR_NOT_FOUND);
    err_clear(&err);
    assert_int_equal(session_load(s_session, LOAD_NORMAL, NULL, &snapshot, &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "a.db is gone: this session has read it before"));
    assert_non_null(strstr(err.hint, "mounted"));
    err_clear(&err);
    assert_int_equal(
        session_export(s_session, &(struct publish_source){.to = NULL}, NULL, &receipt, &err),
        ERR_NOT_FOUND);
    err_clear(&err);
    assert_int_equal(session_init_store(s_session, NULL, NULL, &err), ERR_NOT_FOUND);
    err_clear(&err);
    assert_int_equal(
        session_history(s_session, &(struct history_query){.limit = 0}, NULL, &history, &err),
        ERR_NOT_FOUND);
    char *store = in_home("a.db");
    char *list = in_home("e.csv");
    assert_int_not_equal(access(store, F_OK), 0);
    assert_int_not_equal(access(list, F_OK), 0);
    free(store);
    free(list);
    close_it();
}

/* ---- refusals ------------------------------------------------------------------------------ */

static void a_read_only_session_says_why(void **state)
{
    (void)state;
    struct export_receipt receipt;
    struct err err = ERR_INIT;
    open_with("--init --store ~/a.db --export-to ~/e.csv --read-only");
    assert_int_equal(session_init_store(s_session, NULL, NULL, &err), ERR_READ_ONLY);
    assert_string_equal(err.hint,
                        "read-only comes from --read-only; --dry-run shows what would be done");
    err_clear(&err);
    assert_int_equal(
        session_export(s_session, &(struct publish_source){.to = NULL}, NULL, &receipt, &err),
        ERR_READ_ONLY);
    close_it();
}

static void an_export_needs_a_place_that_is_one(void **state)
{
    (void)state;
    struct export_receipt receipt;
    struct err err = ERR_INIT;
    open_with("--status --store ~/a.db");
    s_settings.export_to = NULL;
    assert_int_equal(
        session_export(s_session, &(struct publish_source){.to = NULL}, NULL, &receipt, &err),
        ERR_USAGE);
    assert_string_equal(err.text, "no destination for the export");
    err_clear(&err);
    assert_int_equal(session_export(s_session, &(struct publish_source){.to = "s3://bucket/k"},
                                    NULL, &receipt, &err),
                     ERR_USAGE);
    assert_string_equal(err.text, "s3://bucket/k: no export of this kind in this build");
    err_clear(&err);
    assert_int_equal(
        session_export(s_session, &(struct publish_source){.to = "fil:x"}, NULL, &receipt, &err),
        ERR_USAGE);
    assert_non_null(strstr(err.text, "fil"));
    close_it();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_touches_nothing),
        cmocka_unit_test(a_port_that_is_not_in_the_build),
        cmocka_unit_test(a_session_without_a_directory),
        cmocka_unit_test(two_directories_are_one_roster),
        cmocka_unit_test(one_of_two_directories_that_cannot_be_read),
        cmocka_unit_test(no_directory_of_two_can_be_read),
        cmocka_unit_test(one_agent_of_two_directories),
        cmocka_unit_test(a_missing_store_is_empty_and_made_by_the_first_write),
        cmocka_unit_test(a_store_that_was_read_and_is_gone_is_an_error),
        cmocka_unit_test(a_read_only_session_says_why),
        cmocka_unit_test(an_export_needs_a_place_that_is_one),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
