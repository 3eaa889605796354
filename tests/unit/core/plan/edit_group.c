#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/sites.h"

#define SITES "leeds 2000-2003 Leeds*\nyork 3000-3003 York*\n"
#define OTHERS "others 9000-9001\n"

struct sample {
    const char *groups;
    const char *store;
    const char *directory;
    const char *requests;
    const char *plan; /* NULL: refused */
    const char *why;  /* of the first row, or of the refusal */
};

static const struct sample s_samples[] = {
    {SITES, "", "-: a/York\n", "assign a", "+ 3000 a\n", "asked for, lowest free"},
    {SITES, "2001 - a 9d\n3002 - a 30d\n", "-: a/York\n", "assign a", "+ 3000 a\n",
     "asked for, lowest free"},
    {SITES, "3002 - a 30d\n", "-: a/York\n", "assign a", "+ 3002 a\n",
     "asked for, returns to the former extension"},
    {SITES, "2002 a\n", "-: a/York\n", "reassign a", "~ 3000 a (2002 -> 3000)\n",
     "asked for, lowest free; 2002 cools until 29 Nov"},
    {SITES, "2002 a\n", "-: b\n", "reassign a", "~ 2000 a (2002 -> 2000)\n",
     "asked for, lowest free; 2002 cools until 29 Nov"},
    {SITES OTHERS, "", "-: a/Temp\n", "assign a", "+ 9000 a\n", "asked for, lowest free"},
    /* a number that is named */
    {SITES, "", "-: a/York\n", "assign a 2001", "+ 2001 a\n",
     "asked for, although 2001 is of the group leeds, and a of york"},
    {SITES OTHERS, "", "-: a/York\n", "assign a 9001", "+ 9001 a\n",
     "asked for, although 9001 is no number of the group york"},
    {SITES, "", "-: a/York\n", "assign a 3001", "+ 3001 a\n", "asked for"},
    {SITES, "", "-: a/Temp\n", "assign a 3001", "+ 3001 a\n", "asked for"},
    {SITES, "", "-: a/?\n", "assign a 3001", "+ 3001 a\n", "asked for"},
    /* what the pool cannot choose */
    {SITES, "", "-: a/Temp\n", "assign a", NULL,
     "no group matches a, so the pool has no extension for them; name one"},
    {SITES, "", "-: a/?\n", "assign a", NULL,
     "the group of a is not known, because not all attributes were read; name an extension"},
    {SITES, "3000 w\n3001 x\n3002 y\n3003 z\n", "-: a/York\n", "assign a", NULL,
     "no extension is left for a"},
};

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct requests requests;
        struct world w;
        struct plan *plan = NULL;
        struct err err = ERR_INIT;
        world_init(&w, "2000-2003");
        sites_groups(&w, sample->groups);
        world_store(&w, sample->store);
        world_fill(&w);
        sites_directories(&w, sample->directory);
        requests_read(&requests, sample->requests);
        struct plan_input input = world_input(&w);
        enum err_code code =
            plan_edit(&input, "assign", requests.items, requests.n, NULL, &plan, &err);
        assert_int_equal(code == ERR_OK, sample->plan != NULL);
        if (plan) {
            assert_plan(plan, sample->plan);
        }
        assert_string_equal(plan ? plan->changes[0].why : err.text, sample->why);
        plan_free(plan);
        requests_release(&requests);
        world_release(&w);
    }
}

/* A number that was chosen before is kept only if it is of the group. */
static void test_a_kept_number(void **state)
{
    (void)state;
    static const struct {
        const char *kept, *plan;
    } samples[] = {{"3002", "+ 3002 a\n"}, {"2002", "+ 3000 a\n"}};
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        struct plan *plan = NULL;
        const struct request request = {
            .kind = CHANGE_ASSIGN, .agent = "a", .kept = samples[i].kept};
        world_init(&w, "2000-2003");
        sites_groups(&w, SITES);
        sites_directories(&w, "-: a/York\n");
        struct plan_input input = world_input(&w);
        assert_int_equal(plan_edit(&input, "assign", &request, 1, NULL, &plan, NULL), ERR_OK);
        assert_plan(plan, samples[i].plan);
        plan_free(plan);
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_a_kept_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
