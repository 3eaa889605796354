/*
 * One row is one row: what is planned from single records is what the whole store and the whole
 * directory give, for random pools and random requests.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/embedded/store_sqlite.h"
#include "core/plan/builder.h"
#include "core/session/usecase.h"
#include "tests/unit/support/settings_world.h"
#include "tests/unit/support/sqlite_calls.h"

#define NOW_S INT64_C(1795348800)
#define DAY_S INT64_C(86400)
#define NUMBERS 24
#define PEOPLE 12
#define EMPLOYED 10 /* the others have left */
#define WORLDS 60
#define REQUESTS 60

/* ---- the two ways ---------------------------------------------------------------------------- */

static int64_t now_ms(void *context)
{
    (void)context;
    return NOW_S * 1000;
}

static const struct clock s_clock = {.now_ms = now_ms};

static enum err_code open_store(const struct port_opening *opening, struct store **out,
                                struct err *err)
{
    (void)err;
    *out = store_sqlite_new(opening->rest, &s_clock);
    return ERR_OK;
}

/* The same store without the operation. */
static enum err_code open_whole_store(const struct port_opening *opening, struct store **out,
                                      struct err *err)
{
    static struct store_ops s_whole;
    enum err_code code = open_store(opening, out, err);
    s_whole = *(*out)->ops;
    s_whole.read_rows = NULL;
    (*out)->ops = &s_whole;
    return code;
}

struct way {
    struct settings settings;
    struct port ports[2];
    struct session *session;
};

static void open_way(struct way *way, const char *words, bool whole)
{
    const struct settings_world world = {
        .words = words, .config = "[policy]\nranges = 0000-0023\nblocked = 0003 002\n"};
    sw_good(&world, &way->settings);
    way->ports[0] = session_embedded_ports[0];
    way->ports[1] = (struct port){
        .scheme = "sqlite", .store = whole ? open_whole_store : open_store, .makes_file = true};
    const struct session_options options = {&way->settings, way->ports, 2, &s_clock, VIA_CONSOLE};
    assert_int_equal(session_open(&options, &way->session, NULL), ERR_OK);
}

static void close_way(struct way *way)
{
    session_close(way->session);
    settings_release(&way->settings);
}

struct both {
    char *path;
    struct way rows, whole;
};

static int set_up(void **state)
{
    static int s_number;
    struct both *both = mem_alloc(sizeof *both);
    struct buf agents;
    buf_init(&agents, 4096);
    buf_puts(&agents, "user\n");
    for (int i = 0; i < EMPLOYED; i++) {
        buf_printf(&agents, "agent%d\n", i);
    }
    char *file = mem_printf("%s/agents.csv", sw_home);
    assert_int_equal(fileio_replace(file, agents.data, agents.length, 0600, NULL), ERR_OK);
    free(file);
    buf_release(&agents);
    both->path = mem_printf("%s/%d.db", sw_home, s_number++);
    char *words = mem_printf("--init --store %s --directory ~/agents.csv", both->path);
    open_way(&both->rows, words, false);
    assert_int_equal(session_init_store(both->rows.session, NULL, NULL, NULL), ERR_OK);
    close_way(&both->rows); /* a session that made the store reads all of it */
    open_way(&both->rows, words, false);
    open_way(&both->whole, words, true);
    free(words);
    *state = both;
    return 0;
}

static int tear_down(void **state)
{
    struct both *both = *state;
    close_way(&both->rows);
    close_way(&both->whole);
    free(both->path);
    free(both);
    return 0;
}

/* ---- worlds ---------------------------------------------------------------------------------- */

static uint64_t s_seed;

static unsigned any(unsigned n)
{
    s_seed = s_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(s_seed >> 33) % n;
}

static bool one_in(unsigned n)
{
    return any(n) == 0;
}

/* Most stamps are of the last days; some cannot be. */
static int64_t any_stamp(void)
{
    return one_in(20) ? NOW_S + 3 * DAY_S : NOW_S - (int64_t)any(14) * DAY_S - 60;
}

static void add_number(struct buf *sql, int number, bool *holds)
{
    unsigned who = any(PEOPLE);
    const char *ext = number < NUMBERS ? "" : "9"; /* a few are outside of the ranges */
    char text[8];
    snprintf(text, sizeof text, *ext ? "9%03d" : "%04d", number);
    if (!one_in(3) && !holds[who]) {
        holds[who] = true;
        buf_printf(sql,
                   "INSERT INTO extension (extension, state, at, agent, note, actor, fallback)"
                   " VALUES ('%s', 'assigned', %lld, 'agent%u', %s, 'ops', %s);",
                   text, one_in(9) ? 0LL : (long long)any_stamp(), who,
                   one_in(4) ? "'desk'" : "NULL", one_in(5) ? "'ext:0007'" : "NULL");
    } else if (one_in(5)) {
        buf_printf(sql,
                   "INSERT INTO extension (extension, state, at, note, actor, given_back, agent)"
                   " VALUES ('%s', 'reserved', %lld, %s, 'ops', %s, %s);",
                   text, (long long)any_stamp(), one_in(2) ? "'fax'" : "NULL",
                   one_in(2) ? "1795000000" : "NULL", one_in(2) ? "'agent3'" : "NULL");
    } else if (one_in(3)) {
        buf_printf(sql, "INSERT INTO extension (extension, state) VALUES ('%s', 'free');", text);
    } else {
        buf_printf(sql,
                   "INSERT INTO extension (extension, state, at, agent)"
                   " VALUES ('%s', 'free', %lld, 'agent%u');",
                   text, (long long)any_stamp(), who);
    }
}

static void make_world(const struct both *both)
{
    bool holds[PEOPLE] = {false};
    bool gaps = one_in(4);
    struct buf sql;
    buf_init(&sql, 1 << 16);
    buf_puts(&sql, "DELETE FROM extension;");
    for (int number = 0; number < NUMBERS + 2; number++) {
        if (!gaps || !one_in(6)) {
            add_number(&sql, number, holds);
        }
    }
    sqlite_by_hand(both->path, sql.data);
    buf_release(&sql);
}

/* ---- requests -------------------------------------------------------------------------------- */

static const char *any_ext(struct arena *arena)
{
    return one_in(15) ? "9024" : one_in(20) ? "0100" : arena_printf(arena, "%04u", any(NUMBERS));
}

static const char *any_agent(struct arena *arena)
{
    return one_in(15) ? "Agent1" : arena_printf(arena, "agent%u", any(PEOPLE + 1));
}

static const char *any_target(struct arena *arena)
{
    const char *targets[] = {"phone:+441632960000", arena_printf(arena, "ext:%s", any_ext(arena)),
                             arena_printf(arena, "agent:%s", any_agent(arena)), ""};
    return targets[any(4)];
}

static struct request any_request(struct arena *arena)
{
    static const enum change_kind kinds[] = {CHANGE_ASSIGN,  CHANGE_ASSIGN,    CHANGE_REASSIGN,
                                             CHANGE_RELEASE, CHANGE_PIN,       CHANGE_UNPIN,
                                             CHANGE_RESERVE, CHANGE_UNRESERVE, CHANGE_SET};
    struct request request = {.kind = kinds[any(9)]};
    bool numbered = request.kind == CHANGE_RESERVE || request.kind == CHANGE_UNRESERVE;
    bool moves = request.kind == CHANGE_ASSIGN || request.kind == CHANGE_REASSIGN;
    bool either = request.kind == CHANGE_RELEASE || request.kind == CHANGE_PIN ||
                  request.kind == CHANGE_UNPIN;
    bool by_number = numbered || (either && one_in(2)) || (moves && !one_in(3));
    request.ext = by_number ? any_ext(arena) : NULL;
    request.agent = numbered || (either && by_number) ? NULL : any_agent(arena);
    request.note = one_in(3) ? "desk" : NULL;
    if (request.kind == CHANGE_REASSIGN && one_in(3)) {
        request = (struct request){.kind = CHANGE_REASSIGN,
                                   .swap = true,
                                   .agent = request.agent,
                                   .other = any_agent(arena)};
    }
    if (request.kind == CHANGE_SET || (request.kind == CHANGE_RESERVE && one_in(2))) {
        request.target = any_target(arena);
    }
    return request;
}

/* ---- the comparison -------------------------------------------------------------------------- */

static void describe_slot(struct buf *out, const struct slot *slot)
{
    const struct slot none = {.state = SLOT_ABSENT};
    slot = slot ? slot : &none;
    buf_printf(out, "{%s %d/%d t%d %lld %s|%s|%s %lld %s %lld %s}", slot->ext, slot->state,
               slot->records, slot->time, (long long)slot->at_s, slot->agent ? slot->agent : "-",
               slot->note ? slot->note : "-", slot->by ? slot->by : "-",
               (long long)slot->given_back_s, slot->target ? slot->target : "-",
               (long long)slot->until_s, slot_fallback(slot) ? slot_fallback(slot) : "-");
}

static void describe_change(struct buf *out, const struct change *change)
{
    buf_printf(out, "%s r%d %d%d%d%d%d g%u #%zu %s %s %s->%s why: %s detail: %s",
               change_kind_name(change->kind), change->result, change->left_out,
               change->already_applied, change->by_number, change->any_number, change->chosen,
               change->group, change->request, change->ext ? change->ext : "-",
               change->agent ? change->agent : "-", change->from ? change->from : "-",
               change->to ? change->to : "-", change->why ? change->why : "-",
               change->detail ? change->detail : "-");
    for (size_t i = 0; i < change->n_steps; i++) {
        describe_slot(out, change->steps[i].before);
        describe_slot(out, &change->steps[i].after);
    }
    buf_puts(out, "\n");
}

/* Everything that a face shows and a store writes. */
static void describe(struct buf *out, const struct usecase *use)
{
    buf_printf(out, "%d %s [%s]\n", use->err.code, use->err.text, use->err.hint);
    for (size_t i = 0; i < use->refusals.n_items; i++) {
        buf_printf(out, "refused %zu: %s\n", use->refusals.items[i].request,
                   use->refusals.items[i].text);
    }
    for (size_t i = 0; use->plan && i < use->plan->n_changes; i++) {
        describe_change(out, &use->plan->changes[i]);
    }
    for (size_t i = 0; use->plan && i < use->plan->n_notes; i++) {
        buf_printf(out, "note: %s\n", use->plan->notes[i]);
    }
}

/* Returns whether it was planned from single rows. */
static bool plan_one_way(struct way *way, const struct request *requests, size_t n, struct buf *out)
{
    struct usecase use;
    usecase_init(&use, way->session, NULL);
    if (usecase_plan_edit(&use, "edit", requests, n) == ERR_OK) {
        (void)!usecase_judge(&use);
    }
    describe(out, &use);
    bool partial = use.plan && use.snapshot->partial;
    usecase_release(&use);
    return partial;
}

static void rows_give_the_same_plan_as_the_whole(void **state)
{
    struct both *both = *state;
    size_t n_partial = 0;
    size_t n_plans = 0;
    s_seed = 1;
    for (int world = 0; world < WORLDS; world++) {
        make_world(both);
        for (int i = 0; i < REQUESTS; i++) {
            struct arena arena = ARENA_INIT;
            struct buf rows, whole;
            struct request requests[2] = {any_request(&arena), any_request(&arena)};
            size_t n = one_in(6) ? 2 : 1;
            buf_init(&rows, 1 << 16);
            buf_init(&whole, 1 << 16);
            bool partial = plan_one_way(&both->rows, requests, n, &rows);
            assert_false(plan_one_way(&both->whole, requests, n, &whole));
            assert_string_equal(rows.data, whole.data);
            n_partial += partial;
            n_plans += whole.data[0] == '0';
            buf_release(&rows);
            buf_release(&whole);
            arena_release(&arena);
        }
    }
    /* Not all: some need a count, some a number that has no row. */
    assert_true(n_plans > WORLDS * REQUESTS / 5);
    assert_true(n_partial > n_plans / 2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(rows_give_the_same_plan_as_the_whole),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
