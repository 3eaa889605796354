#ifndef CORE_DEMO_STORE_H
#define CORE_DEMO_STORE_H

/*
 * The store of --demo, `demo:PATH`: the SQLite store at that path, filled by its first load with a
 * contact centre that has been running for some weeks. Everything that can be seen is there:
 * people who have an extension, who are new, who left; numbers that are reserved, pinned, cooling;
 * a history. The people are those of directory_demo_new with the same seed.
 */

#include <stdint.h>

#include "core/base/clock.h"
#include "core/port/store.h"

/* Copies the path; the clock outlives the store. */
struct store *store_demo_new(const char *path, uint64_t seed, const struct clock *clock);

#endif
