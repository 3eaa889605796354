#include "aws/connect/live.h"

#include <stdlib.h>
#include <string.h>

#include "aws/http/uri.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

#define SLOTS_MAX 1000                   /* calls at once; more is not believed */
#define TIME_MAX_S INT64_C(253402300799) /* the year 9999 */

/* ---- what an answer says -------------------------------------------------------------------- */

/*
 * What a contact in that state makes of its agent. Of several contacts the first row here that one
 * of them is in counts, as in Amazon's "Agent activity".
 * https://docs.aws.amazon.com/connect/latest/adminguide/real-time-metrics-definitions.html
 */
static const struct {
    const char *state;
    enum live_presence presence;
} s_contacts[] = {
    {"ERROR", LIVE_ERROR},
    {"MISSED", LIVE_MISSED},
    {"REJECTED", LIVE_MISSED},
    {"CONNECTED", LIVE_ON_CONTACT},
    {"CONNECTED_ONHOLD", LIVE_ON_CONTACT},
    {"CONNECTING", LIVE_ON_CONTACT},
    {"ENDED", LIVE_AFTER_CONTACT},
    {"INCOMING", LIVE_RINGING},
    {"PENDING", LIVE_RINGING},
};

#define NO_CONTACT (sizeof s_contacts / sizeof s_contacts[0])

static const char *const s_channels[LIVE_CHANNELS_N] = {
    [LIVE_NO_CHANNEL] = "", [LIVE_VOICE] = "VOICE", [LIVE_CHAT] = "CHAT",
    [LIVE_TASK] = "TASK",   [LIVE_EMAIL] = "EMAIL",
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && text[0] ? text : NULL;
}

/* For a terminal; NULL stays NULL. */
static const char *clean(struct live *live, const char *text)
{
    return text ? text_sanitise(&live->arena, arena_strdup(&live->arena, text)) : NULL;
}

/* Epoch seconds, with or without a fraction; 0: not told. */
static int64_t time_of(const json_t *object, const char *name)
{
    double at_s = json_number_value(json_object_get(object, name));
    return at_s >= 1 && at_s <= (double)TIME_MAX_S ? (int64_t)at_s : 0;
}

static unsigned voice_slots(const json_t *user, const char *name)
{
    json_int_t n = json_integer_value(json_object_get(json_object_get(user, name), "VOICE"));
    return n > 0 && n <= SLOTS_MAX ? (unsigned)n : 0;
}

static size_t rank_of(const json_t *contact)
{
    const char *state = text_of(contact, "AgentContactState");
    for (size_t i = 0; state && i < NO_CONTACT; i++) {
        if (strcmp(s_contacts[i].state, state) == 0) {
            return i;
        }
    }
    return NO_CONTACT;
}

static enum live_channel channel_of(const json_t *contact)
{
    const char *channel = text_of(contact, "Channel");
    for (size_t i = 1; channel && i < LIVE_CHANNELS_N; i++) {
        if (strcmp(s_channels[i], channel) == 0) {
            return (enum live_channel)i;
        }
    }
    return LIVE_NO_CHANNEL;
}

/* The contact that says what the agent does; NULL: they have none. */
static const json_t *first_contact(const json_t *user, size_t *rank)
{
    const json_t *first = NULL;
    const json_t *contact = NULL;
    size_t i = 0;
    *rank = NO_CONTACT;
    json_array_foreach(json_object_get(user, "Contacts"), i, contact)
    {
        size_t each = rank_of(contact);
        if (each < *rank) {
            *rank = each;
            first = contact;
        }
    }
    return first;
}

static enum live_presence presence_of_status(const char *status)
{
    if (!status) {
        return LIVE_UNKNOWN;
    }
    return strcmp(status, "Available") == 0 ? LIVE_AVAILABLE
           : strcmp(status, "Offline") == 0 ? LIVE_OFFLINE
                                            : LIVE_OTHER;
}

static void take_user(struct live *live, size_t index, const char **queue_id, const json_t *user)
{
    struct live_state *state = &live->states[index];
    const json_t *status = json_object_get(user, "Status");
    const char *name = text_of(status, "StatusName");
    size_t rank = 0;
    const json_t *contact = first_contact(user, &rank);
    state->status = clean(live, name);
    state->voice_max = voice_slots(user, "MaxSlotsByChannel");
    state->voice_used = voice_slots(user, "ActiveSlotsByChannel");
    state->voice_free = voice_slots(user, "AvailableSlotsByChannel");
    if (!contact) {
        state->presence = presence_of_status(name);
        state->since_s = time_of(status, "StatusStartTimestamp");
        return;
    }
    state->presence = s_contacts[rank].presence;
    state->channel = channel_of(contact);
    state->since_s = time_of(contact, "StateStartTimestamp");
    *queue_id = arena_strdup(&live->arena, text_of(json_object_get(contact, "Queue"), "Id"));
}

void connect_live_take(struct live *live, const char **queue_ids, const struct strmap *by_id,
                       const json_t *answer)
{
    const json_t *user = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(answer, "UserDataList"), i, user)
    {
        const char *id = text_of(json_object_get(user, "User"), "Id");
        size_t index = id ? strmap_get(by_id, id) : STRMAP_NONE;
        if (index != STRMAP_NONE) {
            take_user(live, index, &queue_ids[index], user);
        }
    }
}

/* ---- asking --------------------------------------------------------------------------------- */

struct asking {
    struct connect_live *from;
    struct live *live;
    struct strmap by_id; /* of the users who are asked for */
    const char **queue_ids;
    json_t *ids;
    struct connect_pages pages;
};

/* The id of a Connect user; NULL: the directory did not tell it. */
static const char *id_of(const struct agent *agent)
{
    const char *found =
        agent->arn && login_is_user_arn(agent->arn) ? strstr(agent->arn, "/agent/") : NULL;
    return found ? found + strlen("/agent/") : NULL;
}

static void begin(struct asking *asking, struct connect_live *from,
                  const struct live_wanted *wanted)
{
    *asking = (struct asking){.from = from,
                              .live = live_new(wanted->n_agents),
                              .queue_ids = mem_array(wanted->n_agents + 1, sizeof(char *)),
                              .ids = json_array()};
    strmap_init(&asking->by_id, wanted->n_agents);
    connect_pages_init(&asking->pages);
    for (size_t i = 0; i < wanted->n_agents; i++) {
        const struct agent *agent = &wanted->agents[i];
        const char *id = id_of(agent);
        asking->live->states[i].profile = clean(asking->live, agent->routing_profile);
        if (id && strmap_add(&asking->by_id, id, i) == i) {
            json_array_append_new(asking->ids, json_string(id));
            asking->live->states[i].presence = LIVE_OFFLINE; /* unless the answer names them */
        }
    }
}

static void end(struct asking *asking)
{
    connect_pages_release(&asking->pages);
    strmap_release(&asking->by_id);
    json_decref(asking->ids);
    free(asking->queue_ids);
    live_free(asking->live);
}

static enum err_code ask_page(struct asking *asking, struct response *reply, struct err *err)
{
    static const struct http_header headers[] = {{"content-type", "application/json"}};
    struct buf path;
    buf_init(&path, 1024);
    buf_puts(&path, "/metrics/userdata/");
    uri_encode(&path, asking->from->instance_id);
    json_t *body = json_pack("{s:{s:O}, s:i}", "Filters", "Agents", asking->ids, "MaxResults",
                             LIVE_AGENTS_MAX);
    if (asking->pages.token) {
        json_object_set_new(body, "NextToken", json_string(asking->pages.token));
    }
    char *text = json_dumps(body, JSON_COMPACT);
    struct call call = {
        .operation = "GetCurrentUserData",
        .method = "POST",
        .path = path.data,
        .headers = headers,
        .header_count = 1,
        .body = text,
        .body_length = text ? strlen(text) : 0,
        .resource = asking->from->resource,
        .timeout_ms = CONNECT_NICE_MS,
        .no_retry = true,
    };
    enum err_code code = client_call(asking->from->client, &call, reply, err);
    free(text);
    json_decref(body);
    buf_release(&path);
    return code;
}

static enum err_code ask_all(struct asking *asking, struct err *err)
{
    bool more = json_array_size(asking->ids) > 0;
    while (more) {
        struct response reply = {.code = ERR_OK};
        struct err failed = ERR_INIT;
        enum err_code code = ask_page(asking, &reply, &failed);
        if (code == ERR_OK) {
            connect_live_take(asking->live, asking->queue_ids, &asking->by_id, reply.json);
            more = connect_pages_next(&asking->pages, reply.json, &failed);
            code = failed.code;
        }
        response_release(&reply);
        if (code == ERR_DENIED) {
            err_prefix(&failed, "live states are not allowed");
        }
        if (code != ERR_OK) {
            if (err) {
                *err = failed;
            }
            return code;
        }
    }
    return ERR_OK;
}

/* ---- names of queues -------------------------------------------------------------------------- */

static bool has_queue(const struct asking *asking)
{
    bool found = false;
    for (size_t i = 0; i < asking->live->n_states && !found; i++) {
        found = asking->queue_ids[i] != NULL;
    }
    return found;
}

/* Asks for all of them once. A refusal is final, another failure is not. */
static void learn_queues(struct connect_live *from, const struct progress *progress)
{
    struct connect_summary *queues = &from->queues;
    struct client *client = queues->client;
    struct err ignored = ERR_INIT;
    connect_summary_release(queues);
    connect_summary_init(queues, &connect_queues);
    queues->client = client;
    queues->instance_id = from->instance_id;
    queues->resource = from->resource;
    queues->progress = progress;
    connect_summary_start(queues);
    enum err_code ran = http_run(client_http(client), &ignored);
    queues->progress = NULL;
    from->queues_known = ran == ERR_OK && (queues->code == ERR_OK || queues->code == ERR_DENIED);
}

static void name_queues(struct asking *asking, const struct progress *progress)
{
    struct live *live = asking->live;
    if (!asking->from->queues_known && has_queue(asking)) {
        learn_queues(asking->from, progress);
    }
    for (size_t i = 0; i < live->n_states; i++) {
        const char *name = connect_summary_name(&asking->from->queues, asking->queue_ids[i]);
        live->states[i].queue = clean(live, name);
    }
}

/* ---- the part of the directory ---------------------------------------------------------------- */

void connect_live_init(struct connect_live *live, struct client *client, struct client *queues,
                       const char *instance_id, const char *resource)
{
    *live =
        (struct connect_live){.client = client, .instance_id = instance_id, .resource = resource};
    connect_summary_init(&live->queues, &connect_queues);
    live->queues.client = queues;
}

void connect_live_release(struct connect_live *live)
{
    client_free(live->client);
    client_free(live->queues.client);
    connect_summary_release(&live->queues);
}

enum err_code connect_live_read(struct connect_live *live, const struct live_wanted *wanted,
                                const struct progress *progress, struct live **out, struct err *err)
{
    struct http *http = client_http(live->client);
    struct asking asking;
    begin(&asking, live, wanted);
    http_set_progress(http, progress);
    enum err_code code = ask_all(&asking, err);
    if (code == ERR_OK) {
        name_queues(&asking, progress);
        asking.live->at_s = http_now_ms(http) / 1000;
        *out = asking.live;
        asking.live = NULL;
    }
    http_set_progress(http, NULL);
    end(&asking);
    return code;
}
