#ifndef CORE_BASE_STRMAP_H
#define CORE_BASE_STRMAP_H

/*
 * A hash map from strings to indexes, for joins of a million rows in linear time. Keys are not
 * copied and must outlive the map; indexes are below UINT32_MAX. The hash is seeded per process:
 * keys come from outside.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strmap_entry;

struct strmap {
    struct strmap_entry *entries;
    size_t capacity; /* a power of two */
    size_t count;
};

#define STRMAP_NONE SIZE_MAX

void strmap_init(struct strmap *map, size_t expected);
void strmap_release(struct strmap *map);

/* Stores `value` unless the key is there; returns the value that stands (the old or the new). */
size_t strmap_add(struct strmap *map, const char *key, size_t value);
void strmap_set(struct strmap *map, const char *key, size_t value);
size_t strmap_get(const struct strmap *map, const char *key); /* STRMAP_NONE if absent */

/*
 * The same for many keys: a map of a million entries is larger than the caches, and most of a
 * look-up is waiting for memory. Here the waits of a batch overlap.
 *   strmap_add_all  adds keys[i] with the value first + i
 *   strmap_get_all  sets values[i]
 */
#define STRMAP_BATCH 32 /* a good number for callers who gather keys as they go */
void strmap_add_all(struct strmap *map, const char *const *keys, size_t n, size_t first);
void strmap_get_all(const struct strmap *map, const char *const *keys, size_t n, size_t *values);

#endif
