#include "core/pool/roster.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/reference.h"

struct growing_roster {
    struct roster roster;
    size_t capacity;
};

struct roster *roster_new(void)
{
    struct growing_roster *fresh = mem_alloc(sizeof *fresh);
    fresh->roster.references = 1;
    return &fresh->roster;
}

struct roster *roster_ref(const struct roster *roster)
{
    reference_take(&roster->references);
    return (struct roster *)(uintptr_t)roster;
}

void roster_unref(const struct roster *roster)
{
    if (!roster || !reference_drop(&roster->references)) {
        return;
    }
    struct roster *last = (struct roster *)(uintptr_t)roster;
    for (size_t i = 0; last->parts && i < last->n_directories; i++) {
        roster_unref(last->parts[i]);
    }
    free(last->parts);
    free(last->agents);
    arena_release(&last->arena);
    free(last);
}

/* A copy in the arena with its texts. */
static const struct agent_attribute *copy_attributes(struct arena *arena, const struct agent *agent)
{
    size_t n = agent->n_attributes;
    struct agent_attribute *copy = n ? arena_alloc(arena, n * sizeof *copy) : NULL;
    for (size_t i = 0; i < n; i++) {
        copy[i] = (struct agent_attribute){
            .field = agent->attributes[i].field,
            .key = arena_strdup(arena, agent->attributes[i].key),
            .value = arena_strdup(arena, agent->attributes[i].value),
        };
    }
    return copy;
}

void roster_add(struct roster *roster, const struct agent *agent)
{
    struct growing_roster *growing = (struct growing_roster *)roster;
    if (roster->n_agents == growing->capacity) {
        growing->capacity = growing->capacity ? growing->capacity * 2 : 256;
        roster->agents = mem_resize(roster->agents, growing->capacity, sizeof *roster->agents);
    }
    roster->agents[roster->n_agents++] = (struct agent){
        .login = arena_strdup(&roster->arena, agent->login),
        .name = arena_strdup(&roster->arena, agent->name),
        .routing_profile = arena_strdup(&roster->arena, agent->routing_profile),
        .arn = arena_strdup(&roster->arena, agent->arn),
        .attributes = copy_attributes(&roster->arena, agent),
        .n_attributes = agent->n_attributes,
        .not_read = agent->not_read,
    };
}

static __attribute__((format(printf, 3, 0))) const char *
add_sentence(struct roster *roster, const char *before, const char *format, va_list args)
{
    char sentence[ERR_TEXT_MAX];
    vsnprintf(sentence, sizeof sentence, format, args);
    return before ? arena_printf(&roster->arena, "%s; %s", before, sentence)
                  : arena_strdup(&roster->arena, sentence);
}

void roster_note(struct roster *roster, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    roster->note = add_sentence(roster, roster->note, format, args);
    va_end(args);
}

void roster_partial(struct roster *roster, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    roster->partial = add_sentence(roster, roster->partial, format, args);
    va_end(args);
}

void roster_check_total(struct roster *roster, const char *name, size_t n_read, size_t said)
{
    if (said >= n_read + 10 && n_read < said - said / 20) {
        roster_partial(roster, "%s gives %zu people and says that it has about %zu", name, n_read,
                       said);
    }
}

static int compare_agents(const void *a, const void *b)
{
    return strcmp(((const struct agent *)a)->login, ((const struct agent *)b)->login);
}

static void copy_columns(struct arena *arena, struct roster *roster)
{
    const char **copy = arena_alloc(arena, (roster->n_columns + 1) * sizeof *copy);
    for (size_t i = 0; i < roster->n_columns; i++) {
        copy[i] = arena_strdup(arena, roster->columns[i]);
    }
    roster->columns = copy;
}

/* The texts in the order of the agents: a walk over a roster of a million reads them one after
   the other then, instead of one here and one there. */
static void lay_out_in_order(struct roster *roster)
{
    struct arena ordered = ARENA_INIT;
    for (size_t i = 0; i < roster->n_agents; i++) {
        struct agent *agent = &roster->agents[i];
        agent->login = arena_strdup(&ordered, agent->login);
        agent->name = arena_strdup(&ordered, agent->name);
        agent->routing_profile = arena_strdup(&ordered, agent->routing_profile);
        agent->arn = arena_strdup(&ordered, agent->arn);
        agent->attributes = copy_attributes(&ordered, agent);
    }
    roster->note = arena_strdup(&ordered, roster->note);
    roster->partial = arena_strdup(&ordered, roster->partial);
    roster->last_login = arena_strdup(&ordered, roster->last_login);
    copy_columns(&ordered, roster);
    arena_release(&roster->arena);
    roster->arena = ordered;
}

static bool roster_sorted(const struct roster *roster)
{
    for (size_t i = 1; i < roster->n_agents; i++) {
        if (strcmp(roster->agents[i - 1].login, roster->agents[i].login) >= 0) {
            return false;
        }
    }
    return true;
}

const char *roster_seal(struct roster *roster)
{
    if (roster_sorted(roster)) {
        return NULL;
    }
    qsort(roster->agents, roster->n_agents, sizeof *roster->agents, compare_agents);
    size_t kept = 0;
    size_t twice = SIZE_MAX;
    for (size_t i = 0; i < roster->n_agents; i++) {
        if (kept > 0 && strcmp(roster->agents[kept - 1].login, roster->agents[i].login) == 0) {
            twice = twice == SIZE_MAX ? kept - 1 : twice;
        } else {
            roster->agents[kept++] = roster->agents[i];
        }
    }
    roster->n_agents = kept;
    lay_out_in_order(roster);
    return twice == SIZE_MAX ? NULL : roster->agents[twice].login;
}

void roster_describe(struct roster *roster, const struct roster_directory *directory)
{
    struct arena *arena = &roster->arena;
    roster->directories = arena_alloc(arena, sizeof *roster->directories);
    roster->n_directories = 1;
    roster->directories[0] = (struct roster_directory){
        .name = arena_strdup(arena, directory->name),
        .source = arena_strdup(arena, directory->source),
        .uri = arena_strdup(arena, directory->uri),
        .partial = roster->partial,
        .last_login = roster->last_login,
        .n_agents = roster->n_agents,
        .unread = directory->unread,
    };
}

const char *roster_directory_name(const struct roster_directory *directory)
{
    return directory->name ? directory->name : directory->uri;
}

void roster_note_column(struct roster *roster, const char *name)
{
    if (!roster_has_column(roster, name)) {
        copy_columns(&roster->arena, roster); /* with room for one more */
        roster->columns[roster->n_columns++] = arena_strdup(&roster->arena, name);
    }
}

bool roster_has_column(const struct roster *roster, const char *name)
{
    bool has = false;
    for (size_t i = 0; !has && i < roster->n_columns; i++) {
        has = strcmp(roster->columns[i], name) == 0;
    }
    for (size_t i = 0; !has && roster->parts && i < roster->n_directories; i++) {
        has = roster_has_column(roster->parts[i], name);
    }
    return has;
}

size_t roster_n_unread(const struct roster *roster)
{
    size_t n = 0;
    for (size_t i = 0; roster && i < roster->n_directories; i++) {
        n += roster->directories[i].unread;
    }
    return n;
}

/* What people and planners should know of one part, under the name of its directory. */
static void merge_words(struct roster *merged, const struct roster *part, bool first)
{
    const struct roster_directory *directory = &part->directories[0];
    const char *name = roster_directory_name(directory);
    if (part->note) {
        roster_note(merged, "%s: %s", name, part->note);
    }
    if (part->partial) {
        roster_partial(merged, "%s: %s", name, part->partial);
    }
    if (first || part->read_at_s < merged->read_at_s) {
        merged->read_at_s = part->read_at_s;
    }
    merged->pages += part->pages;
}

/* What is left of the parts while they are merged. */
struct merge {
    struct roster *const *parts;
    size_t n_parts;
    size_t *at; /* of each part: the agents before are in the merged roster */
};

/* The part whose next agent has the first login; of one login the first part. n_parts: none is left. */
static size_t first_part(const struct merge *merge)
{
    size_t first = merge->n_parts;
    const char *login = NULL;
    for (size_t i = 0; i < merge->n_parts; i++) {
        const struct roster *part = merge->parts[i];
        const char *next = merge->at[i] < part->n_agents ? part->agents[merge->at[i]].login : NULL;
        if (next && (!login || strcmp(next, login) < 0)) {
            first = i;
            login = next;
        }
    }
    return first;
}

static struct agent take_agent(struct merge *merge, size_t part)
{
    struct agent agent = merge->parts[part]->agents[merge->at[part]++];
    agent.directory = (uint16_t)part;
    agent.next = NULL;
    return agent;
}

/* Those of one login stand behind the first of them. */
static void merge_agents(struct roster *merged, struct merge *merge)
{
    struct agent *last = NULL; /* of the newest login, the end of its chain */
    for (size_t part; (part = first_part(merge)) < merge->n_parts;) {
        struct agent agent = take_agent(merge, part);
        if (last && strcmp(last->login, agent.login) == 0) {
            struct agent *link = arena_alloc(&merged->arena, sizeof *link);
            *link = agent;
            last->next = link;
            last = link;
        } else {
            last = &merged->agents[merged->n_agents++];
            *last = agent;
        }
    }
}

struct roster *roster_merge(struct roster *const *parts, size_t n_parts)
{
    struct roster *merged = roster_new();
    size_t n = 0;
    merged->parts = mem_array(n_parts, sizeof(struct roster *));
    merged->directories = arena_alloc(&merged->arena, n_parts * sizeof *merged->directories);
    merged->n_directories = n_parts;
    for (size_t i = 0; i < n_parts; i++) {
        merged->parts[i] = roster_ref(parts[i]);
        merged->directories[i] = parts[i]->directories[0];
        merge_words(merged, parts[i], i == 0);
        n += parts[i]->n_agents;
    }
    struct merge merge = {parts, n_parts, mem_array(n_parts, sizeof *merge.at)};
    merged->agents = mem_array(n + 1, sizeof *merged->agents);
    merge_agents(merged, &merge);
    free(merge.at);
    return merged;
}

const struct agent *roster_find(const struct roster *roster, const char *login)
{
    size_t low = 0;
    size_t high = roster->n_agents;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(roster->agents[middle].login, login);
        if (order == 0) {
            return &roster->agents[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
