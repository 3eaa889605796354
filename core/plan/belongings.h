#ifndef CORE_PLAN_BELONGINGS_H
#define CORE_PLAN_BELONGINGS_H

/*
 * What belongs to a holder: the ARN or the name of the file that they come from, and the fallback. A
 * number that somebody gets, by whatever action, is written with what the directory says of them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/pool/model.h"

/* The source of an agent in one directory: the id of the Connect instance or the name of the file, with
   its length. A file without a name: the instance of the agent's ARN. NULL: none. */
const char *agent_source(const struct roster *roster, const struct agent *agent, size_t *length);

/* Of one login in several directories the entry of that source; NULL: none. */
const struct agent *agent_entry_of(const struct roster *roster, const struct agent *agent,
                                   const char *source, size_t length);

/* What an agent who comes from this entry has; `own` (may be NULL) gives the fallback. `own` itself if
   that is what it says already. */
const struct belongings *belongings_of(struct arena *arena, const struct belongings *own,
                                       const struct roster *roster, const struct agent *entry);

/* `own` (may be NULL) as the directory has it now. The source stays: only a sync may rewrite it. A source
   is written if there is none, and of an agent in that source the ARN follows. `roster` or `agent` NULL:
   `own`. */
const struct belongings *belongings_now(struct arena *arena, const struct belongings *own,
                                        const struct roster *roster, const struct agent *agent);

/* `own` with that fallback; NULL: with none. */
const struct belongings *belongings_with(struct arena *arena, const struct belongings *own,
                                         const char *fallback);

/* Whether both say the same; NULL: nothing belongs to them. */
bool belongings_same(const struct belongings *a, const struct belongings *b);

#endif
