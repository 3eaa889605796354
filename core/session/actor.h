#ifndef CORE_SESSION_ACTOR_H
#define CORE_SESSION_ACTOR_H

#include "core/base/arena.h"
#include "core/plan/audit.h"

/* Who acts, as this machine knows it: "kim@desk7", "kim@desk7 as root" under sudo; and "... from
   192.0.2.7" over SSH. In `arena`. */
const char *actor_of_machine(struct arena *arena);

/* The person, wherever the store is: "kim@desk7". Behind sudo and doas it is who called them. A Lambda
   has no person: it is its function, "extpool-sync@lambda". In `arena`. */
const char *actor_user(struct arena *arena, enum audit_via via);

/*
 * Whether a person started this headless run or a timer did. It is VIA_TIMER if the process has no
 * controlling terminal, and either systemd started it (INVOCATION_ID is set) or one of its ancestors
 * is a cron or at daemon. Everything else is VIA_COMMAND: also `ssh host extpool ...`, which has no
 * terminal, and a script in a window of a desktop, which has an INVOCATION_ID.
 */
enum audit_via actor_via(void);

#endif
