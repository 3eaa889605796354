#include "core/port/cloud.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

void cloud_add(struct cloud_found *found, enum cloud_kind kind, const struct cloud_item *item)
{
    struct cloud_list *list = &found->lists[kind];
    if (list->n_items == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 16;
        list->items = mem_resize(list->items, list->capacity, sizeof *list->items);
    }
    const char *detail = arena_strdup(&found->arena, item->detail ? item->detail : "");
    list->items[list->n_items++] =
        (struct cloud_item){.uri = arena_strdup(&found->arena, item->uri),
                            .detail = text_sanitise(&found->arena, detail),
                            .fits = item->fits};
}

void cloud_trouble(struct cloud_found *found, enum cloud_kind kind, const struct err *why)
{
    found->lists[kind].trouble = arena_strdup(&found->arena, why->text);
}

void cloud_found_release(struct cloud_found *found)
{
    for (enum cloud_kind kind = 0; kind < CLOUD_KINDS; kind++) {
        free(found->lists[kind].items);
    }
    arena_release(&found->arena);
    *found = (struct cloud_found){.arena = ARENA_INIT};
}

void cloud_profiles_add(struct cloud_profiles *profiles, const char *name)
{
    if (profiles->n_names == profiles->capacity) {
        profiles->capacity = profiles->capacity ? 2 * profiles->capacity : 16;
        profiles->names = mem_resize(profiles->names, profiles->capacity, sizeof *profiles->names);
    }
    profiles->names[profiles->n_names++] = arena_strdup(&profiles->arena, name);
}

void cloud_profiles_release(struct cloud_profiles *profiles)
{
    free(profiles->names);
    arena_release(&profiles->arena);
    *profiles = (struct cloud_profiles){.arena = ARENA_INIT};
}
