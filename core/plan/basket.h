#ifndef CORE_PLAN_BASKET_H
#define CORE_PLAN_BASKET_H

/*
 * The basket: edits that an operator gathers and applies together. It keeps wishes, not rows: what
 * somebody asked for, when, and what was there then. basket_plan makes a plan of all wishes on what
 * is there now, as often as that changes.
 *
 *     basket_init(&basket);
 *     basket_add(&basket, &input, requests, n, now_s);          one deed, which basket_undo takes back
 *     struct plan *plan = basket_plan(&basket, &input, NULL, NULL);
 *     ... show, apply: wish->state and ->detail say what became of each wish ...
 *     basket_take_results(&basket, plan);                       what was done leaves the basket
 *     plan_free(plan);
 *     basket_release(&basket);
 *
 * An agent has one wish at most: a second edit replaces the first. A wish that asks for "the lowest
 * free number" keeps the number that the first plan gave it, until somebody else takes it. What does
 * not fit is left out with its reason and never stops the rest. What somebody else changed since it
 * was asked for is a conflict, until the operator decides (basket_insist, basket_drop). What is so
 * already leaves the basket.
 *
 * Pure: no I/O, no clock. It belongs to one thread at a time. Copies every text that it is given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan/plan.h"

/* What a wish saw: the extension that an agent held, or the record of a number. */
struct seen {
    const char *agent; /* whose extension; NULL: the record of the number `slot.ext` */
    struct slot slot;  /* state SLOT_ABSENT: none */
};

#define WISH_SEEN_MAX 3 /* of the agent, of the one to swap with, and the number that is wanted */

enum wish_state {
    WISH_OPEN,     /* not planned yet */
    WISH_PLANNED,  /* a row of the plan */
    WISH_CONFLICT, /* somebody changed its row since it was seen */
    WISH_OUT,      /* it does not fit now */
    WISH_ALREADY   /* it is so already, and leaves the basket */
};

struct wish {
    size_t id;            /* in this basket, never used again; change->request of its rows */
    struct request asked; /* with the agent, if a number was enough to name them */
    int64_t at_s;         /* when it was asked for */
    struct seen seen[WISH_SEEN_MAX]; /* the first: of what the wish is about */
    size_t n_seen;
    bool saw_exempt;      /* the agent was exempt then */
    char given[EXT_ROOM]; /* the number that was chosen for "lowest free"; "": none yet */
    bool unticked;        /* the operator left the row out */
    /* set by basket_plan */
    enum wish_state state;
    bool moved; /* another number was chosen: somebody took the one in `lost` */
    char lost[EXT_ROOM];
    const char *detail; /* WISH_CONFLICT, WISH_OUT: why */
    /* WISH_CONFLICT: what is there now and, where it is known, who did that, and when. */
    struct slot now;
    const char *actor; /* NULL: not known */
    int64_t changed_at_s;
};

struct basket_deed; /* what basket_undo takes back */

struct basket {
    struct arena arena;
    struct arena texts;   /* of the last plan */
    struct wish **wishes; /* in the order in which they were gathered */
    size_t n_wishes, capacity;
    size_t last_id;
    const char *ticket; /* goes into the history of every row; NULL: none */
    struct basket_deed *deeds;
    size_t n_deeds, deed_capacity;
    size_t n_done;       /* of the deeds; those behind were taken back */
    unsigned long edits; /* counts everything that changes a wish, its tick or the ticket */
};

void basket_init(struct basket *basket);
void basket_release(struct basket *basket);
/* Empties it; its deeds are forgotten. */
void basket_clear(struct basket *basket);
/* A copy without the deeds, for another thread. */
void basket_copy(struct basket *into, const struct basket *from);

/* ---- gathering ----------------------------------------------------------------------------- */

/* Adds one wish a request, as one deed. What each one sees is in input->snapshot. Returns how many
   earlier wishes of the same agents or numbers were replaced. */
size_t basket_add(struct basket *basket, const struct plan_input *input,
                  const struct request *requests, size_t n_requests, int64_t now_s);
/* Adds a copy of a wish that was kept elsewhere, with what it saw then. No deed. */
void basket_put(struct basket *basket, const struct wish *wish);
/* Takes one wish out, as a deed. */
void basket_drop(struct basket *basket, size_t index);

/* Takes back the newest deed, or does the last one that was taken back again; one whose wishes have
   left the basket is passed over. Returns a wish that it was about, for a message; NULL: there is
   none. Adds to `n` (may be NULL) how many it was about. */
const struct wish *basket_undo(struct basket *basket, size_t *n);
const struct wish *basket_redo(struct basket *basket, size_t *n);

void basket_tick(struct basket *basket, size_t index, bool ticked);
void basket_set_ticket(struct basket *basket, const char *ticket); /* NULL or "": none */
/* The wish counts on what is there now, whoever changed it. */
void basket_insist(struct basket *basket, size_t index, const struct plan_input *input);

/* ---- finding ------------------------------------------------------------------------------- */

#define BASKET_NONE SIZE_MAX
size_t basket_find(const struct basket *basket, size_t id);
/* The wish in which the agent stands, or in which the number is wanted, left, reserved...; or
   BASKET_NONE. */
size_t basket_find_agent(const struct basket *basket, const char *login);
size_t basket_find_ext(const struct basket *basket, const char *ext);
/* What stands in the gutter of a list: the mark of the wish's kind, or '\0'. */
char basket_mark(const struct basket *basket, size_t index);

/* ---- planning: basket_plan.c ---------------------------------------------------------------- */

/* Who changed a number or an agent's extension last, and when; false: not known. Then the record
   that is there tells. */
struct basket_feed {
    bool (*who)(void *context, const char *ext, const char *agent, const char **actor,
                int64_t *at_s);
    void *context;
};

/* What came of the wishes. */
struct basket_counts {
    size_t planned, unticked, conflicts, out;
    size_t already;         /* they are so already, and left the basket */
    char already_says[160]; /* the first: "a.berg has 0401" */
    size_t moved;           /* "lowest free" that got another number */
};

/* Plans all wishes anew. The rows: first what is planned, ticked or not, then the conflicts, then what
   is out; change->request is the id of the wish. `feed` and `counts` may be NULL. Never fails; the
   plan of an empty basket has no rows. */
struct plan *basket_plan(struct basket *basket, const struct plan_input *input,
                         const struct basket_feed *feed, struct basket_counts *counts);

/* Takes what basket_plan found on a copy of this basket (basket_copy), in which nothing was changed
   since then. The copy gives its texts away, and is to be released. */
void basket_take_planned(struct basket *basket, struct basket *copy);

/* What these requests alone would become, beside what is in the basket (NULL: nothing is gathered):
   their rows, and those of the basket that they hang together with. A row that is `refused` has the
   reason in `detail`. Changes nothing in the basket. */
struct plan *basket_preview(const struct basket *basket, const struct plan_input *input,
                            const char *action, const struct request *requests, size_t n_requests);

/* After the plan of basket_plan was applied: wishes whose rows are done, or are so already, leave the
   basket. The deeds are forgotten. Returns how many wishes left. */
size_t basket_take_results(struct basket *basket, const struct plan *plan);

#endif
