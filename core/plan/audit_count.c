#include "core/plan/audit_codec.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"

bool audit_is_exemption(const struct audit_change *change)
{
    return (change->kind == CHANGE_EXEMPT || change->kind == CHANGE_UNEXEMPT) && change->agent;
}

size_t audit_change_numbers(const struct audit_change *change)
{
    if (change->kind != CHANGE_CREATE || !change->from || !change->to) {
        return 1;
    }
    return (size_t)(strtoul(change->to, NULL, 10) - strtoul(change->from, NULL, 10)) + 1;
}

void audit_count_changes(const struct audit_change *changes, size_t n,
                         size_t counts[CHANGE_KIND_COUNT])
{
    memset(counts, 0, CHANGE_KIND_COUNT * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        counts[changes[i].kind] += audit_change_numbers(&changes[i]);
    }
}

/*
 * Counts the changes of a record: a walk over the text that looks at a few members of each change and
 * steps over the rest. What audit_encode writes has no blanks, so no other form is known here; a
 * text of another form is left to audit_decode.
 */

#define WORD_ROOM 24

/* A change, as far as it is counted. */
struct counted {
    char kind[WORD_ROOM];
    char from[WORD_ROOM], to[WORD_ROOM];
};

/* Behind the string that begins at `at`; NULL: it has no end. */
static const char *behind_string(const char *at)
{
    for (at++; *at && *at != '"'; at++) {
        at += *at == '\\' && at[1] ? 1 : 0;
    }
    return *at == '"' ? at + 1 : NULL;
}

/* Behind the value: a string, a number, or an object of these; NULL: it has no end. */
static const char *behind_value(const char *at)
{
    int depth = 0;
    do {
        if (*at == '"') {
            at = behind_string(at);
        } else if (*at == '{' || *at == '}') {
            depth += *at++ == '{' ? 1 : -1;
        } else if (*at) {
            at++;
        } else {
            return NULL;
        }
    } while (at && (depth > 0 || (*at != ',' && *at != '}')));
    return at;
}

static bool is_named(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

/* A short text; a longer one is no number and no kind, and stays "". */
static void take_word(const char *value, const char *end, char out[WORD_ROOM])
{
    size_t length = (size_t)(end - value);
    if (value[0] == '"' && length >= 2 && length - 2 < WORD_ROOM) {
        memcpy(out, value + 1, length - 2);
        out[length - 2] = '\0';
    }
}

/* One member; returns what is behind it. NULL: it is none. */
static const char *take_member(const char *at, struct counted *out)
{
    const char *name = at + 1;
    const char *end = *at == '"' ? behind_string(at) : NULL;
    if (!end || *end != ':') {
        return NULL;
    }
    size_t length = (size_t)(end - 1 - name);
    const char *value = end + 1;
    end = behind_value(value);
    if (end && is_named(name, length, "change")) {
        take_word(value, end, out->kind);
    } else if (end && is_named(name, length, "from")) {
        take_word(value, end, out->from);
    } else if (end && is_named(name, length, "to")) {
        take_word(value, end, out->to);
    }
    return end;
}

/* Only numbers that were made stand in ranges. */
static bool count(const struct counted *counted, size_t counts[CHANGE_KIND_COUNT])
{
    struct audit_change change = {.from = counted->from, .to = counted->to};
    if (!change_kind_parse(counted->kind, &change.kind)) {
        return false;
    }
    counts[change.kind] += change.kind == CHANGE_CREATE ? audit_change_numbers(&change) : 1;
    return true;
}

bool audit_count(const char *json, size_t counts[CHANGE_KIND_COUNT])
{
    const char *at = json;
    memset(counts, 0, CHANGE_KIND_COUNT * sizeof *counts);
    if (strcmp(json, "[]") == 0) {
        return true;
    }
    for (char before = '['; *at == before; before = ',') {
        struct counted counted = {.kind = ""};
        at++;
        for (char between = '{'; at && *at == between; between = ',') {
            at = take_member(at + 1, &counted);
        }
        if (!at || *at != '}' || !count(&counted, counts)) {
            return false;
        }
        at++;
    }
    return strcmp(at, "]") == 0;
}
