#include "core/format/json_members.h"

#include "core/base/banned.h"

void json_complain(struct json_members *members, const char *name, const char *wrong)
{
    if (members->code != ERR_OK) {
        return;
    }
    members->code = err_set(members->err, ERR_INPUT, "\"%s\" %s", name, wrong);
    if (members->what && members->number > 0) {
        err_prefix(members->err, "%s %zu", members->what, members->number);
    } else if (members->what) {
        err_prefix(members->err, "%s", members->what);
    }
}

/* The member; NULL, with a complaint, if it is there and `fits` says no. */
static const json_t *get(struct json_members *members, const json_t *object, const char *name,
                         bool fits, const char *wrong)
{
    const json_t *value = json_object_get(object, name);
    if (value && !fits) {
        json_complain(members, name, wrong);
        return NULL;
    }
    return value;
}

const char *json_get_text(struct json_members *members, const json_t *object, const char *name)
{
    bool fits = json_is_string(json_object_get(object, name));
    const json_t *value = get(members, object, name, fits, "is not a string");
    return value
               ? arena_strndup(members->arena, json_string_value(value), json_string_length(value))
               : NULL;
}

int64_t json_get_number(struct json_members *members, const json_t *object, const char *name)
{
    bool fits = json_is_integer(json_object_get(object, name));
    const json_t *value = get(members, object, name, fits, "is not a whole number");
    return value ? json_integer_value(value) : 0;
}

bool json_get_flag(struct json_members *members, const json_t *object, const char *name)
{
    bool fits = json_is_boolean(json_object_get(object, name));
    return json_is_true(get(members, object, name, fits, "is not true or false"));
}

const json_t *json_get_object(struct json_members *members, const json_t *object, const char *name)
{
    bool fits = json_is_object(json_object_get(object, name));
    return get(members, object, name, fits, "is not an object");
}

const json_t *json_get_array(struct json_members *members, const json_t *object, const char *name)
{
    bool fits = json_is_array(json_object_get(object, name));
    return get(members, object, name, fits, "is not a list");
}

bool json_put_text(json_t *object, const char *name, const char *text)
{
    json_t *value = text ? json_string(text) : NULL;
    if (value) {
        json_object_set_new_nocheck(object, name, value);
    }
    return value || !text;
}

void json_put_number(json_t *object, const char *name, int64_t number)
{
    if (number != 0) {
        json_object_set_new_nocheck(object, name, json_integer(number));
    }
}

void json_put_flag(json_t *object, const char *name, bool flag)
{
    if (flag) {
        json_object_set_new_nocheck(object, name, json_true());
    }
}

static int append(const char *bytes, size_t length, void *out)
{
    buf_append(out, bytes, length);
    return buf_failed(out) ? -1 : 0;
}

void json_put_value(const json_t *value, size_t flags, struct buf *out)
{
    json_dump_callback(value, append, out, flags);
}
