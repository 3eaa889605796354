#include "aws/lambda/answer.h"

#include <jansson.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/session/lookup.h"

#include "core/base/banned.h"

#define LONGEST_MS 2000 /* of the three seconds that the old flow waits */
#define BEFORE_DEADLINE_MS 500
#define SEEN_AFTER_MS 100 /* so late, at the most, the engine sees that the time is over */
#define SORT_KEY_ASSIGNED "agentID"
#define SORT_KEY_FREE "nu"
#define SORT_KEY_RESERVED "held"

struct limit {
    int64_t at_ms; /* ticks */
};

/* `time_ms`: until the invocation's deadline. */
static struct limit limit_from_now(int64_t time_ms)
{
    int64_t left_ms = time_ms - BEFORE_DEADLINE_MS;
    return (struct limit){clock_ticks_ms() - SEEN_AFTER_MS +
                          (left_ms < LONGEST_MS ? left_ms : LONGEST_MS)};
}

static enum cancel ask_limit(void *context)
{
    const struct limit *limit = context;
    return clock_ticks_ms() >= limit->at_ms ? CANCEL_HARD : CANCEL_NO;
}

static void put(json_t *answer, const char *name, const char *text)
{
    json_t *value = json_string(text ? text : "");
    json_object_set_new(answer, name, value ? value : json_string(""));
}

/* The key of the item, as the old reader gave it. */
static void put_item(json_t *answer, const struct slot *slot)
{
    const char *sk = slot->state == SLOT_ASSIGNED   ? SORT_KEY_ASSIGNED
                     : slot->state == SLOT_RESERVED ? SORT_KEY_RESERVED
                     : slot->state == SLOT_FREE     ? SORT_KEY_FREE
                                                    : "";
    bool assigned = slot->state == SLOT_ASSIGNED;
    put(answer, "pk", sk[0] ? slot->ext : "");
    put(answer, "sk", sk);
    put(answer, "sk_value", assigned ? slot->agent : sk[0] ? slot->ext : "");
}

static void put_agent(json_t *answer, const struct slot *slot)
{
    bool assigned = slot->state == SLOT_ASSIGNED;
    const char *arn = assigned && slot->own ? slot->own->arn : NULL;
    const char *slash = arn ? strrchr(arn, '/') : NULL;
    put(answer, "agent", assigned ? slot->agent : NULL);
    put(answer, "agent_arn", arn);
    put(answer, "agent_id", slash ? slash + 1 : NULL);
}

static char *answer_text(const struct answer_question *question, const struct lookup *lookup)
{
    json_t *answer = json_object();
    bool found = lookup->reason == LOOKUP_FOUND;
    bool known = lookup->reason != LOOKUP_INVALID && lookup->reason != LOOKUP_UNAVAILABLE;
    const char *ext = lookup->slot.ext[0] ? lookup->slot.ext : question->extension;
    put_item(answer, &lookup->slot);
    put(answer, "found", found ? "true" : "false");
    put(answer, "reason", lookup_reason_name(lookup->reason));
    put(answer, "extension", lookup->reason == LOOKUP_INVALID ? NULL : ext);
    put(answer, "kind", lookup->place.kind);
    put(answer, "target", lookup->place.value);
    put_agent(answer, &lookup->slot);
    put(answer, "state", known ? ext_state_name(lookup->state) : NULL);
    put(answer, "fallback_kind", lookup->backup.kind);
    put(answer, "fallback", lookup->backup.value);
    char *text = json_dumps(answer, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(answer);
    return text;
}

char *answer_lookup(const struct answer_question *question, struct answer_note *note)
{
    struct limit limit = limit_from_now(question->time_ms);
    struct progress progress = {.context = &limit, .cancel = ask_limit};
    struct lookup_question asked = {.ext = question->extension,
                                    .agent = question->extension ? NULL : question->agent};
    struct lookup lookup;
    *note = (struct answer_note){.err = ERR_INIT};
    enum err_code code = session_lookup(question->session, &asked, &progress, &lookup, &note->err);
    note->found = code == ERR_OK && lookup.reason == LOOKUP_FOUND;
    note->reason = lookup_reason_name(lookup.reason);
    char *text = answer_text(question, &lookup);
    lookup_release(&lookup);
    return text;
}

void answer_warm_up(struct session *session)
{
    struct limit limit = limit_from_now(INT64_MAX);
    struct progress progress = {.context = &limit, .cancel = ask_limit};
    struct lookup_question first = {.ext = session_policy(session)->ranges[0].first};
    struct lookup lookup;
    struct err ignored = ERR_INIT;
    (void)!session_lookup(session, &first, &progress, &lookup, &ignored);
    lookup_release(&lookup);
}
