#ifndef CORE_PLAN_AUDIT_CODEC_H
#define CORE_PLAN_AUDIT_CODEC_H

/*
 * The JSON of a record of the audit trail (core/plan/audit.h says what stands in it). Writing it is
 * audit_encode in core/plan/audit.h; reading it is for the history alone.
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/plan/audit.h"
#include "core/base/err.h"

/* The state of a reservation, as `was` has it. */
#define AUDIT_RESERVED "reserved"

/* Reads the array. Strings go to `arena`, the changes to *out (free() it; NULL if there are
   none). ERR_INPUT if the text is not what audit_encode writes; members that this version does
   not know are passed over, so that an older program can show what a newer one wrote. */
enum err_code audit_decode(struct arena *arena, const char *json, struct audit_change **out,
                           size_t *n_out, struct err *err) ERR_CHECK;

/* Counts the numbers of the changes, by kind, and reads no more of them than that. False if the text
   is not in the form that audit_encode writes. */
bool audit_count(const char *json, size_t counts[CHANGE_KIND_COUNT]);

#endif
