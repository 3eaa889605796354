#ifndef CORE_SETTINGS_OPERANDS_H
#define CORE_SETTINGS_OPERANDS_H

/*
 * The operands of the actions: those of --assign, --release, ... --fallback and --lookup as requests
 * (core/pool/request.h).
 *
 *   AGENT[=EXT] AGENT=EXT   split at the last '='. What follows is an extension and has only
 *                           digits. A login that itself holds an '=' is given with one at its end:
 *                           "a=b=" is the agent a=b without an extension, "a=b=2041" with one
 *   AGENT|EXT               digits, as many as an extension has, are an extension, anything else is
 *                           an agent; "2041=" is the agent 2041, "=2041" the extension
 *   AGENT=AGENT             exactly one '='; logins that hold one are reassigned with --import
 *   AGENT[=NOTE] EXT[=NOTE] split at the first '=': a note may hold any
 *   AGENT=TARGET            split where the scheme of a target follows an '='; AGENT= takes the
 *                           target away
 *   AGENT, EXT              the whole operand
 *   EXT-EXT[=NOTE]          for --reserve and --unreserve: each of a range
 *
 * Whether agent and extension exist is for the plan to say. ERR_USAGE names the operand.
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/pool/request.h"
#include "core/settings/cmdline.h"
#include "core/settings/settings.h"

#define OPERAND_RANGE_MAX 100000 /* extensions in one range */

struct operands {
    enum action action; /* one that action_edits() */
    const char *const *texts;
    size_t n;
    int width;          /* of the pool's extensions */
    const char *target; /* of --reserve, for each request; as in struct request */
    struct until until;
};

struct request_list {
    const struct request *items; /* one an operand, of a range one an extension */
    size_t n;
};

/* The requests and their strings are in `arena`. */
enum err_code operands_parse(const struct operands *operands, struct arena *arena,
                             struct request_list *out, struct err *err) ERR_CHECK;

/* AGENT|EXT of --lookup: `agent` or `ext` of *out is set. */
enum err_code operand_lookup(const char *operand, int width, struct arena *arena,
                             struct request *out, struct err *err) ERR_CHECK;

/* The operands of whatever action, into `settings`, whose policy has the width. */
enum err_code operands_take(const struct command_line *line, struct settings *settings,
                            struct err *err) ERR_CHECK;

#endif
