/*
 * A directory as JSON, as the AWS CLI prints it. Shapes (names of members as in the Amazon Connect
 * API, ListUsers, SearchUsers and DescribeUser):
 *
 *   {"UserSummaryList": [USER...], "NextToken": ...}    list-users
 *   {"Users": [USER...], "NextToken": ...}              search-users
 *   {"User": USER}                                      describe-user
 *   USER = {"Username", "Id", "Arn", "IdentityInfo": {"FirstName", "LastName"}}
 *
 * and arrays of those. Documents follow each other with or without line breaks. With login_column
 * set, users of other systems are read too: objects with that member.
 */

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/embedded/directory_groups.h"
#include "core/embedded/directory_parse.h"
#include "core/base/text.h"

#define NESTING_MAX 4 /* arrays of arrays of pages */

#define FIRST_USERS 100 /* whose members are looked through for those that say who is active */

/* A member that says who is active. */
struct watched_member {
    char key[CSV_HEADER_ROOM];
    struct active_column column;
};

struct reading {
    const char *file;
    const struct directory_settings *settings; /* never NULL here */
    struct collector collector;
    struct file_groups groups;
    size_t pages;
    size_t entry; /* on the page */
    size_t n_users;
    size_t n_left_out;
    size_t said;    /* ApproximateTotalCount of the last page; 0: not said */
    bool cut_short; /* the last page has a NextToken */
    bool listed, searched;
    bool judged; /* active_column is set: `active` counts */
    struct active_column active;
    struct watched_member watched[WATCHED_MAX];
    size_t n_watched;
    struct err *err;
};

/* ---- members ------------------------------------------------------------------------------- */

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

/* The member of that name, as columns are compared. */
static json_t *member_named(json_t *object, const char *name)
{
    char wanted[CSV_HEADER_ROOM];
    csv_header_name((struct csv_field){name, strlen(name)}, wanted);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char known[CSV_HEADER_ROOM];
        csv_header_name((struct csv_field){key, strlen(key)}, known);
        if (strcmp(known, wanted) == 0) {
            return value;
        }
    }
    return NULL;
}

static json_t *login_member(const struct reading *r, json_t *user)
{
    const char *column = r->settings->login_column;
    return column ? member_named(user, column) : json_object_get(user, "Username");
}

/* A word, truth or whole number as a column would have it; NULL for anything else. */
static const char *scalar_text(const json_t *value, char room[32])
{
    if (json_is_boolean(value)) {
        return json_is_true(value) ? "true" : "false";
    }
    if (json_is_integer(value)) {
        snprintf(room, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return room;
    }
    return json_string_value(value);
}

/* ---- who is active ------------------------------------------------------------------------- */

static void find_watched(struct reading *r, json_t *user)
{
    const char *key;
    json_t *value;
    json_object_foreach(user, key, value)
    {
        struct active_column column;
        bool fresh = r->n_watched < WATCHED_MAX && strlen(key) < CSV_HEADER_ROOM &&
                     active_column_known((struct csv_field){key, strlen(key)}, &column);
        for (size_t i = 0; fresh && i < r->n_watched; i++) {
            fresh = strcmp(r->watched[i].key, key) != 0;
        }
        if (fresh) {
            struct watched_member *watched = &r->watched[r->n_watched++];
            *watched = (struct watched_member){.column = column};
            memcpy(watched->key, key, strlen(key) + 1);
        }
    }
}

/* Whether the user is active; ERR_INPUT if nothing says so. */
static enum err_code judge_user(struct reading *r, json_t *user, bool *active)
{
    char room[32];
    *active = true;
    if (!r->settings->active_column && r->n_users <= FIRST_USERS) {
        find_watched(r, user);
    }
    for (size_t i = 0; i < r->n_watched; i++) {
        const char *text = scalar_text(json_object_get(user, r->watched[i].key), room);
        if (text) {
            active_watch(&r->watched[i].column, text, strlen(text));
        }
    }
    if (!r->judged) {
        return ERR_OK;
    }
    const char *text = scalar_text(member_named(user, r->active.name), room);
    enum activity activity = text ? active_judge(&r->active, text, strlen(text)) : ACTIVITY_UNKNOWN;
    *active = activity == ACTIVITY_YES;
    return activity == ACTIVITY_UNKNOWN
               ? collector_error(&r->collector, place(r), r->err,
                                 "\"%s\" does not say whether the user is active", r->active.shown)
               : ERR_OK;
}

static void note_activity(const struct reading *r)
{
    for (size_t i = 0; i < r->n_watched; i++) {
        active_note_watched(&r->watched[i].column, r->n_users, r->collector.roster);
    }
    active_note_left_out(&r->active, r->n_left_out, r->collector.roster);
}

/* ---- what groups look at ------------------------------------------------------------------- */

/* What Connect knows of its users and does not print: names of profiles and of the hierarchy never, the
   rest only in search-users. */
static uint16_t not_printed(json_t *user)
{
    bool searched = json_object_get(user, "IdentityInfo") || json_object_get(user, "Tags") ||
                    json_object_get(user, "RoutingProfileId");
    if (!json_object_get(user, "Arn")) {
        return 0; /* of another system */
    }
    bool in_hierarchy = !searched || json_object_get(user, "HierarchyGroupId");
    return (uint16_t)(FIELD_BIT(FIELD_ROUTING_PROFILE) | (searched ? 0 : FIELD_BIT(FIELD_TAG)) |
                      (in_hierarchy ? FIELD_BIT(FIELD_HIERARCHY) : 0));
}

static void take_groups(struct reading *r, json_t *user, struct found_agent *agent)
{
    struct file_groups *groups = &r->groups;
    const char *key;
    json_t *value;
    char room[32];
    file_groups_begin(groups);
    for (size_t i = 0; i < groups->n_keys; i++) {
        const char *text = scalar_text(member_named(user, groups->keys[i]), room);
        if (text) {
            roster_note_column(r->collector.roster, groups->keys[i]);
            file_groups_add(groups, FIELD_COLUMN, groups->keys[i],
                            csv_trim((struct csv_field){text, strlen(text)}));
        }
    }
    if (groups->fields & FIELD_BIT(FIELD_TAG)) {
        json_object_foreach(json_object_get(user, "Tags"), key, value)
        {
            const char *text = json_string_value(value);
            file_groups_add(groups, FIELD_TAG, key,
                            (struct csv_field){text, json_string_length(value)});
        }
    }
    agent->attributes = file_groups_end(groups, &agent->n_attributes);
    agent->not_read = groups->fields ? not_printed(user) : 0;
}

/* ---- users --------------------------------------------------------------------------------- */

static enum err_code take_user(struct reading *r, json_t *user)
{
    const char *name = r->settings->login_column ? r->settings->login_column : "Username";
    bool active;
    r->entry++;
    r->n_users++;
    if (!json_is_object(user)) {
        return collector_error(&r->collector, place(r), r->err, "not an object with a %s", name);
    }
    const json_t *username = login_member(r, user);
    if (!json_is_string(username)) {
        return collector_error(&r->collector, place(r), r->err, "%s%s%s", username ? "" : "no ",
                               name, username ? " is not a string" : "");
    }
    if (judge_user(r, user, &active) != ERR_OK) {
        return ERR_INPUT;
    }
    if (!active) {
        r->n_left_out++;
        return ERR_OK;
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
    take_groups(r, user, &agent);
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
    json_int_t said = json_integer_value(json_object_get(page, "ApproximateTotalCount"));
    r->cut_short = token && length > 0;
    r->said = said > 0 ? (size_t)said : 0;
    if (!json_is_array(users)) {
        return err_set(r->err, ERR_INPUT, "%s: page %zu: the users are not an array", r->file,
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
    if (described || login_member(r, object)) {
        if (r->pages == 0) {
            next_page(r);
        }
        return take_user(r, described ? described : object);
    }
    const char *key = json_object_iter_key(json_object_iter(object));
    err_set(r->err, ERR_INPUT,
            "%s: an object with neither UserSummaryList nor Users nor Username%s%s", r->file,
            key ? ", but " : "", key ? key : "");
    err_hint(r->err, "Expected is what aws connect list-users or aws connect search-users prints. "
                     "For users of another system, name the member that is the login in the "
                     "configuration: login_column = NAME");
    return ERR_INPUT;
}

static enum err_code take_value(struct reading *r, json_t *value, int depth)
{
    if (json_is_object(value)) {
        return take_object(r, value);
    }
    if (!json_is_array(value) || depth == NESTING_MAX) {
        err_set(r->err, ERR_INPUT, "%s: a page of users or a user is expected, not %s", r->file,
                json_is_array(value)    ? "arrays in arrays"
                : json_is_string(value) ? "a string"
                                        : "a value");
        err_hint(r->err,
                 "Expected is what aws connect list-users or aws connect search-users prints");
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
        err_set(r->err, ERR_INPUT, "%s:%zu:%zu: the JSON ends too early", r->file, line, column);
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

enum err_code directory_json_parse(const struct directory_text *source, const char **format,
                                   struct err *err)
{
    static const struct directory_settings nothing = {.login_column = NULL};
    struct roster *roster = source->roster;
    struct reading r = {.file = source->file, .err = err, .settings = &nothing};
    if (source->settings) {
        r.settings = source->settings;
    }
    r.judged =
        r.settings->active_column && active_column_parse(r.settings->active_column, &r.active);
    collector_init(&r.collector, source->file, true, roster, source->progress);
    r.collector.only = source->only;
    file_groups_init(&r.groups, r.settings->policy);
    enum err_code code = take_documents(&r, source->text, source->length);
    if (code == ERR_OK && r.cut_short) {
        code = err_set(err, ERR_INPUT, "%s: the last page has a NextToken: the list is cut short",
                       source->file);
        err_hint(err, "Read all pages: aws connect list-users without --max-items and "
                      "--no-paginate");
    }
    collector_report(&r.collector);
    roster->pages = r.pages;
    if (code == ERR_OK) {
        roster_check_total(roster, source->file, r.n_users, r.said);
        note_activity(&r);
    }
    if (r.collector.n_named == 0 && roster->n_agents > 0 && !source->only) {
        roster_note(roster, "no names: aws connect search-users prints them, list-users does not");
    }
    *format = r.listed     ? "JSON of list-users"
              : r.searched ? "JSON of search-users"
                           : "JSON of users";
    file_groups_release(&r.groups);
    collector_release(&r.collector);
    return code;
}
