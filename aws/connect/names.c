#include "aws/connect/read.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/http/uri.h"
#include "core/base/buf.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define NAME_MAX_BUF 1024
#define TIMEOUT_MS 10000 /* nobody waits long for a name */

static void ask_people(struct connect_names *names);
static void ask_profiles(struct connect_names *names);

/* ---- pages ------------------------------------------------------------------------------- */

void connect_pages_init(struct connect_pages *pages)
{
    *pages = (struct connect_pages){.n = 0};
    strmap_init(&pages->seen, 16);
}

void connect_pages_release(struct connect_pages *pages)
{
    strmap_release(&pages->seen);
    arena_release(&pages->arena);
}

bool connect_pages_next(struct connect_pages *pages, const json_t *answer, struct err *err)
{
    const char *next = json_string_value(json_object_get(answer, "NextToken"));
    pages->n++;
    if (!next || next[0] == '\0') {
        return false;
    }
    pages->token = arena_strdup(&pages->arena, next);
    size_t page = strmap_add(&pages->seen, pages->token, pages->n + 1);
    if (page != pages->n + 1) {
        err_set(err, ERR_SERVICE, "the pages do not end: behind page %zu comes page %zu again",
                pages->n, page);
        return false;
    }
    if (pages->n >= CONNECT_PAGES_MAX) {
        err_set(err, ERR_SERVICE, "the pages do not end: there are more than %u",
                CONNECT_PAGES_MAX);
        return false;
    }
    return true;
}

/* ---- the names of one reading ------------------------------------------------------------ */

void connect_names_init(struct connect_names *names)
{
    *names = (struct connect_names){.search = NULL};
    strmap_init(&names->by_login, 1024);
    strmap_init(&names->by_profile, 64);
    connect_pages_init(&names->search_pages);
    connect_pages_init(&names->profile_pages);
}

void connect_names_release(struct connect_names *names)
{
    connect_pages_release(&names->search_pages);
    connect_pages_release(&names->profile_pages);
    strmap_release(&names->by_login);
    strmap_release(&names->by_profile);
    free(names->people);
    free(names->profile_names);
    arena_release(&names->arena);
}

/* The first trouble is the one that is told. */
static void set_note(struct connect_names *names, const char *what, const struct err *err)
{
    if (names->note[0] == '\0' && err->code != ERR_CANCELLED) {
        snprintf(names->note, sizeof names->note, "%s: %.400s", what, err->text);
    }
}

static void note_failure(struct connect_names *names, const char *what, const char *operation,
                         const struct response *reply, const struct err *err)
{
    if (reply->code == ERR_DENIED && names->note[0] == '\0') {
        snprintf(names->note, sizeof names->note,
                 "%s: the permission connect:%s is missing (request id %s)", what, operation,
                 reply->request_id);
    } else {
        set_note(names, what, err);
    }
}

static bool goes_on(const struct connect_names *names)
{
    return !names->stop && progress_cancel(names->progress) == CANCEL_NO;
}

/* ---- people ------------------------------------------------------------------------------ */

static void add_person(struct connect_names *names, const json_t *user)
{
    const char *login = json_string_value(json_object_get(user, "Username"));
    if (!login || names->n_people >= CONNECT_USERS_MAX ||
        strmap_get(&names->by_login, login) != STRMAP_NONE) {
        return;
    }
    const json_t *identity = json_object_get(user, "IdentityInfo");
    const json_t *first = json_object_get(identity, "FirstName");
    const json_t *last = json_object_get(identity, "LastName");
    struct buf name;
    buf_init(&name, NAME_MAX_BUF);
    login_display_name(&name, json_string_value(first), json_string_length(first),
                       json_string_value(last), json_string_length(last));
    if (names->n_people == names->capacity) {
        names->capacity = names->capacity ? 2 * names->capacity : 1024;
        names->people = mem_resize(names->people, names->capacity, sizeof *names->people);
    }
    struct connect_person *person = &names->people[names->n_people];
    *person = (struct connect_person){
        .login = arena_strdup(&names->arena, login),
        .name = name.length > 0 ? arena_strdup(&names->arena, name.data) : NULL,
        .profile_id = arena_strdup(&names->arena,
                                   json_string_value(json_object_get(user, "RoutingProfileId"))),
    };
    strmap_add(&names->by_login, person->login, names->n_people++);
    buf_release(&name);
}

static void on_people(void *context, struct response *reply, const struct err *failed)
{
    struct connect_names *names = context;
    if (reply->code != ERR_OK) {
        note_failure(names, "names are left out", "SearchUsers", reply, failed);
        return;
    }
    const json_t *users = json_object_get(reply->json, "Users");
    for (size_t i = 0; i < json_array_size(users); i++) {
        add_person(names, json_array_get(users, i));
    }
    json_int_t total = json_integer_value(json_object_get(reply->json, "ApproximateTotalCount"));
    names->total = total > 0 && total <= CONNECT_USERS_MAX ? (size_t)total : 0;
    struct err err = ERR_INIT;
    if (connect_pages_next(&names->search_pages, reply->json, &err) && goes_on(names)) {
        ask_people(names);
    } else if (err.code != ERR_OK) {
        set_note(names, "some names are left out", &err);
    }
}

static void ask_people(struct connect_names *names)
{
    static const struct http_header headers[] = {{"content-type", "application/json"}};
    json_t *body = json_pack("{s:s, s:i}", "InstanceId", names->instance_id, "MaxResults", 500);
    if (names->search_pages.token) {
        json_object_set_new(body, "NextToken", json_string(names->search_pages.token));
    }
    char *text = json_dumps(body, JSON_COMPACT);
    struct call call = {
        .operation = "SearchUsers",
        .method = "POST",
        .path = "/search-users",
        .headers = headers,
        .header_count = 1,
        .body = text,
        .body_length = text ? strlen(text) : 0,
        .resource = names->resource,
        .timeout_ms = TIMEOUT_MS,
    };
    client_submit(names->search, &call, on_people, names);
    free(text);
    json_decref(body);
}

/* ---- routing profiles -------------------------------------------------------------------- */

static void on_profiles(void *context, struct response *reply, const struct err *failed)
{
    struct connect_names *names = context;
    if (reply->code != ERR_OK) {
        note_failure(names, "routing profiles are left out", "ListRoutingProfiles", reply, failed);
        return;
    }
    const json_t *list = json_object_get(reply->json, "RoutingProfileSummaryList");
    size_t count = json_array_size(list);
    names->profile_names =
        mem_resize(names->profile_names, names->n_profiles + count, sizeof *names->profile_names);
    for (size_t i = 0; i < count; i++) {
        const json_t *profile = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(profile, "Id"));
        const char *name = json_string_value(json_object_get(profile, "Name"));
        if (id && name && names->n_profiles < CONNECT_USERS_MAX) {
            names->profile_names[names->n_profiles] = arena_strdup(&names->arena, name);
            strmap_add(&names->by_profile, arena_strdup(&names->arena, id), names->n_profiles++);
        }
    }
    struct err err = ERR_INIT;
    if (connect_pages_next(&names->profile_pages, reply->json, &err) && goes_on(names)) {
        ask_profiles(names);
    } else if (err.code != ERR_OK) {
        set_note(names, "some routing profiles are left out", &err);
    }
}

static void ask_profiles(struct connect_names *names)
{
    struct buf path;
    buf_init(&path, 1024);
    buf_puts(&path, "/routing-profiles-summary/");
    uri_encode(&path, names->instance_id);
    const struct call_parameter query[] = {{"maxResults", "1000"},
                                           {"nextToken", names->profile_pages.token}};
    struct call call = {
        .operation = "ListRoutingProfiles",
        .method = "GET",
        .path = path.data,
        .query = query,
        .query_count = names->profile_pages.token ? 2 : 1,
        .resource = names->resource,
        .timeout_ms = TIMEOUT_MS,
    };
    client_submit(names->profiles, &call, on_profiles, names);
    buf_release(&path);
}

/* ---- both -------------------------------------------------------------------------------- */

void connect_names_start(struct connect_names *names)
{
    ask_people(names);
    ask_profiles(names);
}

const struct connect_person *connect_names_find(const struct connect_names *names,
                                                const char *login)
{
    size_t index = strmap_get(&names->by_login, login);
    return index == STRMAP_NONE ? NULL : &names->people[index];
}

const char *connect_names_profile(const struct connect_names *names, const char *profile_id)
{
    size_t index = profile_id ? strmap_get(&names->by_profile, profile_id) : STRMAP_NONE;
    return index == STRMAP_NONE ? NULL : names->profile_names[index];
}
