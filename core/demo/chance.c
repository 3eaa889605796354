#include "core/demo/chance.h"

#include "core/base/banned.h"

/* splitmix64 (https://prng.di.unimi.it/splitmix64.c): small, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

size_t demo_below(uint64_t *state, size_t n)
{
    return (size_t)(next_random(state) % n);
}
