#include <dirent.h>
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

#include "core/embedded/directory_file.h"
#include "core/embedded/directory_parse.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define CASES "tests/data/directory"

static int64_t some_time(void *context)
{
    (void)context;
    return INT64_C(1795000000123);
}

static const struct clock s_clock = {.now_ms = some_time};

/* ---- the cases in tests/data ----------------------------------------------------------------
 * CASE/input.csv or input.json, and CASE/expect: what comes out of it, or the error. Agents are
 * "login|name|routing profile" with what is hostile made visible. */

static void show_roster(const struct roster *roster, const char *format, struct buf *out)
{
    struct arena arena = ARENA_INIT;
    buf_printf(out, "%s, pages: %zu\n", format, roster->pages);
    if (roster->note) {
        buf_printf(out, "note: %s\n", roster->note);
    }
    if (roster->partial) {
        buf_printf(out, "partial: %s\n", roster->partial);
    }
    if (roster->last_login) {
        buf_printf(out, "may be cut: %s\n", roster->last_login);
    }
    for (size_t i = 0; i < roster->n_agents; i++) {
        const struct agent *agent = &roster->agents[i];
        buf_printf(out, "%s|%s|%s\n", text_sanitise(&arena, agent->login),
                   agent->name ? text_sanitise(&arena, agent->name) : "",
                   agent->routing_profile ? text_sanitise(&arena, agent->routing_profile) : "");
    }
    arena_release(&arena);
}

/* Of CASE/settings: "login_column = NAME" and "active_column = ..." */
static char *setting_of(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    const char *end = at ? strchr(at, '\n') : NULL;
    return end ? mem_strndup(at + strlen(key), (size_t)(end - at) - strlen(key)) : NULL;
}

static char *outcome_of(const char *path, const char *name, const char *settings)
{
    char *login_column = setting_of(settings, "login_column = ");
    char *active_column = setting_of(settings, "active_column = ");
    struct buf text;
    struct buf out;
    struct err err = ERR_INIT;
    struct roster *roster = roster_new();
    const char *format = NULL;
    buf_init(&text, 1 << 20);
    buf_init(&out, 1 << 20);
    assert_int_equal(fileio_read(path, &text, &err), ERR_OK);
    /* A copy of the exact size, so that the sanitizer sees a read past the end. */
    char *exact = mem_alloc(text.length ? text.length : 1);
    memcpy(exact, text.data, text.length);
    const struct directory_settings columns = {login_column, "config:2", active_column, "config:3",
                                               NULL};
    const struct directory_text source = {
        .file = name, .text = exact, .length = text.length, .settings = &columns, .roster = roster};
    enum err_code code = directory_parse(&source, &format, &err);
    if (code == ERR_OK) {
        show_roster(roster, format, &out);
    } else {
        bool empty = roster->n_agents == 0 && strstr(err.hint, "An empty");
        assert_int_equal(code, empty ? ERR_GUARD : ERR_INPUT);
        assert_int_equal(err.code, code);
        buf_printf(&out, "%s\n", err.text);
        if (err.hint[0] != '\0') {
            buf_printf(&out, "hint: %s\n", err.hint);
        }
    }
    free(exact);
    free(login_column);
    free(active_column);
    roster_unref(roster);
    buf_release(&text);
    return buf_take(&out);
}

static void check_case(const char *name)
{
    struct buf expect;
    struct err err = ERR_INIT;
    char *input = mem_printf(CASES "/%s/input.csv", name);
    char *expected = mem_printf(CASES "/%s/expect", name);
    const char *file = "input.csv";
    if (access(input, R_OK) != 0) {
        free(input);
        input = mem_printf(CASES "/%s/input.json", name);
        file = "input.json";
    }
    buf_init(&expect, 1 << 20);
    struct buf settings;
    buf_init(&settings, 1 << 10);
    char *named = mem_printf(CASES "/%s/settings", name);
    if (access(named, R_OK) == 0) {
        assert_int_equal(fileio_read(named, &settings, &err), ERR_OK);
    }
    char *outcome = outcome_of(input, file, settings.length > 0 ? settings.data : "");
    buf_release(&settings);
    free(named);
    enum err_code code = fileio_read(expected, &expect, &err);
    if (code != ERR_OK || strcmp(outcome, expect.data) != 0) {
        print_error("case %s: got\n%s", name, outcome);
    }
    assert_int_equal(code, ERR_OK);
    assert_string_equal(outcome, expect.data);
    buf_release(&expect);
    free(outcome);
    free(expected);
    free(input);
}

static void test_cases(void **state)
{
    (void)state;
    DIR *folder = opendir(CASES);
    assert_non_null(folder);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] != '.') {
            check_case(entry->d_name);
            n++;
        }
    }
    closedir(folder);
    assert_true(n >= 60);
}

/* ---- the port ------------------------------------------------------------------------------ */

static char *s_folder;

static int make_folder(void **state)
{
    (void)state;
    s_folder = mem_strdup("/tmp/extpool-test-XXXXXX");
    return mkdtemp(s_folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    rmdir(s_folder);
    free(s_folder);
    return 0;
}

static enum err_code read_path(const char *path, const struct progress *progress,
                               struct roster **roster, struct err *err)
{
    struct directory *directory = directory_file_new(path, NULL, &s_clock);
    enum err_code code = directory->ops->read(directory, progress, roster, err);
    directory_free(directory);
    return code;
}

static char *written(const char *text)
{
    char *path = mem_printf("%s/agents.csv", s_folder);
    assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    return path;
}

static void test_a_file_is_read(void **state)
{
    (void)state;
    char *path = written("user,name\nbob,B\nalice,A\n");
    char *uri = mem_printf("file:%s", path);
    struct roster *roster = NULL;
    struct port_info facts;
    struct directory *directory = directory_file_new(path, NULL, &s_clock);
    assert_string_equal(directory->uri, uri);
    port_info_init(&facts);
    directory->ops->facts(directory, &facts);
    assert_string_equal(port_info_get(&facts, "directory_path"), path);
    assert_null(port_info_get(&facts, "directory_format"));
    assert_int_equal(directory->ops->read(directory, NULL, &roster, NULL), ERR_OK);
    assert_int_equal(roster->n_agents, 2);
    assert_string_equal(roster->agents[0].login, "alice");
    assert_string_equal(roster->agents[1].name, "B");
    assert_null(roster->agents[1].routing_profile);
    assert_int_equal(roster->read_at_s, 1795000000);
    directory->ops->facts(directory, &facts);
    assert_string_equal(port_info_get(&facts, "directory_format"), "CSV");
    port_info_release(&facts);
    roster_unref(roster);
    directory_free(directory);
    unlink(path);
    free(uri);
    free(path);
}

static void test_a_file_that_is_not_there(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct roster *roster = NULL;
    char *path = mem_printf("%s/absent.csv", s_folder);
    assert_int_equal(read_path(path, NULL, &roster, &err), ERR_NOT_FOUND);
    assert_null(roster);
    assert_non_null(strstr(err.text, path));
    free(path);
}

static void test_a_folder_is_no_file(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct roster *roster = NULL;
    char *text = mem_printf("%s: a folder, not a file", s_folder);
    assert_int_equal(read_path(s_folder, NULL, &roster, &err), ERR_INPUT);
    assert_string_equal(err.text, text);
    free(text);
}

static void test_a_file_that_may_not_be_read(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        skip(); /* root reads everything */
    }
    struct err err = ERR_INIT;
    struct roster *roster = NULL;
    char *path = written("user\nalice\n");
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(read_path(path, NULL, &roster, &err), ERR_IO);
    assert_non_null(strstr(err.text, path));
    unlink(path);
    free(path);
}

static void test_standard_input(void **state)
{
    (void)state;
    static const char text[] = "user\nalice\n\x01\xFF\n";
    int kept = dup(STDIN_FILENO);
    for (size_t length = strlen("user\nalice\n"); length <= strlen(text); length += 2) {
        int ends[2];
        struct err err = ERR_INIT;
        struct roster *roster = NULL;
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], text, length), length);
        close(ends[1]);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        enum err_code code = read_path("-", NULL, &roster, &err);
        if (length == strlen("user\nalice\n")) {
            assert_int_equal(code, ERR_OK);
            assert_int_equal(roster->n_agents, 1);
        } else {
            assert_int_equal(code, ERR_INPUT);
            assert_string_equal(err.text, "standard input:3: byte 0xFF (at byte 13) is not UTF-8");
        }
        roster_unref(roster);
    }
    dup2(kept, STDIN_FILENO);
    close(kept);
}

/* ---- progress, cancel ---------------------------------------------------------------------- */

struct watched {
    size_t rows;
    size_t calls;
    char first[32];
    enum cancel answer;
};

static void see_agents(void *context, const struct agent *rows, size_t n_rows)
{
    struct watched *watched = context;
    if (watched->calls == 0) {
        snprintf(watched->first, sizeof watched->first, "%s", rows[0].login);
    }
    watched->calls++;
    watched->rows += n_rows;
}

static enum cancel answer(void *context)
{
    return ((struct watched *)context)->answer;
}

static char *many_rows(size_t n)
{
    struct buf text;
    buf_init(&text, 1 << 22);
    buf_puts(&text, "user,first name,last name\n");
    for (size_t i = n; i > 0; i--) {
        buf_printf(&text, "agent.%05zu,First%zu,Last%zu\n", i, i, i);
    }
    return buf_take(&text);
}

static void test_rows_are_shown_as_they_arrive(void **state)
{
    (void)state;
    struct watched watched = {.answer = CANCEL_NO};
    struct progress progress = {.context = &watched, .cancel = answer, .agents = see_agents};
    struct roster *roster = NULL;
    char *text = many_rows(2500);
    char *path = written(text);
    assert_int_equal(read_path(path, &progress, &roster, NULL), ERR_OK);
    assert_int_equal(roster->n_agents, 2500);
    assert_string_equal(roster->agents[0].login, "agent.00001");
    assert_string_equal(roster->agents[2499].name, "Last2500, First2500");
    assert_int_equal(watched.rows, 2500);
    assert_int_equal(watched.calls, 3);
    assert_string_equal(watched.first, "agent.02500");
    roster_unref(roster);
    unlink(path);
    free(path);
    free(text);
}

static void test_it_stops_when_it_is_told(void **state)
{
    (void)state;
    struct watched watched = {.answer = CANCEL_SOFT};
    struct progress progress = {.context = &watched, .cancel = answer, .agents = see_agents};
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    char *text = many_rows(2500);
    char *path = written(text);
    assert_int_equal(read_path(path, &progress, &roster, &err), ERR_CANCELLED);
    assert_null(roster);
    assert_int_equal(watched.rows, 0);
    unlink(path);
    free(path);
    free(text);
}

/* Told so in the middle: between two pages of rows. */
static enum cancel after_a_page(void *context)
{
    return ((struct watched *)context)->rows > 0 ? CANCEL_SOFT : CANCEL_NO;
}

static void test_it_stops_between_rows(void **state)
{
    (void)state;
    struct watched watched = {.answer = CANCEL_NO};
    struct progress progress = {.context = &watched, .cancel = after_a_page, .agents = see_agents};
    struct roster *roster = NULL;
    char *text = many_rows(2500);
    char *path = written(text);
    assert_int_equal(read_path(path, &progress, &roster, NULL), ERR_CANCELLED);
    assert_null(roster);
    assert_int_equal(watched.rows, 1000);
    unlink(path);
    free(path);
    free(text);
}

/* The answer comes once somebody has been told that nothing has come yet. */
static void see_waiting(void *context, const struct progress_report *report)
{
    struct watched *watched = context;
    assert_string_equal(report->phase, "reading the directory");
    assert_int_equal(report->done, 0);
    watched->calls++;
    watched->answer = CANCEL_SOFT;
}

static void test_a_pipe_that_nobody_writes_to(void **state)
{
    (void)state;
    struct watched watched = {.answer = CANCEL_NO};
    struct progress progress = {.context = &watched, .cancel = answer, .update = see_waiting};
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    char *path = written("");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(read_path(path, &progress, &roster, &err), ERR_CANCELLED);
    assert_non_null(strstr(err.text, "stopped while reading "));
    assert_int_equal(watched.calls, 1);
    unlink(path);
    free(path);
}

/* ---- unchanged ------------------------------------------------------------------------------ */

/* Long after the files were written, and long before. */
static int64_t s_told_ms;

static int64_t told_time(void *context)
{
    (void)context;
    return s_told_ms;
}

static void read_again(struct directory *directory)
{
    struct roster *roster = NULL;
    assert_int_equal(directory->ops->read(directory, NULL, &roster, NULL), ERR_OK);
    roster_unref(roster);
}

static void test_a_file_that_stays_is_not_read_again(void **state)
{
    (void)state;
    static const struct clock clock = {.now_ms = told_time};
    char *path = written("user\nalice\n");
    struct directory *directory = directory_file_new(path, NULL, &clock);
    s_told_ms = INT64_C(4102444800000);                 /* the year 2100 */
    assert_false(directory->ops->unchanged(directory)); /* nothing was read yet */
    read_again(directory);
    assert_true(directory->ops->unchanged(directory));
    assert_int_equal(fileio_replace(path, "user\nalina\n", 11, 0600, NULL), ERR_OK);
    assert_false(directory->ops->unchanged(directory)); /* as long as before, but another file */
    read_again(directory);
    assert_true(directory->ops->unchanged(directory));
    s_told_ms = 0;
    read_again(directory); /* it may have been changed a moment ago, and may change again */
    assert_false(directory->ops->unchanged(directory));
    unlink(path);
    assert_false(directory->ops->unchanged(directory));
    directory_free(directory);
    free(path);
}

/* ---- one agent ------------------------------------------------------------------------------- */

/* "login|name|routing profile" of whom it finds, "" for nobody, or the error. */
static char *found_in(const char *text, const struct directory_settings *settings,
                      const char *login)
{
    char *path = written(text);
    struct directory *directory = directory_file_new(path, settings, &s_clock);
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    enum err_code code = directory->ops->find(directory, login, NULL, &roster, &err);
    const struct agent *agent = code == ERR_OK && roster->n_agents > 0 ? roster->agents : NULL;
    assert_true(code == ERR_OK || !roster);
    assert_true(code != ERR_OK || roster->n_agents <= 1);
    char *out = code != ERR_OK ? mem_strdup(strstr(err.text, ".csv:"))
                : agent ? mem_printf("%s|%s|%s", agent->login, agent->name ? agent->name : "",
                                     agent->routing_profile ? agent->routing_profile : "")
                        : mem_strdup("");
    roster_unref(roster);
    directory_free(directory);
    unlink(path);
    free(path);
    return out;
}

static void expect_found(const char *text, const char *login, const char *expected)
{
    char *found = found_in(text, NULL, login);
    assert_string_equal(found, expected);
    free(found);
}

static void test_one_agent_is_found_alone(void **state)
{
    (void)state;
    static const char people[] = "user,name,routing profile\n"
                                 "alice,Alice A,Basic\nbob,Bob B,\n\"eve\",\"E, Eve\",Basic\n";
    expect_found(people, "alice", "alice|Alice A|Basic");
    expect_found(people, "eve", "eve|E, Eve|Basic");
    expect_found(people, "Alice", ""); /* byte by byte */
    expect_found(people, "ali", "");
    expect_found("[{\"Username\":\"a\"},{\"Username\":\"b\"}]", "b", "b||");
    expect_found("[{\"Username\":\"a\"}]", "b", "");
}

static void test_who_is_not_active_is_not_found(void **state)
{
    (void)state;
    const struct directory_settings settings = {.active_column = "state = on"};
    static const char people[] = "user,state\nalice,off\nbob,on\n";
    char *alice = found_in(people, &settings, "alice");
    char *bob = found_in(people, &settings, "bob");
    assert_string_equal(alice, "");
    assert_string_equal(bob, "bob||");
    free(alice);
    free(bob);
}

/* The rows of others are read by the same rules; only that two of them have one login is not seen. */
static void test_a_wrong_file_finds_nobody(void **state)
{
    (void)state;
    expect_found("user,name\nalice,A\nbob\ncarol,C\n", "alice",
                 ".csv:3: 1 field, but the header in line 1 has 2");
    expect_found("user\nalice\nbob\nalice\n", "alice",
                 ".csv:4: the login \"alice\" appears twice; the first is in line 2");
    expect_found("user\nalice\nbob\nbob\n", "alice", "alice||");
}

static void test_what_can_be_read_once_is_not_searched(void **state)
{
    (void)state;
    char *pipe = mem_printf("%s/pipe", s_folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const char *const paths[] = {"-", pipe};
    for (size_t i = 0; i < 2; i++) {
        struct directory *directory = directory_file_new(paths[i], NULL, &s_clock);
        struct roster *roster = NULL;
        struct err err = ERR_INIT;
        assert_int_equal(directory->ops->find(directory, "alice", NULL, &roster, &err), ERR_DENIED);
        assert_null(roster);
        directory_free(directory);
    }
    unlink(pipe);
    free(pipe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_a_file_is_read),
        cmocka_unit_test(test_a_file_that_is_not_there),
        cmocka_unit_test(test_a_folder_is_no_file),
        cmocka_unit_test(test_a_file_that_may_not_be_read),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_rows_are_shown_as_they_arrive),
        cmocka_unit_test(test_it_stops_when_it_is_told),
        cmocka_unit_test(test_it_stops_between_rows),
        cmocka_unit_test(test_a_pipe_that_nobody_writes_to),
        cmocka_unit_test(test_a_file_that_stays_is_not_read_again),
        cmocka_unit_test(test_one_agent_is_found_alone),
        cmocka_unit_test(test_who_is_not_active_is_not_found),
        cmocka_unit_test(test_a_wrong_file_finds_nobody),
        cmocka_unit_test(test_what_can_be_read_once_is_not_searched),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
