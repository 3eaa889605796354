/*
 * A directory as JSON, as the AWS CLI prints it. Shapes (names of members as in the Amazon Connect
 * API, ListUsers, SearchUsers and DescribeUser):
 *
 *   {"UserSummaryList": [USER...], "NextToken": ...}    list-users
 *   {"Users": [USER...], "NextToken": ...}              search-users
 *   {"User": USER}                                      describe-user
 *   USER = {"Username", "Id", "Arn", "IdentityInfo": {"FirstName", "LastName"}}
 *
 * and arrays of those. Documents follow each other with or without line breaks.
 */

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/embedded/directory_parse.h"
#include "core/base/text.h"

#define NESTING_MAX 4 /* arrays of arrays of pages */

struct reading {
    const char *file;
    struct collector collector;
    size_t pages;
    size_t entry;   /* on the page */
    bool cut_short; /* the last page has a NextToken */
    bool listed, searched;
    struct err *err;
};

/* ---- users --------------------------------------------------------------------------------- */

static size_t place(const struct reading *r)
{
    return r->pages * PLACE_PAGE + r->entry;
}

static const char *text_member(const json_t *object, const char *key, size_t *length)
{
    const json_t *value = json_object_get(object, key);
    *length = json_string_length(value);
    return json_string_value(value);
}

static enum err_code take_user(struct reading *r, json_t *user)
{
    r->entry++;
    if (!json_is_object(user)) {
        return collector_error(&r->collector, place(r), r->err, "not an object with a Username");
    }
    const json_t *username = json_object_get(user, "Username");
    if (!json_is_string(username)) {
        return collector_error(&r->collector, place(r), r->err, "%s",
                               username ? "Username is not a string" : "no Username");
    }
    const json_t *identity = json_object_get(user, "IdentityInfo");
    size_t ignored;
    struct found_agent agent = {
        .login = json_string_value(username),
        .login_length = json_string_length(username),
        .id = text_member(user, "Id", &ignored),
        .arn = text_member(user, "Arn", &ignored),
        .place = place(r),
    };
    agent.first = text_member(identity, "FirstName", &agent.first_length);
    agent.last = text_member(identity, "LastName", &agent.last_length);
    return collector_add(&r->collector, &agent, r->err);
}

static enum err_code take_users(struct reading *r, json_t *users)
{
    enum err_code code = ERR_OK;
    size_t n = json_array_size(users);
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        code = take_user(r, json_array_get(users, i));
    }
    return code;
}

/* ---- pages --------------------------------------------------------------------------------- */

static void next_page(struct reading *r)
{
    r->pages++;
    r->entry = 0;
}

static enum err_code take_page(struct reading *r, json_t *page, json_t *users)
{
    next_page(r);
    size_t length;
    const char *token = text_member(page, "NextToken", &length);
    r->cut_short = token && length > 0;
    if (!json_is_array(users)) {
        return err_set(r->err, ERR_INPUT, "%s: page %zu: the users are no array", r->file,
                       r->pages);
    }
    return take_users(r, users);
}

static enum err_code take_value(struct reading *r, json_t *value, int depth);

static enum err_code take_object(struct reading *r, json_t *object)
{
    json_t *listed = json_object_get(object, "UserSummaryList");
    json_t *searched = json_object_get(object, "Users");
    json_t *described = json_object_get(object, "User");
    if (listed || searched) {
        r->listed = r->listed || listed;
        r->searched = r->searched || searched;
        return take_page(r, object, listed ? listed : searched);
    }
    if (described || json_object_get(object, "Username")) {
        if (r->pages == 0) {
            next_page(r);
        }
        return take_user(r, described ? described : object);
    }
    const char *key = json_object_iter_key(json_object_iter(object));
    err_set(r->err, ERR_INPUT,
            "%s: an object with neither UserSummaryList nor Users nor Username%s%s", r->file,
            key ? ", but " : "", key ? key : "");
    err_hint(r->err, "Wanted is what aws connect list-users or aws connect search-users prints");
    return ERR_INPUT;
}

static enum err_code take_value(struct reading *r, json_t *value, int depth)
{
    if (json_is_object(value)) {
        return take_object(r, value);
    }
    if (!json_is_array(value) || depth == NESTING_MAX) {
        err_set(r->err, ERR_INPUT, "%s: no page of users and no user, but %s", r->file,
                json_is_array(value)    ? "arrays in arrays"
                : json_is_string(value) ? "a string"
                                        : "a value");
        err_hint(r->err,
                 "Wanted is what aws connect list-users or aws connect search-users prints");
        return ERR_INPUT;
    }
    enum err_code code = ERR_OK;
    size_t n = json_array_size(value);
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        code = take_value(r, json_array_get(value, i), depth + 1);
    }
    return code;
}

/* ---- documents ----------------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Line and column of a place in the whole file; the library counts from the start of a document. */
static void place_of(const char *text, size_t offset, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset; i++) {
        bool lf = text[i] == '\n';
        *line += lf;
        *column = lf ? 1 : *column + (((unsigned char)text[i] & 0xC0) != 0x80);
    }
}

static enum err_code bad_json(struct reading *r, const char *text, size_t start, size_t length,
                              const json_error_t *error)
{
    size_t line;
    size_t column;
    size_t offset = start + (error->position > 0 ? (size_t)error->position : 0);
    place_of(text, offset < length ? offset : length, &line, &column);
    enum json_error_code code = json_error_code(error);
    if (code == json_error_premature_end_of_input) {
        place_of(text, length, &line, &column);
        err_set(r->err, ERR_INPUT, "%s:%zu:%zu: the JSON ends in the middle", r->file, line,
                column);
        err_hint(r->err, "The file is cut short: write it again");
        return ERR_INPUT;
    }
    if (code == json_error_null_character) {
        return err_set(r->err, ERR_INPUT, "%s:%zu:%zu: a string holds a NUL", r->file, line,
                       column);
    }
    return err_set(r->err, ERR_INPUT, "%s:%zu:%zu: this is not JSON: %s", r->file, line, column,
                   error->text);
}

static enum err_code take_documents(struct reading *r, const char *text, size_t length)
{
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    enum err_code code = ERR_OK;
    while (code == ERR_OK) {
        while (at < length && is_space(text[at])) {
            at++;
        }
        if (at == length) {
            break;
        }
        json_error_t error;
        json_t *document = json_loadb(text + at, length - at,
                                      JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
        if (!document) {
            return bad_json(r, text, at, length, &error);
        }
        at += (size_t)error.position;
        code = take_value(r, document, 0);
        json_decref(document);
    }
    return code;
}

enum err_code directory_json_parse(const char *file, const char *text, size_t length,
                                   const struct progress *progress, struct roster *roster,
                                   const char **format, struct err *err)
{
    struct reading r = {.file = file, .err = err};
    collector_init(&r.collector, file, true, roster, progress);
    enum err_code code = take_documents(&r, text, length);
    if (code == ERR_OK && r.cut_short) {
        code = err_set(err, ERR_INPUT, "%s: the last page has a NextToken: the list is cut short",
                       file);
        err_hint(err, "Read all pages: aws connect list-users without --max-items and "
                      "--no-paginate");
    }
    collector_report(&r.collector);
    roster->pages = r.pages;
    if (r.collector.n_named == 0) {
        roster->note = "no names: aws connect search-users prints them, list-users does not";
    }
    *format = r.listed     ? "JSON of list-users"
              : r.searched ? "JSON of search-users"
                           : "JSON of users";
    collector_release(&r.collector);
    return code;
}
