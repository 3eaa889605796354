#ifndef CORE_SETTINGS_OPERANDS_H
#define CORE_SETTINGS_OPERANDS_H

/*
 * The operands of --assign, --release, ... --unpin and --lookup as requests (core/plan/plan.h).
 *
 *   AGENT[=EXT] AGENT=EXT   split at the last '='. What follows is an extension and has only
 *                           digits. A login that itself holds an '=' is given with one at its end:
 *                           "a=b=" is the agent a=b without an extension, "a=b=2041" with one
 *   AGENT|EXT               digits, as many as an extension has, are an extension, anything else is
 *                           an agent; "2041=" is the agent 2041, "=2041" the extension
 *   AGENT=AGENT             exactly one '='; logins that hold one are reassigned with --import
 *   AGENT[=NOTE] EXT[=NOTE] split at the first '=': a note may hold any
 *   AGENT, EXT              as it stands
 *
 * Whether agent and extension exist is for the plan to say. ERR_USAGE names the operand.
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/settings/options.h"
#include "core/pool/request.h"

/* `action` is one that action_edits(); the requests, one an operand, and their strings are in
   `arena`. `width` is that of the pool's extensions. */
enum err_code operands_parse(enum action action, const char *const *operands, size_t n_operands,
                             int width, struct arena *arena, const struct request **out,
                             struct err *err) ERR_CHECK;

/* AGENT|EXT of --lookup: `agent` or `ext` of *out is set. */
enum err_code operand_lookup(const char *operand, int width, struct arena *arena,
                             struct request *out, struct err *err) ERR_CHECK;

#endif
