/* The console's jobs on a worker, with ports that are made up: rows that arrive page by page, what
   is left of a read that fails or is stopped, refreshes without news, results of another place. */

#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "tui/console/command.h"
#include "tui/console/open.h"
#include "tui/shell/shell.h"
#include "tui/shell/keep.h"
#include "tui/shell/work.h"

#define PAGES 5
#define PAGE 20

/* ---- a directory and a store ----------------------------------------------------------------- */

static int s_fail_after; /* pages; -1: never */
static int s_agents;     /* how many there are at the next read */
static bool s_changed;   /* what the store says of itself */
static int s_loads;
static bool s_live_denied;

static enum err_code read_pages(struct directory *directory, const struct progress *progress,
                                struct roster **out, struct err *err)
{
    struct roster *roster = roster_new();
    (void)directory;
    for (int i = 0; i < s_agents; i += PAGE) {
        char logins[PAGE][24];
        struct agent rows[PAGE];
        size_t n = 0;
        for (; n < PAGE && i + (int)n < s_agents; n++) {
            snprintf(logins[n], sizeof logins[n], "agent%03d", i + (int)n);
            rows[n] = (struct agent){.login = logins[n]};
            roster_add(roster, &rows[n]);
        }
        if (s_fail_after >= 0 && i / PAGE == s_fail_after) {
            roster_unref(roster);
            return err_set(err, ERR_OFFLINE, "page %d: no answer", i / PAGE + 1);
        }
        progress_agents(progress, rows, n);
    }
    roster_seal(roster);
    *out = roster;
    return ERR_OK;
}

static void free_directory(struct directory *directory)
{
    free(directory);
}

static enum err_code tell_live(struct directory *directory, const struct live_wanted *wanted,
                               const struct progress *progress, struct live **out, struct err *err)
{
    (void)directory, (void)progress;
    if (s_live_denied) {
        return err_set(err, ERR_DENIED, "not allowed: connect:GetCurrentUserData");
    }
    *out = live_new(wanted->n_agents);
    for (size_t i = 0; i < wanted->n_agents; i++) {
        (*out)->states[i].status = arena_strdup(&(*out)->arena, wanted->agents[i].login);
    }
    return ERR_OK;
}

static const struct directory_ops s_directory_ops = {
    .read = read_pages, .live = tell_live, .free = free_directory};
static const struct directory_ops s_silent_ops = {.read = read_pages, .free = free_directory};

static enum err_code load(struct store *store, const struct policy *policy, enum load_mode mode,
                          const struct progress *progress, struct snapshot **out, struct err *err)
{
    struct snapshot *snapshot = snapshot_new();
    (void)store, (void)policy, (void)mode, (void)progress, (void)err;
    s_loads++;
    snapshot_add(snapshot, "2001")->state = SLOT_FREE;
    struct slot *held = snapshot_add(snapshot, "2002");
    held->state = SLOT_ASSIGNED;
    held->agent = "leaver";
    held->at_s = 1000;
    snapshot->read_at_s = 2000;
    snapshot_seal(snapshot);
    *out = snapshot;
    return ERR_OK;
}

static enum err_code read_changes(struct store *store, const struct policy *policy,
                                  const struct store_since *since, const struct progress *progress,
                                  struct store_changes *out, struct err *err)
{
    *out = (struct store_changes){.snapshot = NULL};
    if (since->snapshot && !since->whole && !s_changed) {
        out->snapshot = snapshot_ref(since->snapshot);
        return ERR_OK;
    }
    out->whole = true;
    return load(store, policy, LOAD_NORMAL, progress, &out->snapshot, err);
}

static void free_store(struct store *store)
{
    free(store);
}

static const struct store_ops s_store_ops = {
    .load = load, .read_changes = read_changes, .free = free_store};

static enum err_code open_directory(const struct port_opening *opening, struct directory **out,
                                    struct err *err)
{
    (void)err;
    *out = mem_alloc(sizeof **out);
    **out = (struct directory){.ops = &s_directory_ops, .uri = mem_strdup(opening->uri)};
    return ERR_OK;
}

static enum err_code open_silent(const struct port_opening *opening, struct directory **out,
                                 struct err *err)
{
    enum err_code code = open_directory(opening, out, err);
    (*out)->ops = &s_silent_ops;
    return code;
}

static enum err_code open_store(const struct port_opening *opening, struct store **out,
                                struct err *err)
{
    (void)err;
    *out = mem_alloc(sizeof **out);
    **out = (struct store){.ops = &s_store_ops, .uri = mem_strdup(opening->uri)};
    return ERR_OK;
}

static const struct port s_ports[] = {{.scheme = "demo", .directory = open_directory},
                                      {.scheme = "slow", .directory = open_silent},
                                      {.scheme = "fake", .store = open_store}};

static struct settings s_settings;
static const struct setting_directory s_demo = {.uri = "demo:y"};
static const struct setting_directory s_slow = {.uri = "slow:y"};

static void name_directory(const struct setting_directory *directory)
{
    s_settings.directory = directory->uri;
    s_settings.directories = directory;
    s_settings.n_directories = 1;
}

/* ---- a console without a terminal --------------------------------------------------------------
 */

struct watcher {
    struct view view;
    int reloads, partial;
    size_t most_partial; /* rows that a partial data showed */
};

static void reload(struct view *view, struct shell *shell)
{
    struct watcher *watcher = (struct watcher *)view;
    watcher->reloads++;
    if (shell->data->partial) {
        watcher->partial++;
        if (shell->data->agents.n_rows > watcher->most_partial) {
            watcher->most_partial = shell->data->agents.n_rows;
        }
    }
}

static struct view_ops s_watcher_ops = {.title = "watcher", .place = PLACE_MAIN, .reload = reload};
static struct watcher s_watcher;
static struct console_options s_options;
static struct console *s_whole;
static struct shell *s_shell; /* of it */

static int64_t fixed_time(void *context)
{
    (void)context;
    return INT64_C(1795348800000);
}

static const struct clock s_clock = {.now_ms = fixed_time};

static int setup(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    s_watcher = (struct watcher){.view = {&s_watcher_ops}};
    s_settings = (struct settings){.store = "fake:x"};
    name_directory(&s_demo);
    policy_default(&s_settings.policy);
    s_options = (struct console_options){.settings = &s_settings,
                                         .ports = s_ports,
                                         .n_ports = sizeof s_ports / sizeof s_ports[0],
                                         .clock = &s_clock};
    s_whole = mem_alloc(sizeof *s_whole);
    s_shell = &s_whole->shell;
    s_shell->options = &s_options;
    s_shell->stack.views[0] = &s_watcher.view;
    s_shell->stack.n_views = 1;
    s_fail_after = -1;
    s_agents = PAGES * PAGE;
    s_changed = true;
    s_loads = 0;
    s_live_denied = false;
    assert_int_equal(console_open(s_whole, &s_settings, &err), ERR_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    worker_stop(s_shell->jobs.worker);
    session_close(s_shell->place.session);
    keep_close(s_shell);
    screen_data_unref(s_shell->data);
    screen_data_unref(s_shell->reading.waiting);
    history_free(s_shell->reading.history);
    shell_forget_place(s_shell);
    activity_release(&s_shell->messages.activity);
    free(s_whole);
    return 0;
}

/* Until everything that was started has ended. */
static void settle(void)
{
    do {
        struct pollfd fd = {.fd = worker_fd(s_shell->jobs.worker), .events = POLLIN};
        assert_int_equal(poll(&fd, 1, 10000), 1);
        worker_dispatch(s_shell->jobs.worker);
    } while (worker_busy(s_shell->jobs.worker));
    worker_dispatch(s_shell->jobs.worker);
}

static const char *newest(void)
{
    return activity_at(&s_shell->messages.activity, 0)->text;
}

/* ---- tests --------------------------------------------------------------------------------------
 */

static void rows_show_before_the_last_page_is_there(void **state)
{
    (void)state;
    work_load(s_shell);
    assert_true(shell_busy(s_shell));
    settle();
    assert_false(shell_busy(s_shell));
    assert_true(s_watcher.partial >= 2); /* the extensions alone, then a first page */
    assert_true(s_watcher.most_partial >= PAGE);
    assert_false(s_shell->data->partial);
    assert_int_equal(s_shell->data->agents.n_rows, PAGES * PAGE + 1);
    assert_string_equal(
        screen_data_agent_look(s_shell->data, screen_data_find_agent(s_shell->data, "leaver"))
            ->mark,
        "STALE");
    assert_string_equal(newest(), "read: 100 agents, 2 extensions");
}

static void a_first_read_that_breaks_stays_and_is_marked(void **state)
{
    (void)state;
    s_fail_after = 3;
    work_load(s_shell);
    settle();
    assert_true(s_shell->data->partial);
    assert_int_equal(s_shell->data->agents.n_rows, 3 * PAGE + 1);
    /* who is not on the pages that came has not left */
    assert_string_equal(
        screen_data_agent_look(s_shell->data, screen_data_find_agent(s_shell->data, "leaver"))
            ->mark,
        "...");
    assert_int_equal(shell_trouble(s_shell)->code, ERR_OFFLINE);
    assert_true(shell_plan_input(s_shell).still_reading); /* who is not read yet is not planned */
    s_fail_after = -1;
    work_load(s_shell);
    settle();
    assert_false(s_shell->data->partial);
    assert_int_equal(shell_trouble(s_shell)->code, ERR_OK);
}

static void a_later_read_that_breaks_leaves_what_was_there(void **state)
{
    (void)state;
    work_load(s_shell);
    settle();
    s_fail_after = 1;
    s_watcher = (struct watcher){.view = {&s_watcher_ops}};
    work_load(s_shell);
    settle();
    assert_int_equal(s_watcher.partial, 0); /* a whole list is not replaced by a part of one */
    assert_int_equal(s_shell->data->agents.n_rows, PAGES * PAGE + 1);
    assert_int_equal(shell_trouble(s_shell)->code, ERR_OFFLINE);
}

static void a_refresh_without_news_draws_nothing(void **state)
{
    (void)state;
    work_load(s_shell);
    settle();
    int loads = s_loads;
    struct screen_data *before = s_shell->data;
    s_changed = false;
    work_refresh(s_shell);
    assert_false(shell_busy(s_shell)); /* nobody asked for it */
    settle();
    assert_int_equal(s_loads, loads);
    assert_ptr_equal(s_shell->data, before);
    s_agents--; /* somebody left */
    work_refresh(s_shell);
    settle();
    assert_ptr_not_equal(s_shell->data, before);
    assert_int_equal(s_shell->data->roster->n_agents, PAGES * PAGE - 1);
}

static void a_directory_with_a_quota_is_not_asked_by_itself(void **state)
{
    (void)state;
    name_directory(&s_slow);
    work_load(s_shell);
    settle();
    s_agents = 1;
    work_refresh(s_shell);
    settle();
    assert_int_equal(s_shell->data->roster->n_agents, PAGES * PAGE);
}

static void while_a_dialog_is_open_the_data_does_not_change(void **state)
{
    (void)state;
    work_load(s_shell);
    settle();
    struct screen_data *before = s_shell->data;
    s_watcher_ops.freezes_data = true;
    s_agents = 1;
    work_refresh(s_shell);
    settle();
    assert_ptr_equal(s_shell->data, before);
    assert_non_null(s_shell->reading.waiting);
    s_watcher_ops.freezes_data = false;
    shell_close(s_shell, NULL);
    assert_int_equal(s_shell->data->roster->n_agents, 1);
    assert_null(s_shell->reading.waiting);
}

static size_t s_live_answers, s_live_states;
static char s_live_last[32];
static enum err_code s_live_code;

static void take_live(struct shell *shell, struct work *work)
{
    (void)shell;
    s_live_answers++;
    s_live_code = work->job.err.code;
    s_live_states = work->live ? work->live->n_states : 0;
    if (s_live_states > 0) {
        snprintf(s_live_last, sizeof s_live_last, "%s",
                 work->live->states[s_live_states - 1].status);
    }
}

static void ask_live(void)
{
    const struct roster *roster = s_shell->data->roster;
    const struct live_wanted wanted = {roster->agents, roster->n_agents};
    work_ask_live(s_shell, &wanted, take_live);
    assert_false(shell_busy(s_shell)); /* nobody asked for it */
    settle();
}

static void live_states_come_for_a_hundred_agents_at_most(void **state)
{
    (void)state;
    s_live_answers = 0;
    s_agents = LIVE_AGENTS_MAX + 20;
    work_load(s_shell);
    settle();
    assert_true(s_shell->data->tells_live);
    ask_live();
    assert_int_equal(s_live_answers, 1);
    assert_int_equal(s_live_states, LIVE_AGENTS_MAX);
    assert_string_equal(s_live_last, "agent099");
    s_live_denied = true;
    ask_live();
    assert_int_equal(s_live_code, ERR_DENIED);
    assert_int_equal(s_live_states, 0);
    assert_int_equal(shell_trouble(s_shell)->code, ERR_OK); /* the list is as good as before */
}

static void a_directory_that_tells_no_live_states_says_so(void **state)
{
    (void)state;
    name_directory(&s_slow);
    work_load(s_shell);
    settle();
    assert_false(s_shell->data->tells_live);
    ask_live();
    assert_int_equal(s_live_code, ERR_USAGE);
}

static void results_of_another_place_are_dropped(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    work_load(s_shell);
    assert_int_equal(console_open(s_whole, &s_settings, &err), ERR_OK);
    worker_dispatch(s_shell->jobs.worker);
    assert_null(s_shell->data);
    assert_int_equal(s_watcher.reloads, 0);
    assert_false(shell_busy(s_shell));
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_show_before_the_last_page_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_first_read_that_breaks_stays_and_is_marked, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_later_read_that_breaks_leaves_what_was_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_refresh_without_news_draws_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_with_a_quota_is_not_asked_by_itself, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(while_a_dialog_is_open_the_data_does_not_change, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(live_states_come_for_a_hundred_agents_at_most, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_directory_that_tells_no_live_states_says_so, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(results_of_another_place_are_dropped, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
