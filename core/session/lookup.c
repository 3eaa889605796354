#include "core/session/lookup.h"

#include <string.h>

#include "core/plan/builder.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

static const char *const s_reasons[] = {
#define X(reason, name) [reason] = name,
    LOOKUP_REASONS(X)
#undef X
};

const char *lookup_reason_name(enum lookup_reason reason)
{
    return s_reasons[reason];
}

void lookup_release(struct lookup *lookup)
{
    arena_release(&lookup->arena);
}

struct looking {
    struct session *session;
    const struct progress *progress;
    struct lookup *lookup;
    struct err *err;
};

static enum err_code read_slot(struct looking *l, const char *ext, const char *agent,
                               struct slot *slot)
{
    struct store_lookup wanted = {.ext = ext, .agent = agent, .arena = &l->lookup->arena};
    return session_read_slot(l->session, &wanted, l->progress, slot, l->err);
}

/* A reservation that has ended is given back, whether or not a sync was there since. */
static enum ext_state state_now(const struct session *session, const struct slot *slot)
{
    int64_t now_s = session_now_s(session);
    bool ended = slot_has_ended(slot, now_s);
    struct slot given_back = slot_ended(slot);
    return policy_state(session_policy(session), ended ? &given_back : slot, now_s);
}

static const char *arn_of(const struct slot *slot)
{
    return slot->state == SLOT_ASSIGNED && slot->own ? slot->own->arn : NULL;
}

/* Where a target leads: an ARN or a number, or nowhere. One step: an extension that is reserved
   itself leads nowhere. */
static enum err_code follow(struct looking *l, const char *text, struct lookup_place *place)
{
    enum target_kind kind;
    const char *bare = NULL;
    struct slot slot;
    if (target_parse(text, session_policy(l->session)->width, &kind, &bare, NULL) != ERR_OK) {
        return ERR_OK;
    }
    if (kind == TARGET_QUEUE || kind == TARGET_PHONE) {
        *place =
            (struct lookup_place){target_kind_name(kind), arena_strdup(&l->lookup->arena, bare)};
        return ERR_OK;
    }
    enum err_code code =
        read_slot(l, kind == TARGET_EXT ? bare : NULL, kind == TARGET_AGENT ? bare : NULL, &slot);
    if (code == ERR_OK && arn_of(&slot)) {
        *place = (struct lookup_place){target_kind_name(TARGET_AGENT), arn_of(&slot)};
    }
    return code;
}

/* Where calls go that the agent does not take. If the store does not say, the agent is reached all the
   same. */
static void find_backup(const struct looking *l, const char *fallback)
{
    struct err ignored = ERR_INIT;
    struct looking own = *l;
    own.err = &ignored;
    (void)!follow(&own, fallback, &l->lookup->backup);
}

/* An agent: their ARN, and where calls go that they do not take. */
static enum err_code reach_agent(struct looking *l)
{
    struct lookup *lookup = l->lookup;
    const struct slot *slot = &lookup->slot;
    if (arn_of(slot)) {
        lookup->place = (struct lookup_place){target_kind_name(TARGET_AGENT), arn_of(slot)};
    } else {
        lookup->reason = LOOKUP_UNRESOLVED;
    }
    const char *fallback = slot_fallback(slot);
    if (!fallback) {
        return ERR_OK;
    }
    if (lookup->reason != LOOKUP_FOUND) { /* the fallback is all that there is */
        return follow(l, fallback, &lookup->backup);
    }
    find_backup(l, fallback);
    return ERR_OK;
}

static enum err_code reach(struct looking *l)
{
    struct lookup *lookup = l->lookup;
    const struct slot *slot = &lookup->slot;
    lookup->state = state_now(l->session, slot);
    lookup->reason = LOOKUP_FOUND;
    if (slot->state == SLOT_ASSIGNED) {
        return reach_agent(l);
    }
    if (lookup->state != EXT_RESERVED || !slot->target) {
        lookup->reason = LOOKUP_ABSENT;
        return ERR_OK;
    }
    enum err_code code = follow(l, slot->target, &lookup->place);
    if (code == ERR_OK && lookup->place.kind[0] == '\0') {
        lookup->reason = LOOKUP_UNRESOLVED;
    }
    return code;
}

enum err_code session_lookup(struct session *session, const struct lookup_question *question,
                             const struct progress *progress, struct lookup *lookup,
                             struct err *err)
{
    static const struct lookup_place nowhere = {"", ""};
    *lookup = (struct lookup){.arena = ARENA_INIT,
                              .reason = LOOKUP_INVALID,
                              .slot = {.state = SLOT_ABSENT},
                              .place = nowhere,
                              .backup = nowhere};
    struct looking l = {session, progress, lookup, err};
    bool valid = question->ext
                     ? policy_valid_ext(session_policy(session), question->ext)
                     : question->agent && !login_fault(question->agent, strlen(question->agent));
    if (!valid) {
        return ERR_OK;
    }
    enum err_code code = read_slot(&l, question->ext, question->agent, &lookup->slot);
    if (code == ERR_OK) {
        code = reach(&l);
    }
    if (code != ERR_OK) {
        lookup->reason = LOOKUP_UNAVAILABLE;
        lookup->place = nowhere;
        lookup->backup = nowhere;
    }
    return code;
}
