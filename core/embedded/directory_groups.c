#include "core/embedded/directory_groups.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

#define TEXTS_MAX (1 << 20) /* of one agent */

static void add_key(void *context, const struct group *group, const struct match_term *term)
{
    struct file_groups *groups = context;
    bool known = term->field != FIELD_COLUMN;
    (void)group;
    for (size_t i = 0; !known && i < groups->n_keys; i++) {
        known = strcmp(groups->keys[i], term->key) == 0;
    }
    if (!known) {
        groups->keys = mem_resize(groups->keys, groups->n_keys + 1, sizeof *groups->keys);
        groups->keys[groups->n_keys++] = term->key;
    }
}

void file_groups_init(struct file_groups *groups, const struct policy *policy)
{
    *groups = (struct file_groups){.fields = policy ? groups_fields(policy) : 0};
    buf_init(&groups->texts, TEXTS_MAX);
    if (policy) {
        groups_each_term(policy, add_key, groups);
    }
}

void file_groups_release(struct file_groups *groups)
{
    free(groups->keys);
    free(groups->found);
    free(groups->attributes);
    buf_release(&groups->texts);
}

void file_groups_begin(struct file_groups *groups)
{
    groups->n_attributes = 0;
    buf_clear(&groups->texts);
}

void file_groups_add(struct file_groups *groups, enum agent_field field, const char *key,
                     struct csv_field value)
{
    if (value.length == 0 || groups->n_attributes == UINT16_MAX) {
        return;
    }
    if (groups->n_attributes == groups->capacity) {
        groups->capacity = groups->capacity ? groups->capacity * 2 : 8;
        groups->found = mem_resize(groups->found, groups->capacity, sizeof *groups->found);
        groups->attributes =
            mem_resize(groups->attributes, groups->capacity, sizeof *groups->attributes);
    }
    groups->found[groups->n_attributes] = groups->texts.length;
    groups->attributes[groups->n_attributes++] =
        (struct agent_attribute){.field = field, .key = key};
    buf_append(&groups->texts, value.text, value.length);
    buf_putc(&groups->texts, '\0');
}

const struct agent_attribute *file_groups_end(struct file_groups *groups, uint16_t *n)
{
    *n = buf_failed(&groups->texts) ? 0 : (uint16_t)groups->n_attributes;
    for (size_t i = 0; i < *n; i++) {
        groups->attributes[i].value = groups->texts.data + groups->found[i];
    }
    return groups->attributes;
}
