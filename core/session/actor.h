#ifndef CORE_SESSION_ACTOR_H
#define CORE_SESSION_ACTOR_H

#include "core/base/arena.h"

/* Who acts, as this machine knows it: "kim@desk7", "kim@desk7 as root" under sudo; and "... from
   192.0.2.7" over SSH. In `arena`. */
const char *actor_of_machine(struct arena *arena);

#endif
