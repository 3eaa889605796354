#include "aws/connect/names.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/search_users.h"
#include "core/base/buf.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static void ask_people(struct connect_names *names);

/* ---- the names of one reading ------------------------------------------------------------ */

void connect_names_init(struct connect_names *names)
{
    *names = (struct connect_names){.search = NULL};
    strmap_init(&names->by_login, 1024);
    connect_summary_init(&names->profiles, &connect_routing_profiles);
    connect_pages_init(&names->pages);
}

void connect_names_release(struct connect_names *names)
{
    connect_pages_release(&names->pages);
    connect_summary_release(&names->profiles);
    strmap_release(&names->by_login);
    free(names->people);
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
    struct buf name;
    search_users_name(user, &name);
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
    if (connect_pages_next(&names->pages, reply->json, &err) && goes_on(names)) {
        ask_people(names);
    } else if (err.code != ERR_OK) {
        set_note(names, "some names are left out", &err);
    }
}

static void ask_people(struct connect_names *names)
{
    json_t *body = json_pack("{s:s, s:i}", "InstanceId", names->instance_id, "MaxResults", 500);
    if (names->pages.token) {
        json_object_set_new(body, "NextToken", json_string(names->pages.token));
    }
    char *text = json_dumps(body, JSON_COMPACT);
    struct call call = search_users_call(text, names->resource);
    client_submit(names->search, &call, on_people, names);
    free(text);
    json_decref(body);
}

/* ---- both -------------------------------------------------------------------------------- */

void connect_names_start(struct connect_names *names)
{
    ask_people(names);
    struct connect_summary *profiles = &names->profiles;
    profiles->instance_id = names->instance_id;
    profiles->resource = names->resource;
    profiles->progress = names->progress;
    profiles->stop = &names->stop;
    connect_summary_start(profiles);
}

const struct connect_person *connect_names_find(const struct connect_names *names,
                                                const char *login)
{
    size_t index = strmap_get(&names->by_login, login);
    return index == STRMAP_NONE ? NULL : &names->people[index];
}

const char *connect_names_note(const struct connect_names *names)
{
    const char *profiles = names->profiles.note[0] ? names->profiles.note : NULL;
    return names->note[0] ? names->note : profiles;
}
