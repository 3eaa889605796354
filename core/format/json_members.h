#ifndef CORE_FORMAT_JSON_MEMBERS_H
#define CORE_FORMAT_JSON_MEMBERS_H

/*
 * Members of JSON objects, read with clear complaints and written without what is not set. The first
 * complaint counts; a reader that has complained answers "not set" from then on only where the member
 * is wrong, so a caller checks `code` once at the end.
 *
 *     struct json_members members = {.arena = arena, .err = err, .what = "change", .number = 7};
 *     const char *ext = json_get_text(&members, object, "extension");
 *     if (members.code != ERR_OK) { ... "change 7: "extension" is not a string" }
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

struct json_members {
    struct arena *arena; /* for texts */
    struct err *err;
    enum err_code code;
    const char *what; /* the object, for complaints; NULL: the document itself */
    size_t number;    /* of the object, from 1; 0: it has none */
};

/* The member `name` `is wrong`: sets code and err, unless they are set. */
void json_complain(struct json_members *members, const char *name, const char *wrong);

/* NULL, 0 or false if the member is missing; a complaint if it is of another type. */
const char *json_get_text(struct json_members *members, const json_t *object, const char *name);
int64_t json_get_number(struct json_members *members, const json_t *object, const char *name);
bool json_get_flag(struct json_members *members, const json_t *object, const char *name);
const json_t *json_get_object(struct json_members *members, const json_t *object, const char *name);
/* The array, NULL if it is missing. */
const json_t *json_get_array(struct json_members *members, const json_t *object, const char *name);

/* Set a member; not if the value is NULL, 0 or false. False: the text is not UTF-8. */
bool json_put_text(json_t *object, const char *name, const char *text);
void json_put_number(json_t *object, const char *name, int64_t number);
void json_put_flag(json_t *object, const char *name, bool flag);

/* Appends the value as text; `flags` of json_dumps. */
void json_put_value(const json_t *value, size_t flags, struct buf *out);

#endif
