#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/plan/notes.h"
#include "core/pool/exempt.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

/* The world of every sample: 0000 to 0099 but 0050 to 0059, 0077x blocked. */
#define RANGES "0000-0049 0060-0099"
static const char s_store[] = "0001 alice 9d\n"
                              "0002 bob 8d\n"
                              "0003 carol 7d pin=desk\n"
                              "0004 - dave 2d\n"
                              "0005 - zoe 90d\n"
                              "0006 -held note=fax\n"
                              "0007 left 5d\n"
                              "0008 old ?\n"
                              "0009 twin 3d\n"
                              "0010 twin 2d\n"
                              "0012 -held note=desk target=ext:0001\n"
                              "0013 -held target=ext:0001 until=-1\n"
                              "0014 fay 3d fallback=ext:0001\n"
                              "0055 outside 2d\n"
                              "0077 frozen 2d\n"
                              "exempt yan note=trainer\n";
static const char s_directory[] =
    "alice bob carol dave erin fay frank frozen old twin outside svc-1 yan zoe";

struct sample {
    const char *name;
    const char *requests;
    const char *expected; /* the plan, or a line for each refusal: "? text", "7? text" */
    const char *store;    /* afterwards, only the lines that were not so before; NULL: any */
};

static const struct sample s_samples[] = {
    {"nothing", "", "", ""},
    /* assign */
    {"assign", "assign erin", "+ 0000 erin\n", "0000 erin 0d\n"},
    {"assign a number", "assign erin 0020", "+ 0020 erin\n", "0020 erin 0d\n"},
    {"assign two", "assign frank\nassign erin", "+ 0000 frank\n+ 0005 erin\n", NULL},
    {"what is named is not picked", "assign erin\nassign frank 0000", "+ 0005 erin\n+ 0000 frank\n",
     NULL},
    {"former extension", "assign zoe", "+ 0005 zoe\n", NULL},
    {"former extension before lowest", "assign erin\nassign frank\nassign zoe",
     "+ 0000 erin\n+ 0011 frank\n+ 0005 zoe\n", NULL},
    {"former extension, cooling", "assign dave", "+ 0004 dave\n", NULL},
    {"former extension named by another", "assign zoe\nassign erin 0005",
     "+ 0000 zoe\n+ 0005 erin\n", NULL},
    {"assign a cooling one", "assign erin 0004", "+ 0004 erin\n", NULL},
    {"assign a blocked one", "assign erin 0077", "? 0077 is blocked by the policy\n", ""},
    {"assign a reserved one", "assign erin 0006", "? 0006 is reserved: fax\n", ""},
    {"assign an assigned one", "assign erin 0001", "? 0001 is assigned to alice\n", ""},
    {"assign outside", "assign erin 0056", "? 0056 is outside the ranges of the pool\n", ""},
    {"no such number", "assign erin 001",
     "? \"001\" is not an extension: 4 digits are needed; did you mean 0001?\n", ""},
    {"has one", "assign alice", "? alice already has 0001; reassign moves them\n", ""},
    {"has another", "assign alice 0020", "? alice already has 0001; reassign moves them\n", ""},
    {"has that one", "assign alice 0001", "+ 0001 alice !skipped\n", ""},
    {"unknown", "assign alcie",
     "? nobody in the directory is called \"alcie\"; did you mean "
     "\"alice\"?\n",
     ""},
    {"unknown case", "assign Erin",
     "? nobody in the directory is called \"Erin\"; did you mean "
     "\"erin\"? Case counts\n",
     ""},
    {"quite unknown", "assign wilhelmina", "? nobody in the directory is called \"wilhelmina\"\n",
     ""},
    {"nobody", "assign 0020", "? no agent is given\n", ""},
    {"the same agent twice", "assign erin 0020\nassign erin 0021",
     "? erin is already in another request\n", ""},
    {"the same number twice", "7: assign erin 0020\n8: assign frank 0020",
     "8? 0020 is already wanted by line 7\n", ""},
    {"two extensions", "reassign twin 0020",
     "? twin has 2 extensions at once; a sync or --doctor --fix repairs that\n", ""},
    /* exempt */
    {"exempt", "exempt erin note=trainer", "e - erin ( -> trainer)\n",
     "exempt erin note=trainer\n"},
    {"exempt a holder", "exempt bob", "- 0002 bob #1\ne - bob #1\n", "0002 - bob 0d\nexempt bob\n"},
    {"exempt one who is pinned", "exempt carol", "? carol is pinned to 0003 (desk); unpin first\n",
     ""},
    {"exempt one who is pinned, and unpin", "exempt carol\nunpin carol",
     "- 0003 carol #1\ne - carol #1\nn 0003 carol (desk -> ) #1\n",
     "0003 - carol 0d\nexempt carol\n"},
    {"exempt again", "exempt yan", "e - yan !skipped\n", ""},
    {"exempt with another note", "exempt yan note=away", "e - yan (trainer -> away)\n",
     "exempt yan note=away\n"},
    {"exempt twice", "exempt erin\nexempt erin", "? erin is already in another request\n", ""},
    {"exempt and assign", "exempt erin\nassign erin", "? erin is already in another request\n", ""},
    {"exempt and move", "exempt bob\nreassign bob 0020", "? bob is already in another request\n",
     ""},
    {"exempt with two extensions", "exempt twin",
     "? twin has 2 extensions at once; a sync or --doctor --fix repairs that\n", ""},
    {"exempt, and another takes the number", "exempt bob\nassign erin 0002",
     "- 0002 bob #1\ne - bob #1\n+ 0002 erin #1\n", "0002 erin 0d\nexempt bob\n"},
    {"assign one who is exempt", "assign yan",
     "? yan is exempt since 2026-11-21: trainer; --unexempt yan lets them have an extension\n", ""},
    {"assign one who is exempt by a pattern", "assign svc-1",
     "? svc-1 is exempt by the pattern \"svc-*\": change [policy] exempt for that\n", ""},
    {"unexempt", "unexempt yan", "i - yan (trainer -> )\n", ""},
    {"unexempt and assign", "unexempt yan\nassign yan", "i - yan (trainer -> ) #1\n+ 0000 yan #1\n",
     "0000 yan 0d\n"},
    {"unexempt one who is not", "unexempt erin", "? erin is not exempt\n", ""},
    {"unexempt one who is not, in a file", "7: unexempt erin", "i - erin !skipped\n", ""},
    {"unexempt one of a pattern", "unexempt svc-1",
     "? svc-1 is exempt by the pattern \"svc-*\": change [policy] exempt for that\n", ""},
    {"exempt a number", "exempt 0020", "? exempt takes an agent and no extension\n", ""},
    /* release */
    {"release", "release alice", "- 0001 alice\n", "0001 - alice 0d\n"},
    {"release by number", "release 0001", "- 0001 alice\n", "0001 - alice 0d\n"},
    {"release of one who left", "release left", "- 0007 left\n", NULL},
    {"release of one not adopted", "release old", "- 0008 old\n", NULL},
    {"release outside of the ranges", "release outside", "- 0055 outside\n", NULL},
    {"release of nothing", "release erin", "? erin has no extension\n", ""},
    {"release of nobody", "release lefft", "? lefft has no extension; did you mean \"left\"?\n",
     ""},
    {"release of a free number", "release 0020", "? 0020 is not assigned to anybody\n", ""},
    {"release of a pinned one", "release carol", "? carol is pinned to 0003 (desk); unpin first\n",
     ""},
    {"release the wrong one", "release alice 0002", "? alice has 0001, not 0002\n", ""},
    {"release the right one", "release alice 0001", "- 0001 alice\n", NULL},
    {"release of one of two", "release 0009",
     "? twin has 2 extensions at once; a sync or --doctor --fix repairs that\n", ""},
    {"rows that are so already",
     "2: release erin\n3: release 0020\n4: fit alice 0001\n5: fit bob\n6: unpin bob\n"
     "8: pin carol note=desk\n9: reserve 0006\n10: unreserve 0020",
     "- - erin !skipped\n- 0020 !skipped\n+ 0001 alice !skipped\n+ 0002 bob !skipped\n"
     "n 0002 bob !skipped\np 0003 carol !skipped\nr 0006 !skipped\nu 0020 !skipped\n",
     ""},
    /* reassign */
    {"reassign", "reassign alice 0020", "~ 0020 alice (0001 -> 0020)\n",
     "0001 - alice 0d\n0020 alice 0d\n"},
    {"reassign to any", "reassign alice", "~ 0000 alice (0001 -> 0000)\n", NULL},
    {"reassign of one who has none", "reassign erin 0020",
     "? erin has no extension yet; assign gives them one\n", ""},
    {"reassign to an assigned one", "reassign alice 0002",
     "? 0002 is assigned to bob; swap exchanges two\n", ""},
    {"reassign of one who left", "reassign left 0020", "~ 0020 left (0007 -> 0020)\n", NULL},
    {"reassign of a pinned one", "reassign carol 0020",
     "? carol is pinned to 0003 (desk); unpin first\n", ""},
    {"reassign to where they are", "reassign alice 0001", "~ 0001 alice !skipped\n", ""},
    {"reassign of one not adopted", "reassign old 0020", "~ 0020 old (0008 -> 0020)\n", NULL},
    {"as fits", "2: fit alice 0020\n3: fit erin 0021\n4: fit frank",
     "~ 0020 alice (0001 -> 0020)\n+ 0021 erin\n+ 0000 frank\n", NULL},
    /* swap */
    {"swap", "swap alice bob", "~ 0002 alice (0001 -> 0002) #1\n~ 0001 bob (0002 -> 0001) #1\n",
     "0001 bob 0d\n0002 alice 0d\n"},
    {"swap outside of the ranges", "swap alice outside",
     "~ 0055 alice (0001 -> 0055) #1\n~ 0001 outside (0055 -> 0001) #1\n", NULL},
    {"swap with a blocked one", "swap alice frozen", "? 0077 is blocked by the policy\n", ""},
    {"swap with nothing", "swap alice erin", "? erin has no extension to swap\n", ""},
    {"swap with oneself", "swap alice alice", "? alice cannot swap with themselves\n", ""},
    {"swap with a pinned one", "swap alice carol",
     "? carol is pinned to 0003 (desk); unpin first\n", ""},
    {"swap with nobody", "swap alice", "? no agent is given\n", ""},
    {"swap twice", "swap alice bob\nswap bob old", "? bob is already in another request\n", ""},
    /* what hangs together */
    {"a chain", "reassign alice 0002\nreassign bob 0020",
     "~ 0002 alice (0001 -> 0002) #1\n~ 0020 bob (0002 -> 0020) #1\n",
     "0001 - alice 0d\n0002 alice 0d\n0020 bob 0d\n"},
    {"a chain from the other end", "reassign bob 0020\nassign erin 0021\nreassign alice 0002",
     "~ 0020 bob (0002 -> 0020) #1\n~ 0002 alice (0001 -> 0002) #1\n+ 0021 erin\n", NULL},
    {"a cycle", "reassign alice 0002\nreassign bob 0008\nreassign old 0001",
     "~ 0002 alice (0001 -> 0002) #1\n~ 0008 bob (0002 -> 0008) #1\n~ 0001 old (0008 -> 0001) #1\n",
     "0001 old 0d\n0002 alice 0d\n0008 bob 0d\n"},
    {"released and taken over", "assign erin 0001\nrelease alice",
     "+ 0001 erin #1\n- 0001 alice #1\n", "0001 erin 0d\n"},
    {"unreserved and taken", "unreserve 0006\nassign erin 0006",
     "u 0006 (fax -> ) #1\n+ 0006 erin #1\n", "0006 erin 0d\n"},
    {"released and reserved", "release alice\nreserve 0001 note=door",
     "- 0001 alice #1\nr 0001 ( -> door) #1\n", "0001 -held 0d note=door\n"},
    {"assigned and pinned", "assign erin 0020\npin erin note=lift",
     "+ 0020 erin #1\np 0020 erin ( -> lift) #1\n", "0020 erin 0d pin=lift\n"},
    {"moved and pinned", "reassign alice 0020\npin alice note=lift",
     "~ 0020 alice (0001 -> 0020) #1\np 0020 alice ( -> lift) #1\n",
     "0001 - alice 0d\n0020 alice 0d pin=lift\n"},
    {"unpinned and moved", "unpin carol\nreassign carol 0020",
     "n 0003 carol (desk -> ) #1\n~ 0020 carol (0003 -> 0020) #1\n",
     "0003 - carol 0d\n0020 carol 0d\n"},
    {"unpinned and released", "unpin carol\nrelease carol",
     "n 0003 carol (desk -> ) #1\n- 0003 carol #1\n", "0003 - carol 0d\n"},
    {"pinned and released", "3: pin alice\n4: release alice", "3? alice is given back by line 4\n",
     ""},
    {"moved and released", "reassign alice 0020\nrelease alice",
     "? alice is already in another request\n", ""},
    {"two chains", "reassign alice 0020\nreassign old 0021\nassign erin 0001\nassign frank 0008",
     "~ 0020 alice (0001 -> 0020) #1\n+ 0001 erin #1\n~ 0021 old (0008 -> 0021) #2\n"
     "+ 0008 frank #2\n",
     NULL},
    /* reserve, pin */
    {"reserve", "reserve 0020 note=door", "r 0020 ( -> door)\n", "0020 -held 0d note=door\n"},
    {"reserve without a note", "reserve 0020", "r 0020\n", "0020 -held 0d\n"},
    {"reserve a cooling one", "reserve 0004", "r 0004\n", "0004 -held 0d\n"},
    {"another note", "reserve 0006 note=door", "r 0006 (fax -> door)\n",
     "0006 -held 0d note=door\n"},
    {"reserve an assigned one", "reserve 0001", "? 0001 is assigned to alice\n", ""},
    {"reserve outside", "reserve 0055", "? 0055 is outside the ranges of the pool\n", ""},
    {"reserve an agent", "reserve alice", "? reserve takes an extension and no agent\n", ""},
    {"unreserve", "unreserve 0006", "u 0006 (fax -> )\n", NULL},
    {"unreserve a free one", "unreserve 0020", "? 0020 is not reserved\n", ""},
    {"unreserve twice", "unreserve 0006\nunreserve 0006", "? 0006 is already in another request\n",
     ""},
    {"pin", "pin alice note=lift", "p 0001 alice ( -> lift)\n", "0001 alice 9d pin=lift\n"},
    {"pin without a note", "pin alice", "p 0001 alice ( -> pinned)\n",
     "0001 alice 9d pin=pinned\n"},
    {"pin by number", "pin 0001", "p 0001 alice ( -> pinned)\n", NULL},
    {"pin again", "pin carol note=lift", "p 0003 carol (desk -> lift)\n",
     "0003 carol 7d pin=lift\n"},
    {"pin one who is not adopted", "pin old note=lift", "p 0008 old ( -> lift)\n",
     "0008 old 0d pin=lift\n"},
    {"pin twice", "pin carol\npin carol", "? carol is already in another request\n", ""},
    {"pin what is pinned", "pin carol", "p 0003 carol !skipped\n", ""},
    {"pin nobody", "pin erin", "? erin has no extension\n", ""},
    /* where calls go */
    {"reserve with a target", "reserve 0020 target=agent:bob until=30d", "r 0020\n",
     "0020 -held 0d target=agent:bob until=30d\n"},
    {"another target", "reserve 0006 target=ext:0001", "s 0006 ( -> target ext:0001)\n",
     "0006 -held 1d note=fax target=ext:0001\n"},
    {"the same target", "reserve 0012 target=ext:0001", "r 0012 !skipped\n", ""},
    {"no target any more", "reserve 0012 target=", "s 0012 (target ext:0001 -> )\n",
     "0012 -held 1d note=desk\n"},
    {"another note keeps the target", "reserve 0012 note=door", "r 0012 (desk -> door)\n",
     "0012 -held 0d note=door target=ext:0001\n"},
    {"reserved again after its end", "reserve 0013",
     "s 0013 (target ext:0001, until 2026-11-21T12:00:00Z -> )\n", "0013 -held 1d\n"},
    {"to itself", "reserve 0020 target=ext:0020",
     "? a call to 0020 cannot go to 0020 again: name another target\n", ""},
    {"until yesterday", "reserve 0020 until=2026-11-21T00:00:00Z",
     "? 0020 cannot be reserved until 2026-11-21T00:00:00Z: it is 2026-11-22T12:00:00Z now\n", ""},
    {"no target at all", "reserve 0020 target=fax:1", "? \"fax:1\" is not a target\n", ""},
    {"a free one has none", "unreserve 0012", "u 0012 (desk -> )\n", NULL},
    {"fallback", "set alice target=phone:+441632960000", "s 0001 alice ( -> phone:+441632960000)\n",
     "0001 alice 9d fallback=phone:+441632960000\n"},
    {"another fallback", "set fay target=agent:bob", "s 0014 fay (ext:0001 -> agent:bob)\n",
     "0014 fay 3d fallback=agent:bob\n"},
    {"no fallback any more", "set fay target=", "s 0014 fay (ext:0001 -> )\n", "0014 fay 3d\n"},
    {"the same fallback", "set fay target=ext:0001", "s 0014 fay !skipped\n", ""},
    {"it goes with the agent", "reassign fay 0020", "~ 0020 fay (0014 -> 0020)\n",
     "0014 - fay 0d\n0020 fay 0d fallback=ext:0001\n"},
    {"both at once", "set fay target=agent:bob\nreassign fay 0020\npin fay note=x",
     "s 0020 fay (ext:0001 -> agent:bob) #1\n~ 0020 fay (0014 -> 0020) #1\np 0020 fay ( -> x) #1\n",
     "0014 - fay 0d\n0020 fay 0d pin=x fallback=agent:bob\n"},
    {"of one not adopted", "set old target=agent:bob", "s 0008 old ( -> agent:bob)\n",
     "0008 old 0d fallback=agent:bob\n"},
    {"their own fallback", "set alice target=agent:alice", "? alice cannot be their own fallback\n",
     ""},
    {"their own number", "set alice target=ext:0001",
     "? 0001 is the extension of alice: it cannot be their fallback\n", ""},
    {"fallback of nobody", "set erin target=agent:bob", "? erin has no extension\n", ""},
    {"fallback and release", "set fay target=\nrelease fay",
     "? fay is given back by another request\n", ""},
    {"two fallbacks", "set fay target=\nset fay target=agent:bob",
     "? fay is already in another request\n", ""},
    {"unpin", "unpin carol", "n 0003 carol (desk -> )\n", "0003 carol 7d\n"},
    {"unpin one who is not pinned", "unpin alice", "? alice is not pinned\n", ""},
    /* a file with more than one mistake */
    {"every mistake is named",
     "2: fit alice 0020\n3: fit nobody 0021\n4: release carol\n5: fit erin 0002\n6: reserve 20",
     "3? nobody in the directory is called \"nobody\"\n"
     "4? carol is pinned to 0003 (desk); unpin first\n"
     "5? 0002 is assigned to bob\n"
     "6? \"20\" is not an extension: 4 digits are needed; did you mean 0020?\n",
     ""},
};

static void open_world(struct world *w)
{
    world_init(w, RANGES);
    assert_int_equal(policy_set_blocked(&w->policy, "0077", NULL), ERR_OK);
    assert_int_equal(policy_set_exempt(&w->policy, "svc-*", NULL), ERR_OK);
    w->keeps_claims = true;
    world_store(w, s_store);
    world_fill(w);
    world_claim_all(w);
    world_directory(w, s_directory);
}

static const char *refusals_text(const struct refusals *refusals, struct arena *arena)
{
    struct buf out;
    buf_init(&out, 65536);
    for (size_t i = 0; i < refusals->n_items; i++) {
        if (refusals->items[i].line) {
            buf_printf(&out, "%zu", refusals->items[i].line);
        }
        buf_printf(&out, "? %s\n", refusals->items[i].text);
    }
    const char *text = arena_strdup(arena, out.data);
    buf_release(&out);
    return text;
}

/* The lines of `now` that `before` does not have. */
static const char *new_lines(struct arena *arena, const char *before, const char *now)
{
    struct buf out;
    buf_init(&out, 65536);
    for (const char *line = now; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        const char *same = arena_strndup(arena, line, length);
        if (!strstr(before, same)) {
            buf_puts(&out, same);
        }
        line += length;
    }
    const char *text = arena_strdup(arena, out.data);
    buf_release(&out);
    return text;
}

static void check_sample(const struct sample *sample, size_t batch)
{
    struct world w;
    open_world(&w);
    const char *before = world_text(&w);
    struct requests requests;
    requests_read(&requests, sample->requests);
    struct plan_input input = world_input(&w);
    struct refusals refusals;
    refusals_init(&refusals);
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    enum err_code code =
        plan_edit(&input, "test", requests.items, requests.n, &refusals, &plan, &err);
    const char *text = plan ? plan_text(plan) : refusals_text(&refusals, &w.arena);
    if (strcmp(text, sample->expected) != 0) {
        fail_msg("%s:\ncame\n%sexpected\n%s", sample->name, text, sample->expected);
    }
    assert_int_equal(code, plan ? ERR_OK : ERR_INPUT);
    if (!plan) {
        assert_non_null(strstr(err.text, refusals.items[0].text));
    } else if (world_apply_by(&w, plan, batch) != 0) {
        fail_msg("%s: conflicts\n%s", sample->name, plan_text(plan));
    }
    world_remove(&w, "0009"); /* damaged from the beginning, and untouched */
    world_remove(&w, "0010");
    world_claim(&w, "twin", NULL);
    if (world_fault(&w)) {
        fail_msg("%s: %s", sample->name, world_fault(&w));
    }
    const char *after = new_lines(&w.arena, before, world_text(&w));
    if (sample->store && strcmp(after, sample->store) != 0) {
        fail_msg("%s:\nthe store has\n%sexpected\n%s", sample->name, after, sample->store);
    }
    plan_free(plan);
    refusals_release(&refusals);
    requests_release(&requests);
    world_release(&w);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        check_sample(&s_samples[i], 33);
        check_sample(&s_samples[i], 1);
    }
}

/* A plan for some requests in the world of the samples. */
static struct plan *plan_of(struct world *w, const char *text, enum err_code expected,
                            struct err *err)
{
    struct requests requests;
    requests_read(&requests, text);
    struct plan_input input = world_input(w);
    struct plan *plan = NULL;
    assert_int_equal(plan_edit(&input, "test", requests.items, requests.n, NULL, &plan, err),
                     expected);
    requests_release(&requests);
    return plan;
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *why;
    } samples[] = {
        {"assign erin", "asked for, lowest free"},
        {"assign erin 0020", "asked for"},
        {"7: fit erin 0020", "line 7 of the import"},
        {"assign erin 0020 note=desk", "desk"},
        {"assign erin 0004", "asked for, although it cools until 27 Nov"},
        {"assign zoe", "asked for, returns to the former extension"},
        {"release alice", "asked for; cools until 29 Nov"},
        {"reassign alice 0020", "asked for; 0001 cools until 29 Nov"},
        {"swap alice bob", "swaps with bob"},
        {"reserve 0020 note=door", "asked for"},
        {"reassign bob 0020\nreassign alice 0002", "asked for"},
    };
    struct world w;
    open_world(&w);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct plan *plan = plan_of(&w, samples[i].request, ERR_OK, NULL);
        assert_string_equal(plan->changes[0].why, samples[i].why);
        plan_free(plan);
    }
    world_release(&w);
}

/* Whoever is released and still works here gets a number again by the next sync. */
static void test_who_stays_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *note; /* NULL: none */
    } samples[] = {
        {"release alice", "alice is in the directory: the next sync gives them an extension again; "
                          "--exempt alice releases it for good"},
        {"release 0001", "alice is in the directory: the next sync gives them an extension again; "
                         "--exempt alice releases it for good"},
        {"release alice\nrelease bob\nrelease left",
         "2 are in the directory: the next sync gives them extensions again; "
         "--exempt releases them for good: alice, bob"},
        {"release left", NULL},
        {"exempt alice", NULL},
        {"exempt erni", "nobody in the directory is called \"erni\"; did you mean \"erin\"?"},
    };
    struct world w;
    open_world(&w);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct plan *plan = plan_of(&w, samples[i].request, ERR_OK, NULL);
        plan->derived = false;
        plan_note_staying(plan, &w.policy, w.roster);
        assert_int_equal(plan->n_notes, samples[i].note != NULL);
        if (samples[i].note) {
            assert_string_equal(plan->notes[0], samples[i].note);
        }
        plan_free(plan);
    }
    world_release(&w);
}

/* An assign that was asked for has the condition that nobody makes the agent exempt before; a row of a
   file goes without, because it would cost a third more. */
static void test_an_assign_expects_that_nobody_is_exempt(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct plan *plan = plan_of(&w, "assign erin\n7: assign frank", ERR_OK, NULL);
    assert_non_null(plan->changes[0].exempt);
    assert_null(plan->changes[0].exempt->before);
    assert_null(plan->changes[0].exempt->after);
    assert_null(plan->changes[1].exempt);
    world_store(&w, "exempt erin\n");
    assert_int_equal(world_apply(&w, plan), 1);
    assert_int_equal(plan->changes[0].result, RESULT_CONFLICT);
    assert_int_equal(plan->changes[1].result, RESULT_DONE);
    plan_free(plan);
    world_release(&w);
}

/* What the policy never assigns again does not cool either. */
static void test_given_back_for_good(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *why;
    } samples[] = {
        {"release alice", "asked for; stays blocked by the policy"},
        {"release bob", "asked for; stays outside the ranges"},
        {"reassign alice 0001", "asked for; 9110 stays blocked by the policy"},
    };
    struct world w;
    world_init(&w, "0000-0009 9110-9119");
    world_store(&w, "0001 -\n8000 bob\n9110 alice\n");
    world_directory(&w, "alice bob");
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct plan *plan = plan_of(&w, samples[i].request, ERR_OK, NULL);
        assert_string_equal(plan->changes[0].why, samples[i].why);
        plan_free(plan);
    }
    world_release(&w);
}

static void test_pool_empty(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0001");
    world_store(&w, "0000 alice\n0001 - bob 1d\n");
    world_directory(&w, "alice carol dave");
    struct err err = ERR_INIT;
    struct plan *plan = plan_of(&w, "assign carol", ERR_OK, &err);
    assert_plan(plan, "+ 0001 carol\n");
    assert_string_equal(plan->changes[0].why, "asked for, was cooling, nothing else is free");
    plan_free(plan);
    assert_null(plan_of(&w, "assign carol\nassign dave", ERR_POOL_EMPTY, &err));
    assert_string_equal(err.text, "no extension is left for dave");
    world_release(&w);
}

/* An index may lag, so a number that it does not show is not known to be missing. */
static void test_number_not_shown(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    world_store(&w, "0000 alice\n");
    world_directory(&w, "alice bob");
    struct err err = ERR_INIT;
    struct plan *plan = plan_of(&w, "assign bob 0005", ERR_OK, &err);
    assert_plan(plan, "+ 0005 bob\n");
    assert_null(plan->changes[0].steps[0].before);
    plan_free(plan);
    w.keeps_claims = true;
    world_look(&w);
    plan = plan_of(&w, "assign bob 0005", ERR_OK, &err);
    assert_plan(plan, "+ 0005 bob\n"); /* its write is on condition that it is not there */
    plan_free(plan);
    plan = plan_of(&w, "9: assign bob", ERR_OK, &err);
    assert_plan(plan, "+ 0001 bob\n");
    plan_free(plan);
    world_release(&w);
}

/* A reservation is no way around the cool-down: what the number was comes back after it. */
static void test_reservation_in_between(void **state)
{
    (void)state;
    static const struct {
        const char *first, *then, *text;
    } samples[] = {
        {"reserve 0004", "unreserve 0004", "0004 - dave 2d\n"},
        {"reserve 0004 note=a\n", "reserve 0004 note=b\n", "0004 -held 0d note=b\n"},
        {"release bob\nreserve 0002", "unreserve 0002", "0002 - bob 0d\n"},
        {"reserve 0020", "unreserve 0020", NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct err err = ERR_INIT;
        open_world(&w);
        const char *steps[] = {samples[i].first, samples[i].then};
        for (size_t k = 0; k < 2; k++) {
            struct plan *plan = plan_of(&w, steps[k], ERR_OK, &err);
            assert_int_equal(world_apply(&w, plan), 0);
            plan_free(plan);
            world_look(&w);
        }
        if (samples[i].text) {
            assert_non_null(strstr(world_text(&w), samples[i].text));
        }
        world_release(&w);
    }
}

/* A renamed reservation still knows who gave the number back. */
static void test_reservation_renamed(void **state)
{
    (void)state;
    struct world w;
    struct err err = ERR_INIT;
    open_world(&w);
    static const char *const steps[] = {"reserve 0004 note=a", "reserve 0004 note=b",
                                        "unreserve 0004"};
    for (size_t k = 0; k < 3; k++) {
        struct plan *plan = plan_of(&w, steps[k], ERR_OK, &err);
        assert_int_equal(world_apply(&w, plan), 0);
        plan_free(plan);
        world_look(&w);
    }
    assert_non_null(strstr(world_text(&w), "0004 - dave 2d\n"));
    world_release(&w);
}

/* What belongs to an agent goes where they go; what belongs to the holding does not. */
static void test_what_moves_with_what(void **state)
{
    (void)state;
    struct world w;
    struct err err = ERR_INIT;
    open_world(&w);
    struct belongings alices = {.arn = "arn:alice", .fallback = "ext:0100"};
    struct slot *alice = world_slot(&w, "0001");
    alice->own = &alices;
    alice->by = "kim";
    world_look(&w);
    struct plan *plan = plan_of(&w, "swap alice bob", ERR_OK, &err);
    const struct slot *after = &plan->changes[0].steps[0].after;
    assert_string_equal(after->agent, "alice");
    assert_string_equal(after->own->arn, "arn:alice");
    assert_string_equal(after->own->fallback, "ext:0100");
    assert_string_equal(after->by, "test");
    assert_int_equal(after->at_s, w.now_s);
    assert_null(plan->changes[1].steps[0].after.own);
    plan_free(plan);
    plan = plan_of(&w, "release alice", ERR_OK, &err);
    assert_null(plan->changes[0].steps[0].after.own);
    plan_free(plan);
    plan = plan_of(&w, "pin alice note=x", ERR_OK, &err);
    assert_string_equal(plan->changes[0].steps[0].after.own->fallback, "ext:0100");
    assert_string_equal(plan->changes[0].steps[0].after.by, "kim");
    plan_free(plan);
    world_release(&w);
}

static void test_without_directory(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    roster_unref(w.roster);
    w.roster = NULL;
    struct plan *plan = plan_of(&w, "assign somebody 0020", ERR_OK, NULL);
    assert_plan(plan, "+ 0020 somebody\n");
    plan_free(plan);
    char request[LOGIN_MAX + 32] = "assign ";
    memset(request + 7, 'x', LOGIN_MAX + 1);
    struct err err = ERR_INIT;
    assert_null(plan_of(&w, request, ERR_INPUT, &err));
    assert_string_equal(err.text, "the login is longer than 128 bytes");
    err_clear(&err);
    assert_null(plan_of(&w, "assign \xff\xfe", ERR_INPUT, &err));
    w.roster = roster_new();
    world_release(&w);
}

static void test_notes(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    char request[NOTE_MAX + 64] = "pin alice note=";
    size_t used = strlen(request);
    memset(request + used, 'x', NOTE_MAX);
    struct plan *plan = plan_of(&w, request, ERR_OK, NULL);
    assert_int_equal(strlen(plan->changes[0].to), NOTE_MAX);
    plan_free(plan);
    request[used + NOTE_MAX] = 'x';
    struct err err = ERR_INIT;
    assert_null(plan_of(&w, request, ERR_INPUT, &err));
    assert_string_equal(err.text, "the note is longer than 256 bytes");
    err_clear(&err);
    assert_null(plan_of(&w, "pin alice note=\x1b[31mred", ERR_INPUT, &err));
    assert_string_equal(err.text, "the note holds an escape sequence");
    world_release(&w);
}

static void test_what_is_so_already_is_a_row(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct plan *plan = plan_of(&w, "4: fit alice 0001\n5: reserve 0006", ERR_OK, NULL);
    assert_plan(plan, "+ 0001 alice !skipped\nr 0006 !skipped\n");
    assert_string_equal(plan->changes[0].detail, "already applied: alice has 0001");
    assert_string_equal(plan->changes[0].why, "line 4 of the import");
    assert_string_equal(plan->changes[1].detail, "already applied: 0006 is reserved");
    assert_true(plan->changes[0].already_applied);
    assert_false(plan_has_work(plan));
    for (enum change_kind kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        assert_int_equal(plan->counts[kind], 0);
    }
    plan_free(plan);
    world_release(&w);
}

static void chain_of(char *out, size_t size, int length)
{
    size_t used = 0;
    for (int i = 0; i < length; i++) {
        used += (size_t)snprintf(out + used, size - used, "reassign a%02d %04d\n", i, i + 1);
    }
}

static void test_long_chain(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0099");
    w.keeps_claims = true;
    char directory[512] = "";
    for (int i = 0; i < 31; i++) {
        char line[32];
        snprintf(line, sizeof line, "%04d a%02d 3d\n", i, i);
        world_store(&w, line);
        snprintf(directory + strlen(directory), 8, "a%02d ", i);
    }
    world_fill(&w);
    world_claim_all(&w);
    world_directory(&w, directory);
    char requests[2048];
    chain_of(requests, sizeof requests, 31);
    struct err err = ERR_INIT;
    assert_null(plan_of(&w, requests, ERR_INPUT, &err));
    assert_string_equal(err.text,
                        "31 changes depend on each other from here on, but one transaction "
                        "takes 30: break the chain");
    world_store(&w, "0030 - a30 1d\n");
    world_claim(&w, "a30", NULL);
    chain_of(requests, sizeof requests, 30);
    struct plan *plan = plan_of(&w, requests, ERR_OK, NULL);
    assert_int_equal(plan_unit_end(plan, 0), 30);
    assert_int_equal(world_apply(&w, plan), 0);
    assert_null(world_fault(&w));
    assert_string_equal(world_slot(&w, "0030")->agent, "a29");
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_who_stays_is_named),
        cmocka_unit_test(test_an_assign_expects_that_nobody_is_exempt),
        cmocka_unit_test(test_given_back_for_good),
        cmocka_unit_test(test_pool_empty),
        cmocka_unit_test(test_number_not_shown),
        cmocka_unit_test(test_without_directory),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_what_is_so_already_is_a_row),
        cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_reservation_in_between),
        cmocka_unit_test(test_reservation_renamed),
        cmocka_unit_test(test_what_moves_with_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
