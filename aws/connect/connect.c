#include "aws/connect/connect.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client/arn.h"
#include "aws/connect/find.h"
#include "aws/connect/live.h"
#include "aws/connect/people.h"
#include "aws/http/uri.h"
#include "core/base/buf.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define RATE 2 /* what Amazon lets an account do with each operation, unless it raised that */
#define BURST 5
#define ATTEMPTS 8 /* a throttled page is worth waiting for: without it the whole reading fails */
#define INSTANCES_SHOWN 10

struct reading;

struct connect_directory {
    struct directory base;
    struct connect_instance instance;
    char *resource; /* "instance 1111...", for messages */
    struct client_statistics *statistics;
    struct client_statistics own_statistics;
    struct connect_quota own_quota; /* without a shared one */
    /* A client each: a pace each. */
    struct client *list, *search, *profiles, *hierarchy, *instances;
    struct connect_live live;
    struct connect_wanted wanted;
    struct reading *begun; /* under way in the background; NULL: none */
};

/* ---- what the URI says ------------------------------------------------------------------- */

static bool is_instance_id(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-";
    return length > 0 && length < CONNECT_ID_ROOM && strspn(text, allowed) >= length;
}

static enum err_code bad_instance(const char *text, struct err *err)
{
    err_set(err, ERR_USAGE, "\"%.200s\" is neither the id nor the ARN of a Connect instance", text);
    err_hint(err, "an id is like 11111111-2222-3333-4444-555555555555, an ARN like "
                  "arn:aws:connect:eu-west-2:111122223333:instance/ID; the Amazon Connect console "
                  "shows it under \"Instance ARN\"");
    return ERR_USAGE;
}

enum err_code connect_parse_instance(const char *text, struct connect_instance *out,
                                     struct err *err)
{
    *out = (struct connect_instance){.id = ""};
    static const char before[] = "instance/";
    const char *id = text;
    struct arn arn = {.region = ""};
    if (strncmp(text, "arn:", 4) == 0) {
        if (!arn_parse(text, &arn) || strcmp(arn.service, "connect") != 0 || !arn.region[0] ||
            !arn.account[0] || strncmp(arn.resource, before, strlen(before)) != 0) {
            return bad_instance(text, err);
        }
        id = arn.resource + strlen(before);
    }
    if (!is_instance_id(id, strlen(id))) {
        return bad_instance(text, err);
    }
    snprintf(out->id, sizeof out->id, "%s", id);
    snprintf(out->region, sizeof out->region, "%s", arn.region);
    snprintf(out->account, sizeof out->account, "%s", arn.account);
    return ERR_OK;
}

/* ---- one reading ------------------------------------------------------------------------- */

/* What ListUsers says of a user. */
struct listed {
    const char *login;
    const char *arn; /* NULL: none */
    const char *id;  /* only if groups look at what the search tells; NULL: none */
};

struct reading {
    struct connect_directory *directory;
    const struct progress *progress;
    struct arena arena;
    struct listed *agents;
    size_t n_agents, capacity;
    struct connect_pages pages;
    size_t n_users;           /* that came, with those who are passed over */
    size_t n_nameless;        /* who have no login */
    char first_nameless[101]; /* the id of the first of them */
    struct connect_people people;
    bool complete;    /* the last page has come */
    bool no_instance; /* the refusal of the first page may mean that the instance does not exist */
    struct err err;
};

static void ask_page(struct reading *reading);

/* A user without a login may be anybody: they are passed over, and nobody is taken for a leaver. */
static void pass_over(struct reading *reading, const json_t *user)
{
    const char *id = json_string_value(json_object_get(user, "Id"));
    if (reading->n_nameless++ == 0) {
        text_sanitise_to(reading->first_nameless, sizeof reading->first_nameless, id ? id : "?",
                         id ? strlen(id) : 1, 0);
    }
}

/* Keeps the user, and fills the row of the screen in. */
static enum err_code take_user(struct reading *reading, const json_t *user, const char *login,
                               struct agent *row)
{
    if (reading->n_agents == CONNECT_USERS_MAX) {
        return err_set(&reading->err, ERR_SERVICE, "there are more than %u users",
                       CONNECT_USERS_MAX);
    }
    if (reading->n_agents == reading->capacity) {
        reading->capacity = reading->capacity ? 2 * reading->capacity : 1024;
        reading->agents = mem_resize(reading->agents, reading->capacity, sizeof *reading->agents);
    }
    const char *arn = json_string_value(json_object_get(user, "Arn"));
    const char *id = reading->people.fields ? connect_text(user, "Id") : NULL;
    struct listed *listed = &reading->agents[reading->n_agents++];
    *listed = (struct listed){
        .login = arena_strdup(&reading->arena, login),
        .arn = arn && login_is_user_arn(arn) ? arena_strdup(&reading->arena, arn) : NULL,
        .id = arena_strdup(&reading->arena, id),
    };
    const struct connect_person *person = connect_people_find(&reading->people, listed->login);
    row->login = listed->login;
    row->arn = listed->arn;
    row->name = person ? person->name : NULL;
    return ERR_OK;
}

/* A page's logins go to the reading and, with the names that are known by now, to the screen. */
static enum err_code take_page(struct reading *reading, const json_t *list)
{
    size_t count = json_array_size(list);
    struct agent *rows = mem_array(count + 1, sizeof *rows);
    size_t n_rows = 0;
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < count && code == ERR_OK; i++) {
        const json_t *user = json_array_get(list, i);
        const json_t *login = json_object_get(user, "Username");
        const char *text = json_string_value(login);
        reading->n_users++;
        if (!text || text[0] == '\0') {
            pass_over(reading, user);
            continue;
        }
        const char *fault = login_fault(text, json_string_length(login));
        if (fault) {
            const char *id = json_string_value(json_object_get(user, "Id"));
            code = err_set(&reading->err, ERR_SERVICE, "page %zu, user %zu (%.100s): the login %s",
                           reading->pages.n + 1, i + 1, id ? id : "without id", fault);
        } else {
            code = take_user(reading, user, text, &rows[n_rows++]);
        }
    }
    if (code == ERR_OK) {
        progress_agents(reading->progress, rows, n_rows);
    }
    free(rows);
    return code;
}

static void report(const struct reading *reading)
{
    const struct client_statistics *statistics = reading->directory->statistics;
    struct progress_report now = {
        .phase = "reading the directory",
        .done = reading->n_agents,
        .total = reading->people.total >= reading->n_agents ? reading->people.total : 0,
        .pages = reading->pages.n,
        .requests = statistics->requests,
        .retries = statistics->retries,
        .throttled = statistics->throttled,
    };
    progress_update(reading->progress, &now);
}

static void on_page(void *context, struct response *reply, const struct err *failed)
{
    struct reading *reading = context;
    if (reply->code != ERR_OK) {
        reading->no_instance =
            reading->pages.n == 0 &&
            (reply->code == ERR_NOT_FOUND || reply->code == ERR_DENIED || reply->status == 400);
        reading->err = *failed;
        if (reading->pages.n > 0) {
            err_prefix(&reading->err, "page %zu", reading->pages.n + 1);
        }
        reading->people.stop = true;
        return;
    }
    const json_t *list = json_object_get(reply->json, "UserSummaryList");
    bool absent = !list || json_is_null(list); /* as the model allows: a page with nobody on it */
    if (!absent && !json_is_array(list)) {
        err_set(&reading->err, ERR_SERVICE,
                "page %zu: UserSummaryList is not a list; request id %s", reading->pages.n + 1,
                reply->request_id);
    } else if (take_page(reading, list) == ERR_OK) {
        reading->complete = !connect_pages_next(&reading->pages, reply->json, &reading->err);
        report(reading);
        if (!reading->complete && progress_cancel(reading->progress) != CANCEL_NO) {
            err_set(&reading->err, ERR_CANCELLED, "cancelled after page %zu", reading->pages.n);
        } else if (!reading->complete) {
            ask_page(reading);
        }
    }
    reading->people.stop = reading->err.code != ERR_OK;
}

static void ask_page(struct reading *reading)
{
    struct connect_directory *directory = reading->directory;
    struct buf path;
    buf_init(&path, 1024);
    buf_puts(&path, "/users-summary/");
    uri_encode(&path, directory->instance.id);
    const struct call_parameter query[] = {{"maxResults", "1000"},
                                           {"nextToken", reading->pages.token}};
    struct call call = {
        .operation = "ListUsers",
        .method = "GET",
        .path = path.data,
        .query = query,
        .query_count = reading->pages.token ? 2 : 1,
        .resource = directory->resource,
    };
    client_submit(directory->list, &call, on_page, reading);
    buf_release(&path);
}

/* ---- which instances there are ------------------------------------------------------------ */

/* "centre (1111...), training (2222...)" appended; how many there are. */
static size_t describe_instances(const json_t *answer, struct buf *out)
{
    const json_t *list = json_object_get(answer, "InstanceSummaryList");
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && i < INSTANCES_SHOWN; i++) {
        const json_t *instance = json_array_get(list, i);
        const char *alias = json_string_value(json_object_get(instance, "InstanceAlias"));
        const char *id = json_string_value(json_object_get(instance, "Id"));
        buf_printf(out, "%s%.100s (%.100s)", i > 0 ? ", " : "", alias ? alias : "without alias",
                   id ? id : "?");
    }
    const char *more = json_string_value(json_object_get(answer, "NextToken"));
    buf_puts(out, count > INSTANCES_SHOWN || (more && more[0]) ? " and more" : "");
    return count;
}

/* Whether the list is whole and the instance is not on it. */
static bool is_not_there(const struct connect_directory *directory, const json_t *answer)
{
    const char *more = json_string_value(json_object_get(answer, "NextToken"));
    size_t i = 0;
    const json_t *instance = NULL;
    json_array_foreach(json_object_get(answer, "InstanceSummaryList"), i, instance)
    {
        const char *id = json_string_value(json_object_get(instance, "Id"));
        if (id && strcmp(id, directory->instance.id) == 0) {
            return false;
        }
    }
    return !more || !more[0];
}

/* Only ever makes an error better: what goes wrong here is said in the hint, if at all. */
static void hint_instances(struct connect_directory *directory, struct err *err)
{
    static const struct call_parameter query[] = {{"maxResults", "10"}};
    struct call call = {.operation = "ListInstances",
                        .method = "GET",
                        .path = "/instance",
                        .query = query,
                        .query_count = 1};
    const char *region = client_region(directory->instances);
    struct response reply = {.code = ERR_OK};
    struct err ignored = ERR_INIT;
    struct buf text;
    buf_init(&text, ERR_HINT_MAX);
    bool denied = err->code == ERR_DENIED;
    bool listed = client_call(directory->instances, &call, &reply, &ignored) == ERR_OK;
    if (denied && listed && is_not_there(directory, reply.json)) {
        /* A policy for one instance denies what is asked of any other: a wrong id looks so too. */
        err_clear(err);
        err_set(err, ERR_NOT_FOUND, "there is no instance %s in %s", directory->instance.id,
                region);
    }
    if (!listed) {
        err_hint(err, "which instances there are in %s cannot be told (connect:ListInstances: %s)",
                 region, reply.error[0] ? reply.error : "no answer");
    } else if (describe_instances(reply.json, &text) == 0) {
        err_hint(err, "there is no Connect instance in %s; is it in another region?", region);
    } else {
        err_hint(err, "the instances in %s: %s", region, text.data);
    }
    buf_release(&text);
    response_release(&reply);
}

/* ---- the port ---------------------------------------------------------------------------- */

/* Why it may lack somebody. SearchUsers says how many there are, if it was asked anyway. */
static void judge_whole(const struct reading *reading, struct roster *roster)
{
    roster_check_total(roster, reading->directory->base.uri, reading->n_users,
                       reading->people.total);
    if (reading->n_nameless > 0) {
        roster_partial(roster, "%zu user%s no login, the first has the id %s", reading->n_nameless,
                       reading->n_nameless == 1 ? " has" : "s have", reading->first_nameless);
    }
}

static struct roster *make_roster(struct reading *reading)
{
    struct roster *roster = roster_new();
    for (size_t i = 0; i < reading->n_agents; i++) {
        const struct listed *listed = &reading->agents[i];
        struct agent agent = {.login = listed->login, .arn = listed->arn};
        connect_people_describe(&reading->people, listed->id, &agent);
        roster_add(roster, &agent);
    }
    roster->pages = reading->pages.n;
    roster->read_at_s = http_now_ms(client_http(reading->directory->list)) / 1000;
    connect_people_tell(&reading->people, roster);
    judge_whole(reading, roster);
    roster_seal(roster); // a user that moves between two pages is there twice
    return roster;
}

static enum err_code outcome(struct reading *reading, enum err_code ran, struct err *err)
{
    struct connect_directory *directory = reading->directory;
    if (reading->err.code != ERR_OK) {
        if (reading->no_instance) {
            hint_instances(directory, &reading->err);
        }
        if (err && err->code == ERR_OK) {
            *err = reading->err;
        }
        return reading->err.code;
    }
    if (ran != ERR_OK) {
        return ran;
    }
    if (!reading->complete) {
        return err_set(err, ERR_INTERNAL, "the reading of %s stopped half way",
                       directory->base.uri);
    }
    if (reading->n_agents == 0) {
        err_set(err, ERR_GUARD, "%s has no users", directory->base.uri);
        err_hint(err, "an empty directory never leads to a release; is this the right instance?");
        return ERR_GUARD;
    }
    return ERR_OK;
}

/* Which clients ask, and about what. */
static void place_people(struct connect_people *people, const struct connect_directory *directory)
{
    people->search = directory->search;
    people->profiles.client = directory->profiles;
    people->hierarchy.client = directory->hierarchy;
    people->instance_id = directory->instance.id;
    people->resource = directory->resource;
}

static struct reading *reading_new(struct connect_directory *directory)
{
    struct reading *reading = mem_alloc(sizeof *reading);
    *reading = (struct reading){.directory = directory, .err = ERR_INIT};
    connect_people_init(&reading->people, &directory->wanted);
    place_people(&reading->people, directory);
    connect_pages_init(&reading->pages);
    return reading;
}

static void reading_free(struct reading *reading)
{
    connect_people_release(&reading->people);
    connect_pages_release(&reading->pages);
    free(reading->agents);
    arena_release(&reading->arena);
    free(reading);
}

static void set_progress(struct reading *reading, const struct progress *progress)
{
    reading->progress = progress;
    reading->people.progress = progress;
    reading->people.profiles.progress = progress;
    reading->people.hierarchy.progress = progress;
}

/* Submits the first requests; their answers ask for the rest. */
static void reading_start(struct reading *reading)
{
    ask_page(reading);
    connect_people_start(&reading->people);
}

static void connect_begin(struct directory *base, const struct progress *progress)
{
    struct connect_directory *directory = (struct connect_directory *)base;
    struct http *http = client_http(directory->list);
    if (!directory->begun) {
        directory->begun = reading_new(directory);
        set_progress(directory->begun, progress);
        http_background(http, true);
        reading_start(directory->begun);
        http_background(http, false);
    }
}

static enum err_code connect_read(struct directory *base, const struct progress *progress,
                                  struct roster **out, struct err *err)
{
    struct connect_directory *directory = (struct connect_directory *)base;
    struct http *http = client_http(directory->list);
    connect_begin(base, progress);
    struct reading *reading = directory->begun;
    directory->begun = NULL;
    set_progress(reading, progress);
    report(reading);
    http_set_progress(http, progress);
    struct err ran_err = ERR_INIT;
    enum err_code ran = http_run_all(http, &ran_err);
    if (ran != ERR_OK && reading->err.code == ERR_OK) {
        reading->err = ran_err;
    }
    enum err_code code = outcome(reading, ran, err);
    if (code == ERR_OK) {
        *out = make_roster(reading);
    }
    http_set_progress(http, NULL);
    reading_free(reading);
    return code;
}

static enum cancel at_once(void *context)
{
    (void)context;
    return CANCEL_HARD;
}

static void connect_abandon(struct directory *base)
{
    struct connect_directory *directory = (struct connect_directory *)base;
    const struct progress stop = {.cancel = at_once};
    struct http *http = client_http(directory->list);
    struct err ignored = ERR_INIT;
    if (!directory->begun) {
        return;
    }
    set_progress(directory->begun, &stop);
    http_set_progress(http, &stop);
    (void)!http_run_all(http, &ignored);
    http_set_progress(http, NULL);
    reading_free(directory->begun);
    directory->begun = NULL;
}

static void connect_facts(struct directory *base, struct port_info *facts)
{
    const struct connect_directory *directory = (const struct connect_directory *)base;
    struct endpoint endpoint;
    struct err ignored = ERR_INIT;
    port_info_set(facts, "instance", "%s", directory->instance.id);
    port_info_set(facts, "instance_region", "%s", client_region(directory->list));
    port_info_set(facts, "region", "%s",
                  client_region(directory->list)); // a store's own replaces it
    if (endpoint_resolve(SERVICE_CONNECT, client_endpoint_settings(directory->list), NULL,
                         &endpoint, &ignored) == ERR_OK) {
        port_info_set(facts, "endpoint", "%s", endpoint.url);
    }
    if (directory->instance.account[0] != '\0') {
        port_info_set(facts, "account", "%s", directory->instance.account);
    }
}

static void connect_free(struct directory *base)
{
    struct connect_directory *directory = (struct connect_directory *)base;
    connect_abandon(base);
    client_free(directory->list);
    client_free(directory->search);
    client_free(directory->profiles);
    client_free(directory->hierarchy);
    client_free(directory->instances);
    connect_live_release(&directory->live);
    free(directory->resource);
    free(directory);
}

static enum err_code read_live(struct directory *base, const struct live_wanted *wanted,
                               const struct progress *progress, struct live **out, struct err *err)
{
    struct connect_directory *directory = (struct connect_directory *)base;
    return connect_live_read(&directory->live, wanted, progress, out, err);
}

static enum err_code find(struct directory *base, const char *login,
                          const struct progress *progress, struct roster **out, struct err *err)
{
    const struct connect_directory *directory = (const struct connect_directory *)base;
    const struct connect_wanted wanted = {.policy = directory->wanted.policy};
    struct http *http = client_http(directory->search);
    struct connect_people people;
    connect_people_init(&people, &wanted);
    place_people(&people, directory);
    people.only = login;
    people.progress = progress;
    http_set_progress(http, progress);
    enum err_code code = connect_find(&people, out, err);
    http_set_progress(http, NULL);
    connect_people_release(&people);
    return code;
}

static const struct directory_ops s_ops = {
    .begin = connect_begin,
    .abandon = connect_abandon,
    .read = connect_read,
    .find = find,
    .live = read_live,
    .facts = connect_facts,
    .free = connect_free,
};

void connect_quota_init(struct connect_quota *quota, double rate, double burst, int64_t now_ms)
{
    for (enum connect_operation i = 0; i < CONNECT_OPERATIONS; i++) {
        rate_limiter_init(&quota->limits[i], rate > 0 ? rate : RATE, burst > 0 ? burst : BURST,
                          now_ms);
    }
}

static struct client *client_of(const struct client_options *options, struct connect_quota *quota,
                                enum connect_operation operation)
{
    struct client_options own = *options;
    own.pace = &quota->limits[operation];
    return client_new(&own);
}

struct directory *connect_directory_new(const struct connect_options *options)
{
    struct connect_directory *directory = mem_alloc(sizeof *directory);
    struct client_options client = options->client;
    directory->base.ops = &s_ops;
    directory->base.uri = mem_strdup(options->uri);
    directory->base.source = mem_strdup(options->instance.id);
    directory->instance = options->instance;
    directory->resource = mem_printf("instance %s", options->instance.id);
    directory->wanted = (struct connect_wanted){options->names, options->policy};
    client.service = SERVICE_CONNECT;
    if (directory->instance.region[0] != '\0') {
        client.endpoint.region = directory->instance.region; // there it is and nowhere else
    }
    struct connect_quota *quota = options->quota ? options->quota : &directory->own_quota;
    if (!options->quota) {
        connect_quota_init(quota, options->rate, options->burst, http_ticks_ms(client.http));
    }
    client.throttled_attempts = ATTEMPTS;
    client.statistics = client.statistics ? client.statistics : &directory->own_statistics;
    directory->statistics = client.statistics;
    directory->list = client_of(&client, quota, CONNECT_LIST_USERS);
    if (connect_fields(options->policy) == 0) {
        client.throttled_attempts = 0; // these only make something nicer
    }
    directory->search = client_of(&client, quota, CONNECT_SEARCH_USERS);
    directory->profiles = client_of(&client, quota, CONNECT_LIST_PROFILES);
    directory->hierarchy = client_of(&client, quota, CONNECT_SEARCH_HIERARCHY);
    client.throttled_attempts = 0;
    directory->instances = client_of(&client, quota, CONNECT_LIST_INSTANCES);
    connect_live_init(&directory->live, client_of(&client, quota, CONNECT_USER_DATA),
                      client_of(&client, quota, CONNECT_LIST_QUEUES), directory->instance.id,
                      directory->resource);
    return &directory->base;
}
