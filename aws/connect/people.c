#include "aws/connect/people.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/search.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/pool/group.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

#define NAME_MAX_BUF 1024
#define GROUPS_SHOWN 5
#define EVERYBODY_A_PAGE 500
#define ONE_A_PAGE 100 /* an exact search gives one, or those that differ only in case */

static void ask_people(struct connect_people *people);

/* ---- what is wanted ------------------------------------------------------------------------- */

unsigned connect_fields(const struct policy *policy)
{
    unsigned told =
        FIELD_BIT(FIELD_ROUTING_PROFILE) | FIELD_BIT(FIELD_HIERARCHY) | FIELD_BIT(FIELD_TAG);
    return policy ? groups_fields(policy) & told : 0;
}

static bool needs(const struct connect_people *people, enum agent_field field)
{
    return (people->fields & FIELD_BIT(field)) != 0;
}

/* Names of groups, each of them once. */
struct naming {
    unsigned fields;
    const struct group *last;
    size_t n;
    struct buf text;
};

static void name_group(void *context, const struct group *group, const struct match_term *term)
{
    struct naming *naming = context;
    if (!(naming->fields & FIELD_BIT(term->field)) || naming->last == group) {
        return;
    }
    naming->last = group;
    if (naming->n++ < GROUPS_SHOWN) {
        buf_printf(&naming->text, "%s%.64s", naming->n > 1 ? ", " : "", group->name);
    }
}

/* "it is not fully known who belongs to the groups leeds, york" */
static const char *what_is_left_out(struct connect_people *people, unsigned fields)
{
    struct naming naming = {.fields = people->fields & fields};
    buf_init(&naming.text, 1024);
    if (people->wanted.policy) {
        groups_each_term(people->wanted.policy, name_group, &naming);
    }
    const char *text = NULL;
    if (naming.n > 0) {
        text = arena_printf(&people->arena, "it is not fully known who belongs to the group%s %s%s",
                            naming.n == 1 ? "" : "s", naming.text.data,
                            naming.n > GROUPS_SHOWN ? " and others" : "");
    }
    buf_release(&naming.text);
    return text;
}

static void keep_tag_key(void *context, const struct group *group, const struct match_term *term)
{
    struct connect_people *people = context;
    (void)group;
    if (term->field != FIELD_TAG) {
        return;
    }
    for (size_t i = 0; i < people->n_tag_keys; i++) {
        if (strcmp(people->tag_keys[i], term->key) == 0) {
            return;
        }
    }
    people->tag_keys = mem_resize(people->tag_keys, people->n_tag_keys + 1, sizeof(char *));
    people->tag_keys[people->n_tag_keys++] = term->key;
}

/* Groups wait for a list as long as for the users; names do not. */
static void prepare_list(struct connect_people *people, struct connect_summary *list,
                         enum agent_field field)
{
    if (needs(people, field)) {
        list->timeout_ms = 0;
        list->left_out = what_is_left_out(people, FIELD_BIT(field));
    }
}

void connect_people_init(struct connect_people *people, const struct connect_wanted *wanted)
{
    *people = (struct connect_people){
        .wanted = *wanted, .fields = connect_fields(wanted->policy), .err = ERR_INIT};
    strmap_init(&people->by_login, 1024);
    connect_pages_init(&people->pages);
    connect_summary_init(&people->profiles, &connect_routing_profiles);
    connect_summary_init(&people->hierarchy, &connect_hierarchy_groups);
    prepare_list(people, &people->profiles, FIELD_ROUTING_PROFILE);
    prepare_list(people, &people->hierarchy, FIELD_HIERARCHY);
    if (needs(people, FIELD_TAG)) {
        groups_each_term(wanted->policy, keep_tag_key, people);
    }
}

void connect_people_release(struct connect_people *people)
{
    connect_pages_release(&people->pages);
    connect_summary_release(&people->profiles);
    connect_summary_release(&people->hierarchy);
    strmap_release(&people->by_login);
    free(people->people);
    free(people->tag_keys);
    arena_release(&people->arena);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void start_list(struct connect_people *people, struct connect_summary *list)
{
    list->instance_id = people->instance_id;
    list->resource = people->resource;
    list->progress = people->progress;
    list->stop = &people->stop;
    connect_summary_start(list);
}

/* Of one person only what they have is asked for. */
static void start_lists_of(struct connect_people *people, const struct connect_person *person)
{
    if (needs(people, FIELD_ROUTING_PROFILE) && person->profile_id) {
        start_list(people, &people->profiles);
    }
    if (needs(people, FIELD_HIERARCHY) && person->hierarchy_id) {
        people->hierarchy.only_id = person->hierarchy_id;
        start_list(people, &people->hierarchy);
    }
}

/* ---- the search ------------------------------------------------------------------------------ */

static void set_name(struct connect_people *people, struct connect_person *person,
                     const json_t *user)
{
    const json_t *identity = json_object_get(user, "IdentityInfo");
    const json_t *first = json_object_get(identity, "FirstName");
    const json_t *last = json_object_get(identity, "LastName");
    struct buf name;
    buf_init(&name, NAME_MAX_BUF);
    login_display_name(&name, json_string_value(first), json_string_length(first),
                       json_string_value(last), json_string_length(last));
    person->name = name.length > 0 ? arena_strdup(&people->arena, name.data) : NULL;
    buf_release(&name);
}

/* A tag whose value is not a text is there, but nobody could read it. */
static void set_tags(struct connect_people *people, struct connect_person *person,
                     const json_t *user)
{
    const json_t *tags = json_object_get(user, "Tags");
    person->attributes =
        arena_alloc(&people->arena, (people->n_tag_keys + 1) * sizeof *person->attributes);
    for (size_t i = 0; i < people->n_tag_keys; i++) {
        const char *value = connect_text(tags, people->tag_keys[i]);
        if (value) {
            person->attributes[person->n_tags++] = (struct agent_attribute){
                FIELD_TAG, people->tag_keys[i], arena_strdup(&people->arena, value)};
        } else if (json_object_get(tags, people->tag_keys[i])) {
            person->not_read |= FIELD_BIT(FIELD_TAG);
        }
    }
}

static const char *keep(struct connect_people *people, const json_t *user, const char *member)
{
    return arena_strdup(&people->arena, connect_text(user, member));
}

static void add_person(struct connect_people *people, const json_t *user)
{
    const char *login = connect_text(user, "Username");
    if (!login || (people->only && strcmp(login, people->only) != 0) ||
        people->n_people >= CONNECT_USERS_MAX ||
        strmap_get(&people->by_login, login) != STRMAP_NONE) {
        return;
    }
    if (people->n_people == people->capacity) {
        people->capacity = people->capacity ? 2 * people->capacity : people->only ? 1 : 1024;
        people->people = mem_resize(people->people, people->capacity, sizeof *people->people);
    }
    struct connect_person *person = &people->people[people->n_people];
    *person = (struct connect_person){
        .login = arena_strdup(&people->arena, login),
        .profile_id = keep(people, user, "RoutingProfileId"),
    };
    set_name(people, person, user);
    person->arn = people->only ? keep(people, user, "Arn") : NULL;
    if (people->fields != 0) {
        person->id = keep(people, user, "Id");
        person->hierarchy_id = keep(people, user, "HierarchyGroupId");
        set_tags(people, person, user);
    }
    strmap_add(&people->by_login, person->login, people->n_people++);
}

static bool goes_on(const struct connect_people *people)
{
    return !people->stop && progress_cancel(people->progress) == CANCEL_NO;
}

/* Groups are worth more words than names. */
static void note_trouble(struct connect_people *people, const char *names,
                         const struct response *reply, const struct err *err)
{
    const char *groups = what_is_left_out(people, people->fields);
    connect_note(&people->note, groups ? groups : names, "SearchUsers", reply, err);
}

static void next_page(struct connect_people *people, const struct response *reply)
{
    struct err err = ERR_INIT;
    if (connect_pages_next(&people->pages, reply->json, &err) && goes_on(people)) {
        ask_people(people);
    } else if (err.code != ERR_OK) {
        note_trouble(people, "some names are left out", NULL, &err);
    }
}

static void on_people(void *context, struct response *reply, const struct err *failed)
{
    struct connect_people *people = context;
    if (reply->code != ERR_OK) {
        people->err = *failed;
        note_trouble(people, "names are left out", reply, failed);
        return;
    }
    size_t i = 0;
    const json_t *user = NULL;
    json_array_foreach(json_object_get(reply->json, "Users"), i, user)
    {
        add_person(people, user);
    }
    if (people->only) {
        if (people->n_people > 0) {
            start_lists_of(people, &people->people[0]);
        }
        return;
    }
    json_int_t total = json_integer_value(json_object_get(reply->json, "ApproximateTotalCount"));
    people->total = total > 0 && total <= CONNECT_USERS_MAX ? (size_t)total : 0;
    next_page(people, reply);
}

static void ask_people(struct connect_people *people)
{
    const struct connect_search search = {
        .operation = "SearchUsers",
        .path = "/search-users",
        .instance_id = people->instance_id,
        .resource = people->resource,
        .most = people->only ? ONE_A_PAGE : EVERYBODY_A_PAGE,
        .field = people->only ? "Username" : NULL,
        .value = people->only,
        .token = people->pages.token,
        .timeout_ms = people->fields != 0 ? 0 : CONNECT_NICE_MS,
    };
    connect_search_submit(people->search, &search, on_people, people);
}

void connect_people_start(struct connect_people *people)
{
    if (people->only || people->wanted.names || people->fields != 0) {
        ask_people(people);
    }
    if (people->only) {
        return; // the answer says which lists are needed
    }
    if (people->wanted.names || needs(people, FIELD_ROUTING_PROFILE)) {
        start_list(people, &people->profiles);
    }
    if (needs(people, FIELD_HIERARCHY)) {
        start_list(people, &people->hierarchy);
    }
}

const struct connect_person *connect_people_find(const struct connect_people *people,
                                                 const char *login)
{
    size_t index = strmap_get(&people->by_login, login);
    return index == STRMAP_NONE ? NULL : &people->people[index];
}

/* ---- an agent ------------------------------------------------------------------------------- */

/* Under the same login the search may still show a user who was deleted and made again. */
static bool is_same_user(const struct connect_person *person, const char *id)
{
    return !person->id || !id || strcmp(person->id, id) == 0;
}

static void count(size_t *n, const char **first, const char *login)
{
    if ((*n)++ == 0) {
        *first = login;
    }
}

/* Every user has a routing profile; one whose name is not listed is not known. */
static void describe_profile(struct connect_people *people, const struct connect_person *person,
                             struct agent *agent)
{
    agent->routing_profile = connect_summary_name(&people->profiles, person->profile_id);
    if (needs(people, FIELD_ROUTING_PROFILE) && !agent->routing_profile) {
        agent->not_read |= FIELD_BIT(FIELD_ROUTING_PROFILE);
    }
}

static void describe_hierarchy(struct connect_people *people, const struct connect_person *person,
                               struct agent *agent)
{
    if (!needs(people, FIELD_HIERARCHY) || !person->hierarchy_id) {
        return;
    }
    const char *path = connect_summary_name(&people->hierarchy, person->hierarchy_id);
    if (path) {
        person->attributes[agent->n_attributes++] =
            (struct agent_attribute){.field = FIELD_HIERARCHY, .value = path};
    } else {
        agent->not_read |= FIELD_BIT(FIELD_HIERARCHY);
    }
}

void connect_people_describe(struct connect_people *people, const char *id, struct agent *agent)
{
    const struct connect_person *person = connect_people_find(people, agent->login);
    if (!person || (people->fields != 0 && !is_same_user(person, id))) {
        agent->not_read |= (uint16_t)people->fields;
        if (people->fields != 0) {
            count(&people->n_behind, &people->first_behind, agent->login);
        }
        return;
    }
    agent->name = person->name;
    agent->not_read |= person->not_read;
    agent->attributes = person->attributes;
    agent->n_attributes = person->n_tags;
    describe_profile(people, person, agent);
    describe_hierarchy(people, person, agent);
    if (agent->not_read & ~person->not_read) {
        count(&people->n_unlisted, &people->first_unlisted, agent->login);
    }
}

/* ---- notes ----------------------------------------------------------------------------------- */

void connect_people_tell(const struct connect_people *people, struct roster *roster)
{
    const struct connect_note *notes[] = {&people->note, &people->profiles.note,
                                          &people->hierarchy.note};
    bool failed = false;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        if (notes[i]->text[0] != '\0') {
            roster_note(roster, "%s", notes[i]->text);
            failed = true;
        }
    }
    if (!failed && people->n_behind > 0) {
        roster_note(roster, "SearchUsers does not show %zu of the agents yet, the first is %.128s",
                    people->n_behind, people->first_behind);
    }
    if (!failed && people->n_unlisted > 0) {
        roster_note(roster,
                    "the routing profile or the hierarchy group of %zu agent%s is not listed yet, "
                    "the first is %.128s",
                    people->n_unlisted, people->n_unlisted == 1 ? "" : "s", people->first_unlisted);
    }
}
