#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

/*
 * Small worlds for tests of the rules: a pool, a directory and a store, written as text.
 *
 *     struct world w;
 *     world_init(&w, "0000-0009");
 *     world_store(&w, "0001 alice\n0002 - bob 3d\n");
 *     world_directory(&w, "alice carol");
 *     struct plan *plan = world_sync(&w);
 *     assert_plan(plan, "+ 0000 carol\n");
 *     world_apply(&w, plan);
 *     plan_free(plan);
 *     world_release(&w);
 *
 * A line of the store: number, holder, then words in any order.
 *     0001 alice            assigned, for 30 days
 *     0001 alice 5d         since 5 days ago
 *     0001 alice ?          written by the old program
 *     0001 alice pin=desk   pinned with that note
 *     0001 -                free, never used
 *     0001 - bob 3d         free, given back by bob 3 days ago
 *     0001 -held            reserved; note=fax
 *     0001 alice source=leeds     of the file of that name; instance=i-1: of that Connect instance
 *     ... +free +leaked +held +assigned   further records of the same number
 *     exempt kim note=trainer   kim is exempt; the note may be left out
 * world_fill adds the rest of the ranges as free. Only 911 is blocked, so that 0001 is a number.
 *
 * The store behind it keeps claims as a table without constraints does, and applies the effects of
 * a plan one transaction after the other, with all conditions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan/audit.h"
#include "core/plan/plan.h"
#include "core/pool/policy.h"

#define WORLD_NOW_S INT64_C(1795348800) /* 2026-11-22T12:00:00Z */
#define WORLD_DAY_S ((int64_t)86400)

struct world {
    struct policy policy;
    struct snapshot *snapshot; /* what the next planner sees */
    struct roster *roster;
    int64_t now_s;
    const char *take_over; /* of the next plan; NULL: none */
    struct arena arena;
    /* the store */
    struct slot *slots; /* sorted */
    size_t n_slots;
    struct claim *claims; /* any order */
    size_t n_claims;
    struct snapshot *exempts; /* has those who are exempt, and nothing else */
    bool keeps_claims;        /* like a table; otherwise like SQLite: exact, no claims */
    bool consistent;          /* the next look is the doctor's */
    char *record;             /* what the audit trail says of the last world_do */
    const char *record_action;
};

void world_init(struct world *world, const char *ranges);
void world_release(struct world *world);

void world_store(struct world *world, const char *lines); /* in addition to what is there */
void world_fill(struct world *world);
void world_directory(struct world *world, const char *logins); /* instead of what was there */
void world_claim(struct world *world, const char *agent, const char *ext); /* NULL: none */
/* Every assigned number gets its claim. */
void world_claim_all(struct world *world);
const char *world_claim_of(const struct world *world, const char *agent);

/* Of a user of that Connect instance. */
const char *world_arn(struct arena *arena, const char *instance, const char *login);

struct slot *world_slot(struct world *world, const char *ext); /* NULL where there is none */
struct slot *world_put(struct world *world, struct slot slot);
void world_remove(struct world *world, const char *ext);

/* Looks at the store again; the planners see it. Called by the functions above and below. */
void world_look(struct world *world);

struct plan_input world_input(const struct world *world);
struct plan *world_sync(const struct world *world);

/* Applies it in transactions of at most `batch` changes (0: 33). The results stand in the plan.
   Returns how many conflicts there were. */
size_t world_apply_by(struct world *world, struct plan *plan, size_t batch);
size_t world_apply(struct world *world, struct plan *plan);

/* Applies it and keeps its record; the inverse of what was recorded last. */
size_t world_do(struct world *world, struct plan *plan);
struct plan *world_undo(const struct world *world);

/* The changes, a line each: mark, number, agent, and where there is more, "(from -> to)" for notes
   and moves, "#1" for a group, "!conflict" for a result. In the plan's arena. */
const char *plan_text(struct plan *plan);
/* The store as lines of the form above, without the free numbers that were never used. */
const char *world_text(struct world *world);

#define assert_plan(plan, text) assert_string_equal(plan_text(plan), text)

/* What is wrong with the store, or NULL: an agent with two numbers, a number with two records, a
   claim that is not so. */
const char *world_fault(struct world *world);

#endif
