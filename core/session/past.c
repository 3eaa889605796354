#include "core/session/past.h"

#include <string.h>

#include "core/base/strmap.h"
#include "core/plan/builder.h"

#include "core/base/banned.h"

enum err_code session_past(struct session *session, int64_t at_ms, const struct progress *progress,
                           struct rewound **out, struct err *err)
{
    struct snapshot *now = NULL;
    struct history *history = NULL;
    const struct history_query query = rewind_query(at_ms);
    enum err_code code = session_load(session, LOAD_NORMAL, progress, &now, err);
    if (code == ERR_OK) {
        code = session_history(session, &query, progress, &history, err);
    }
    if (code == ERR_OK) {
        *out = rewind_snapshot(now, history, at_ms);
    }
    history_free(history);
    snapshot_unref(now);
    return code;
}

/* ---- one number ------------------------------------------------------------------------------ */

struct looking {
    struct session *session;
    int64_t at_ms;
    const struct progress *progress;
    struct past_lookup *out;
    struct history *whole; /* a table's trail is read by its months, whatever is asked; else NULL */
    struct err *err;
};

static enum err_code read_trail(struct looking *looking, const char *ext, const char *agent,
                                struct history **out)
{
    struct history_query query = rewind_query(looking->at_ms);
    query.ext = ext;
    query.agent = agent;
    return session_history(looking->session, &query, looking->progress, out, looking->err);
}

/* What the number was, in *then. */
static enum err_code wind_back(struct looking *looking, const char *ext, struct slot *then,
                               struct rewind_doubt *doubt, bool *doubted)
{
    struct history *own = NULL;
    struct snapshot *now = snapshot_new();
    const struct store_lookup wanted = {.ext = ext, .arena = &now->arena};
    struct slot slot = {.state = SLOT_ABSENT};
    *then = slot;
    *doubted = false;
    enum err_code code =
        session_read_slot(looking->session, &wanted, looking->progress, &slot, looking->err);
    if (code == ERR_OK && !looking->whole) {
        code = read_trail(looking, ext, NULL, &own);
    }
    if (code == ERR_OK) {
        if (slot.state != SLOT_ABSENT) {
            *snapshot_add(now, ext) = slot;
        }
        now->read_at_s = session_now_s(looking->session);
        snapshot_seal(now);
        struct rewound *rewound =
            rewind_one(now, looking->whole ? looking->whole : own, ext, looking->at_ms);
        const struct rewind_doubt *found = rewound_doubt(rewound, ext);
        const struct slot *known = snapshot_find(rewound->snapshot, ext);
        *then = known ? slot_copy(&looking->out->arena, known) : *then;
        *doubted = found != NULL;
        *doubt = found ? *found : *doubt;
        rewound_free(rewound);
    }
    history_free(own);
    snapshot_unref(now);
    return code;
}

/* Whether the agent held it; the first number that may have been theirs is kept in doubt. */
static enum err_code try_number(struct looking *looking, const char *ext, const char *agent,
                                bool *found)
{
    struct past_lookup *out = looking->out;
    struct slot then;
    struct rewind_doubt doubt = {.kind = DOUBT_NOT_KNOWN_BEFORE};
    bool doubted;
    enum err_code code = wind_back(looking, ext, &then, &doubt, &doubted);
    *found = code == ERR_OK && slot_holds(&then, agent);
    if (*found) {
        out->slot = then;
        out->doubted = doubted;
        out->doubt = doubt;
    } else if (code == ERR_OK && doubted && doubt.kind == DOUBT_NOT_KNOWN_BEFORE && !out->doubted) {
        out->doubted = true;
        out->doubt = doubt;
    }
    return code;
}

/* All numbers that the agent has, and those that the trail names beside them since. */
static enum err_code try_numbers(struct looking *looking, const char *agent,
                                 const struct history *history)
{
    struct arena arena = ARENA_INIT;
    struct strmap tried;
    struct slot now = {.state = SLOT_ABSENT};
    bool found = false;
    const struct store_lookup wanted = {.agent = agent, .arena = &arena};
    strmap_init(&tried, 0);
    enum err_code code =
        session_read_slot(looking->session, &wanted, looking->progress, &now, looking->err);
    if (code == ERR_OK && now.state == SLOT_ASSIGNED) {
        strmap_add(&tried, now.ext, 0);
        code = try_number(looking, now.ext, agent, &found);
    }
    for (size_t i = 0; i < history->n_actions && code == ERR_OK && !found; i++) {
        const struct audit_action *action = &history->actions[i];
        for (size_t k = 0; k < action->n_changes && code == ERR_OK && !found; k++) {
            const struct audit_change *change = &action->changes[k];
            bool theirs = change->agent && strcmp(change->agent, agent) == 0;
            const char *exts[] = {change->ext,
                                  change->kind == CHANGE_REASSIGN ? change->from : NULL};
            for (size_t e = 0; e < 2 && theirs && code == ERR_OK && !found; e++) {
                if (exts[e] && strmap_get(&tried, exts[e]) == STRMAP_NONE) {
                    strmap_add(&tried, exts[e], 0);
                    code = try_number(looking, exts[e], agent, &found);
                }
            }
        }
    }
    strmap_release(&tried);
    arena_release(&arena);
    return code;
}

static enum err_code look_up_agent(struct looking *looking, const char *agent)
{
    struct history *own = NULL;
    enum err_code code = looking->whole ? ERR_OK : read_trail(looking, NULL, agent, &own);
    if (code == ERR_OK) {
        code = try_numbers(looking, agent, looking->whole ? looking->whole : own);
    }
    history_free(own);
    return code;
}

enum err_code session_past_lookup(struct session *session, const struct past_question *question,
                                  const struct progress *progress, struct past_lookup *out,
                                  struct err *err)
{
    *out = (struct past_lookup){.slot = {.state = SLOT_ABSENT}};
    struct looking looking = {session, question->at_ms, progress, out, NULL, err};
    enum err_code code = ERR_OK;
    if (!session_is_embedded(session)) {
        code = read_trail(&looking, NULL, NULL, &looking.whole);
    }
    if (code == ERR_OK && question->ext) {
        code = wind_back(&looking, question->ext, &out->slot, &out->doubt, &out->doubted);
    } else if (code == ERR_OK) {
        code = look_up_agent(&looking, question->agent);
    }
    history_free(looking.whole);
    return code;
}

void past_lookup_release(struct past_lookup *lookup)
{
    arena_release(&lookup->arena);
}
