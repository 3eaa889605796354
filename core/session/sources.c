#include "core/session/sources.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/session/session_private.h"

#include "core/base/banned.h"

static bool same(const char *a, size_t length, const char *b)
{
    return b && strlen(b) == length && strncmp(a, b, length) == 0;
}

static struct source_count *find(const struct source_counts *counts, const char *source,
                                 size_t length)
{
    for (size_t i = 0; i < counts->n; i++) {
        const char *known = counts->items[i].source;
        if (source ? same(source, length, known) : !known) {
            return &counts->items[i];
        }
    }
    return NULL;
}

/* What stands at those who come from it; NULL: a file without a name, which speaks for everybody. */
static const char *source_of(const struct opened_directory *one)
{
    return one->directory->source ? one->directory->source : one->setting->name;
}

static void mark_here(struct session *session, struct source_counts *counts)
{
    struct err ignored = ERR_INIT;
    if (session_open_directories(session, &ignored) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < session->n_directories; i++) {
        const char *source = source_of(&session->directories[i]);
        for (size_t k = 0; k < counts->n; k++) {
            const char *known = counts->items[k].source;
            counts->items[k].here |= !source || (known && strcmp(known, source) == 0);
        }
    }
}

void session_count_sources(struct session *session, const struct snapshot *snapshot,
                           struct arena *arena, struct source_counts *out)
{
    size_t capacity = 8;
    *out = (struct source_counts){.items = mem_array(capacity, sizeof *out->items)};
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        size_t length = 0;
        const char *source = slot_source(slot, &length);
        struct source_count *count =
            slot->state == SLOT_ASSIGNED ? find(out, source, length) : NULL;
        if (slot->state == SLOT_ASSIGNED && !count) {
            if (out->n == capacity) {
                capacity *= 2;
                out->items = mem_resize(out->items, capacity, sizeof *out->items);
            }
            count = &out->items[out->n++];
            *count = (struct source_count){
                .source = source ? arena_strndup(arena, source, length) : NULL, .here = !source};
        }
        if (count) {
            count->n_numbers++;
        }
    }
    mark_here(session, out);
    struct source_count *items = arena_alloc(arena, (out->n + 1) * sizeof *items);
    memcpy(items, out->items, out->n * sizeof *items);
    free(out->items);
    out->items = items;
}

bool source_counts_foreign(const struct source_counts *counts, const struct slot *slot)
{
    size_t length = 0;
    const char *source = slot_source(slot, &length);
    const struct source_count *count = source ? find(counts, source, length) : NULL;
    return count && !count->here;
}
