#ifndef CORE_PLAN_RENUMBER_H
#define CORE_PLAN_RENUMBER_H

/*
 * Renumbering: everybody who holds a number of one range gets the number at the same place of another
 * range. Where somebody goes depends on their number alone, so that a second run completes one that was
 * stopped. Pure.
 */

#include "core/plan/plan.h"
#include "core/pool/renumbering.h"

/* The plan, which derives its rows. Pinned holders stay, and a note names them; so do those whose new
   number is not free. ERR_CONFIG if the new range is not in the ranges of the pool. */
enum err_code plan_renumber(const struct plan_input *input, const struct renumbering *renumbering,
                            struct plan **out, struct err *err) ERR_CHECK;

#endif
