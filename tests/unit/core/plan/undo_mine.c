/* Which action a bare undo takes back, and a bare redo brings back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/undo_mine.h"
#include "tests/unit/support/world.h"

#define KIM "kim@desk7"
#define ROLE "arn:aws:sts::123456789012:assumed-role/Ops/"

/* One action, the oldest first. Its changes are pins of agents by their letter, "a=1 b=1", or unpins
   "a b": alice, bob and carol hold 0001, 0002 and 0003. */
struct deed {
    const char *id; /* two letters */
    const char *action;
    const char *pins;
    const char *undoes;
    const char *user, *actor;
    enum audit_via via;
    int64_t ago_s;
    size_t planned;
};

/* What most of them are. */
#define MINE .user = KIM, .actor = KIM, .via = VIA_CONSOLE

struct sample {
    const char *name;
    const char *pinned; /* who is pinned today, and with which note: "a=1" */
    struct deed deeds[6];
    const char *undo; /* the plan, or NULL: there is nothing to undo */
    const char *undoes;
    const char *redo;
    const char *redoes;
};

static const struct sample s_samples[] = {
    {.name = "nothing was done"},
    {.name = "the newest of mine",
     .pinned = "a=1 b=1",
     .deeds = {{"d1", "pin", "a=1", MINE}, {"d2", "pin", "b=1", MINE}},
     .undo = "n 0002 bob (1 -> )\n",
     .undoes = "d2"},
    {.name = "a role's session and the address of a person do not count",
     .pinned = "a=1",
     .deeds = {{"d1", "pin", "a=1", .user = KIM, .actor = KIM " from 192.0.2.7",
                .via = VIA_COMMAND}},
     .undo = "n 0001 alice (1 -> )\n",
     .undoes = "d1"},
    {.name = "another user, another principal, no user, a timer, a lambda",
     .pinned = "a=1 b=1 c=1",
     .deeds = {{"d1", "pin", "a=1", .user = "lee@desk7", .actor = KIM, .via = VIA_CONSOLE},
               {"d2", "pin", "b=1", .user = KIM, .actor = KIM " as root", .via = VIA_CONSOLE},
               {"d3", "pin", "c=1", .user = NULL, .actor = KIM, .via = VIA_CONSOLE},
               {"d4", "pin", "a=1", .user = KIM, .actor = KIM, .via = VIA_TIMER},
               {"d5", "pin", "b=1", .user = KIM, .actor = KIM, .via = VIA_LAMBDA}}},
    {.name = "older than a day",
     .pinned = "a=1 b=1",
     .deeds = {{"d1", "pin", "a=1", MINE, .ago_s = 86401},
               {"d2", "pin", "b=1", MINE, .ago_s = 86400}},
     .undo = "n 0002 bob (1 -> )\n",
     .undoes = "d2"},
    {.name = "taken back already",
     .pinned = "a=1",
     .deeds = {{"d1", "pin", "a=1", MINE},
               {"d2", "pin", "b=1", MINE},
               {"u2", "undo", "b", "d2", MINE}},
     .undo = "n 0001 alice (1 -> )\n",
     .undoes = "d1",
     .redo = "p 0002 bob ( -> 1)\n",
     .redoes = "u2"},
    {.name = "taken back by somebody else",
     .pinned = "a=1",
     .deeds = {{"d1", "pin", "a=1", MINE},
               {"d2", "pin", "b=1", MINE},
               {"u2", "undo", "b", "d2", .user = "lee@desk2", .actor = "lee@desk2",
                .via = VIA_CONSOLE}},
     .undo = "n 0001 alice (1 -> )\n",
     .undoes = "d1"},
    {.name = "brought back, and then again",
     .pinned = "b=1",
     .deeds = {{"d2", "pin", "b=1", MINE},
               {"u2", "undo", "b", "d2", MINE},
               {"r2", "redo", "b=1", "u2", MINE}},
     .undo = "n 0002 bob (1 -> )\n",
     .undoes = "r2"},
    {.name = "something new cuts the redo line",
     .pinned = "a=1",
     .deeds = {{"d2", "pin", "b=1", MINE},
               {"u2", "undo", "b", "d2", MINE},
               {"d3", "pin", "a=1", MINE}},
     .undo = "n 0001 alice (1 -> )\n",
     .undoes = "d3"},
    {.name = "what a timer did under my name does not",
     .pinned = "a=1",
     .deeds = {{"d2", "pin", "b=1", MINE},
               {"u2", "undo", "b", "d2", MINE},
               {"d3", "pin", "a=1", .user = KIM, .actor = KIM, .via = VIA_TIMER}},
     .redo = "p 0002 bob ( -> 1)\n",
     .redoes = "u2"},
    {.name = "what moved on is passed over",
     .pinned = "a=1 b=other",
     .deeds = {{"d1", "pin", "a=1", MINE}, {"d2", "pin", "b=1", MINE}},
     .undo = "n 0001 alice (1 -> )\n",
     .undoes = "d1"},
    {.name = "an undo that was killed is brought to its end",
     .pinned = "b=1 c=1",
     .deeds = {{"d0", "pin", "a=0", MINE},
               {"d1", "pin", "a=1 b=1 c=1", MINE},
               {"u1", "undo", "a=0", "d1", MINE, .planned = 3}},
     .undo = "n 0003 carol (1 -> )\nn 0002 bob (1 -> )\n",
     .undoes = "d1",
     .redo = NULL},
    {.name = "one that left a row out on purpose is finished",
     .pinned = "a=0 c=1",
     .deeds = {{"d0", "pin", "a=0", MINE},
               {"d1", "pin", "b=1 c=1", MINE},
               {"u1", "undo", "b", "d1", MINE, .planned = 1}},
     .undo = "n 0001 alice (0 -> )\n",
     .undoes = "d0",
     .redo = "p 0002 bob ( -> 1)\n",
     .redoes = "u1"},
    {.name = "a redo brings back what both halves took",
     .deeds = {{"d1", "pin", "a=1 b=1", MINE},
               {"u1", "undo", "a", "d1", MINE, .planned = 2},
               {"u2", "undo", "b", "d1", MINE, .planned = 1}},
     .redo = "p 0002 bob ( -> 1)\np 0001 alice ( -> 1)\n",
     .redoes = "u2"},
    {.name = "a record without changes is no undo",
     .pinned = "a=1",
     .deeds = {{"d1", "pin", "a=1", MINE}, {"u1", "undo", "", "d1", MINE, .planned = 1}},
     .undo = "n 0001 alice (1 -> )\n",
     .undoes = "d1"},
    {.name = "an undo whose deed is older than the history",
     .deeds = {{"u1", "undo", "a", "zz", MINE}},
     .redo = "p 0001 alice ( -> 1)\n",
     .redoes = "u1"},
};

/* ---- a sample as a history ---------------------------------------------------------------------- */

static const char *agent_of(char letter)
{
    return letter == 'a' ? "alice" : letter == 'b' ? "bob" : "carol";
}

/* Of "a=1 b": pins with that note, or unpins of what had the note 1. */
static void add_changes(struct buf *out, const char *pins)
{
    buf_putc(out, '[');
    for (const char *c = pins; *c; c += strcspn(c, " "), c += *c == ' ') {
        bool pin = c[1] == '=';
        buf_printf(out,
                   "%s{\"change\":\"%s\",\"extension\":\"000%d\",\"agent\":\"%s\",\"%s\":\"%c\"}",
                   c > pins ? "," : "", pin ? "pin" : "unpin", c[0] - 'a' + 1, agent_of(c[0]),
                   pin ? "to" : "from", pin ? c[2] : '1');
    }
    buf_putc(out, ']');
}

static const char *id_of(const char *letters, char out[AUDIT_ID_ROOM])
{
    snprintf(out, AUDIT_ID_ROOM, "20261122T110000000Z-00%.2s00", letters);
    return out;
}

static struct history *history_of(const struct deed *deeds, size_t most)
{
    struct history *history = history_new();
    for (size_t i = 0; i < most && deeds[i].id; i++) {
        const struct deed *deed = &deeds[i];
        char id[AUDIT_ID_ROOM];
        char undoes[AUDIT_ID_ROOM];
        struct buf changes;
        buf_init(&changes, 4096);
        add_changes(&changes, deed->pins);
        struct audit_record record = {
            .action_id = id_of(deed->id, id),
            .at_ms = (WORLD_NOW_S - deed->ago_s) * 1000,
            .order = (int64_t)i,
            .actor = deed->actor,
            .origin = {.user = deed->user, .via = deed->via},
            .action = deed->action,
            .changes = changes.data,
            .planned = deed->planned,
        };
        record.origin.undoes = deed->undoes ? id_of(deed->undoes, undoes) : NULL;
        assert_int_equal(history_add(history, &record, NULL), ERR_OK);
        buf_release(&changes);
    }
    history_seal(history);
    return history;
}

static void pin(struct world *world, const char *pinned)
{
    char lines[256] = "";
    size_t length = 0;
    for (char letter = 'a'; letter <= 'c'; letter++) {
        const char *found = pinned ? strchr(pinned, letter) : NULL;
        while (found && found[1] != '=') {
            found = strchr(found + 1, letter);
        }
        length += (size_t)snprintf(lines + length, sizeof lines - length, "000%d %s 9d",
                                   letter - 'a' + 1, agent_of(letter));
        if (found) {
            length += (size_t)snprintf(lines + length, sizeof lines - length, " pin=%.*s",
                                       (int)strcspn(found + 2, " "), found + 2);
        }
        length += (size_t)snprintf(lines + length, sizeof lines - length, "\n");
    }
    world_store(world, lines);
}

/* ---- the tests ----------------------------------------------------------------------------------- */

typedef enum err_code (*planner_fn)(const struct plan_input *, const struct history *,
                                    const struct undo_self *, struct plan **, struct err *);

static void expect(const struct sample *sample, planner_fn planner, const char *plan_wanted,
                   const char *undoes)
{
    const struct undo_self self = {KIM, KIM " from 198.51.100.1"};
    struct world world;
    struct err err = ERR_INIT;
    struct plan *plan = NULL;
    struct history *history =
        history_of(sample->deeds, sizeof sample->deeds / sizeof *sample->deeds);
    char id[AUDIT_ID_ROOM];
    world_init(&world, "0000-0009");
    pin(&world, sample->pinned);
    struct plan_input input = world_input(&world);
    enum err_code code = planner(&input, history, &self, &plan, &err);
    if (code != (plan_wanted ? ERR_OK : ERR_NOT_FOUND)) {
        fail_msg("%s: %s%s", sample->name, err.text, plan ? plan_text(plan) : "");
    }
    if (plan_wanted && strcmp(plan_text(plan), plan_wanted) != 0) {
        fail_msg("%s: %s", sample->name, plan_text(plan));
    }
    if (plan_wanted) {
        assert_string_equal(plan->undoes, id_of(undoes, id));
        assert_null(plan->whose);
        assert_string_equal(plan->action, planner == plan_redo_newest ? "redo" : "undo");
    }
    plan_free(plan);
    history_free(history);
    world_release(&world);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof *s_samples; i++) {
        expect(&s_samples[i], plan_undo_newest, s_samples[i].undo, s_samples[i].undoes);
        expect(&s_samples[i], plan_redo_newest, s_samples[i].redo, s_samples[i].redoes);
    }
}

static void test_who_is_the_same(void **state)
{
    (void)state;
    const struct {
        const char *actor, *other;
        bool same;
    } pairs[] = {
        {KIM, KIM, true},
        {KIM, KIM " from 192.0.2.7", true},
        {KIM, KIM " as root", false},
        {KIM " as root from 192.0.2.7", KIM " as root", true},
        {ROLE "kim", ROLE "botocore-session-17", true},
        {ROLE "kim", "arn:aws:sts::123456789012:assumed-role/Opsy/kim", false},
        {ROLE "kim", "arn:aws:sts::999999999999:assumed-role/Ops/kim", false},
        {"arn:aws:iam::1:user/kim", "arn:aws:iam::1:user/lee", false},
        {"arn:aws:iam::1:user/kim", "arn:aws:iam::1:user/kim", true},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct undo_self self = {KIM, pairs[i].actor};
        struct audit_action action = {.actor = pairs[i].other, .origin = {.user = KIM}};
        assert_int_equal(undo_is_mine(&self, &action), pairs[i].same);
        action.origin.user = "lee@desk7";
        assert_false(undo_is_mine(&self, &action));
    }
}

static void test_an_id_names_whose_it_is(void **state)
{
    (void)state;
    static const struct deed deeds[] = {{"d1", "pin", "a=1", .user = "lee@desk2",
                                         .actor = "lee@desk2", .via = VIA_CONSOLE, .ago_s = 180},
                                        {.id = NULL}};
    const struct undo_self me = {KIM, KIM};
    const struct undo_self lee = {"lee@desk2", "lee@desk2"};
    struct world world;
    struct plan *plan = NULL;
    struct history *history = history_of(deeds, 1);
    world_init(&world, "0000-0009");
    pin(&world, "a=1");
    struct plan_input input = world_input(&world);
    assert_int_equal(plan_undo_named(&input, &history->actions[0], &me, &plan, NULL), ERR_OK);
    assert_string_equal(plan->whose, "lee@desk2");
    assert_string_equal(plan->notes[plan->n_notes - 1],
                        "takes back pin by lee@desk2 (console), 3m ago: "
                        "20261122T110000000Z-00d100");
    plan_free(plan);
    assert_int_equal(plan_undo_named(&input, &history->actions[0], &lee, &plan, NULL), ERR_OK);
    assert_null(plan->whose);
    plan_free(plan);
    history_free(history);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_who_is_the_same),
        cmocka_unit_test(test_an_id_names_whose_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
