#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/world.h"

/* One sync: a pool, a store, a directory, and the plan that has to come out. Having been applied,
   it leaves nothing to do. */
struct sample {
    const char *name;
    const char *ranges;
    const char *store;
    const char *directory;
    const char *plan;
    bool filled; /* the store has the rest of the ranges as free */
    bool table;  /* like a DynamoDB table: an index that may lag, claims */
};

static const struct sample s_samples[] = {
    {"nothing at all", "0000-0002", "", "", "", .filled = true},
    {"everyone has one", "0000-0002", "0001 alice\n", "alice", "", .filled = true},
    {"lowest free first", "0000-0009", "0000 alice\n0003 bob\n", "alice bob carol dave erin",
     "+ 0001 carol\n+ 0002 dave\n+ 0004 erin\n", .filled = true},
    {"in order of login", "0000-0009", "", "zoe adam", "+ 0000 adam\n+ 0001 zoe\n", .filled = true},
    {"a leaver", "0000-0009", "0000 alice\n0001 bob\n", "alice", "- 0001 bob\n", .filled = true},
    {"one leaves, one joins", "0000-0009", "0000 alice\n", "bob", "- 0000 alice\n+ 0001 bob\n",
     .filled = true},
    {"a returning agent", "0000-0009", "0005 - alice 3d\n", "alice", "+ 0005 alice\n",
     .filled = true},
    {"returning after the cool-down", "0000-0009", "0005 - alice 300d\n", "alice", "+ 0005 alice\n",
     .filled = true},
    {"the extension given back last", "0000-0009", "0005 - alice 9d\n0006 - alice 2d\n", "alice",
     "+ 0006 alice\n", .filled = true},
    {"the former one went to somebody else", "0000-0009", "0005 bob\n", "alice bob",
     "+ 0000 alice\n", .filled = true},
    {"the former one is not given away first", "0000-0009", "0000 - zoe 300d\n", "alice zoe",
     "+ 0001 alice\n+ 0000 zoe\n", .filled = true},
    {"the former one is reserved now", "0000-0009", "0005 -held alice\n", "alice", "+ 0000 alice\n",
     .filled = true},
    {"the former one is blocked now", "9100-9119", "9110 - alice 30d\n", "alice", "+ 9100 alice\n",
     .filled = true},
    {"the former one is outside of the ranges now", "0000-0009", "0500 - alice 30d\n", "alice",
     "+ 0000 alice\n", .filled = true},
    {"blocked ones are passed over", "9109-9121", "9109 bob\n", "alice bob carol",
     "+ 9120 alice\n+ 9121 carol\n", .filled = true},
    {"reserved ones are passed over", "0000-0009", "0000 -held note=fax\n", "alice",
     "+ 0001 alice\n", .filled = true},
    {"cooling ones are passed over", "0000-0002", "0000 - bob 1d\n", "alice", "+ 0001 alice\n",
     .filled = true},
    {"the cool-down is over", "0000-0002", "0000 - bob 7d\n", "alice", "+ 0000 alice\n",
     .filled = true},
    {"the longest cooling when nothing is free", "0000-0002",
     "0000 - bob 1d\n0001 - carol 3d\n0002 - dave 2d\n", "alice erin",
     "+ 0001 alice\n+ 0002 erin\n", .filled = true},
    {"what is given back here only as the last resort", "0000-0001", "0000 bob\n0001 - carol 1d\n",
     "alice", "- 0000 bob\n+ 0001 alice\n", .filled = true},
    {"taken over at once", "0000-0001", "0000 bob\n0001 carol\n", "alice carol",
     "- 0000 bob #1\n+ 0000 alice #1\n", .filled = true},
    {"taken over, and not enough", "0000-0001", "0000 bob\n0001 carol\n", "alice dave erin",
     "- 0000 bob #1\n+ 0000 alice #1\n- 0001 carol #2\n+ 0001 dave #2\n", .filled = true},
    {"a blocked one is not taken over", "9110-9111", "9110 bob\n", "alice", "- 9110 bob\n",
     .filled = true},
    {"nothing is left", "0000-0000", "0000 bob\n", "alice bob", "", .filled = true},
    {"a pinned leaver", "0000-0009", "0000 bob pin=desk\n", "alice", "+ 0001 alice\n",
     .filled = true},
    {"an empty directory", "0000-0009", "0000 bob\n0001 carol\n", "", "", .filled = true},
    {"assigned outside of the ranges", "0000-0001", "0500 alice\n", "alice bob", "+ 0000 bob\n",
     .filled = true},
    {"a leaver outside of the ranges", "0000-0001", "0500 alice\n", "bob",
     "- 0500 alice\n+ 0000 bob\n", .filled = true},
    {"case makes another agent", "0000-0009", "0000 Alice\n", "alice",
     "- 0000 Alice\n+ 0001 alice\n", .filled = true},
    /* what the old program wrote */
    {"adopted", "0000-0002", "0000 alice ?\n", "alice", "= 0000 alice\n", .filled = true},
    {"adopted in a table", "0000-0002", "0000 alice ?\n0001 bob\n", "alice bob", "= 0000 alice\n",
     .filled = true, .table = true},
    {"not adopted but released", "0000-0002", "0000 alice ?\n", "bob", "- 0000 alice\n+ 0001 bob\n",
     .filled = true, .table = true},
    {"two extensions, the known one stays", "0000-0002", "0000 alice ?\n0001 alice\n", "alice",
     "! 0000 alice (0000 -> 0001)\n", .filled = true, .table = true},
    {"two extensions, the older one stays", "0000-0002", "0000 alice 2d\n0001 alice 9d\n", "alice",
     "! 0000 alice (0000 -> 0001)\n", .filled = true, .table = true},
    {"two extensions, the pinned one stays", "0000-0002", "0000 alice 99d\n0001 alice 9d pin=x\n",
     "alice", "! 0000 alice (0000 -> 0001)\n", .filled = true, .table = true},
    {"two unknown extensions, the lower one stays", "0000-0002", "0000 alice ?\n0001 alice ?\n",
     "alice", "= 0000 alice\n! 0001 alice (0001 -> 0000)\n", .filled = true, .table = true},
    {"three extensions", "0000-0003", "0000 alice ?\n0001 alice ?\n0002 alice\n", "alice",
     "! 0000 alice (0000 -> 0002)\n! 0001 alice (0001 -> 0002)\n", .filled = true, .table = true},
    {"a leaver with two", "0000-0002", "0000 alice 3d\n0001 alice 2d\n", "bob",
     "- 0000 alice\n- 0001 alice\n+ 0002 bob\n", .filled = true, .table = true},
    {"a leaver with two, one of them pinned", "0000-0002", "0000 alice 9d\n0001 alice 2d pin=x\n",
     "bob", "! 0000 alice (0000 -> 0001)\n+ 0002 bob\n", .filled = true, .table = true},
    {"one too many, taken over at once", "0000-0001", "0000 alice 2d\n0001 alice\n", "alice bob",
     "! 0000 alice (0000 -> 0001) #1\n+ 0000 bob #1\n", .filled = true, .table = true},
    {"free and assigned", "0000-0002", "0000 alice +free\n", "alice", "! 0000 alice\n",
     .filled = true, .table = true},
    {"free and assigned, not adopted", "0000-0002", "0000 alice ? +free\n", "alice",
     "! 0000 alice\n", .filled = true, .table = true},
    {"free and assigned, and left", "0000-0002", "0000 alice +free\n", "bob",
     "- 0000 alice\n+ 0001 bob\n", .filled = true, .table = true},
    {"free and reserved", "0000-0002", "0000 -held +free\n", "", "! 0000\n", .filled = true,
     .table = true},
    {"reserved and assigned", "0000-0002", "0000 alice +held\n", "alice", "! 0000 alice\n",
     .filled = true, .table = true},
    /* numbers that are not there */
    {"an empty store", "0000-0003", "", "alice bob", "+ 0000 alice\n+ 0001 bob\n. 0002\n. 0003\n",
     .filled = false},
    {"an empty table", "0000-0003", "", "alice bob", "+ 0000 alice\n+ 0001 bob\n. 0002\n. 0003\n",
     .table = true},
    {"blocked numbers are made too", "9108-9111", "", "alice bob",
     "+ 9108 alice\n+ 9109 bob\n. 9110\n. 9111\n", .filled = false},
    {"wider ranges", "0000-0001, 0100-0102", "0000 alice\n0001 - bob 1d\n", "alice bob carol",
     "+ 0001 bob\n+ 0100 carol\n. 0101\n. 0102\n", .filled = false},
    {"a table with gaps", "0000-0003", "0001 alice\n0003 -\n", "alice bob", "+ 0003 bob\n",
     .table = true},
    {"a table with gaps and nothing free", "0000-0003", "0001 alice\n", "alice bob", "",
     .table = true},
};

static void open_world(struct world *w, const struct sample *sample)
{
    world_init(w, sample->ranges);
    w->keeps_claims = sample->table;
    world_store(w, sample->store);
    if (sample->filled) {
        world_fill(w);
    }
    world_claim_all(w);
    world_directory(w, sample->directory);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct world w;
        open_world(&w, sample);
        struct plan *plan = world_sync(&w);
        const char *text = plan_text(plan);
        if (strcmp(text, sample->plan) != 0) {
            fail_msg("%s:\nplanned\n%sexpected\n%s", sample->name, text, sample->plan);
        }
        if (world_apply(&w, plan) != 0) {
            fail_msg("%s: conflicts\n%s", sample->name, plan_text(plan));
        }
        if (world_fault(&w) && sample->directory[0] != '\0') {
            fail_msg("%s: %s", sample->name, world_fault(&w));
        }
        plan_free(plan);
        plan = world_sync(&w);
        if (plan_has_work(plan)) {
            fail_msg("%s: a second sync has work to do\n%s", sample->name, plan_text(plan));
        }
        plan_free(plan);
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
