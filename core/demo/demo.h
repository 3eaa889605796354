#ifndef CORE_DEMO_DEMO_H
#define CORE_DEMO_DEMO_H

/*
 * A made-up contact centre: people of many countries, their logins and routing profiles. The same
 * seed gives the same people, on every machine. Used by --demo, by tests, and for the sample file
 * that `make demo` syncs. Any likeness to a real person is chance.
 */

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/demo/chance.h"
#include "core/pool/model.h"
#include "core/port/directory.h"

#define DEMO_AGENTS 250
#define DEMO_AGENTS_MAX 20000

/* Adds the first `n` people of that seed (at most DEMO_AGENTS_MAX); seal the roster afterwards. */
void demo_roster(uint64_t seed, size_t n, struct roster *roster);

/* The same people as a CSV in the form of Amazon Connect's bulk-upload template. */
void demo_csv(uint64_t seed, size_t n, struct buf *out);

/*
 * A directory that lives: the first read gives DEMO_AGENTS people, and by each later one somebody
 * has joined, left or come back, the more the longer it was ago (by the clock, which outlives the
 * directory). It never falls below four fifths of its size, so that the guard on releases is not
 * what a newcomer meets first.
 */
struct directory *directory_demo_new(uint64_t seed, const struct clock *clock);

/* One of these events now; for a console that shows the directory change, and for tests. */
void directory_demo_step(struct directory *directory);

#endif
