/*
 * The states of agents and numbers: how they are shown, and how they are found with all else that the
 * two lists of the first screen can be asked for.
 */

#include "tui/shell/screen_data.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/* ---- states as text ----------------------------------------------------------------------- */

enum look_id {
    LOOK_NEW,
    LOOK_EXEMPT,
    LOOK_STALE,
    LOOK_STALE_PINNED,
    LOOK_FOREIGN,
    LOOK_FOREIGN_PINNED,
    LOOK_UNREAD, /* may still be on a page to come */
    LOOK_UNREAD_PINNED,
    LOOK_OK,
    LOOK_PINNED,
    LOOK_COUNT
};

#define STALE_BITS (AGENT_WORD_STALE | AGENT_WORD_LEFT)
#define OK_BITS (AGENT_WORD_OK | AGENT_WORD_ASSIGNED)

static const struct agent_look s_looks[] = {
    [LOOK_NEW] = {"NEW", "new", AGENT_WORD_NEW, STYLE_STATE_NEW},
    [LOOK_EXEMPT] = {"EXEM", "exempt", AGENT_WORD_EXEMPT, STYLE_STATE_OK},
    [LOOK_STALE] = {"STALE", "stale left", STALE_BITS, STYLE_STATE_STALE},
    [LOOK_STALE_PINNED] = {"STALE", "stale pinned left", STALE_BITS | AGENT_WORD_PINNED,
                           STYLE_STATE_STALE},
    [LOOK_FOREIGN] = {"OTHER", "foreign", AGENT_WORD_FOREIGN, STYLE_DIM},
    [LOOK_FOREIGN_PINNED] = {"OTHER", "foreign pinned", AGENT_WORD_FOREIGN | AGENT_WORD_PINNED,
                             STYLE_DIM},
    [LOOK_UNREAD] = {"...", "ok assigned", OK_BITS, STYLE_STATE_OK},
    [LOOK_UNREAD_PINNED] = {"...", "ok assigned pinned", OK_BITS | AGENT_WORD_PINNED,
                            STYLE_STATE_PINNED},
    [LOOK_OK] = {"", "ok assigned", OK_BITS, STYLE_STATE_OK},
    [LOOK_PINNED] = {"PIN", "ok assigned pinned", OK_BITS | AGENT_WORD_PINNED, STYLE_STATE_PINNED},
};
_Static_assert(sizeof s_looks / sizeof s_looks[0] == LOOK_COUNT, "a row for each look");

const struct agent_look *screen_data_agent_look(const struct screen_data *data,
                                                const struct agent_row *row)
{
    bool pinned = row->slot && row->slot->note;
    if (row->state == AGENT_NEW) {
        return &s_looks[LOOK_NEW];
    }
    if (row->state == AGENT_EXEMPT) {
        return &s_looks[LOOK_EXEMPT];
    }
    if (data->partial && !row->agent && data->roster) {
        return &s_looks[pinned ? LOOK_UNREAD_PINNED : LOOK_UNREAD];
    }
    if (row->state == AGENT_STALE) {
        return &s_looks[pinned ? LOOK_STALE_PINNED : LOOK_STALE];
    }
    if (row->state == AGENT_FOREIGN) {
        return &s_looks[pinned ? LOOK_FOREIGN_PINNED : LOOK_FOREIGN];
    }
    return &s_looks[pinned ? LOOK_PINNED : LOOK_OK];
}

const char *screen_data_whose(const struct screen_data *data, const struct agent_row *row,
                              struct arena *arena)
{
    bool unread = data->partial && !row->agent;
    size_t length = 0;
    const char *source = row->slot ? slot_source(row->slot, &length) : NULL;
    if (row->state != AGENT_FOREIGN || unread) {
        return NULL;
    }
    return source ? arena_printf(arena, "from %.*s", (int)length, source) : "of unknown origin";
}

const char *screen_data_slot_states(const struct screen_data *data, const struct slot *slot)
{
    enum ext_state state = policy_state(data->policy, slot, data->now_s);
    if (state == EXT_ASSIGNED && slot->note) {
        return "assigned pinned";
    }
    return ext_state_name(state);
}

/* ---- searched ------------------------------------------------------------------------------ */

#define BESIDE (FILTER_BIT(FILTER_CHANGED) | FILTER_BIT(FILTER_BASKET))
#define HELD                                                                                       \
    (FILTER_BIT(FILTER_EXT) | FILTER_BIT(FILTER_LOGIN) | FILTER_BIT(FILTER_STATE) |                \
     FILTER_BIT(FILTER_SINCE) | FILTER_BIT(FILTER_BY) | FILTER_BIT(FILTER_NOTE))

/* In the order of AGENT_WORD_...; the last two are synonyms. */
static const char *const s_agent_states[] = {"new",     "stale",    "ok",   "pinned", "exempt",
                                             "foreign", "assigned", "left", NULL};

enum slot_word {
    WORD_FREE,
    WORD_COOLING,
    WORD_ASSIGNED,
    WORD_PINNED,
    WORD_RESERVED,
    WORD_BLOCKED,
    WORD_ABSENT,
    SLOT_WORDS
};
static const char *const s_slot_states[] = {
    [WORD_FREE] = "free",     [WORD_COOLING] = "cooling",   [WORD_ASSIGNED] = "assigned",
    [WORD_PINNED] = "pinned", [WORD_RESERVED] = "reserved", [WORD_BLOCKED] = "blocked",
    [WORD_ABSENT] = "absent", [SLOT_WORDS] = NULL};

static const enum slot_word s_words[] = {
    [EXT_ABSENT] = WORD_ABSENT,     [EXT_FREE] = WORD_FREE,         [EXT_COOLING] = WORD_COOLING,
    [EXT_ASSIGNED] = WORD_ASSIGNED, [EXT_RESERVED] = WORD_RESERVED, [EXT_BLOCKED] = WORD_BLOCKED,
};
_Static_assert(sizeof s_words / sizeof s_words[0] == EXT_STATE_COUNT, "a word for each state");

/* The agents' rows of a number, now and before: those of its holders. */
static size_t add_rows_of(const struct screen_data *data, const struct slot *slot, size_t *rows,
                          size_t n)
{
    const struct agent_rows *all = &data->agents;
    const struct agent_row *row =
        slot->state == SLOT_ASSIGNED ? agent_rows_find(all, slot->agent) : NULL;
    for (size_t at = row ? (size_t)(row - all->rows) : all->n_rows;
         at < all->n_rows && strcmp(all->rows[at].login, row->login) == 0; at++) {
        rows[n++] = at;
    }
    return n;
}

/* Only what changed is folded anew. */
static void renew_blocks(struct screen_data *data, const struct screen_data *before)
{
    const struct snapshot *snapshot = data->snapshot;
    size_t room = snapshot->n_changed + 2 * data->agents.n_rows + 1;
    size_t *slots = mem_array(snapshot->n_changed + 1, sizeof *slots);
    size_t *agents = mem_array(room, sizeof *agents);
    size_t n_agents = 0;
    for (size_t i = 0; i < snapshot->n_changed; i++) {
        const struct slot *now = snapshot_find(snapshot, snapshot->changed[i]);
        slots[i] = (size_t)(now - snapshot->slots);
        n_agents = add_rows_of(data, now, agents, n_agents);
        n_agents = add_rows_of(data, snapshot_find(before->snapshot, now->ext), agents, n_agents);
    }
    data->agents_block =
        filter_block_renew(before->agents_block, agents, n_agents, screen_data_agent_subject, data);
    data->slots_block = filter_block_renew(before->slots_block, slots, snapshot->n_changed,
                                           screen_data_slot_subject, data);
    free(slots);
    free(agents);
}

void screen_data_searched(struct screen_data *data, bool blocks, const struct screen_data *before)
{
    data->agents_scope = (struct filter_scope){
        .fields = HELD | BESIDE | FILTER_BIT(FILTER_NAME) | FILTER_BIT(FILTER_PROFILE) |
                  FILTER_BIT(FILTER_LIVE),
        .states = s_agent_states,
        .n_said = 4,
        .ext_width = data->policy->width,
        .now_s = data->now_s,
    };
    data->slots_scope = data->agents_scope;
    data->slots_scope.fields = HELD | BESIDE | FILTER_BIT(FILTER_UNTIL) | FILTER_BIT(FILTER_TARGET);
    data->slots_scope.states = s_slot_states;
    data->slots_scope.n_said = WORD_ABSENT;
    if (data->policy->n_groups > 0) {
        data->agents_scope.fields |= FILTER_BIT(FILTER_GROUP);
        data->slots_scope.fields |= FILTER_BIT(FILTER_GROUP);
    }
    if (blocks && before && before->agents_block && before->slots_block) {
        renew_blocks(data, before);
    } else if (blocks) {
        data->agents_block = filter_block_new(data->agents.n_rows, screen_data_agent_subject, data);
        data->slots_block =
            filter_block_new(data->snapshot->n_slots, screen_data_slot_subject, data);
    }
}

/* Agents who are all right show no state. */
void screen_data_agent_subject(const void *context, size_t index, struct filter_subject *out)
{
    const struct screen_data *data = context;
    const struct agent_row *row = &data->agents.rows[index];
    const struct slot *slot = row->slot;
    const struct agent_look *look = screen_data_agent_look(data, row);
    out->texts[FILTER_LOGIN] = row->login;
    out->texts[FILTER_NAME] = row->name;
    out->texts[FILTER_PROFILE] = row->routing_profile;
    out->texts[FILTER_GROUP] = agent_row_group_name(data->policy, row);
    out->states = look->bits;
    out->texts[FILTER_STATE] = look->bits & AGENT_WORD_STALE     ? "stale"
                               : look->bits & AGENT_WORD_NEW     ? "new"
                               : look->bits & AGENT_WORD_EXEMPT  ? "exempt"
                               : look->bits & AGENT_WORD_FOREIGN ? "foreign"
                               : look->bits & AGENT_WORD_PINNED  ? "pinned"
                                                                 : NULL;
    if (slot) {
        out->texts[FILTER_EXT] = slot->ext;
        out->texts[FILTER_NOTE] = slot->note;
        out->texts[FILTER_BY] = slot->by;
        out->since_s = slot->at_s;
    }
}

void screen_data_slot_subject(const void *context, size_t index, struct filter_subject *out)
{
    const struct screen_data *data = context;
    const struct slot *slot = &data->snapshot->slots[index];
    enum ext_state state = policy_state(data->policy, slot, data->now_s);
    bool pinned = state == EXT_ASSIGNED && slot->note;
    out->texts[FILTER_EXT] = slot->ext;
    out->texts[FILTER_LOGIN] = slot->agent;
    out->texts[FILTER_NOTE] = slot->note;
    out->texts[FILTER_BY] = slot->by;
    out->texts[FILTER_TARGET] = slot->target;
    if (data->policy->n_groups > 0) {
        const char *group = group_name(data->policy, group_of_ext(data->policy, slot->ext));
        out->texts[FILTER_GROUP] = *group ? group : NULL;
    }
    out->texts[FILTER_STATE] = s_slot_states[pinned ? WORD_PINNED : s_words[state]];
    out->states = UINT32_C(1) << s_words[state] | (pinned ? UINT32_C(1) << WORD_PINNED : 0);
    out->since_s = slot->at_s;
    out->until_s = state == EXT_COOLING    ? policy_cool_until_s(data->policy, slot, data->now_s)
                   : state == EXT_RESERVED ? slot->until_s
                                           : 0;
}
