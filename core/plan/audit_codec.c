#include "core/plan/audit_codec.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- reading ------------------------------------------------------------------------------ */

struct reader {
    struct arena *arena;
    struct err *err;
    size_t index; /* of the change, for the message */
    enum err_code code;
};

static void complain(struct reader *reader, const char *member, const char *what)
{
    if (reader->code == ERR_OK) {
        reader->code = err_set(reader->err, ERR_INPUT, "change %zu: \"%s\" %s", reader->index + 1,
                               member, what);
    }
}

static const char *get_text(struct reader *reader, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!value) {
        return NULL;
    }
    if (!json_is_string(value)) {
        complain(reader, name, "is not a string");
        return NULL;
    }
    return arena_strndup(reader->arena, json_string_value(value), json_string_length(value));
}

static int64_t get_number(struct reader *reader, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!value) {
        return 0;
    }
    if (!json_is_integer(value)) {
        complain(reader, name, "is not a whole number");
        return 0;
    }
    return json_integer_value(value);
}

static const char *get_ext(struct reader *reader, const json_t *object, const char *name)
{
    const char *ext = get_text(reader, object, name);
    if (ext && (!text_is_digits(ext) || strlen(ext) > EXT_WIDTH_MAX)) {
        complain(reader, name, "is not an extension");
    }
    return ext;
}

static const json_t *get_object(struct reader *reader, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value && !json_is_object(value)) {
        complain(reader, name, "is not an object");
        return NULL;
    }
    return value;
}

static void read_range(struct reader *reader, const json_t *object, struct audit_change *change)
{
    change->from = get_ext(reader, object, "from");
    change->to = get_ext(reader, object, "to");
    if (!change->from || !change->to) {
        complain(reader, "create", "has no range");
    } else if (strlen(change->from) != strlen(change->to) || strcmp(change->from, change->to) > 0) {
        complain(reader, "to", "is before \"from\"");
    }
}

static void read_was(struct reader *reader, const json_t *object, const char *name,
                     struct slot *slot)
{
    const json_t *was = get_object(reader, object, name);
    if (!was) {
        return;
    }
    struct belongings own = {
        .arn = get_text(reader, was, "arn"),
        .source = get_text(reader, was, "source"),
        .fallback = get_text(reader, was, "fallback"),
    };
    const char *state = get_text(reader, was, "state");
    slot->state = state && strcmp(state, AUDIT_RESERVED) == 0 ? SLOT_RESERVED : SLOT_ABSENT;
    slot->at_s = get_number(reader, was, "at");
    slot->agent = get_text(reader, was, "agent");
    slot->note = get_text(reader, was, "note");
    slot->by = get_text(reader, was, "by");
    slot->given_back_s = get_number(reader, was, "given_back");
    slot->target = get_text(reader, was, "target");
    slot->until_s = get_number(reader, was, "until");
    if (own.arn || own.source || own.fallback) {
        struct belongings *copy = arena_alloc(reader->arena, sizeof *copy);
        *copy = own;
        slot->own = copy;
    }
}

/* Where calls go from then on. */
static void read_calls(struct reader *reader, const json_t *object, struct slot *calls)
{
    const char *fallback = get_text(reader, object, "fallback");
    calls->target = get_text(reader, object, "target");
    calls->until_s = get_number(reader, object, "until");
    if (fallback) {
        struct belongings *own = arena_alloc(reader->arena, sizeof *own);
        *own = (struct belongings){.fallback = fallback};
        calls->own = own;
        calls->state = SLOT_ASSIGNED;
    }
}

static void read_change(struct reader *reader, const json_t *object, struct audit_change *change)
{
    const char *kind = get_text(reader, object, "change");
    if (!kind || !change_kind_parse(kind, &change->kind)) {
        complain(reader, "change", "is not a kind of change");
        return;
    }
    if (change->kind == CHANGE_CREATE) {
        read_range(reader, object, change);
        return;
    }
    change->ext = get_ext(reader, object, "extension");
    change->agent = get_text(reader, object, "agent");
    change->from = get_text(reader, object, "from");
    change->to = get_text(reader, object, "to");
    change->why = get_text(reader, object, "why");
    int64_t group = get_number(reader, object, "group");
    if (group < 0 || group > UINT32_MAX) {
        complain(reader, "group", "is out of range");
        return;
    }
    change->group = (uint32_t)group;
    read_calls(reader, object, &change->calls);
    read_was(reader, object, "was", &change->was);
    read_was(reader, object, "from_was", &change->from_was);
    /* What was done to the trail itself is about no extension. */
    if (!change->ext && !change->agent && !(change->kind == CHANGE_REPAIR && change->why)) {
        complain(reader, "extension", "is missing");
    }
}

enum err_code audit_decode(struct arena *arena, const char *json, struct audit_change **out,
                           size_t *n_out, struct err *err)
{
    struct reader reader = {.arena = arena, .err = err, .code = ERR_OK};
    json_error_t trouble;
    json_auto_t *array = json_loads(json, JSON_REJECT_DUPLICATES, &trouble);
    *out = NULL;
    *n_out = 0;
    if (!array) {
        return err_set(err, ERR_INPUT, "not JSON: %s at byte %d", trouble.text, trouble.position);
    }
    if (!json_is_array(array)) {
        return err_set(err, ERR_INPUT, "not a JSON array");
    }
    size_t n = json_array_size(array);
    struct audit_change *changes = n > 0 ? mem_array(n, sizeof *changes) : NULL;
    for (; reader.index < n && reader.code == ERR_OK; reader.index++) {
        const json_t *object = json_array_get(array, reader.index);
        if (json_is_object(object)) {
            read_change(&reader, object, &changes[reader.index]);
        } else {
            complain(&reader, "change", "is not an object");
        }
    }
    if (reader.code != ERR_OK) {
        free(changes);
        return reader.code;
    }
    *out = changes;
    *n_out = n;
    return ERR_OK;
}
