#include "core/pool/group.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "core/base/text.h"

/* The parts between the first and the last '*', each as far in front as it can be. `text` to `end`. */
static bool parts_fit(const char *parts, const char *parts_end, const char *text, const char *end)
{
    while (parts < parts_end) {
        const char *star = memchr(parts, '*', (size_t)(parts_end - parts));
        size_t length = (size_t)((star ? star : parts_end) - parts);
        while ((size_t)(end - text) >= length && memcmp(text, parts, length) != 0) {
            text++;
        }
        if ((size_t)(end - text) < length) {
            return false;
        }
        text += length;
        parts += length + 1;
    }
    return true;
}

/* What stands before the first '*' and behind the last is compared first: that tells most apart. */
bool pattern_matches(const char *pattern, const char *text)
{
    const char *first = strchr(pattern, '*');
    if (!first) {
        return strcmp(pattern, text) == 0;
    }
    const char *tail = strrchr(first, '*') + 1;
    size_t before = (size_t)(first - pattern);
    size_t behind = strlen(tail);
    if (strncmp(pattern, text, before) != 0) {
        return false;
    }
    size_t length = strlen(text);
    return length >= before + behind && memcmp(text + length - behind, tail, behind) == 0 &&
           parts_fit(first + 1, tail - 1, text + before, text + length - behind);
}

/* ---- agents ---------------------------------------------------------------------------------- */

enum holds { HOLDS_NO, HOLDS_NOT_KNOWN, HOLDS_YES };

static enum holds attribute_holds(const struct agent *agent, const struct match_term *term)
{
    for (size_t i = 0; i < agent->n_attributes; i++) {
        const struct agent_attribute *attribute = &agent->attributes[i];
        if (attribute->field == term->field && text_same(attribute->key, term->key) &&
            pattern_matches(term->pattern, attribute->value)) {
            return HOLDS_YES;
        }
    }
    return HOLDS_NO;
}

static enum holds text_holds(const char *text, const struct match_term *term)
{
    return text && pattern_matches(term->pattern, text) ? HOLDS_YES : HOLDS_NO;
}

static enum holds term_holds(const struct match_term *term, const struct agent *agent,
                             const struct roster_directory *directory)
{
    if (agent->not_read & FIELD_BIT(term->field)) {
        return HOLDS_NOT_KNOWN;
    }
    switch (term->field) {
    case FIELD_LOGIN:
        return text_holds(agent->login, term);
    case FIELD_DIRECTORY:
        return text_holds(directory ? directory->name : NULL, term);
    case FIELD_ROUTING_PROFILE:
        return text_holds(agent->routing_profile, term);
    case FIELD_HIERARCHY:
    case FIELD_TAG:
    case FIELD_COLUMN:
    case FIELD_COUNT:
        break;
    }
    return attribute_holds(agent, term);
}

/* All terms have to hold: one that does not decides, whatever is not known. */
static enum holds line_holds(const struct match_line *line, const struct agent *agent,
                             const struct roster_directory *directory)
{
    enum holds all = HOLDS_YES;
    for (size_t i = 0; i < line->n_terms && all != HOLDS_NO; i++) {
        enum holds one = term_holds(&line->terms[i], agent, directory);
        all = one < all ? one : all;
    }
    return all;
}

/* Of all terms but the login's, which is what the agents of a class differ in. */
static enum holds line_holds_for_class(const struct match_line *line, const struct agent *agent,
                                       const struct roster_directory *directory, bool *by_login)
{
    enum holds all = HOLDS_YES;
    *by_login = false;
    for (size_t i = 0; i < line->n_terms; i++) {
        bool login = line->terms[i].field == FIELD_LOGIN;
        enum holds one = login ? HOLDS_YES : term_holds(&line->terms[i], agent, directory);
        *by_login = *by_login || login;
        all = one < all ? one : all;
    }
    return all;
}

static enum holds group_holds(const struct group *group, const struct agent *agent,
                              const struct roster_directory *directory)
{
    enum holds any = HOLDS_NO;
    for (size_t i = 0; i < group->n_lines && any != HOLDS_YES; i++) {
        enum holds one = line_holds(&group->lines[i], agent, directory);
        any = one > any ? one : any;
    }
    return any;
}

uint16_t group_of_agent(const struct policy *policy, const struct agent *agent,
                        const struct roster_directory *directory)
{
    for (size_t i = 0; i < policy->n_groups; i++) {
        enum holds holds = group_holds(&policy->groups[i], agent, directory);
        if (holds != HOLDS_NO) {
            return holds == HOLDS_YES ? (uint16_t)i : GROUP_UNKNOWN;
        }
    }
    return GROUP_NONE;
}

/* ---- numbers --------------------------------------------------------------------------------- */

uint16_t group_of_ext(const struct policy *policy, const char *ext)
{
    const struct ext_range *range = policy_range_of(policy, ext);
    return range ? range->group : GROUP_NONE;
}

const char *group_name(const struct policy *policy, uint16_t group)
{
    return group < policy->n_groups ? policy->groups[group].name : "";
}

void groups_each_term(const struct policy *policy, group_term_fn *each, void *context)
{
    for (size_t i = 0; i < policy->n_groups; i++) {
        const struct group *group = &policy->groups[i];
        for (size_t j = 0; j < group->n_lines; j++) {
            for (size_t k = 0; k < group->lines[j].n_terms; k++) {
                each(context, group, &group->lines[j].terms[k]);
            }
        }
    }
}

static void add_field(void *fields, const struct group *group, const struct match_term *term)
{
    (void)group;
    *(unsigned *)fields |= FIELD_BIT(term->field);
}

unsigned groups_fields(const struct policy *policy)
{
    unsigned fields = 0;
    groups_each_term(policy, add_field, &fields);
    return fields;
}

/* ---- all agents of a roster ------------------------------------------------------------------- */

/* What decides besides the login is the same for many agents: the directory, the routing profile, tags.
   Those who have the same values are a class, and a class asks the groups once. Its candidates are the
   groups in question, up to the first that is certain. */
struct candidate {
    uint16_t group;
    bool by_login; /* each agent has to be asked; else: */
    enum holds holds;
    const char *tail; /* of a group with one term, about the login: what is behind the last '*' */
    size_t behind;    /* its length; a login that ends otherwise is not asked further */
    uint64_t head;    /* the first bytes of the tail, if it has so many */
};

static uint64_t word_at(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* Most logins are told apart by their ends. */
static void set_tail(struct candidate *candidate, const struct group *group)
{
    const struct match_line *line = group->lines;
    bool one = group->n_lines == 1 && line->n_terms == 1 && line->terms[0].field == FIELD_LOGIN;
    const char *star = one ? strrchr(line->terms[0].pattern, '*') : NULL;
    candidate->tail = star ? star + 1 : "";
    candidate->behind = strlen(candidate->tail);
    candidate->head = candidate->behind >= sizeof candidate->head ? word_at(candidate->tail) : 0;
}

/* A long tail is compared as one number first. */
static bool may_hold(const struct candidate *candidate, const char *login, size_t length)
{
    size_t behind = candidate->behind;
    if (length < behind) {
        return false;
    }
    const char *end = login + length - behind;
    bool differs = behind >= sizeof candidate->head && word_at(end) != candidate->head;
    return !differs && memcmp(end, candidate->tail, behind) == 0;
}

struct agent_class {
    size_t first, n; /* of the candidates */
};

#define CLASSES_MAX 65536 /* an agent of one more is asked by itself */

struct class_key {
    char text[4096]; /* of values that are longer each agent is asked by itself */
    size_t length;
    bool failed;
};

/* An agent whose class was found. Another one with the same values needs no key. */
struct remembered {
    const struct agent *agent;
    size_t class;
};

#define REMEMBERED_BITS 12
#define FIELDS_OF_ATTRIBUTES                                                                       \
    (FIELD_BIT(FIELD_HIERARCHY) | FIELD_BIT(FIELD_TAG) | FIELD_BIT(FIELD_COLUMN))

struct finder {
    const struct policy *policy;
    unsigned fields; /* that some group looks at */
    struct arena arena;
    struct strmap by_key;
    struct class_key key;
    struct agent_class *classes;
    size_t n_classes;
    struct candidate *candidates;
    size_t n_candidates;
    struct remembered *remembered; /* by mark_of */
};

static void add_bytes(struct class_key *key, const char *bytes, size_t length)
{
    key->failed = key->failed || length > sizeof key->text - 1 - key->length;
    if (!key->failed) {
        memcpy(key->text + key->length, bytes, length);
        key->length += length;
    }
}

static void add_number(struct class_key *key, size_t number)
{
    char digits[24];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    digits[n++] = ':';
    add_bytes(key, digits, n);
}

/* With its length in front, so that no two lists of texts give one key. */
static void add_text(struct class_key *key, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    add_number(key, text ? length + 1 : 0);
    add_bytes(key, text ? text : "", length);
}

/* The values that groups look at, but the login. NULL: they are too long. */
static const char *key_of(struct finder *finder, const struct agent *agent)
{
    struct class_key *key = &finder->key;
    key->length = 0;
    key->failed = false;
    add_number(key, agent->not_read & finder->fields);
    if (finder->fields & FIELD_BIT(FIELD_DIRECTORY)) {
        add_number(key, agent->directory);
    }
    if (finder->fields & FIELD_BIT(FIELD_ROUTING_PROFILE)) {
        add_text(key, agent->routing_profile);
    }
    for (size_t i = 0; i < agent->n_attributes; i++) {
        const struct agent_attribute *attribute = &agent->attributes[i];
        if (finder->fields & FIELD_BIT(attribute->field)) {
            add_number(key, attribute->field);
            add_text(key, attribute->key);
            add_text(key, attribute->value);
        }
    }
    key->text[key->length] = '\0';
    return key->failed ? NULL : key->text;
}

/* What a group is to a class. False: it is none of its candidates. */
static bool candidate_of(const struct group *group, const struct agent *agent,
                         const struct roster_directory *directory, struct candidate *out)
{
    out->by_login = false;
    out->holds = HOLDS_NO;
    for (size_t i = 0; i < group->n_lines && out->holds != HOLDS_YES; i++) {
        bool by_login;
        enum holds one = line_holds_for_class(&group->lines[i], agent, directory, &by_login);
        out->by_login = out->by_login || (by_login && one != HOLDS_NO);
        out->holds = !by_login && one > out->holds ? one : out->holds;
    }
    if (out->holds == HOLDS_YES) {
        out->by_login = false;
    }
    return out->by_login || out->holds != HOLDS_NO;
}

static size_t add_class(struct finder *finder, const char *key, const struct agent *agent,
                        const struct roster_directory *directory)
{
    const struct policy *policy = finder->policy;
    size_t index = finder->n_classes++;
    struct candidate candidate = {.holds = HOLDS_NO};
    finder->classes = mem_resize(finder->classes, finder->n_classes, sizeof *finder->classes);
    finder->classes[index] = (struct agent_class){.first = finder->n_candidates};
    for (size_t i = 0; i < policy->n_groups && candidate.holds == HOLDS_NO; i++) {
        if (candidate_of(&policy->groups[i], agent, directory, &candidate)) {
            candidate.group = (uint16_t)i;
            set_tail(&candidate, &policy->groups[i]);
            finder->candidates = mem_resize(finder->candidates, finder->n_candidates + 1,
                                            sizeof *finder->candidates);
            finder->candidates[finder->n_candidates++] = candidate;
        }
    }
    finder->classes[index].n = finder->n_candidates - finder->classes[index].first;
    strmap_add(&finder->by_key, arena_strdup(&finder->arena, key), index);
    return index;
}

static uint64_t mix(uint64_t mark, uint64_t word)
{
    mark = (mark ^ word) * 0xD6E8FEB86659FD93u;
    return mark ^ mark >> 32;
}

static uint64_t mix_text(uint64_t mark, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    uint64_t last = length;
    for (size_t i = 0; i + sizeof last < length; i += sizeof last) {
        mark = mix(mark, word_at(text + i));
    }
    if (length >= sizeof last) {
        last = word_at(text + length - sizeof last);
    } else if (length > 0) {
        memcpy(&last, text, length);
    }
    return mix(mark, last);
}

/* Where an agent with these values is remembered. */
static struct remembered *place_of(const struct finder *finder, const struct agent *agent)
{
    uint64_t mark = agent->not_read & finder->fields;
    if (finder->fields & FIELD_BIT(FIELD_DIRECTORY)) {
        mark = mix(mark, agent->directory);
    }
    if (finder->fields & FIELD_BIT(FIELD_ROUTING_PROFILE)) {
        mark = mix_text(mark, agent->routing_profile);
    }
    for (size_t i = 0; i < agent->n_attributes; i++) {
        const struct agent_attribute *attribute = &agent->attributes[i];
        if (finder->fields & FIELD_BIT(attribute->field)) {
            mark = mix_text(mark, attribute->value);
        }
    }
    return &finder->remembered[mark & ((1u << REMEMBERED_BITS) - 1)];
}

/* Attributes that no group looks at may make two of one class differ: then the key decides. */
static bool attributes_same(const struct agent *a, const struct agent *b)
{
    bool same = a->n_attributes == b->n_attributes;
    for (size_t i = 0; same && i < a->n_attributes; i++) {
        const struct agent_attribute *left = &a->attributes[i];
        const struct agent_attribute *right = &b->attributes[i];
        same = left->field == right->field && text_same(left->key, right->key) &&
               text_same(left->value, right->value);
    }
    return same;
}

/* Whether they have the same values of all that groups look at, but the login. */
static bool values_same(unsigned fields, const struct agent *a, const struct agent *b)
{
    return (a->not_read & fields) == (b->not_read & fields) &&
           (!(fields & FIELD_BIT(FIELD_DIRECTORY)) || a->directory == b->directory) &&
           (!(fields & FIELD_BIT(FIELD_ROUTING_PROFILE)) ||
            text_same(a->routing_profile, b->routing_profile)) &&
           (!(fields & FIELDS_OF_ATTRIBUTES) || attributes_same(a, b));
}

/* Its index. STRMAP_NONE: the agent is asked by itself. */
static size_t class_of(struct finder *finder, const struct agent *agent,
                       const struct roster_directory *directory)
{
    struct remembered *remembered = place_of(finder, agent);
    if (remembered->agent && values_same(finder->fields, remembered->agent, agent)) {
        return remembered->class;
    }
    const char *key = key_of(finder, agent);
    size_t index = key ? strmap_get(&finder->by_key, key) : STRMAP_NONE;
    if (index == STRMAP_NONE && key && finder->n_classes < CLASSES_MAX) {
        index = add_class(finder, key, agent, directory);
    }
    if (index != STRMAP_NONE) {
        *remembered = (struct remembered){agent, index};
    }
    return index;
}

static uint16_t find_group(struct finder *finder, const struct agent *agent,
                           const struct roster_directory *directory)
{
    const struct policy *policy = finder->policy;
    size_t index = class_of(finder, agent, directory);
    if (index == STRMAP_NONE) {
        return group_of_agent(policy, agent, directory);
    }
    const struct agent_class *class = &finder->classes[index];
    size_t length = strlen(agent->login);
    for (size_t i = 0; i < class->n; i++) {
        const struct candidate *one = &finder->candidates[class->first + i];
        enum holds holds = one->holds;
        if (one->by_login) {
            holds = may_hold(one, agent->login, length)
                        ? group_holds(&policy->groups[one->group], agent, directory)
                        : HOLDS_NO;
        }
        if (holds != HOLDS_NO) {
            return holds == HOLDS_YES ? one->group : GROUP_UNKNOWN;
        }
    }
    return GROUP_NONE;
}

void groups_find(const struct policy *policy, struct roster *roster)
{
    for (size_t i = 0; i < roster->n_agents && policy->n_groups == 0; i++) {
        roster->agents[i].group = GROUP_NONE;
    }
    if (policy->n_groups == 0) {
        return;
    }
    struct finder finder = {
        .policy = policy,
        .fields = groups_fields(policy),
        .arena = ARENA_INIT,
        .remembered = mem_array((size_t)1 << REMEMBERED_BITS, sizeof *finder.remembered),
    };
    strmap_init(&finder.by_key, 256);
    for (size_t i = 0; i < roster->n_agents; i++) {
        struct agent *agent = &roster->agents[i];
        bool described = agent->directory < roster->n_directories;
        agent->group =
            find_group(&finder, agent, described ? &roster->directories[agent->directory] : NULL);
    }
    strmap_release(&finder.by_key);
    arena_release(&finder.arena);
    free(finder.candidates);
    free(finder.classes);
    free(finder.remembered);
}
