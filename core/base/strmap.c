#include "core/base/strmap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/platform.h"

/* 16 bytes, so that an entry never lies in two lines of the cache. */
struct strmap_entry {
    const char *key; /* NULL: free */
    uint32_t hash;
    uint32_t value;
};

/* Chosen once per process; a race would only choose twice before the first map is filled. */
static uint64_t seed(void)
{
    static uint64_t s_seed;
    uint64_t now = __atomic_load_n(&s_seed, __ATOMIC_RELAXED);
    if (now == 0) {
        uint64_t fresh = 0;
        if (!platform_random(&fresh, sizeof fresh) || fresh == 0) {
            fresh = 0x9E3779B97F4A7C15u;
        }
        uint64_t expected = 0;
        now = __atomic_compare_exchange_n(&s_seed, &expected, fresh, false, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED)
                  ? fresh
                  : expected;
    }
    return now;
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    return h ^ h >> 32;
}

static uint32_t hash_of(const char *key)
{
    uint64_t h = seed();
    size_t length = strlen(key);
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, key, 8);
        h = mix(h ^ word);
        key += 8;
        length -= 8;
    }
    uint64_t tail = (uint64_t)length << 56;
    memcpy(&tail, key, length);
    return (uint32_t)mix(h ^ tail ^ (uint64_t)length << 56);
}

#define HUGE_BYTES ((size_t)8 * 1024 * 1024) /* from here on, large pages pay */

/* Look-ups jump about: with small pages every one would miss the translation buffer too. */
static void advise_large_pages(void *entries, size_t bytes)
{
    if (bytes >= HUGE_BYTES) {
        platform_large_pages(entries, bytes);
    }
}

void strmap_init(struct strmap *map, size_t expected)
{
    size_t capacity = 16;
    while (capacity < expected * 2) {
        capacity *= 2;
    }
    *map = (struct strmap){
        .entries = mem_array(capacity, sizeof *map->entries),
        .capacity = capacity,
    };
    advise_large_pages(map->entries, capacity * sizeof *map->entries);
}

void strmap_release(struct strmap *map)
{
    free(map->entries);
    *map = (struct strmap){.entries = NULL};
}

/* The entry that has the key, or the free one where it belongs. */
static struct strmap_entry *place(const struct strmap *map, const char *key, uint32_t hash)
{
    size_t mask = map->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct strmap_entry *entry = &map->entries[i];
        if (!entry->key || (entry->hash == hash && strcmp(entry->key, key) == 0)) {
            return entry;
        }
    }
}

static void grow(struct strmap *map)
{
    struct strmap larger;
    strmap_init(&larger, map->capacity);
    for (size_t i = 0; i < map->capacity; i++) {
        struct strmap_entry *entry = &map->entries[i];
        if (entry->key) {
            *place(&larger, entry->key, entry->hash) = *entry;
        }
    }
    larger.count = map->count;
    free(map->entries);
    *map = larger;
}

static struct strmap_entry *put(struct strmap *map, const char *key, uint32_t hash, size_t value)
{
    struct strmap_entry *entry = place(map, key, hash);
    assert(value < UINT32_MAX);
    if (!entry->key) {
        *entry = (struct strmap_entry){.key = key, .hash = hash, .value = (uint32_t)value};
        map->count++;
    }
    return entry;
}

static struct strmap_entry *claim(struct strmap *map, const char *key, size_t value)
{
    if (map->count * 4 >= map->capacity * 3) {
        grow(map);
    }
    return put(map, key, hash_of(key), value);
}

size_t strmap_add(struct strmap *map, const char *key, size_t value)
{
    return claim(map, key, value)->value;
}

void strmap_set(struct strmap *map, const char *key, size_t value)
{
    claim(map, key, value)->value = (uint32_t)value;
}

size_t strmap_get(const struct strmap *map, const char *key)
{
    if (map->count == 0) {
        return STRMAP_NONE;
    }
    const struct strmap_entry *entry = place(map, key, hash_of(key));
    return entry->key ? entry->value : STRMAP_NONE;
}

/* ---- many at once -------------------------------------------------------------------------- */

/* Hashes of a batch, and its entries on their way from memory. */
static void prepare(const struct strmap *map, const char *const *keys, size_t n, uint32_t *hashes)
{
    for (size_t i = 0; i < n; i++) {
        hashes[i] = hash_of(keys[i]);
        __builtin_prefetch(&map->entries[hashes[i] & (map->capacity - 1)], 1);
    }
}

void strmap_add_all(struct strmap *map, const char *const *keys, size_t n, size_t first)
{
    uint32_t hashes[STRMAP_BATCH];
    for (size_t done = 0; done < n;) {
        size_t batch = n - done < STRMAP_BATCH ? n - done : STRMAP_BATCH;
        while ((map->count + batch) * 4 >= map->capacity * 3) {
            grow(map);
        }
        prepare(map, keys + done, batch, hashes);
        for (size_t i = 0; i < batch; i++) {
            put(map, keys[done + i], hashes[i], first + done + i);
        }
        done += batch;
    }
}

/* The first entry that may be the key's, told by the hash alone, or a free one. */
static const struct strmap_entry *entry_by_hash(const struct strmap *map, uint32_t hash)
{
    size_t mask = map->capacity - 1;
    size_t i = hash & mask;
    while (map->entries[i].key && map->entries[i].hash != hash) {
        i = (i + 1) & mask;
    }
    return &map->entries[i];
}

void strmap_get_all(const struct strmap *map, const char *const *keys, size_t n, size_t *values)
{
    uint32_t hashes[STRMAP_BATCH];
    for (size_t i = 0; map->count == 0 && i < n; i++) {
        values[i] = STRMAP_NONE;
    }
    for (size_t done = 0; map->count > 0 && done < n;) {
        size_t batch = n - done < STRMAP_BATCH ? n - done : STRMAP_BATCH;
        prepare(map, keys + done, batch, hashes);
        for (size_t i = 0; i < batch; i++) {
            /* Its text may begin in one line of the cache and end in the next. */
            const char *key = entry_by_hash(map, hashes[i])->key;
            if (key) {
                __builtin_prefetch(key);
                __builtin_prefetch(key + 31);
            }
        }
        for (size_t i = 0; i < batch; i++) {
            const struct strmap_entry *entry = place(map, keys[done + i], hashes[i]);
            values[done + i] = entry->key ? entry->value : STRMAP_NONE;
        }
        done += batch;
    }
}
