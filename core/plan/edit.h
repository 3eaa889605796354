#ifndef CORE_PLAN_EDIT_H
#define CORE_PLAN_EDIT_H

/*
 * How a list of requests becomes a plan. Private to nine files: edit_check.c judges the requests,
 * each alone and all together; edit_calls.c has what is special about targets and fallbacks, and
 * edit_exempt.c about exempt agents; edit_person.c has what the others ask of a person and a number;
 * edit_messages.c has the texts for the operator; edit_possible.c takes refused requests out of a list;
 * edit_group.c says whose numbers an agent gets; edit_pick.c chooses those that nobody named; edit.c builds the plan.
 *
 * All requests of a list hold at once, and their order does not matter. One request may take an
 * extension that another one gives back, whichever comes first. Each agent moves at most once, and
 * each number is taken at most once. Requests that meet in a number or in an agent are joined: that
 * finds the chains, cycles and swaps.
 */

#include "core/plan/plan.h"
#include "core/plan/builder.h"
#include "core/plan/number_picker.h"
#include "core/base/strmap.h"

#define NO_REQUEST SIZE_MAX

struct number;

/* An agent whom a request names, or who holds an extension that one names. */
struct person {
    const char *login;
    const struct slot *slot; /* held now, the first; NULL: none */
    size_t n_slots;
    const struct slot *former;
    const struct agent *agent;  /* NULL: not in the directory, or it was not read */
    size_t move;                /* the request that gives them another extension, or NO_REQUEST */
    size_t drop;                /* the one that takes theirs back */
    size_t mark;                /* the one that pins or unpins */
    size_t set;                 /* the one that sets the fallback */
    size_t exempt;              /* the one that makes them exempt, or ends that */
    const struct exempt *entry; /* that they are exempt; NULL: nobody said so */
    struct number *to;
    struct number *from; /* left by move or drop */
};

/* An extension that is touched. */
struct number {
    char ext[EXT_ROOM];
    const struct slot *slot; /* NULL: not in the store */
    size_t taker;            /* the request that wants it, or NO_REQUEST */
    size_t leaver;           /* the one by which it becomes free */
    struct slot after;       /* what the store has there in the end */
};

enum edit_request_state {
    EDIT_OPEN,
    EDIT_ALREADY_APPLIED, /* the store already has what was asked for */
    EDIT_REFUSED
};

struct edit_request {
    const struct request *asked;
    enum edit_request_state state;
    enum change_kind kind; /* an assign that moves somebody is a reassign here, a reserve that
                              changes only where calls go a set */
    const char *agent;     /* the request's, "" made NULL, or the holder of its extension */
    const char *ext;
    const char *note;
    const char *target; /* what there shall be: of a reservation, or the fallback; NULL: none */
    int64_t until_s;
    struct person *person;
    struct person *other;  /* swap */
    struct number *number; /* what is taken, given back, reserved or pinned */
    uint16_t group;        /* automatic: whose numbers they get; GROUP_NONE: of no group */
    bool automatic;        /* the picker chooses the number */
    const char *already;   /* EDIT_ALREADY_APPLIED: what is there ("alice has 0042") */
    const char *how;       /* why this number, if nobody named one */
    const char *refusal;   /* EDIT_REFUSED: why */
    size_t rival;          /* refused only because this request wants the same; or NO_REQUEST */
    bool returning;
    size_t joined; /* union-find over the requests */
    size_t next;   /* in the list of its component, NO_REQUEST at the end */
};

struct edit {
    const struct plan_input *input;
    struct plan_builder builder;
    struct edit_request *requests;
    size_t n_requests;
    struct person **people;
    size_t n_people;
    struct strmap by_login;
    struct strmap by_ext;
    struct number **numbers;
    size_t n_numbers;
    struct refusals *refusals;
    bool leaves_out;     /* what is refused is left out, and the rest is planned */
    size_t n_withdrawn;  /* refusals whose requests are out of the list by now */
    size_t n_pool_empty; /* refusals because nothing was left */
    size_t comparisons;  /* made for "did you mean" so far */
    struct number_picker picker;
};

/* Fills in people and numbers, refuses impossible requests, marks those already applied. */
void edit_check(struct edit *edit);

/* Its parts: a request alone; a person and what the list does to them; a number and who takes it. */
void edit_check_alone(struct edit *edit, size_t request);
void edit_check_person(struct edit *edit, const struct person *person);
void edit_check_number(struct edit *edit, const struct number *number);

/* Takes the refused requests out of the list, and refuses those that cannot be without them. For
   `leaves_out`. edit_possible.c */
void edit_withdraw_refused(struct edit *edit);
/* After the first time: those that wanted the same as a request that was refused are judged again,
   once. */
void edit_reopen_rivals(struct edit *edit);

/* ---- persons: edit_person.c */

/* Refuses the request unless the person that it is about has an extension. */
bool edit_check_has_extension(struct edit *edit, size_t request);

/* Refuses it if the person has several extensions at once. */
bool edit_check_one_extension(struct edit *edit, size_t request, const struct person *person);

/* Each agent is moved, given back, marked or set once: `role` is one of their members. */
bool edit_claim_person(struct edit *edit, size_t request, struct person *person, size_t *role);

/* ---- groups: edit_group.c */

/* Sets the group of a request for which the pool chooses; refuses it if the pool has nothing for them. */
void edit_find_group(struct edit *edit, size_t request);
/* Of a number that somebody named: "although 2041 is of the group york, and alice of leeds"; NULL: it is
   not so. */
const char *edit_other_group(struct edit *edit, const struct edit_request *request);

/* ---- where calls go: edit_calls.c */

/* A reservation: sets target and until_s of the request. False: refused. `slot`: what is there. */
bool edit_check_calls(struct edit *edit, size_t request, const struct slot *slot);
/* Whether the reservation has them already. */
bool edit_same_calls(const struct edit_request *request, const struct slot *slot);
/* A fallback. */
void edit_check_fallback(struct edit *edit, size_t request);
/* The reservation as the request wants it. */
struct slot edit_set_calls(const struct edit_request *request, struct slot slot);
/* What belongs to the person in the end. */
const struct belongings *edit_belongings(struct edit *edit, const struct person *person);
/* The change of kind `set`. */
struct change *edit_build_set(struct edit *edit, const struct edit_request *request,
                              const char *occasion);
/* Notes targets that lead nowhere now. */
void edit_note_targets(struct edit *edit);

/* ---- exempt agents: edit_exempt.c */

/* An exempt or unexempt alone; what the list does to a person who is exempt, or is to be. */
void edit_check_exempt(struct edit *edit, size_t request);
void edit_check_exempt_person(struct edit *edit, const struct person *person);
/* The change of kind exempt or unexempt; the release of a holder's number is the caller's. */
struct change *edit_build_exempt(struct edit *edit, const struct edit_request *request,
                                 const char *occasion);
/* The condition that nobody makes the agent exempt before they get the number. */
void edit_guard_assign(struct edit *edit, const struct edit_request *request,
                       struct change *change);

/* ---- what the files have in common: edit_person.c */

bool edit_is_open(const struct edit *edit, size_t request); /* there is one, and it is open */
/* Chooses the numbers that nobody named, or refuses the request. edit_pick.c */
void edit_pick_numbers(struct edit *edit);

bool edit_check_note(struct edit *edit, size_t request);
bool edit_check_login(struct edit *edit, size_t request, const struct person *person);
/* The request frees the number that the person holds. */
void edit_leave_number(struct edit *edit, size_t request, struct person *person);

/* Refuses a request. If it is refused twice, the first reason counts. */
void edit_refuse(struct edit *edit, size_t request, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Refuses it because another one wants the same: "2041 is already wanted by line 7". `what` is the
   beginning of that sentence, up to "by". */
void edit_refuse_rival(struct edit *edit, size_t request, const char *what, size_t other);

/* The request is already applied: its row of the plan is skipped. `what` says what is there. */
void edit_grant(struct edit *edit, size_t request, const char *what);

/* "line 7", or "another request" if the requests have no lines. */
const char *edit_name_request(struct edit *edit, size_t request);

/* "; did you mean 0020?" for digits that are too few, or nothing. */
const char *edit_meant_extension(struct edit *edit, const char *wanted);

/* "; did you mean "alice"?" or nothing, from the directory or from those who hold something; for
   digits what an extension is. */
const char *edit_did_you_mean(struct edit *edit, const char *wanted, bool holders);

/* If that is so, and only a part of the store was read, only all of it tells. */
void edit_doubt(struct edit *edit, bool doubtful);

/* The entry of an extension; made if there is none. */
struct number *edit_number(struct edit *edit, const char *ext);

#endif
