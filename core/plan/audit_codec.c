#include "core/plan/audit_codec.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define RESERVED "reserved"

/* ---- writing ------------------------------------------------------------------------------
 * Members that are not set are left out, and the text has no blanks: a record of DynamoDB has
 * 400 KB at most, and a first sync records ten thousand changes. */

static int append(const char *bytes, size_t length, void *out)
{
    buf_append(out, bytes, length);
    return buf_failed(out) ? -1 : 0;
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (!text) {
        return;
    }
    json_t *value = json_string(text);
    if (!value) {
        /* Not UTF-8: a record that shows the bytes is better than none. */
        struct arena scratch = ARENA_INIT;
        value = json_string(text_sanitise(&scratch, text));
        arena_release(&scratch);
    }
    json_object_set_new_nocheck(object, name, value);
}

static void set_time(json_t *object, const char *name, int64_t at_s)
{
    if (at_s != 0) {
        json_object_set_new_nocheck(object, name, json_integer(at_s));
    }
}

/* What the slot was. The holder of an assigned one is the change's
   agent already. */
static void set_was(json_t *object, const char *name, const struct slot *before, const char *agent)
{
    if (!before || before->state == SLOT_ABSENT) {
        return;
    }
    json_auto_t *was = json_object();
    if (before->state == SLOT_RESERVED) {
        set_text(was, "state", RESERVED);
    }
    set_time(was, "at", before->at_s);
    if (before->state != SLOT_ASSIGNED || !before->agent || !agent ||
        strcmp(before->agent, agent) != 0) {
        set_text(was, "agent", before->agent);
    }
    set_text(was, "note", before->note);
    set_text(was, "by", before->by);
    set_time(was, "given_back", before->given_back_s);
    set_text(was, "target", before->target);
    set_time(was, "until", before->until_s);
    if (before->own) {
        set_text(was, "arn", before->own->arn);
        set_text(was, "source", before->own->source);
        set_text(was, "fallback", before->own->fallback);
    }
    if (json_object_size(was) > 0) {
        json_object_set_nocheck(object, name, was);
    }
}

static const struct slot *before_of(const struct change *change, const char *ext)
{
    for (size_t i = 0; ext && i < change->n_steps; i++) {
        if (strcmp(change->steps[i].after.ext, ext) == 0) {
            return change->steps[i].before;
        }
    }
    return NULL;
}

static json_t *change_json(const struct change *change)
{
    json_t *object = json_object();
    set_text(object, "change", change_kind_name(change->kind));
    set_text(object, "extension", change->ext);
    set_text(object, "agent", change->agent);
    set_text(object, "from", change->from);
    set_text(object, "to", change->to);
    set_text(object, "why", change->why);
    if (change->group != 0) {
        json_object_set_new_nocheck(object, "group", json_integer(change->group));
    }
    const struct slot *calls = change_calls(change);
    if (calls) {
        set_text(object, "target", calls->target);
        set_time(object, "until", calls->until_s);
        set_text(object, "fallback", slot_fallback(calls));
    }
    set_was(object, "was", before_of(change, change->ext), change->agent);
    if (change->kind == CHANGE_REASSIGN) {
        set_was(object, "from_was", before_of(change, change->from), change->agent);
    }
    return object;
}

static json_t *range_json(const char *first, const char *last)
{
    json_t *object = json_object();
    set_text(object, "change", change_kind_name(CHANGE_CREATE));
    set_text(object, "from", first);
    set_text(object, "to", last);
    return object;
}

/* Whether `next` is the number right behind `ext`, in the same width. */
static bool follows(const char *ext, const char *next)
{
    char counted[EXT_ROOM];
    size_t width = strlen(ext);
    if (width >= sizeof counted || strlen(next) != width) {
        return false;
    }
    memcpy(counted, ext, width + 1);
    size_t i = width;
    while (i > 0 && counted[i - 1] == '9') {
        counted[--i] = '0';
    }
    if (i == 0) {
        return false;
    }
    counted[i - 1]++;
    return strcmp(counted, next) == 0;
}

static void write_element(struct buf *out, json_t *element)
{
    if (out->length > 1) {
        buf_putc(out, ',');
    }
    json_dump_callback(element, append, out, JSON_COMPACT);
    json_decref(element);
}

size_t audit_encode(const struct plan *plan, size_t first, size_t n, bool planned_too,
                    struct buf *out)
{
    size_t n_elements = 0;
    const char *from = NULL; /* the range of new numbers that is being gathered */
    const char *to = NULL;
    buf_clear(out);
    buf_putc(out, '[');
    for (size_t i = first; i < first + n && i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        bool planned = planned_too && change->result == RESULT_PLANNED && !change->left_out;
        if (change->result != RESULT_DONE && !planned) {
            continue;
        }
        bool create = change->kind == CHANGE_CREATE;
        if (from && !(create && follows(to, change->ext))) {
            write_element(out, range_json(from, to));
            n_elements++;
            from = NULL;
        }
        if (create) {
            from = from ? from : change->ext;
            to = change->ext;
        } else {
            write_element(out, change_json(change));
            n_elements++;
        }
    }
    if (from) {
        write_element(out, range_json(from, to));
        n_elements++;
    }
    buf_putc(out, ']');
    return n_elements;
}

void audit_quote(const char *text, struct buf *out)
{
    json_t *object = json_object();
    set_text(object, "name", text);
    json_dump_callback(json_object_get(object, "name"), append, out,
                       JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(object);
}

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
    slot->state = state && strcmp(state, RESERVED) == 0 ? SLOT_RESERVED : SLOT_ABSENT;
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
