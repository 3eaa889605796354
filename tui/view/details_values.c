#include "tui/view/details_values.h"

#include <string.h>

#include "core/base/text.h"
#include "core/pool/exempt.h"
#include "tui/widget/activity.h"

#include "core/base/banned.h"

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Whether the slot, as the store has it, was written by that change: the history may be older. */
static bool wrote(const struct past_change *change, const struct slot *slot)
{
    char actor[AUDIT_NAME_MAX] = "";
    if (slot->by) {
        audit_actor_name(slot->by, actor);
    }
    return (!slot->by || same(actor, change->actor)) &&
           (!slot->agent || !change->agent || same(slot->agent, change->agent));
}

/* The newest change that gave the slot its present state; NULL: not known. */
static const struct past_change *made_by(const struct details *about)
{
    const struct past *past = about->past;
    for (size_t i = 0; past && about->slot && i < past->n; i++) {
        const struct past_change *change = &past->changes[i];
        if (same(change->ext, about->slot->ext) && change->kind != CHANGE_PIN &&
            change->kind != CHANGE_UNPIN && change->kind != CHANGE_SET) {
            return wrote(change, about->slot) ? change : NULL;
        }
    }
    return NULL;
}

/* Who had the number before the change: it says so itself, or the release before it does. */
static const char *had(const struct details *about, const struct past_change *made,
                       int64_t *until_s)
{
    const struct past *past = about->past;
    *until_s = made->had_until_s;
    for (size_t i = (size_t)(made - past->changes) + 1; !made->had && i < past->n; i++) {
        const struct past_change *older = &past->changes[i];
        bool gone = older->kind == CHANGE_RELEASE && same(older->ext, about->slot->ext);
        if (gone || (older->kind == CHANGE_REASSIGN && same(older->from, about->slot->ext))) {
            *until_s = older->at_ms / 1000;
            return older->agent;
        }
    }
    return made->had;
}

/* ---- values ----------------------------------------------------------------------------------- */

const char *details_moment(struct arena *arena, const struct details *about, int64_t at_s)
{
    char when[WHEN_MAX];
    when_moment(at_s, about->data->now_s, when);
    return arena_strdup(arena, when);
}

const char *details_since(struct arena *arena, const struct details *about)
{
    const struct slot *slot = about->slot;
    if (!slot) {
        return "-";
    }
    if (slot->at_s == 0) {
        return slot->state == SLOT_ASSIGNED ? "before extpool; a sync adopts it" : "-";
    }
    return details_moment(arena, about, slot->at_s);
}

/* "sync (cron@lambda)" if the history tells of an action with another name, else who. */
const char *details_by(struct arena *arena, const struct details *about)
{
    char who[AUDIT_NAME_MAX];
    const struct past_change *made = made_by(about);
    const char *actor = made ? made->who : about->slot ? about->slot->by : NULL;
    if (!actor) {
        return "-";
    }
    audit_actor_name(actor, who);
    if (made && strcmp(made->action, change_kind_name(made->kind)) != 0) {
        return arena_printf(arena, "%s (%s)", made->action, who);
    }
    return arena_strdup(arena, who);
}

/* Who had the number before its holder, or before it was taken out of the pool. */
const char *details_before(struct arena *arena, const struct details *about, bool with_time)
{
    const struct slot *slot = about->slot;
    const struct past_change *made = made_by(about);
    bool held = slot && slot->state == SLOT_ASSIGNED;
    int64_t until_s = 0;
    const char *agent = NULL;
    if (!slot || (held && !made)) {
        return "-";
    }
    if (held) {
        agent = had(about, made, &until_s);
    } else {
        agent = slot->agent;
        until_s = slot->state == SLOT_FREE ? slot->at_s : 0;
    }
    if (!agent) {
        return held ? "-" : "never used";
    }
    const char *was = held ? "free, was " : "was ";
    return with_time && until_s > 0 ? arena_printf(arena, "%s%s until %s", was, agent,
                                                   details_moment(arena, about, until_s))
                                    : arena_printf(arena, "%s%s", was, agent);
}

/* When it comes back by itself. */
const char *details_until(struct arena *arena, const struct details *about)
{
    const struct slot *slot = about->slot;
    if (slot && slot->state == SLOT_RESERVED && slot->until_s > 0) {
        return details_moment(arena, about, slot->until_s);
    }
    if (slot && policy_state(about->data->policy, slot, about->data->now_s) == EXT_COOLING) {
        return details_moment(arena, about,
                              policy_cool_until_s(about->data->policy, slot, about->data->now_s));
    }
    return "-";
}

const char *details_note(const struct details *about)
{
    return about->slot && about->slot->note ? about->slot->note : "-";
}

const char *details_fallback(const struct details *about)
{
    const char *target = about->slot ? slot_fallback(about->slot) : NULL;
    return target ? target : "-";
}

/* "assigned, pinned" */
const char *details_state(struct arena *arena, const struct details *about)
{
    const struct slot *slot = about->slot;
    enum ext_state state = policy_state(about->data->policy, slot, about->data->now_s);
    bool pinned = state == EXT_ASSIGNED && slot->note;
    return arena_printf(arena, "%s%s", ext_state_name(state), pinned ? ", pinned" : "");
}

/* Why an agent holds none. */
static const char *details_exemption(struct arena *arena, const struct details *about,
                                     const char *login)
{
    const struct exempt *entry = snapshot_find_exempt(about->data->snapshot, login);
    const char *pattern = policy_exempt_pattern(about->data->policy, login);
    if (entry) {
        return arena_printf(arena, "exempt%s%s", entry->note ? ": " : "",
                            entry->note ? entry->note : "");
    }
    return pattern ? arena_printf(arena, "exempt by %s", pattern) : "none yet";
}

/* The number of an agent, and how it stands with the two. */
const char *details_held(struct arena *arena, const struct details *about)
{
    const struct agent_row *row = about->row;
    if (!about->slot) {
        return row ? details_exemption(arena, about, row->login) : "none yet";
    }
    bool left = row && row->state == AGENT_STALE && !about->data->partial;
    const char *whose = row ? screen_data_whose(about->data, row, arena) : NULL;
    return arena_printf(arena, "%s  %s%s%s%s", about->slot->ext, details_state(arena, about),
                        left ? ", left" : "", whose ? ", " : "", whose ? whose : "");
}

const char *details_name(const struct details *about)
{
    const struct agent_row *row = about->row;
    if (row->name) {
        return row->name;
    }
    return row->state == AGENT_STALE && !about->data->partial ? "(left)" : NULL;
}

const char *details_profile(const struct details *about)
{
    return about->row && about->row->routing_profile ? about->row->routing_profile : "-";
}

const char *details_group(const struct details *about)
{
    const struct policy *policy = about->data->policy;
    const struct agent_row of_number = {.slot = about->slot};
    const char *group = policy->n_groups > 0
                            ? agent_row_group_name(policy, about->row ? about->row : &of_number)
                            : NULL;
    return group || policy->n_groups == 0 ? group : "-";
}

/* ---- live ------------------------------------------------------------------------------------- */

const char *details_live(struct arena *arena, const struct details *about, int columns)
{
    const struct live_state *state = about->live;
    if (!state) {
        return "";
    }
    const char *words = state->presence == LIVE_ON_CONTACT ? "ON CONTACT"
                        : state->presence == LIVE_OTHER && state->status
                            ? state->status
                            : live_words(state->presence);
    if (state->presence == LIVE_UNKNOWN) {
        return words;
    }
    bool begun = state->since_s > 0;
    const char *when = details_moment(arena, about, begun ? state->since_s : about->live_at_s);
    const char *all = arena_printf(arena, "%s %s %s", words, begun ? "since" : "at", when);
    return (int)text_columns(all) <= columns ? all : arena_printf(arena, "%s %s", words, when);
}
