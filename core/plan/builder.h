#ifndef CORE_PLAN_BUILDER_H
#define CORE_PLAN_BUILDER_H

/*
 * What the planners have in common: values of slots, texts of reasons, and functions that add a
 * change of each kind with its steps. For the files of core/plan only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan/plan.h"

/* ---- values of slots ----------------------------------------------------------------------- */

/* Whether there is exactly that record. A slot without any flag counts as sound. */
bool slot_is_sound(const struct slot *slot);

/* Whether both say the same in the same spelling, records included; NULL equals an absent one. */
bool slot_same(const struct slot *a, const struct slot *b);

/* Whether its stamp is more than a day ahead of that time. */
bool slot_is_ahead(const struct slot *slot, int64_t now_s);

bool slot_holds(const struct slot *slot, const char *agent); /* assigned to that agent */

struct slot slot_free(const char *ext, int64_t given_back_s, const char *last_agent);
struct slot slot_assigned(const char *ext, const char *agent, int64_t since_s, const char *pin,
                          const char *by);
struct slot slot_reserved(const char *ext, const char *note, int64_t since_s, const char *by);

/* What a number was before a reservation comes back after it: `reserved` remembers who gave it back
   and when, from what it is `before`, free or reserved; slot_unreserved is the free slot. */
void slot_keep_former(struct slot *reserved, const struct slot *before);
struct slot slot_unreserved(const struct slot *reserved);
/* Whether the reservation is over; the free slot that it is then, given back when it ended. */
bool slot_has_ended(const struct slot *slot, int64_t now_s);
struct slot slot_ended(const struct slot *reserved);

/* ---- changes ------------------------------------------------------------------------------- */

/* The arguments that every planner passes on. `by` and `cools` live in the plan. */
struct plan_builder {
    const struct plan_input *input;
    struct plan *plan;
    const char *by;    /* the actor */
    const char *cools; /* "cools until 29 Nov", or "free again at once" */
    uint32_t groups;   /* numbers given so far */
};
void plan_builder_init(struct plan_builder *builder, const struct plan_input *input,
                       const char *action);
/* What becomes of a number that is given back: it cools, or the policy keeps it out of the pool. */
const char *builder_given_back(const struct plan_builder *builder, const char *ext);

/* Like plan_add with a reason that outlives the plan (literals, texts in its arena): no copy. */
struct change *plan_add_plain(struct plan *plan, enum change_kind kind, const char *ext,
                              const char *agent, size_t n_steps, const char *why);

/* `before` sound, in this program's spelling, and adopted; else as it is. */
struct slot slot_repaired(const struct slot *before, const struct plan_builder *builder);

/* A new free number; `ext` is copied. */
void build_create(struct plan_builder *builder, const char *ext);
/* `before` NULL: the number was not there; `ext` is copied then. */
struct change *build_assign(struct plan_builder *builder, const struct slot *before,
                            const char *ext, const struct agent *agent, const char *why);
struct change *build_release(struct plan_builder *builder, const struct slot *before,
                             const char *why);
/* An extension that was not adopted yet, is not written as this program writes it, has records that
   contradict each other, or a damaged time. `own`: what belongs to the holder from now on. */
struct change *build_repair(struct plan_builder *builder, const struct slot *before,
                            const struct belongings *own);
/* One extension too many of an agent who keeps another; `then`: what becomes of it ("cools until
   ..."). The claim is the caller's. */
struct change *build_drop_surplus(struct plan_builder *builder, const struct slot *before,
                                  const struct slot *kept, const char *then);
/* Sets the claim step of a change. */
struct claim_step *build_claim(struct plan_builder *builder, struct change *change,
                               const char *agent, const char *before, const char *after);

/* Of two extensions of one agent, whether `a` is rather the one to keep: pinned, then the one that
   the claim names (`claim` may be NULL), then the published one, then adopted, then the older one,
   then the lower. Both are slots of the input's snapshot. */
bool slot_rather_kept(const struct plan_input *input, const struct slot *a, const struct slot *b,
                      const struct claim *claim);

/* ---- words --------------------------------------------------------------------------------- */

/* "29 Nov", with the time of day if it is near, with the year if it is another year. */
void format_day(int64_t at_s, int64_t now_s, char out[32]);

/* "target phone:+441632960000, until 2026-12-24T23:00:00Z", as much of it as is set; NULL: nothing. */
const char *format_calls(struct arena *arena, const struct slot *reserved);

/* Why a set, with what is set: "asked for; fallback ext:0042; before: none". */
const char *format_set(struct arena *arena, const char *why, const struct change *set);

/* Collects names for one note: "3 numbers ...: 2041, 2042, 2043", the first few of them. */
struct name_list {
    char text[160];
    size_t n;
};
void name_list_add(struct name_list *list, const char *name);

#endif
