#include "aws/lambda/event.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/nearest.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static const struct {
    const char *name;
    enum action action;
} s_actions[] = {
    {"sync", ACTION_SYNC},
    {"status", ACTION_STATUS},
    {"export", ACTION_EXPORT},
    {"doctor", ACTION_DOCTOR},
};

#define N_ACTIONS (sizeof s_actions / sizeof s_actions[0])

/* ---- what is wrong ------------------------------------------------------------------------- */

/* "an object with key1, key2, key3", for the error about it. */
static void describe(json_t *json, struct buf *out)
{
    const char *key;
    json_t *value;
    size_t n = 0;
    if (!json_is_object(json)) {
        buf_puts(out, json_is_array(json) ? "a list" : "a single value");
        return;
    }
    buf_puts(out, json_object_size(json) == 0 ? "an empty object" : "an object with ");
    json_object_foreach(json, key, value)
    {
        if (n < 8) {
            buf_printf(out, "%s\"%.40s\"", n > 0 ? ", " : "", key);
        }
        n++;
    }
    if (n > 8) {
        buf_printf(out, " and %zu more member%s", n - 8, n == 9 ? "" : "s");
    }
}

static enum err_code unknown_event(json_t *json, struct err *err)
{
    struct buf what;
    buf_init(&what, 1024);
    describe(json, &what);
    err_set(err, ERR_INPUT, "the event is neither a schedule nor a contact flow nor an action: %s",
            what.data);
    err_hint(err, "Send {\"action\":\"sync\"} (or status, export, doctor), or test with the event "
                  "of a contact flow");
    buf_release(&what);
    return ERR_INPUT;
}

/* ---- an action ----------------------------------------------------------------------------- */

static enum err_code take_action(const json_t *value, struct event *event, struct err *err)
{
    const char *name = json_string_value(value);
    const char *names[N_ACTIONS + 1] = {NULL};
    for (size_t i = 0; i < N_ACTIONS; i++) {
        names[i] = s_actions[i].name;
        if (name && strcmp(name, s_actions[i].name) == 0) {
            event->action = s_actions[i].action;
            return ERR_OK;
        }
    }
    err_set(err, ERR_INPUT, "the event's \"action\" is %s%.60s%s", name ? "\"" : "",
            name ? name : "not a text", name ? "\"" : "");
    const char *near = name ? nearest_of(name, names) : NULL;
    err_hint(err, "%s%s%sThe actions are sync, status, export and doctor",
             near ? "Did you mean \"" : "", near ? near : "", near ? "\"? " : "");
    return ERR_INPUT;
}

/* A number or a text: 5, "5", "5%". What it means is judged with the settings. */
static enum err_code take_max_release(const json_t *value, struct arena *arena, struct event *event,
                                      struct err *err)
{
    if (json_is_string(value)) {
        event->max_release = arena_strdup(arena, json_string_value(value));
    } else if (json_is_integer(value) && json_integer_value(value) >= 0) {
        event->max_release = arena_printf(arena, "%lld", (long long)json_integer_value(value));
    } else {
        return err_set(err, ERR_INPUT,
                       "the event's \"max_release\" is neither a number nor a text like \"5%%\"");
    }
    return ERR_OK;
}

/* A misspelt "dry_run" must not become a real sync: every member has to be known. */
static enum err_code read_action(json_t *json, struct arena *arena, struct event *event,
                                 struct err *err)
{
    const char *key;
    json_t *value;
    enum err_code code = ERR_OK;
    json_object_foreach(json, key, value)
    {
        if (strcmp(key, "action") == 0) {
            code = take_action(value, event, err);
        } else if (strcmp(key, "dry_run") == 0) {
            event->dry_run = json_is_true(value);
            code = json_is_boolean(value)
                       ? ERR_OK
                       : err_set(err, ERR_INPUT, "the event's \"dry_run\" is not true or false");
        } else if (strcmp(key, "max_release") == 0) {
            code = take_max_release(value, arena, event, err);
        } else {
            code = err_set(err, ERR_INPUT, "the event has a member \"%.60s\" that no action takes",
                           key);
            err_hint(err, "The members are \"action\", \"dry_run\" and \"max_release\"");
        }
        if (code != ERR_OK) {
            return code;
        }
    }
    return ERR_OK;
}

/* ---- a contact flow -------------------------------------------------------------------------- */

static const char *parameter(const json_t *parameters, const char *name, struct arena *arena)
{
    const char *value = json_string_value(json_object_get(parameters, name));
    return value && value[0] != '\0' ? arena_strdup(arena, value) : NULL;
}

static void read_flow(const json_t *details, struct arena *arena, struct event *event)
{
    const json_t *parameters = json_object_get(details, "Parameters");
    event->kind = EVENT_LOOKUP;
    event->extension = parameter(parameters, "extension", arena);
    if (!event->extension) {
        event->extension = parameter(parameters, "pk", arena); /* the name in the old flow */
    }
    event->agent = event->extension ? NULL : parameter(parameters, "agent", arena);
}

/* ---- the event ------------------------------------------------------------------------------- */

static bool says(const json_t *json, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(json, name));
    return value && strcmp(value, text) == 0;
}

static enum err_code read_event(json_t *json, struct arena *arena, struct event *event,
                                struct err *err)
{
    if (json_object_get(json, "action")) {
        return read_action(json, arena, event, err);
    }
    if (json_is_object(json_object_get(json, "Details"))) {
        read_flow(json_object_get(json, "Details"), arena, event);
        return ERR_OK;
    }
    if (says(json, "source", "aws.events") && says(json, "detail-type", "Scheduled Event")) {
        event->action = ACTION_SYNC;
        return ERR_OK;
    }
    return unknown_event(json, err);
}

enum err_code event_parse(const char *text, size_t length, struct arena *arena, struct event *event,
                          struct err *err)
{
    json_error_t why;
    *event = (struct event){.kind = EVENT_ACTION};
    json_t *json =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!json) {
        return err_set(err, ERR_INPUT, "the event is not JSON: %s (byte %d)", why.text,
                       why.position);
    }
    enum err_code code = read_event(json, arena, event, err);
    json_decref(json);
    return code;
}
