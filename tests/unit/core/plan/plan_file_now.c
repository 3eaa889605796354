/* The plan of a plan file, held against what is there when it is applied. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan_file_now.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

struct sample {
    const char *name;
    const char *requests; /* what was planned; NULL: a sync */
    const char *store;    /* lines that come then; NULL */
    const char *directory;
    const char *plan;
    const char *detail; /* of the first row that is not planned any more; NULL */
};

static const struct sample s_samples[] = {
    {"as it was", "release alice", NULL, "alice bob", "- 0001 alice\n", NULL},
    {"moved on", "release alice", "0001 carol\n", "alice bob", "- 0001 alice !conflict\n", "carol"},
    {"done by somebody", "release alice", "0001 - alice 0d\n", "alice bob",
     "- 0001 alice !skipped\n", "already"},
    {"one moved on, the other did not", "release alice\nrelease bob", "0001 carol\n", "alice bob",
     "- 0001 alice !conflict\n- 0002 bob\n", "carol"},
    {"of a swap, both", "swap alice bob", "0001 carol\n", "alice bob",
     "~ 0002 alice (0001 -> 0002) #1 !conflict\n~ 0001 bob (0002 -> 0001) #1 !conflict\n", "carol"},
    {"left meanwhile", "assign erin 0005", NULL, "alice bob", "+ 0005 erin !conflict\n",
     "erin is not in the directory any more"},
    {"still there", "assign erin 0005", NULL, "alice bob erin", "+ 0005 erin\n", NULL},
    {"a sync: left meanwhile", NULL, NULL, "alice bob", "- 0003 gone\n+ 0000 erin !conflict\n",
     "erin is not in the directory any more"},
    {"a sync: back again", NULL, NULL, "alice bob erin gone",
     "- 0003 gone !conflict\n+ 0000 erin\n", "gone is in the directory again"},
};

/* The plan, through a file and back. */
static void keep(struct world *world, struct plan *plan, struct plan_file *file)
{
    const struct plan_file_content content = {.store = "sqlite:/x",
                                              .maker = "kim@desk7",
                                              .made_at_s = world->now_s,
                                              .action = plan->action,
                                              .plan = plan};
    struct buf text;
    buf_init(&text, PLAN_FILE_MAX);
    assert_int_equal(plan_file_write(&content, &text, NULL, NULL), ERR_OK);
    assert_int_equal(plan_file_read(file, &text, "p.json", NULL), ERR_OK);
    buf_release(&text);
}

static struct plan *plan_of(const struct sample *sample, struct world *world)
{
    struct plan_input input = world_input(world);
    struct requests requests;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    if (!sample->requests) {
        return world_sync(world);
    }
    requests_read(&requests, sample->requests);
    if (plan_edit(&input, "assign", requests.items, requests.n, NULL, &plan, &err) != ERR_OK) {
        fail_msg("%s: %s", sample->name, err.text);
    }
    requests_release(&requests);
    return plan;
}

static const char *first_detail(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        if (plan->changes[i].result != RESULT_PLANNED) {
            return plan->changes[i].detail;
        }
    }
    return NULL;
}

static void open_world(struct world *world)
{
    world_init(world, "0000-0009");
    world_store(world, "0001 alice 9d\n0002 bob 8d\n0003 gone 7d\n");
    world_fill(world);
    world_directory(world, "alice bob erin");
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof *s_samples; i++) {
        const struct sample *sample = &s_samples[i];
        struct world world;
        struct plan_file file;
        open_world(&world);
        struct plan *planned = plan_of(sample, &world);
        keep(&world, planned, &file);
        if (sample->store) {
            world_store(&world, sample->store);
        }
        world_directory(&world, sample->directory);
        struct plan_input input = world_input(&world);
        struct plan *plan = plan_file_plan(&file, &input);
        plan_file_meet(plan);
        const char *detail = first_detail(plan);
        if (strcmp(plan_text(plan), sample->plan) != 0) {
            fail_msg("%s: %s", sample->name, plan_text(plan));
        }
        if (sample->detail ? !detail || !strstr(detail, sample->detail) : detail != NULL) {
            fail_msg("%s: %s", sample->name, detail ? detail : "no detail");
        }
        plan_free(plan);
        plan_free(planned);
        plan_file_release(&file);
        world_release(&world);
    }
}

static void test_which_plans_rest_on_the_directory(void **state)
{
    (void)state;
    const struct {
        const char *requests;
        bool needed;
    } samples[] = {
        {NULL, true}, {"assign erin", true}, {"release alice", false}, {"reserve 0005", false}};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample sample = {.requests = samples[i].requests};
        struct world world;
        struct plan_file file;
        open_world(&world);
        struct plan *plan = plan_of(&sample, &world);
        keep(&world, plan, &file);
        assert_int_equal(plan_file_needs_directory(&file), samples[i].needed);
        plan_free(plan);
        plan_file_release(&file);
        world_release(&world);
    }
}

static struct history *done_of(const char *const *changes, size_t n)
{
    struct history *history = history_new();
    for (size_t i = 0; i < n; i++) {
        char id[4];
        snprintf(id, sizeof id, "a%zu", i);
        assert_int_equal(history_add(history,
                                     &(struct audit_record){.action_id = id,
                                                            .at_ms = WORLD_NOW_S * 1000,
                                                            .order = (int64_t)i,
                                                            .actor = "lee@desk2",
                                                            .action = "release",
                                                            .changes = changes[i]},
                                     NULL),
                         ERR_OK);
    }
    history_seal(history);
    return history;
}

static void test_what_was_applied_from_it_before(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "[{\"change\":\"release\",\"extension\":\"0001\",\"agent\":\"alice\"}]", "[]",
        "[{\"change\":\"release\",\"extension\":\"0002\",\"agent\":\"bob\"}]"};
    const struct sample sample = {.requests = "release alice\nrelease bob"};
    for (size_t n = 0; n <= 3; n++) {
        struct world world;
        struct err err = ERR_INIT;
        open_world(&world);
        struct plan *plan = plan_of(&sample, &world);
        struct history *done = done_of(parts, n);
        assert_int_equal(plan_file_skip_done(plan, done, &err), n == 3 ? ERR_INPUT : ERR_OK);
        assert_int_equal(plan_results(plan, RESULT_PLANNED), n == 0 ? 2 : n == 3 ? 0 : 1);
        if (n == 3) {
            assert_string_equal(err.text, "the plan file was applied already: by lee@desk2 at "
                                          "2026-11-22T12:00:00Z (a2)");
        }
        history_free(done);
        plan_free(plan);
        world_release(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_which_plans_rest_on_the_directory),
        cmocka_unit_test(test_what_was_applied_from_it_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
