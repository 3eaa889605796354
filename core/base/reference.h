#ifndef CORE_BASE_REFERENCE_H
#define CORE_BASE_REFERENCE_H

/*
 * Counters of references. A counter is the only part of a shared picture that changes; the readers
 * see a const one. Safe from every thread.
 */

#include <stdbool.h>
#include <stdint.h>

static inline void reference_take(const unsigned long *counter)
{
    __atomic_add_fetch((unsigned long *)(uintptr_t)counter, 1, __ATOMIC_RELAXED);
}

/* True: it was the last one. */
static inline bool reference_drop(const unsigned long *counter)
{
    return __atomic_sub_fetch((unsigned long *)(uintptr_t)counter, 1, __ATOMIC_ACQ_REL) == 0;
}

#endif
