#ifndef SUPPORT_STORE_SITE_H
#define SUPPORT_STORE_SITE_H

/*
 * What the tests of the store contract share: two handles on one place, plans written by hand, and
 * what is expected of a slot. Everything that is made here lives until the test ends. A call that
 * does not go well where it must fails the test at the caller's line.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/plan/audit.h"
#include "core/plan/plan.h"
#include "core/pool/policy.h"
#include "core/port/store.h"
#include "tests/unit/support/store_contract.h"

#define T0 1795000000 /* a time; the tests count from it */
#define ACTOR "ops@host"

struct site {
    const struct store_maker *maker;
    struct policy policy;
    struct store *store; /* ours */
    struct store *other; /* somebody else's, on the same place */
    struct snapshot **seen;
    size_t n_seen;
    struct plan **plans;
    size_t n_plans;
    struct history **histories;
    size_t n_histories;
    char action_id[AUDIT_ID_ROOM]; /* of the last apply */
    int64_t clock_ms;              /* when the next action begins; each apply moves it on */
};

extern const struct store_maker *store_site_maker;

/* cmocka set-ups: nothing made yet; an empty store; the numbers 0000 to 0009 in it, all free. */
int site_bare(void **state);
int site_empty(void **state);
int site_ten(void **state);
int site_end(void **state);

/* The contents now, strongly consistent. */
const struct snapshot *site_see(struct site *site, struct store *store);

/* A new plan on the snapshot. */
struct plan *site_plan(struct site *site, const struct snapshot *snapshot, const char *action);

/* Adds a change with one step: from what the snapshot of the plan has to `after`. */
struct change *propose(struct plan *plan, enum change_kind kind, const struct slot *after);
/* Adds a change that moves the agent from one number to another, both as the snapshot has them. */
struct change *propose_move(struct plan *plan, const char *agent, const char *from, const char *to,
                            int64_t at_s);

/* Values. The text lives as long as the caller's. */
struct slot a_free(const char *ext, int64_t at_s, const char *last_agent);
struct slot an_assigned(const char *ext, const char *agent, int64_t since_s);
struct slot a_pinned(const char *ext, const char *agent, int64_t since_s, const char *note);
struct slot a_reserved(const char *ext, int64_t since_s, const char *note);
struct slot an_absent(const char *ext);
/* Its calls go there, until then; the same of one whose holder has that fallback. */
struct slot going_to(struct slot reserved, const char *target, int64_t until_s);
struct slot falling_back_to(struct slot assigned, const struct belongings *own);

/* Applies under a new action id. */
enum err_code site_try(struct site *site, struct store *store, struct plan *plan,
                       const struct progress *progress, struct err *err);
/* The same, and it must be ERR_OK. */
void site_apply(struct site *site, struct store *store, struct plan *plan);
/* One change by one handle from what is there now, which must be done. */
void site_do(struct site *site, struct store *store, enum change_kind kind, struct slot after);

const struct history *site_history(struct site *site, size_t limit, const char *action_id);
const struct history *site_ask(struct site *site, const struct history_query *query);

/* The store has exactly this slot under the number of `wanted`. */
#define expect_slot(site, wanted) expect_slot_at(site, wanted, __FILE__, __LINE__)
void expect_slot_at(struct site *site, struct slot wanted, const char *file, int line);

#define expect_result(change, wanted) expect_result_at(change, wanted, __FILE__, __LINE__)
void expect_result_at(const struct change *change, enum change_result wanted, const char *file,
                      int line);

/* It is a conflict, and the detail has that word. */
#define expect_conflict(change, word) expect_conflict_at(change, word, __FILE__, __LINE__)
void expect_conflict_at(const struct change *change, const char *word, const char *file, int line);

/* It was skipped because it is so already, and the detail has that word. */
#define expect_already_applied(change, word) expect_already_so_at(change, word, __FILE__, __LINE__)
void expect_already_so_at(const struct change *change, const char *word, const char *file,
                          int line);

/* No agent has two numbers, and there are as many numbers as that. */
#define expect_sound(site, n) expect_sound_at(site, n, __FILE__, __LINE__)
void expect_sound_at(struct site *site, size_t n, const char *file, int line);

/* ---- the tests, by file ---------------------------------------------------------------------- */

extern const struct CMUnitTest store_change_tests[];
extern const size_t store_n_change_tests;
extern const struct CMUnitTest store_conflict_tests[];
extern const size_t store_n_conflict_tests;
extern const struct CMUnitTest store_whole_tests[];
extern const size_t store_n_whole_tests;
extern const struct CMUnitTest store_history_tests[];
extern const size_t store_n_history_tests;
extern const struct CMUnitTest store_past_tests[];
extern const size_t store_n_past_tests;
extern const struct CMUnitTest store_refresh_tests[];
extern const size_t store_n_refresh_tests;
extern const struct CMUnitTest store_lookup_tests[];
extern const size_t store_n_lookup_tests;
extern const struct CMUnitTest store_exempt_tests[];
extern const size_t store_n_exempt_tests;

#endif
