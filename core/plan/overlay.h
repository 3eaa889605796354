#ifndef CORE_PLAN_OVERLAY_H
#define CORE_PLAN_OVERLAY_H

/*
 * A snapshot after a plan, without reading again.
 */

#include "core/plan/plan.h"

/* `base` with every change that is `done` laid over it, read at that time by the machine's clock.
   Pure; one reference. */
struct snapshot *plan_overlay(const struct plan *plan, const struct snapshot *base, int64_t now_s);

/* What there will be if all of the plan is done that is not left out: the same over the snapshot
   that the plan saw. Pure; one reference. */
struct snapshot *plan_preview(const struct plan *plan);

#endif
