#ifndef CORE_DEMO_CHANCE_H
#define CORE_DEMO_CHANCE_H

/* Chance that is the same on every machine. */

#include <stddef.h>
#include <stdint.h>

#define DEMO_SEED 1

/* A number below `n`; the state moves on. */
size_t demo_below(uint64_t *state, size_t n);

#endif
