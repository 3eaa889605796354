#include "core/plan/scope.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/belongings.h"
#include "core/plan/builder.h"
#include "core/pool/group.h"

/* ---- the sources that there are --------------------------------------------------------------- */

/* 1 + index of the source; 0: none. */
static uint16_t find_source(const struct scope *scope, const char *text, size_t length)
{
    for (size_t i = 0; text && i < scope->n_sources; i++) {
        const struct source *source = &scope->sources[i];
        if (source->length == length && memcmp(source->text, text, length) == 0) {
            return (uint16_t)(i + 1);
        }
    }
    return 0;
}

/* 0: none, or there are too many. */
static uint16_t add_source(struct scope *scope, const char *text, size_t length)
{
    uint16_t known = find_source(scope, text, length);
    if (known > 0 || !text || scope->n_sources == SOURCES_MAX) {
        return known;
    }
    if (!scope->sources) {
        scope->sources = mem_array(SOURCES_MAX, sizeof *scope->sources);
    }
    scope->sources[scope->n_sources++] = (struct source){.text = text, .length = length};
    return (uint16_t)scope->n_sources;
}

static void add_directories(struct scope *scope)
{
    const struct roster *roster = scope->input->roster;
    scope->of_directory = mem_array(roster->n_directories + 1, sizeof *scope->of_directory);
    scope->unnamed = roster->n_directories == 0;
    for (size_t i = 0; i < roster->n_directories; i++) {
        const struct roster_directory *directory = &roster->directories[i];
        const char *text = directory->source;
        uint16_t index = add_source(scope, text, text ? strlen(text) : 0);
        scope->of_directory[i] = index;
        scope->unnamed = scope->unnamed || !text;
        if (index > 0) {
            scope->sources[index - 1].read = true;
            scope->sources[index - 1].whole = !directory->partial;
        }
    }
}

/* Neighbours have the same source most of the time. */
static uint16_t source_of(struct scope *scope, const struct slot *slot, uint16_t last)
{
    size_t length = 0;
    const char *text = slot_source(slot, &length);
    const struct source *before = last > 0 ? &scope->sources[last - 1] : NULL;
    if (text && before && before->length == length && memcmp(before->text, text, length) == 0) {
        return last;
    }
    return add_source(scope, text, length);
}

static void add_holders(struct scope *scope)
{
    const struct snapshot *snapshot = scope->input->snapshot;
    uint16_t last = 0;
    scope->of_slot = mem_array(snapshot->n_slots + 1, sizeof *scope->of_slot);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state == SLOT_ASSIGNED && slot->own) {
            last = source_of(scope, slot, last);
            scope->of_slot[i] = last;
            if (last > 0) {
                scope->sources[last - 1].held = true;
            }
        }
    }
}

static bool are_others(const struct scope *scope)
{
    for (size_t i = 0; i < scope->n_sources; i++) {
        if (scope->sources[i].held && !scope->sources[i].read) {
            return true;
        }
    }
    return false;
}

/* A file without a name was read for the instances in its ARNs. */
static void read_instances(struct scope *scope)
{
    const struct roster *roster = scope->input->roster;
    for (size_t i = 0; i < roster->n_agents; i++) {
        for (const struct agent *entry = &roster->agents[i]; entry; entry = entry->next) {
            size_t length = 0;
            const char *text = agent_source(roster, entry, &length);
            uint16_t index = text ? find_source(scope, text, length) : 0;
            if (index > 0 && !scope->sources[index - 1].read) {
                scope->sources[index - 1].read = true;
                scope->sources[index - 1].whole = !roster->partial;
            }
        }
    }
}

/* ---- what is taken over ------------------------------------------------------------------------ */

/* The id in the ARN of an instance or of one of its users; else the text itself. */
static const char *bare_source(const char *text, size_t *length)
{
    const char *id = strncmp(text, "arn:", 4) == 0 ? strstr(text, "instance/") : NULL;
    id = id ? id + strlen("instance/") : text;
    *length = strcspn(id, "/");
    return id;
}

/* Those that holders have; `others`: of them the ones that were not read. */
static void list_sources(const struct scope *scope, bool others, struct name_list *names)
{
    for (size_t i = 0; i < scope->n_sources; i++) {
        const struct source *source = &scope->sources[i];
        if (source->held && !(others && source->read)) {
            char *name = mem_strndup(source->text, source->length);
            name_list_add(names, name);
            free(name);
        }
    }
}

static enum err_code take_over(struct scope *scope, struct err *err)
{
    const char *wanted = scope->input->take_over;
    size_t length = 0;
    if (strcmp(wanted, TAKE_OVER_NONE) == 0) {
        scope->takes_all = true;
        return ERR_OK;
    }
    const char *text = bare_source(wanted, &length);
    uint16_t index = find_source(scope, text, length);
    if (index > 0) {
        scope->sources[index - 1].read = scope->sources[index - 1].whole = true;
        return ERR_OK;
    }
    struct name_list names = {.n = 0};
    list_sources(scope, false, &names);
    err_set(err, ERR_INPUT, "take-over: nobody in the store comes from \"%s\"", wanted);
    if (names.n > 0) {
        err_hint(err, "the store has holders from: %s; \"none\" means those without a source",
                 names.text);
    } else {
        err_hint(err, "no holder of the store has a source");
    }
    return ERR_INPUT;
}

/* ---- the scope --------------------------------------------------------------------------------- */

static enum err_code refuse_unnamed(const struct scope *scope, struct err *err)
{
    struct name_list names = {.n = 0};
    list_sources(scope, true, &names);
    err_set(err, ERR_CONFIG,
            "the store has numbers of other sources (%s), so the directory file needs a name",
            names.text);
    err_hint(err, "write NAME=file:PATH as the directory; if this file has replaced one of these "
                  "sources, run --sync --take-over SOURCE once instead");
    return ERR_CONFIG;
}

enum err_code scope_init(struct scope *scope, const struct plan_input *input, struct err *err)
{
    *scope = (struct scope){.input = input};
    add_directories(scope);
    add_holders(scope);
    if (scope->n_sources == SOURCES_MAX) {
        return err_set(err, ERR_CONFIG, "the holders of the store come from more than %d sources",
                       SOURCES_MAX - 1);
    }
    if (scope->unnamed && are_others(scope)) {
        read_instances(scope);
    }
    if (input->take_over && take_over(scope, err) != ERR_OK) {
        return ERR_INPUT;
    }
    scope->others = are_others(scope);
    bool nobody = input->roster->n_agents == 0; /* it says nothing; a guard judges it */
    return scope->unnamed && scope->others && !nobody ? refuse_unnamed(scope, err) : ERR_OK;
}

void scope_release(struct scope *scope)
{
    free(scope->sources);
    free(scope->of_slot);
    free(scope->of_directory);
}

static const struct source *source_at(const struct scope *scope, const struct slot *slot)
{
    uint16_t index = 0;
    if (scope->of_slot) {
        index = scope->of_slot[slot - scope->input->snapshot->slots];
    } else {
        size_t length = 0;
        const char *text = slot_source(slot, &length);
        index = find_source(scope, text, length);
    }
    return index > 0 ? &scope->sources[index - 1] : NULL;
}

struct scope *scope_copy(const struct scope *scope, struct arena *arena)
{
    struct scope *copy = arena_alloc(arena, sizeof *copy);
    struct plan_input *input = arena_alloc(arena, sizeof *input);
    struct source *sources = arena_alloc(arena, (scope->n_sources + 1) * sizeof *sources);
    for (size_t i = 0; i < scope->n_sources; i++) {
        sources[i] = scope->sources[i];
        sources[i].text = arena_strndup(arena, sources[i].text, sources[i].length);
    }
    *input = (struct plan_input){.policy = scope->input->policy, .roster = scope->input->roster};
    *copy = *scope;
    copy->input = input;
    copy->sources = sources;
    copy->of_slot = NULL;
    copy->of_directory = NULL;
    return copy;
}

bool scope_holds_for(const struct scope *scope, const struct slot *slot)
{
    size_t length = 0;
    const char *text = slot->state == SLOT_ASSIGNED ? slot_source(slot, &length) : NULL;
    uint16_t index = find_source(scope, text, length);
    return !text || (index > 0 && scope->sources[index - 1].read);
}

enum holder_fate scope_absent(const struct scope *scope, const struct slot *slot)
{
    const struct source *source = source_at(scope, slot);
    if (source) {
        return source->read ? HOLDER_LEFT : HOLDER_FOREIGN;
    }
    bool mine = scope->takes_all || (scope->unnamed && !scope->others);
    bool only_mine = !scope->others && policy_in_ranges(scope->input->policy, slot->ext);
    return mine || only_mine ? HOLDER_LEFT : HOLDER_UNKNOWN_ORIGIN;
}

bool scope_is_theirs(const struct scope *scope, const struct slot *slot)
{
    const struct source *source = source_at(scope, slot);
    return source && !source->read;
}

const struct agent *scope_entry(const struct scope *scope, const struct slot *slot,
                                const struct agent *agent)
{
    const struct source *source = agent->next ? source_at(scope, slot) : NULL;
    const struct agent *entry =
        source ? agent_entry_of(scope->input->roster, agent, source->text, source->length) : NULL;
    return entry ? entry : agent;
}

uint16_t scope_group(const struct scope *scope, const struct slot *slot, const struct agent *agent)
{
    const struct policy *policy = scope->input->policy;
    const struct roster *roster = scope->input->roster;
    const struct agent *entry = slot ? scope_entry(scope, slot, agent) : agent;
    if (policy->n_groups == 0) {
        return GROUP_NONE;
    }
    if (entry == agent) {
        return agent->group;
    }
    bool described = entry->directory < roster->n_directories;
    return group_of_agent(policy, entry, described ? &roster->directories[entry->directory] : NULL);
}

const struct belongings *scope_belongings(const struct scope *scope, struct arena *arena,
                                          const struct slot *slot, const struct agent *agent)
{
    const struct roster *roster = scope->input->roster;
    const struct source *source = agent ? source_at(scope, slot) : NULL;
    bool gone = source && source->read && source->whole &&
                !agent_entry_of(roster, agent, source->text, source->length);
    return gone ? belongings_of(arena, slot->own, roster, agent)
                : belongings_now(arena, slot->own, roster, agent);
}
